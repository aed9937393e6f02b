// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Blocks of any size in, messages of one size out: nothing is lost, duplicated or moved.

#include "stream/audio_queue.h"

#include <algorithm>
#include <random>

#include "support/check.h"

using namespace assemblyai;

namespace {

constexpr std::size_t kChunk = 1600;

// Counting bytes, so that the order can be checked.
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

GST_START_TEST(test_the_capacity_is_kept_but_an_empty_queue_accepts_any_block) {
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

GST_START_TEST(test_dropping_forgets_the_oldest_and_reports_it) {
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

GST_START_TEST(test_dropped_audio_is_one_range) {
  AudioQueue queue(kChunk, kChunk * 10, kChunk * 4);
  std::uint64_t counter = 0;
  const auto push = [&] {
    std::size_t lost = 0;
    for (const AudioPiece &piece : queue.make_room(kChunk))
      lost += piece.size;
    queue.push(block_of(kChunk, counter));
    return lost;
  };
  for (int i = 0; i < 10; i++)
    fail_unless_equals_uint64(push(), 0);
  for (int i = 0; i < 3; i++) {
    fail_unless_equals_uint64(push(), 4 * kChunk);
    for (int j = 0; j < 3; j++)
      fail_unless_equals_uint64(push(), 0);
  }
  // Audio with reported text is dropped first, and is no loss.
  for (int i = 0; i < 6; i++)
    queue.take();
  for (int i = 0; i < 6; i++)
    push();
  const std::uint64_t begin = queue.kept_from();
  queue.rewind(begin, begin + 3 * kChunk);
  fail_unless_equals_uint64(push(), 0);
  fail_unless_equals_uint64(queue.position(), begin + 3 * kChunk);
}
GST_END_TEST

GST_START_TEST(test_there_is_no_room_for_more_than_is_kept) {
  AudioQueue queue(kChunk, 10 * kChunk);
  std::uint64_t counter = 0;
  for (int i = 0; i < 10; i++)
    queue.push(block_of(kChunk, counter));
  for (int i = 0; i < 9; i++) {
    queue.take();
    fail_if(queue.has_room(2));
  }
  queue.settle(5 * kChunk);
  fail_unless(queue.has_room(5 * kChunk));
  fail_if(queue.has_room(5 * kChunk + 2));
  queue.rewind(0);
  fail_if(queue.has_room(5 * kChunk + 2));
}
GST_END_TEST

GST_START_TEST(test_forgotten_audio_is_reported_beside_lost_audio) {
  AudioQueue queue(kChunk, 4 * kChunk);
  std::uint64_t counter = 0;
  const auto push = [&] {
    const std::vector<AudioPiece> lost = queue.make_room(kChunk);
    queue.push(block_of(kChunk, counter));
    return lost.size();
  };
  for (int i = 0; i < 3; i++)
    push();
  queue.take();  // 0
  queue.take();  // 1
  for (int i = 0; i < 3; i++)
    fail_unless_equals_uint64(push(), 0);
  fail_unless_equals_uint64(push(), 1);  // 2 is lost
  queue.take();                          // 3
  for (int i = 0; i < 2; i++)
    push();  // 3 is forgotten, 4 is lost
  std::vector<std::uint64_t> found;
  for (const AudioPiece &piece : queue.forgotten_since(kChunk / 2))
    found.push_back(static_cast<std::uint64_t>(piece.stamp.running_time.count()) + piece.offset);
  fail_unless((found == std::vector<std::uint64_t>{kChunk / 2, kChunk, 3 * kChunk}));
  queue.settle(queue.position());
  fail_unless(queue.forgotten_since(queue.position()).empty());
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

GST_START_TEST(test_taken_audio_is_taken_again_until_it_is_settled) {
  AudioQueue queue(kChunk, kChunk * 8);
  std::uint64_t counter = 0;
  for (int i = 0; i < 5; i++)
    queue.push(block_of(kChunk, counter));
  for (int i = 0; i < 4; i++)
    fail_unless(queue.take().has_value());
  queue.settle(kChunk + 100);
  queue.settle(kChunk * 100);  // audio that was not taken is not settled
  fail_unless_equals_uint64(queue.kept_from(), kChunk * 4);
  queue.rewind(0);
  fail_unless_equals_uint64(queue.position(), kChunk * 4);
  std::vector<std::byte> sent;
  append(sent, *queue.take());
  queue.rewind(kChunk * 4 + 801);  // whole samples
  fail_unless_equals_uint64(queue.position(), kChunk * 4 + 800);
  append(sent, *queue.take_tail(2));
  assert_counts_on(std::vector(sent.begin(), sent.begin() + kChunk), kChunk * 4, kChunk * 5);
  fail_unless_equals_uint64(sent.size(), kChunk + 800);
}
GST_END_TEST

GST_START_TEST(test_room_is_made_from_taken_audio_first) {
  AudioQueue queue(kChunk, kChunk * 4);
  std::uint64_t counter = 0;
  for (int i = 0; i < 4; i++)
    queue.push(block_of(kChunk, counter));
  for (int i = 0; i < 3; i++)
    fail_unless(queue.take().has_value());
  fail_unless(queue.make_room(kChunk * 2).empty());
  queue.push(block_of(kChunk * 2, counter));
  fail_unless_equals_uint64(queue.kept_from(), kChunk * 2);
  // The time of forgotten audio is known as long as it is not settled.
  const auto forgotten = queue.forgotten_since(kChunk + 400);
  fail_unless_equals_uint64(forgotten.size(), 1);
  fail_unless_equals_int64(forgotten[0].stamp.running_time.count(), kChunk);
  fail_unless_equals_uint64(forgotten[0].offset, 400);
  fail_unless_equals_uint64(forgotten[0].size, kChunk - 400);
  queue.rewind(0);
  const auto lost = queue.make_room(kChunk);
  fail_unless_equals_uint64(lost.size(), 1);
  fail_unless_equals_uint64(lost[0].size, kChunk);
  // The loss is reported, the audio forgotten before it is not.
  fail_unless_equals_uint64(queue.forgotten_since(0).size(), 2);
  fail_unless(queue.forgotten_since(kChunk * 2).empty());
}
GST_END_TEST

// A lost connection occasionally, and a settled position that follows.
GST_START_TEST(test_random_rewinding_repeats_exactly_the_unsettled_audio) {
  for (unsigned seed = 0; seed < 100; seed++) {
    std::mt19937 random(seed);
    AudioQueue queue(kChunk, kChunk * 8);
    std::uint64_t counter = 0;
    std::uint64_t next = 0;
    std::uint64_t settled = 0;
    for (int i = 0; i < 500; i++) {
      const std::size_t size = random() % 4000;
      if (const auto lost = queue.make_room(size); !lost.empty())
        next = queue.position();
      queue.push(block_of(size, counter));
      if (const auto chunk = queue.take()) {
        fail_unless_equals_uint64(chunk->position, next);
        assert_counts_on(chunk->data, next, next + kChunk);
        next += kChunk;
      }
      if (random() % 4 == 0) {
        const std::uint64_t behind = random() % 3000;
        settled = std::max(settled, queue.position() - std::min(queue.position(), behind));
        queue.settle(settled);
      }
      if (random() % 20 == 0) {
        queue.rewind(settled);
        fail_unless(queue.position() <= next);
        fail_unless(queue.position() ==
                    std::clamp(settled - settled % 2, std::min(queue.kept_from(), next), next));
        next = queue.position();
      }
      fail_unless(queue.kept_size() <= kChunk * 8 + 4000);
    }
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
  tcase_add_test(tests, test_the_capacity_is_kept_but_an_empty_queue_accepts_any_block);
  tcase_add_test(tests, test_a_rest_below_a_message_never_keeps_a_block_out);
  tcase_add_test(tests, test_dropping_forgets_the_oldest_and_reports_it);
  tcase_add_test(tests, test_dropped_audio_is_one_range);
  tcase_add_test(tests, test_there_is_no_room_for_more_than_is_kept);
  tcase_add_test(tests, test_forgotten_audio_is_reported_beside_lost_audio);
  tcase_add_test(tests, test_random_use_keeps_every_byte_in_order);
  tcase_add_test(tests, test_taken_audio_is_taken_again_until_it_is_settled);
  tcase_add_test(tests, test_room_is_made_from_taken_audio_first);
  tcase_add_test(tests, test_random_rewinding_repeats_exactly_the_unsettled_audio);
  return suite;
}

CHECK_SUITE(audio_queue);
