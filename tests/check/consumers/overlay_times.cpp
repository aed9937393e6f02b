// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions burnt in by textoverlay when time does not go straight on: words that come later than
// the latency allows, seeks, pauses.

#include <cstdlib>

#include "support/burn_in.h"
#include "support/check.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kShortLatency = 1000ms;

// Recognised when it is over, so two seconds after its beginning.
const std::vector<Sentence> kLate = {{400, 200, 10, "We know of it when all of it is said."}};
constexpr Delay kWhole{60s, 0ms};
constexpr milliseconds kLateDuration = 4000ms;

std::unique_ptr<BurnIn> late_burn_in(const std::string &properties) {
  auto one = live_burn_in(script(kLate, kWhole), kLateDuration, properties);
  one->pipeline.set_state(GST_STATE_PLAYING);
  return one;
}

std::vector<Cue> seen_late(BurnIn &one, milliseconds latency = kShortLatency) {
  one.pipeline.wait_for_eos();
  const std::vector<Frame> frames = one.screen.frames();
  assert_steady(frames, kLateDuration, latency);
  return seen(frames, {kLate[0].text});
}

// What the one warning advises.
int advised_latency(const BurnIn &one) {
  fail_unless_equals_uint64(one.pipeline.heard().warnings.size(), 1);
  const std::string &text = one.pipeline.heard().warnings[0];
  const std::string name = "set latency to ";
  const auto found = text.rfind(name);
  fail_unless(found != std::string::npos, "%s", text.c_str());
  return std::atoi(text.c_str() + found + name.size());
}

}  // namespace

GST_START_TEST(test_late_words_are_shown_as_asked) {
  const auto shifted = late_burn_in("latency=1000");
  const auto kept = late_burn_in("latency=1000 late-text=keep");
  const auto dropped = late_burn_in("latency=1000 late-text=drop");
  const Cue meant = kLate[0].cue();
  // When it is known the screen is about there.
  const GstClockTime place = ms_time(kLate[0].end_ms() - kShortLatency.count() - 150);

  const std::vector<Cue> shift = seen_late(*shifted);
  fail_unless_equals_uint64(shift.size(), 1);
  fail_unless(shift[0].start >= place && shift[0].start < place + kStall, "%s",
              description(shift).c_str());
  // Captions that are late hurry.
  const GstClockTime length = (meant.end - meant.start) * 4 / 5;
  assert_cues(shift, {{meant.text, shift[0].start, shift[0].start + length}}, kFrameDuration);

  const std::vector<Cue> keep = seen_late(*kept);
  fail_unless_equals_uint64(keep.size(), 1);
  fail_unless(keep[0].start >= place && keep[0].start < meant.end, "%s", description(keep).c_str());
  assert_cues({{keep[0].text, meant.start, keep[0].end}}, kept->in_time({meant}), 50 * GST_MSECOND);

  assert_cues(seen_late(*dropped), {});

  // What is later still, on a busy machine, has advice of its own.
  std::unique_ptr<BurnIn> advised;
  std::vector<Cue> in_time;
  int advice = advised_latency(*shifted);
  for (int attempts = 0; attempts < 3; attempts++) {
    advised = late_burn_in("latency=" + std::to_string(advice));
    in_time = seen_late(*advised, milliseconds(advice));
    if (advised->pipeline.heard().warnings.empty())
      break;
    advice = advised_latency(*advised);
  }
  assert_cues(in_time, advised->in_time({meant}), 50 * GST_MSECOND);
}
GST_END_TEST

namespace {

// One of the words, two of them, ...
std::vector<std::string> parts_of(const std::vector<std::string> &words) {
  std::vector<std::string> parts;
  for (std::size_t first = 0; first < words.size(); first++) {
    std::string part;
    for (std::size_t last = first; last < words.size(); last++) {
      part += (part.empty() ? "" : " ") + words[last];
      parts.push_back(part);
    }
  }
  return parts;
}

}  // namespace

GST_START_TEST(test_words_that_come_late_one_by_one_are_shown_together) {
  constexpr milliseconds duration = 5000ms;
  const std::vector<Sentence> sentences = {{400, 300, 6, "One two three four five six."}};
  const auto one = live_burn_in(script(sentences, kSlow), duration, "latency=1000");
  one->pipeline.set_state(GST_STATE_PLAYING);
  one->pipeline.wait_for_eos();
  const std::vector<Frame> frames = one->screen.frames();
  assert_steady(frames, duration, kShortLatency);
  std::string text;
  const std::vector<Cue> cues =
      seen(frames, parts_of({"One", "two", "three", "four", "five", "six."}));
  for (const Cue &cue : cues) {
    text += (text.empty() ? "" : " ") + cue.text;
    // The first waits for nobody; of the others there are more.
    fail_unless(cue.end - cue.start > 500 * GST_MSECOND, "%s", description(cues).c_str());
  }
  fail_unless_equals_text(text, sentences[0].text);
}
GST_END_TEST

namespace {

void seek(const Pipeline &pipeline, milliseconds position) {
  fail_unless(gst_element_seek_simple(
      pipeline.element(), GST_FORMAT_TIME,
      static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
      std::chrono::nanoseconds(position).count()));
}

void wait_for_captions(const BurnIn &one) {
  TextPictures pictures(kPicture);
  one.screen.wait_for([&](const std::vector<Frame> &frames) {
    return !frames.empty() && !pictures.shows(frames.back(), "");
  });
}

// The frames after the last seek.
std::vector<Frame> last_frames(const std::vector<Frame> &frames) {
  auto first = frames.end();
  while (first != frames.begin() && (first == frames.end() || first->start > 0))
    --first;
  return {first, frames.end()};
}

// A sentence of the talk takes so long.
constexpr milliseconds kSentence = 3500ms;

}  // namespace

GST_START_TEST(test_after_a_seek_the_captions_are_right_again) {
  const milliseconds rest = kSentence + 100ms;
  const Movie long_movie(2 * kSentence + rest), short_movie(rest);
  const auto forward = movie_burn_in(long_movie), back = movie_burn_in(short_movie);
  for (BurnIn *one : {forward.get(), back.get()})
    one->pipeline.set_state(GST_STATE_PLAYING);
  for (BurnIn *one : {forward.get(), back.get()})
    wait_for_captions(*one);
  seek(forward->pipeline, 2 * kSentence);
  seek(back->pipeline, 0ms);
  for (BurnIn *one : {forward.get(), back.get()}) {
    one->pipeline.wait_for_eos();
    assert_steady(last_frames(one->screen.frames()), rest);
  }
  std::vector<Cue> cues = talk_cues(2, 3);
  for (Cue &cue : cues) {
    cue.start -= ms_time((2 * kSentence).count());
    cue.end -= ms_time((2 * kSentence).count());
  }
  assert_seen(last_frames(forward->screen.frames()), cues);
  assert_seen(last_frames(back->screen.frames()), talk_cues(0, 1));
}
GST_END_TEST

GST_START_TEST(test_a_pause_leaves_the_captions_where_they_are) {
  const Movie movie(2 * kSentence);
  const std::vector<Sentence> sentences = {{400, 300, 4, "Good evening everyone, welcome."},
                                           {3400, 200, 5, "Here we are once more."}};
  const auto live = live_burn_in(script(sentences), 2 * kSentence);
  const auto file = movie_burn_in(movie);
  for (BurnIn *one : {live.get(), file.get()})
    one->pipeline.set_state(GST_STATE_PLAYING);
  for (BurnIn *one : {live.get(), file.get()})
    wait_for_captions(*one);
  for (const GstState state : {GST_STATE_PAUSED, GST_STATE_PLAYING}) {
    for (BurnIn *one : {live.get(), file.get()})
      one->pipeline.wait_for_state(state);
    live->pipeline.dwell(state == GST_STATE_PAUSED ? 1s : 0s);
  }
  for (BurnIn *one : {live.get(), file.get()}) {
    one->pipeline.wait_for_eos();
    assert_in_time(one->screen.frames());
  }
  // A live source loses the frame with which it is when the pause comes.
  fail_unless(live->screen.frames().size() + 2 >= frame_count(2 * kSentence));
  assert_steady(file->screen.frames(), 2 * kSentence);
  assert_seen(live->screen.frames(), live->in_time(cues_of(sentences)));
  assert_seen(file->screen.frames(), talk_cues(0, 2));
}
GST_END_TEST

static Suite *overlay_times_suite() {
  Suite *suite = suite_create("overlay_times");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_late_words_are_shown_as_asked);
  tcase_add_test(tests, test_words_that_come_late_one_by_one_are_shown_together);
  tcase_add_test(tests, test_after_a_seek_the_captions_are_right_again);
  tcase_add_test(tests, test_a_pause_leaves_the_captions_where_they_are);
  return suite;
}

CHECK_SUITE_NEEDS(overlay_times, {}, {"textoverlay", "matroskamux", "matroskademux"});
