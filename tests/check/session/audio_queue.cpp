// SPDX-License-Identifier: LGPL-2.1-or-later
// Blocks of any size in, messages of one size out: nothing lost, doubled or moved.

#include "session/audio_queue.h"

#include <random>

#include "support/check.h"

using namespace assemblyai;

namespace {

constexpr std::size_t kChunk = 1600;

// Bytes that count on, so that order shows.
AudioBlock block_of(std::size_t size, std::uint64_t &counter) {
  AudioBlock block;
  block.stamp.running_time = nanoseconds(counter);
  for (std::size_t i = 0; i < size; i++)
    block.data.push_back(static_cast<std::byte>(counter++ % 251));
  return block;
}

void append(std::vector<std::byte> &all, const AudioChunk &chunk) {
  all.insert(all.end(), chunk.data.begin(),
             chunk.data.end() - static_cast<std::ptrdiff_t>(chunk.padding));
}

void assert_counts_on(const std::vector<std::byte> &all, std::uint64_t from, std::uint64_t to) {
  fail_unless_equals_uint64(all.size(), to - from);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = from; i < to; i++)
    wrong += all[i - from] != static_cast<std::byte>(i % 251);
  fail_unless_equals_uint64(wrong, 0);
}

}  // namespace

GST_START_TEST(test_any_block_size_gives_whole_messages) {
  static constexpr std::size_t kSizes[] = {1, 3, 799, 1600, 1601, 3200, 32000};
  const std::size_t size = kSizes[__i__];
  AudioQueue queue(kChunk, 1U << 20U);
  std::uint64_t counter = 0;
  std::vector<std::byte> sent;
  while (counter < 64000) {
    queue.push(block_of(size, counter));
    while (const auto chunk = queue.take()) {
      fail_unless_equals_uint64(chunk->data.size(), kChunk);
      fail_unless_equals_uint64(chunk->padding, 0);
      append(sent, *chunk);
    }
    fail_unless(queue.size() < kChunk);
  }
  if (const auto tail = queue.take_tail(kChunk))
    append(sent, *tail);
  assert_counts_on(sent, 0, counter);
  fail_unless_equals_uint64(queue.size(), 0);
}
GST_END_TEST

GST_START_TEST(test_pieces_say_where_each_part_comes_from) {
  AudioQueue queue(kChunk, 1U << 20U);
  std::uint64_t counter = 0;
  queue.push(block_of(1000, counter));
  queue.push(block_of(1000, counter));
  const auto chunk = queue.take();
  fail_unless(chunk.has_value());
  fail_unless_equals_uint64(chunk->pieces.size(), 2);
  fail_unless_equals_int64(chunk->pieces[0].stamp.running_time.count(), 0);
  fail_unless_equals_uint64(chunk->pieces[0].size, 1000);
  fail_unless_equals_int64(chunk->pieces[1].stamp.running_time.count(), 1000);
  fail_unless_equals_uint64(chunk->pieces[1].offset, 0);
  fail_unless_equals_uint64(chunk->pieces[1].size, 600);
  const auto tail = queue.take_tail(kChunk);
  fail_unless_equals_uint64(tail->pieces[0].offset, 600);
}
GST_END_TEST

GST_START_TEST(test_the_tail_is_padded_with_silence) {
  AudioQueue queue(kChunk * 4, 1U << 20U);
  std::uint64_t counter = 1;
  fail_if(queue.take_tail(kChunk).has_value());
  queue.push(block_of(2, counter));
  fail_if(queue.take().has_value());
  const auto tail = queue.take_tail(kChunk);
  fail_unless_equals_uint64(tail->data.size(), kChunk);
  fail_unless_equals_uint64(tail->padding, kChunk - 2);
  for (std::size_t i = 2; i < kChunk; i++)
    fail_unless(tail->data[i] == std::byte{0});

  queue.push(block_of(kChunk * 2, counter));
  const auto long_tail = queue.take_tail(kChunk);
  fail_unless_equals_uint64(long_tail->data.size(), kChunk * 2);
  fail_unless_equals_uint64(long_tail->padding, 0);
}
GST_END_TEST

GST_START_TEST(test_the_capacity_holds_but_an_empty_queue_takes_any_block) {
  AudioQueue queue(kChunk, kChunk * 2);
  std::uint64_t counter = 0;
  fail_unless(queue.has_room(1U << 20U));
  queue.push(block_of(kChunk, counter));
  fail_unless(queue.has_room(kChunk));
  fail_if(queue.has_room(kChunk + 1));
  queue.push(block_of(kChunk, counter));
  fail_if(queue.has_room(1));
}
GST_END_TEST

GST_START_TEST(test_a_rest_below_a_message_never_keeps_a_block_out) {
  AudioQueue queue(kChunk, kChunk);
  std::uint64_t counter = 0;
  queue.push(block_of(kChunk - 2, counter));
  fail_unless(queue.has_room(kChunk * 100));
  fail_unless(queue.make_room(kChunk * 100).empty());
  queue.push(block_of(kChunk * 100, counter));
  fail_if(queue.has_room(1));
}
GST_END_TEST

GST_START_TEST(test_dropping_forgets_the_oldest_and_says_what) {
  AudioQueue queue(kChunk, kChunk * 2);
  std::uint64_t counter = 0;
  queue.push(block_of(kChunk, counter));
  queue.push(block_of(kChunk, counter));
  fail_unless(queue.make_room(0).empty());
  const auto dropped = queue.make_room(kChunk);
  fail_unless_equals_uint64(dropped.size(), 1);
  fail_unless_equals_uint64(dropped[0].size, kChunk);
  fail_unless_equals_int64(dropped[0].stamp.running_time.count(), 0);
  queue.push(block_of(kChunk, counter));
  std::vector<std::byte> sent;
  while (const auto chunk = queue.take())
    append(sent, *chunk);
  assert_counts_on(sent, kChunk, counter);
}
GST_END_TEST

GST_START_TEST(test_random_use_keeps_every_byte_in_order) {
  for (unsigned seed = 0; seed < 100; seed++) {
    std::mt19937 random(seed);
    AudioQueue queue(kChunk, kChunk * 8);
    std::uint64_t counter = 0;
    std::vector<std::byte> sent;
    for (int i = 0; i < 300; i++) {
      const std::size_t size = random() % 5000;
      if (queue.has_room(size))
        queue.push(block_of(size, counter));
      if (random() % 2 == 0) {
        if (const auto chunk = queue.take())
          append(sent, *chunk);
      }
      fail_unless(queue.size() <= kChunk * 8 + kChunk);
    }
    while (const auto chunk = queue.take_tail(kChunk))
      append(sent, *chunk);
    assert_counts_on(sent, 0, counter);
  }
}
GST_END_TEST

static Suite *audio_queue_suite() {
  Suite *suite = suite_create("audio_queue");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_any_block_size_gives_whole_messages, 0, 7);
  tcase_add_test(tests, test_pieces_say_where_each_part_comes_from);
  tcase_add_test(tests, test_the_tail_is_padded_with_silence);
  tcase_add_test(tests, test_the_capacity_holds_but_an_empty_queue_takes_any_block);
  tcase_add_test(tests, test_a_rest_below_a_message_never_keeps_a_block_out);
  tcase_add_test(tests, test_dropping_forgets_the_oldest_and_says_what);
  tcase_add_test(tests, test_random_use_keeps_every_byte_in_order);
  return suite;
}

GST_CHECK_MAIN(audio_queue)
