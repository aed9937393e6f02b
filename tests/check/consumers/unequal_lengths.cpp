// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Sound and picture that end at different times.

#include "support/check.h"
#include "support/pipeline.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

// There are captions of a second each: the overlay has no pictures for the second one, and
// keeps the third one waiting.
GST_START_TEST(test_sound_that_is_longer_than_the_picture_comes_to_its_end) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4s);
  Pipeline pipeline(
      "videotestsrc num-buffers=10 ! video/x-raw,width=64,height=48,framerate=10/1 ! "
      "textoverlay name=screen ! fakesink sync=true " +
      file_pipeline(file, *server, "latency=500 max-cue-duration=1000") + " sink.src ! screen.");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless_equals_uint64(pipeline.messages("assemblyai-session-end").size(), 1);
  fail_unless(server->session(0).terminated);
}
GST_END_TEST

static Suite *unequal_lengths_suite() {
  Suite *suite = suite_create("unequal_lengths");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_sound_that_is_longer_than_the_picture_comes_to_its_end);
  return suite;
}

CHECK_SUITE_NEEDS(unequal_lengths, {}, {"textoverlay"});
