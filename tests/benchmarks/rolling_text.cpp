// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// How long it takes from the service's message to the first frame on the screen that shows it, by
// the clock. The promise is 150 ms on a machine that has nothing else to do.

#include <algorithm>
#include <random>

#include "support/check.h"
#include "support/rolling_screen.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr int kMessages = 40;

struct Case {
  const char *name;
  RollingScreen::Options options;
};

std::vector<Case> cases() {
  const std::string queue = "max-size-time=4000000000 max-size-buffers=0 max-size-bytes=0";
  const std::string slow = queue + " min-threshold-time=500000000";
  return {
      {"25 fps, direct", {}},
      {"25 fps, queue", {.text_path = "queue !"}},
      {"50 fps, direct", {.frame_rate = 50}},
      {"25 fps, slow video, direct", {.video_queue = slow}},
      {"25 fps, slow video, queue", {.video_queue = slow, .text_path = "queue !"}},
      {"25 fps, 2 s set, direct", {.video_queue = queue, .set_latency = 2s}},
      {"25 fps, 2 s set, queue", {.video_queue = queue, .set_latency = 2s, .text_path = "queue !"}},
      {"50 fps, 2 s set, queue",
       {.frame_rate = 50, .video_queue = queue, .set_latency = 2s, .text_path = "queue !"}},
  };
}

// Milliseconds from each message to its frame.
std::vector<double> measure(RollingScreen &screen) {
  std::mt19937 random(1);
  std::vector<double> times;
  for (int i = 0; i < kMessages; i++) {
    const std::string text = "message " + std::to_string(i);
    // At no particular moment between two frames.
    screen.pipeline().dwell(std::chrono::microseconds(random() % 120000));
    const GstClockTime said = screen.running_time();
    screen.say({.order = 0, .words = words_in(text)});
    screen.wait_until_shown(text);
    const std::vector<Frame> frames = screen.frames().frames();
    auto first = frames.end();
    while (first != frames.begin() && std::prev(first)->picture == frames.back().picture)
      --first;
    times.push_back(static_cast<double>(GST_CLOCK_DIFF(said, first->rendered)) / 1e6);
  }
  std::sort(times.begin(), times.end());
  return times;
}

int blank_frames(RollingScreen &screen) {
  std::vector<std::string> texts;
  for (int i = 0; i < kMessages; i++)
    texts.push_back("message " + std::to_string(i));
  const std::vector<Shown> list = screen.shown(texts);
  return static_cast<int>(std::count_if(std::next(list.begin()), list.end(),
                                        [](const Shown &one) { return one.text.empty(); }));
}

}  // namespace

GST_START_TEST(rolling_text) {
  g_print("%-28s %8s %8s %8s %8s %8s %6s\n", "ms", "latency", "least", "median", "95 %", "most",
          "blank");
  for (const Case &which : cases()) {
    RollingScreen screen(which.options);
    const std::vector<double> times = measure(screen);
    g_print("%-28s %8.0f %8.0f %8.0f %8.0f %8.0f %6d\n", which.name,
            static_cast<double>(screen.latency()) / 1e6, times.front(), times[times.size() / 2],
            times[times.size() * 95 / 100], times.back(), blank_frames(screen));
  }
}
GST_END_TEST

static Suite *rolling_text_suite() {
  Suite *suite = suite_create("rolling_text");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, rolling_text);
  return suite;
}

GST_CHECK_MAIN(rolling_text)
