// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Ten minutes of a live talk in one pipeline, with a pause in it. Every word has to be on the text
// pad once, in order, within its cue; it prints how exactly.

#include <cstdlib>

#include "support/check.h"
#include "support/timed_talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// ASSEMBLYAI_BENCHMARK_SECONDS shortens it.
milliseconds length() {
  const char *seconds = g_getenv("ASSEMBLYAI_BENCHMARK_SECONDS");
  return seconds != nullptr ? std::chrono::seconds(std::atoi(seconds)) : milliseconds(10min);
}

void play(TextPipeline &text) {
  constexpr std::size_t kPauseAfter = 5;
  text.play();
  text.pipeline().wait_for_element_message("assemblyai-session-begin");
  while (text.recorder().cues().size() < kPauseAfter)
    text.pipeline().dwell(1s);
  text.pipeline().wait_for_state(GST_STATE_PAUSED);
  text.pipeline().dwell(2s);
  text.play();
  text.pipeline().wait_for([](const Heard &heard) { return heard.eos; }, length() + kDeadline);
}

}  // namespace

GST_START_TEST(ten_minutes) {
  const auto server = start_server({.keep_audio = false});
  TextPipeline text(*server,
                    "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=" +
                        std::to_string(length() / 50ms) + " ! audio/x-raw,rate=16000",
                    "messages=session");
  play(text);
  const std::vector<TimedText> cues = timed(text.recorder().cues());
  const std::vector<TimedText> words = text.words_by_position();
  ExactTimes exact(cues, words, {.same = same_letters});
  const std::string fault = exact.fault() + text.recorder().violations();
  guint delay = 0;
  g_object_get(text.pipeline().sink(), "max-observed-delay", &delay, nullptr);
  g_print(
      "%zu words in %zu cues; starts and ends are off by %.3f ms at most; the last text came "
      "%u ms after its audio; the longest time between two items was %d ms\n",
      words.size(), cues.size(), std::chrono::duration<double, std::milli>(exact.worst()).count(),
      delay, static_cast<int>(text.recorder().longest_pause().count()));
  fail_unless(fault.empty(), "%s", fault.c_str());
}
GST_END_TEST

static Suite *ten_minutes_suite() {
  Suite *suite = suite_create("ten_minutes");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, ten_minutes);
  return suite;
}

GST_CHECK_MAIN(ten_minutes)
