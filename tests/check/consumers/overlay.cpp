// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions burnt in by textoverlay, which waits for text: each is on the frames of its words,
// and the video goes on whatever becomes of the captions. The element has its defaults; the
// queues are those of the documentation.

#include "support/burn_in.h"
#include "support/check.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kDuration = 7000ms;

// The second is shorter than it is shown; the third has two lines.
const std::vector<Sentence> kSentences = {
    {400, 300, 4, "Good evening everyone, welcome."},
    {2000, 400, 1, "Yes."},
    {3400, 80, 16, "If a < b & c > d, then <i>this</i> is shown on two lines, exactly.",
     "If a < b & c > d, then <i>this</i>\nis shown on two lines, exactly."},
    {5200, 300, 2, "Good night."},
};

using BurnIns = std::vector<std::unique_ptr<BurnIn>>;

void play(const BurnIns &all) {
  for (const auto &one : all)
    one->pipeline.set_state(GST_STATE_PLAYING);
}

}  // namespace

GST_START_TEST(test_captions_are_on_the_frames_of_their_words) {
  const Movie movie(kDuration);
  BurnIns all;
  all.push_back(live_burn_in(script(kSentences), kDuration));
  all.push_back(live_burn_in(script(kSentences, kSlow), kDuration));  // slow
  all.push_back(movie_burn_in(movie));
  play(all);
  for (const auto &one : all) {
    one->pipeline.wait_for_eos();
    fail_unless(one->pipeline.heard().errors.empty());
    fail_unless(one->pipeline.heard().warnings.empty());
    assert_steady(one->screen.frames(), kDuration);
  }
  for (const std::size_t live : {0U, 1U})
    assert_seen(all[live]->screen.frames(), all[live]->in_time(cues_of(kSentences)));
  assert_seen(all[2]->screen.frames(), talk_cues(0, 2));
}
GST_END_TEST

namespace {

// What happens to the service, how many of the sentences are known before, and what of the next.
struct Trouble {
  std::string name;
  void (*cause)(testserver::Options &options);
  const char *steps;
  std::size_t sentences;
  bool fails;
  std::string part = "";
};

constexpr auto kNoCause = [](testserver::Options &) {};

const Trouble kTroubles[] = {
    {"silent",
     [](testserver::Options &options) {
       options = script({{9999999, 1, 1, "No."}});
     },
     "", 0, false},
    {"mute", kNoCause, R"({"at": 3000, "do": "mute"})", 2, false},
    {"no answer", [](testserver::Options &options) { options.handshake.hang = true; }, "", 0, true},
    {"no begin", [](testserver::Options &options) { options.never_begin = true; }, "", 0, true},
    {"drop", kNoCause, R"({"at": 3900, "do": "drop"})", 2, true, "If a <"},
    {"reset", kNoCause, R"({"at": 3300, "do": "reset"})", 2, true},
    {"stalled", kNoCause, "", 2, false},
    {"refused", [](testserver::Options &options) { options.api_key = "another"; }, "", 0, true},
};

testserver::Options in_trouble(const Trouble &trouble) {
  testserver::Options options = script(kSentences, {}, trouble.steps);
  trouble.cause(options);
  options.proxied = true;
  return options;
}

// Between the second sentence and the third.
void stall(BurnIn &one) {
  constexpr std::size_t kBytes = 3100 * 32;
  fail_unless(one.server->wait_for(
      [](testserver::Server &server) {
        std::size_t heard = 0;
        if (server.session_count() > 0)
          server.inspect(0, [&](const auto &session) { heard = session.audio.size(); });
        return heard >= kBytes;
      },
      kDeadline));
  one.server->stall_reading(true);
}

void wait_for_all_frames(const BurnIn &one) {
  one.screen.wait_for(
      [](const std::vector<Frame> &frames) { return frames.size() == frame_count(kDuration); });
}

void assert_goes_on(BurnIn &one, const Trouble &trouble, std::vector<Cue> cues) {
  assert_steady(one.screen.frames(), kDuration);
  cues.resize(trouble.sentences + 1);
  cues.back() = {trouble.part, cues.back().start, cues.back().start + GST_SECOND};
  if (trouble.part.empty())
    cues.pop_back();
  assert_seen(one.screen.frames(), cues);
  if (trouble.fails)
    one.pipeline.wait_for_error();
  fail_unless(one.pipeline.heard().errors.size() <= 1);
}

}  // namespace

GST_START_TEST(test_the_video_goes_on_without_the_service) {
  const Movie movie(kDuration);
  BurnIns live, file;
  for (const Trouble &trouble : kTroubles) {
    live.push_back(live_burn_in(in_trouble(trouble), kDuration));
    file.push_back(movie_burn_in(movie, in_trouble(trouble)));
    // Each session would hear the sentences from the first on.
    for (const auto &one : {live.back().get(), file.back().get()})
      g_object_set(one->pipeline.sink(), "max-retries", 0, nullptr);
  }
  play(live);
  play(file);
  for (std::size_t i = 0; i < live.size(); i++) {
    if (kTroubles[i].name == "stalled") {
      stall(*live[i]);
      stall(*file[i]);
    }
  }
  for (std::size_t i = 0; i < live.size(); i++) {
    g_print("%s\n", kTroubles[i].name.c_str());
    wait_for_all_frames(*live[i]);
    wait_for_all_frames(*file[i]);
    assert_goes_on(*live[i], kTroubles[i], live[i]->in_time(cues_of(kSentences)));
    assert_goes_on(*file[i], kTroubles[i], cues_of(kSentences));
  }
}
GST_END_TEST

static Suite *overlay_suite() {
  Suite *suite = suite_create("overlay");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_captions_are_on_the_frames_of_their_words);
  tcase_add_test(tests, test_the_video_goes_on_without_the_service);
  return suite;
}

CHECK_SUITE_NEEDS(overlay, {}, {"textoverlay", "matroskamux", "matroskademux"});
