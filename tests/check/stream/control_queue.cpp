// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "stream/control_queue.h"

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
  fail_if(queue.take({.taken = kChunk, .chunk_bytes = kChunk}).has_value());
  fail_unless(queue.take({.taken = 2 * kChunk, .chunk_bytes = kChunk}).has_value());
  fail_unless(queue.empty());
}
GST_END_TEST

GST_START_TEST(test_changes_made_together_become_one_wherever_the_audio_is) {
  ControlQueue queue;
  queue.update(prompt("a"), 0, 5s);
  queue.update(prompt("b"), 320, 5s + ControlQueue::kCollect / 2);
  ControlQueue::Situation situation{.chunk_bytes = kChunk, .now = 5s};
  fail_if(queue.take(situation).has_value());
  fail_unless(queue.wait(situation) == ControlQueue::kCollect);
  situation.now = 5s + ControlQueue::kCollect;
  fail_unless(queue.wait(situation) == 0s);
  fail_unless_equals_text(prompt_of(queue.take(situation)), "b");
  fail_unless(queue.empty());
}
GST_END_TEST

GST_START_TEST(test_changes_made_apart_or_around_an_endpoint_stay_apart) {
  ControlQueue queue;
  queue.update(prompt("a"), 0, 0s);
  queue.update(prompt("b"), 0, ControlQueue::kCollect);
  queue.force_endpoint(0);
  queue.force_endpoint(0);
  queue.update(prompt("c"), 0, ControlQueue::kCollect);
  const ControlQueue::Situation later{.chunk_bytes = kChunk, .now = 1s};
  fail_unless_equals_text(prompt_of(queue.take(later)), "a");
  fail_unless_equals_text(prompt_of(queue.take(later)), "b");
  fail_unless(std::holds_alternative<ForceEndpoint>(*queue.take(later)));
  fail_unless_equals_text(prompt_of(queue.take(later)), "c");
  fail_unless(queue.empty());
}
GST_END_TEST

GST_START_TEST(test_additive_parameters_are_not_merged) {
  ControlQueue queue;
  queue.update({{"agent_context", std::string("Yes.")}}, 0, 0s);
  queue.update({{"agent_context", std::string("No.")}}, 0, 0s);
  const ControlQueue::Situation later{.chunk_bytes = kChunk, .now = 1s};
  fail_unless(queue.take(later).has_value());
  fail_unless(queue.take(later).has_value());
}
GST_END_TEST

GST_START_TEST(test_no_time_is_waited_at_the_end) {
  ControlQueue queue;
  queue.update(prompt("a"), 10, 5s);
  fail_unless(queue.take({.chunk_bytes = kChunk, .now = 5s, .finishing = true}).has_value());
}
GST_END_TEST

GST_START_TEST(test_a_change_can_be_withdrawn) {
  ControlQueue queue;
  queue.update({{"prompt", std::string("a")}, {"vad_threshold", 0.5}}, 0, 0s);
  queue.withdraw("vad_threshold");
  const auto message = queue.take({.chunk_bytes = kChunk, .now = 1s});
  fail_unless_equals_uint64(std::get<UpdateConfiguration>(*message).parameters.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_a_full_queue_loses_no_change) {
  ControlQueue queue;
  queue.update(prompt("first"), 0, 0s);
  for (std::uint64_t i = 1; i < ControlQueue::kMost; i++)
    fail_unless(queue.force_endpoint(i));
  fail_if(queue.force_endpoint(5000));
  queue.update(prompt("last"), 6000, 1s);
  fail_unless_equals_text(prompt_of(queue.take({.chunk_bytes = kChunk, .now = 1s})), "last");
}
GST_END_TEST

static Suite *control_queue_suite() {
  Suite *suite = suite_create("control_queue");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_message_waits_until_less_than_a_chunk_is_before_it);
  tcase_add_test(tests, test_changes_made_together_become_one_wherever_the_audio_is);
  tcase_add_test(tests, test_changes_made_apart_or_around_an_endpoint_stay_apart);
  tcase_add_test(tests, test_additive_parameters_are_not_merged);
  tcase_add_test(tests, test_no_time_is_waited_at_the_end);
  tcase_add_test(tests, test_a_change_can_be_withdrawn);
  tcase_add_test(tests, test_a_full_queue_loses_no_change);
  return suite;
}

CHECK_SUITE(control_queue);
