// SPDX-License-Identifier: LGPL-2.1-or-later

#include "session/control_queue.h"

#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kChunk = 1600;

ParameterSet prompt(const char *text) {
  return {{"prompt", std::string(text)}};
}

std::string prompt_of(const std::optional<ClientMessage> &message) {
  fail_unless(message.has_value());
  const auto *update = std::get_if<UpdateConfiguration>(&*message);
  fail_unless(update != nullptr);
  return std::get<std::string>(update->parameters.at("prompt"));
}

}  // namespace

GST_START_TEST(test_a_message_waits_until_less_than_a_chunk_is_before_it) {
  ControlQueue queue;
  fail_unless(queue.force_endpoint(2 * kChunk + 10));
  fail_if(queue.take({.queued = 9000, .taken = kChunk, .chunk_bytes = kChunk}).has_value());
  fail_unless(queue.take({.queued = 9000, .taken = 2 * kChunk, .chunk_bytes = kChunk}).has_value());
  fail_unless(queue.empty());
}
GST_END_TEST

GST_START_TEST(test_changes_at_one_position_become_one_also_around_an_endpoint) {
  ControlQueue queue;
  queue.update(prompt("a"), 0, 0s);
  queue.force_endpoint(0);
  queue.force_endpoint(0);
  queue.update(prompt("b"), 0, 0s);
  const ControlQueue::Situation later{.queued = 1, .chunk_bytes = kChunk};
  fail_unless_equals_text(prompt_of(queue.take(later)), "b");
  fail_unless(std::holds_alternative<ForceEndpoint>(*queue.take(later)));
  fail_unless(queue.empty());
}
GST_END_TEST

GST_START_TEST(test_changes_at_two_positions_stay_two) {
  ControlQueue queue;
  queue.update(prompt("a"), 0, 0s);
  queue.update(prompt("b"), 2, 0s);
  const ControlQueue::Situation later{.queued = 4, .chunk_bytes = kChunk};
  fail_unless_equals_text(prompt_of(queue.take(later)), "a");
  fail_unless_equals_text(prompt_of(queue.take(later)), "b");
}
GST_END_TEST

GST_START_TEST(test_a_change_waits_for_audio_after_it_or_a_moment_or_the_end) {
  const auto took = [](ControlQueue::Situation situation) {
    ControlQueue queue;
    queue.update(prompt("a"), 10, 5s);
    situation.chunk_bytes = kChunk;
    return queue.take(situation).has_value();
  };
  fail_if(took({.queued = 10, .now = 5s}));
  fail_unless(took({.queued = 12, .now = 5s}));
  fail_unless(took({.queued = 10, .now = 5s + ControlQueue::kCollect}));
  fail_unless(took({.queued = 10, .now = 5s, .finishing = true}));
}
GST_END_TEST

GST_START_TEST(test_a_full_queue_loses_no_change) {
  ControlQueue queue;
  queue.update(prompt("first"), 0, 0s);
  for (std::uint64_t i = 1; i < ControlQueue::kMost; i++)
    fail_unless(queue.force_endpoint(i));
  fail_if(queue.force_endpoint(5000));
  queue.update(prompt("last"), 6000, 0s);
  fail_unless_equals_text(prompt_of(queue.take({.queued = 6000, .chunk_bytes = kChunk})), "last");
}
GST_END_TEST

static Suite *control_queue_suite() {
  Suite *suite = suite_create("control_queue");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_message_waits_until_less_than_a_chunk_is_before_it);
  tcase_add_test(tests, test_changes_at_one_position_become_one_also_around_an_endpoint);
  tcase_add_test(tests, test_changes_at_two_positions_stay_two);
  tcase_add_test(tests, test_a_change_waits_for_audio_after_it_or_a_moment_or_the_end);
  tcase_add_test(tests, test_a_full_queue_loses_no_change);
  return suite;
}

GST_CHECK_MAIN(control_queue)
