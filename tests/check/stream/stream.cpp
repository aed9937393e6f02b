// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Audio in, turns out: queueing, pacing, overflow, ends. The test controls network and clock; the
// caller runs on a thread of its own where it may block.

#include <thread>

#include "support/stream_fixture.h"

using namespace testing;

GST_START_TEST(test_audio_is_kept_while_connecting_and_sent_after_begin) {
  StreamFixture f;
  f.push(kChunk * 3 + 100);
  f.peer->observer->on_opened();
  fail_unless(f.peer->audio.empty());
  f.peer->begin();
  fail_unless_equals_uint64(f.peer->audio.size(), 3);
  fail_unless_equals_uint64(f.session->stats().audio_queued_bytes, 100);
  fail_unless_equals_text(f.recorder->states(), "connecting connected");
  fail_unless((f.recorder->begins == std::vector<std::string>{"s1"}));
}
GST_END_TEST

GST_START_TEST(test_every_message_has_the_exact_length) {
  StreamFixture f;
  f.begin();
  for (int i = 0; i < 100; i++) {
    f.push(333);
    f.loop->advance(10ms);
  }
  for (const auto &message : f.peer->audio)
    fail_unless_equals_uint64(message.size(), kChunk);
  fail_unless_equals_uint64(f.bytes_sent(), 33300 / kChunk * kChunk);
}
GST_END_TEST

GST_START_TEST(test_finish_sends_the_padded_tail_then_terminates) {
  StreamFixture f;
  f.begin();
  f.push(kChunk + 2);
  f.session->finish();
  f.loop->run();
  fail_unless_equals_uint64(f.peer->audio.size(), 2);
  fail_unless_equals_uint64(f.peer->audio[1].size(), kChunk);
  fail_unless(f.peer->audio[1][1] == std::byte{7});
  fail_unless(f.peer->audio[1][2] == std::byte{0});
  fail_unless((f.peer->texts == std::vector<std::string>{R"({"type":"Terminate"})"}));
  f.peer->terminate();
  f.peer->close(1000);
  f.session->wait_end();
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless_equals_uint64(f.session->stats().audio_sent_bytes, kChunk + 2);
  fail_unless(f.session->stats().session_seconds == 4);
}
GST_END_TEST

GST_START_TEST(test_finish_before_begin_loses_nothing) {
  StreamFixture f;
  f.push(kChunk * 2 + 10);
  f.session->finish();
  f.loop->run();
  f.begin();
  fail_unless_equals_uint64(f.peer->audio.size(), 3);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_audio_is_paced_at_no_more_than_a_quarter_over_real_time) {
  StreamOptions options = quick_options();
  options.max_backlog = 60s;
  StreamFixture f(std::move(options));
  f.push(bytes_of(50s));
  f.begin();
  fail_unless_equals_uint64(f.bytes_sent(), bytes_of(Pacer::kBurst));
  f.loop->advance(20s);
  const std::size_t sent = f.bytes_sent();
  fail_unless(sent <= bytes_of(28s) && sent >= bytes_of(27900ms), "%zu", sent);
}
GST_END_TEST

GST_START_TEST(test_a_full_queue_makes_the_caller_wait_until_there_is_room) {
  StreamFixture f;
  f.push(bytes_of(10s));
  PushResult result{};
  std::thread caller([&] { result = f.session->push(block(kChunk)); });
  f.begin();
  f.loop->advance(4s);
  f.peer->say(turn_json(0, true, true, "Good evening."));
  caller.join();
  fail_unless(result == PushResult::kAccepted);
}
GST_END_TEST

// Audio that waits upstream is kept; forgotten audio could not be resent.
GST_START_TEST(test_audio_that_is_not_settled_makes_the_caller_wait) {
  StreamOptions options = quick_options();
  options.retry.most_retries = 1;
  StreamFixture f(std::move(options));
  f.push(bytes_of(10s));
  PushResult result{};
  std::thread caller([&] { result = f.session->push(block(kChunk)); });
  f.begin();
  fail_unless_equals_uint64(f.bytes_sent(), bytes_of(Pacer::kBurst));
  f.peer->close(1011);
  f.loop->advance(1s);
  f.begin();
  fail_unless_equals_uint64(f.recorder->chunks.at(bytes_of(Pacer::kBurst) / kChunk).position, 0);
  fail_unless_equals_uint64(f.session->stats().audio_resent_bytes, bytes_of(Pacer::kBurst));
  f.session->interrupt();
  caller.join();
  fail_unless(result == PushResult::kInterrupted);
}
GST_END_TEST

GST_START_TEST(test_interrupting_releases_the_caller_and_keeps_its_audio) {
  StreamFixture f;
  f.push(bytes_of(10s));
  AudioBlock waiting = block(kChunk);
  PushResult result{};
  std::thread caller([&] { result = f.session->push(std::move(waiting)); });
  f.session->interrupt();
  caller.join();
  fail_unless(result == PushResult::kInterrupted);
  fail_unless_equals_uint64(waiting.data.size(), kChunk);
  f.session->resume();
  f.begin();
  f.loop->advance(4s);
  f.peer->say(turn_json(0, true, true, "Good evening."));
  fail_unless(f.session->push(std::move(waiting)) == PushResult::kAccepted);
}
GST_END_TEST

GST_START_TEST(test_an_end_releases_the_caller) {
  StreamFixture f;
  f.push(bytes_of(10s));
  PushResult result{};
  std::thread caller([&] { result = f.session->push(block(kChunk)); });
  f.peer->close(1006);
  caller.join();
  fail_unless(result == PushResult::kEnded);
  fail_unless(f.recorder->ends[0].has_value());
  fail_unless(f.session->push(block(kChunk)) == PushResult::kEnded);
}
GST_END_TEST

GST_START_TEST(test_leaving_releases_a_caller_that_waits_for_the_end) {
  StreamFixture f;
  f.begin();
  f.session->finish();
  f.loop->run();
  std::thread caller([&] { f.session->wait_end(); });
  f.session->leave(Rest::kSend);
  caller.join();
  fail_unless(f.recorder->ends.empty());
}
GST_END_TEST

GST_START_TEST(test_a_clip_longer_than_the_backlog_passes) {
  StreamOptions options = quick_options();
  options.max_backlog = 1s;
  StreamFixture f(std::move(options));
  f.push(bytes_of(2s) + 100);
  f.begin();
  f.push(bytes_of(2s));
  f.session->finish();
  f.loop->advance(10s);
  fail_unless_equals_uint64(f.session->stats().audio_sent_bytes, 2 * bytes_of(2s) + 100);
}
GST_END_TEST

GST_START_TEST(test_a_peer_that_stops_reading_gets_no_more) {
  StreamFixture f;
  f.begin();
  f.push(kChunk);
  f.peer->writable = false;
  for (int i = 0; i < 10; i++)
    f.push(kChunk);
  fail_unless_equals_uint64(f.peer->audio.size(), 1);
  f.peer->writable = true;
  f.peer->observer->on_writable();
  fail_unless_equals_uint64(f.peer->audio.size(), 11);
}
GST_END_TEST

GST_START_TEST(test_terminate_waits_until_it_can_be_written) {
  StreamFixture f;
  f.begin();
  f.push(kChunk);
  f.peer->writable = false;
  f.session->finish();
  f.loop->run();
  fail_unless(f.peer->texts.empty());
  f.peer->writable = true;
  f.peer->observer->on_writable();
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_leaving_sends_the_rest_at_once_and_reports_nothing_more) {
  StreamOptions options = quick_options();
  options.max_backlog = 60s;
  StreamFixture f(std::move(options));
  f.push(bytes_of(20s) + 30);
  f.begin();
  f.session->leave(Rest::kSend);
  f.loop->run();
  fail_unless_equals_uint64(f.bytes_sent(), bytes_of(20s) + kChunk);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
  fail_unless(f.peer->gone());
  fail_unless(f.session->ended());
  fail_unless(f.recorder->ends.empty());
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_session_left_before_it_started_does_not_connect) {
  const auto loop = std::make_shared<ManualLoop>();
  const auto peer = std::make_shared<FakePeer>();
  const auto recorder = std::make_shared<Recorder>();
  const auto session = std::make_shared<Stream>(quick_options(), no_parameters, loop,
                                                fake_factory(peer), callbacks_of(recorder));
  session->leave(Rest::kSend);
  session->start();
  loop->run();
  fail_unless_equals_int(peer->transports, 0);
  fail_unless(session->ended());
}
GST_END_TEST

GST_START_TEST(test_leaving_can_discard_the_rest) {
  StreamFixture f;
  f.begin();
  f.push(kChunk + 30);
  f.session->leave(Rest::kDiscard);
  f.loop->run();
  fail_unless_equals_uint64(f.bytes_sent(), kChunk);
  fail_unless_equals_uint64(f.peer->texts.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_turns_are_reported_with_one_final_each) {
  StreamFixture f;
  f.begin();
  f.peer->say(turn_json(0, false, true, "Hel"));
  f.peer->say(turn_json(0, true, true, "Hello."));
  f.peer->say(turn_json(0, true, true, "Hello."));
  f.peer->say(turn_json(1, false, true, "How"));
  fail_unless_equals_uint64(f.recorder->turns.size(), 3);
  fail_unless(f.recorder->turns[1].final);
  fail_unless_equals_text(f.recorder->turns[1].text, "Hello.");
  fail_unless_equals_uint64(f.recorder->turns[2].number, 1);
  fail_unless_equals_uint64(f.session->next_turn(), 2);
  fail_unless_equals_uint64(f.session->stats().finals, 1);
  fail_unless_equals_uint64(f.session->stats().partials, 2);
}
GST_END_TEST

GST_START_TEST(test_the_formatted_final_is_waited_for_where_the_model_sends_two) {
  static const struct {
    const char *model;
    bool format;
    std::size_t finals_after_unformatted;
  } kCases[] = {
      {"universal-streaming-english", true, 0},
      {"universal-streaming-english", false, 1},
      {"universal-3-5-pro", true, 1},
  };
  const auto &test = kCases[__i__];
  StreamFixture f(quick_options(), [&]() -> Result<ConnectionInfo> {
    return info_with({{"speech_model", std::string(test.model)}, {"format_turns", test.format}});
  });
  f.begin();
  f.peer->say(turn_json(0, true, false, "hello"));
  fail_unless_equals_uint64(f.session->stats().finals, test.finals_after_unformatted);
  f.peer->say(turn_json(0, true, true, "Hello."));
  fail_unless_equals_uint64(f.session->stats().finals, 1);
}
GST_END_TEST

namespace {

Result<ConnectionInfo> classical() {
  return info_with(
      {{"speech_model", std::string("universal-streaming-english")}, {"format_turns", true}});
}

}  // namespace

GST_START_TEST(test_the_formatted_final_is_waited_for_a_second_and_a_half) {
  StreamFixture f(quick_options(), classical);
  f.begin();
  f.peer->say(turn_json(0, true, false, "hello"));
  f.loop->advance(1400ms);
  fail_unless_equals_uint64(f.session->stats().finals, 0);
  f.loop->advance(200ms);
  fail_unless_equals_uint64(f.session->stats().finals, 1);
  fail_unless_equals_text(f.recorder->turns.back().text, "hello");
  f.peer->say(turn_json(0, true, true, "Hello."));
  fail_unless_equals_uint64(f.session->stats().finals, 1);
  // Each turn has its own time.
  f.peer->say(turn_json(1, true, false, "one"));
  f.loop->advance(1000ms);
  f.peer->say(turn_json(2, true, false, "two"));
  f.peer->say(turn_json(3, false, false, "three"));
  f.loop->advance(600ms);
  fail_unless_equals_uint64(f.session->stats().finals, 2);
  f.peer->say(turn_json(2, true, true, "Two."));
  fail_unless_equals_uint64(f.session->stats().finals, 3);
  fail_unless_equals_text(f.recorder->turns.back().text, "Two.");
  f.loop->advance(10s);
  fail_unless_equals_uint64(f.session->stats().finals, 3);
}
GST_END_TEST

// At the end, a formatted text is not awaited.
GST_START_TEST(test_a_held_final_is_final_at_the_end) {
  StreamFixture f(quick_options(), classical);
  f.begin();
  f.push(kChunk);
  f.peer->say(turn_json(0, true, false, "hello"));
  f.session->finish();
  f.loop->run();
  if (__i__ == 0)
    f.peer->terminate();
  f.peer->close(1000);
  fail_unless_equals_uint64(f.session->stats().finals, 1);
  fail_unless_equals_text(f.recorder->turns.back().text, "hello");
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
  fail_unless_equals_uint64(f.loop->pending_timers(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_turn_in_flight_becomes_final_before_the_end_is_reported) {
  StreamFixture f;
  f.begin();
  f.peer->say(turn_json(0, false, true, "I was saying"));
  f.peer->close(1011);
  fail_unless_equals_uint64(f.recorder->turns.size(), 2);
  fail_unless(f.recorder->turns[1].final);
  fail_unless_equals_uint64(f.recorder->ends.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_a_turn_in_flight_becomes_final_when_there_is_no_termination) {
  StreamFixture f;
  f.begin();
  f.push(kChunk);
  f.peer->say(turn_json(0, false, false, "hello"));
  f.session->finish();
  f.loop->run();
  f.peer->close(1000);
  fail_unless_equals_uint64(f.recorder->turns.size(), 2);
  fail_unless(f.recorder->turns[1].final);
  fail_unless_equals_text(f.recorder->turns[1].text, "hello");
  fail_unless(!f.recorder->ends.at(0).has_value());
}
GST_END_TEST

// The service did not receive the audio, or not in time.
GST_START_TEST(test_a_service_that_received_nothing_gets_the_queued_audio) {
  StreamOptions options = quick_options();
  options.retry.most_retries = 1;
  StreamFixture f(std::move(options));
  f.begin();
  f.push(bytes_of(5s));
  f.peer->say(
      R"({"type":"Error","error_code":3006,"error":"Session terminated due to inactivity"})");
  f.loop->advance(1ms);
  fail_unless_equals_text(f.recorder->states(), "connecting connected reconnecting connecting");
  f.begin();
  fail_unless_equals_uint64(f.session->stats().audio_resent_bytes, bytes_of(Pacer::kBurst));
}
GST_END_TEST

GST_START_TEST(test_turn_numbers_count_on_from_a_session_before) {
  StreamOptions options = quick_options();
  options.first_turn = 7;
  StreamFixture f(std::move(options));
  f.begin();
  f.peer->say(turn_json(0, true, true, "Hello."));
  fail_unless_equals_uint64(f.recorder->turns[0].number, 7);
  fail_unless_equals_uint64(f.session->next_turn(), 8);
}
GST_END_TEST

GST_START_TEST(test_other_messages_frames_and_nonsense_are_passed_on) {
  StreamFixture f;
  f.begin();
  f.peer->say(R"({"type":"SpeechStarted","timestamp":1216})");
  f.peer->say("nonsense");
  f.peer->say(R"({"type":"Novelty"})");
  fail_unless_equals_int(f.recorder->messages, 1);  // an unknown message is only a frame
  fail_unless_equals_int(f.recorder->undecodable, 1);
  fail_unless_equals_int(f.recorder->frames, 4);
  fail_unless_equals_uint64(f.session->stats().messages_received, 4);
  fail_unless_equals_uint64(f.session->stats().messages_undecodable, 1);
}
GST_END_TEST

static Suite *stream_suite() {
  Suite *suite = suite_create("stream");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_audio_is_kept_while_connecting_and_sent_after_begin);
  tcase_add_test(tests, test_every_message_has_the_exact_length);
  tcase_add_test(tests, test_finish_sends_the_padded_tail_then_terminates);
  tcase_add_test(tests, test_finish_before_begin_loses_nothing);
  tcase_add_test(tests, test_audio_is_paced_at_no_more_than_a_quarter_over_real_time);
  tcase_add_test(tests, test_a_full_queue_makes_the_caller_wait_until_there_is_room);
  tcase_add_test(tests, test_audio_that_is_not_settled_makes_the_caller_wait);
  tcase_add_test(tests, test_interrupting_releases_the_caller_and_keeps_its_audio);
  tcase_add_test(tests, test_an_end_releases_the_caller);
  tcase_add_test(tests, test_leaving_releases_a_caller_that_waits_for_the_end);
  tcase_add_test(tests, test_a_clip_longer_than_the_backlog_passes);
  tcase_add_test(tests, test_a_peer_that_stops_reading_gets_no_more);
  tcase_add_test(tests, test_terminate_waits_until_it_can_be_written);
  tcase_add_test(tests, test_leaving_sends_the_rest_at_once_and_reports_nothing_more);
  tcase_add_test(tests, test_a_session_left_before_it_started_does_not_connect);
  tcase_add_test(tests, test_leaving_can_discard_the_rest);
  tcase_add_test(tests, test_turns_are_reported_with_one_final_each);
  tcase_add_loop_test(tests, test_the_formatted_final_is_waited_for_where_the_model_sends_two, 0,
                      3);
  tcase_add_test(tests, test_the_formatted_final_is_waited_for_a_second_and_a_half);
  tcase_add_loop_test(tests, test_a_held_final_is_final_at_the_end, 0, 2);
  tcase_add_test(tests, test_a_turn_in_flight_becomes_final_before_the_end_is_reported);
  tcase_add_test(tests, test_a_turn_in_flight_becomes_final_when_there_is_no_termination);
  tcase_add_test(tests, test_a_service_that_received_nothing_gets_the_queued_audio);
  tcase_add_test(tests, test_turn_numbers_count_on_from_a_session_before);
  tcase_add_test(tests, test_other_messages_frames_and_nonsense_are_passed_on);
  return suite;
}

CHECK_SUITE(stream);
