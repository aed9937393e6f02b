// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The growing caption on a live picture. Time is judged by the stamps of the frames, which do not
// depend on how fast the machine is: tests/benchmarks/ has a watch.

#include <memory>

#include "support/check.h"
#include "support/requirements.h"
#include "support/rolling_screen.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// From the service's message to the first frame with it.
constexpr GstClockTimeDiff kPromise = GstClockTimeDiff{150} * GST_MSECOND;

const std::string kLongVideoQueue = "max-size-time=4000000000 max-size-buffers=0 max-size-bytes=0";

// Says the words one after the other, each when the one before is on the screen. Returns what
// was shown.
std::vector<std::string> say_growing(const std::vector<RollingScreen *> &screens, int order,
                                     const std::string &text) {
  std::vector<std::string> texts;
  SaidTurn turn{.order = order, .words = {}};
  for (const std::string &word : words_in(text)) {
    turn.words.push_back(word);
    turn.stable = turn.words.size() - 1;
    texts.push_back((texts.empty() ? "" : texts.back() + " ") + word);
    for (RollingScreen *screen : screens)
      screen->say(turn);
    for (RollingScreen *screen : screens)
      screen->wait_until_shown(texts.back());
  }
  return texts;
}

void say_final(RollingScreen &screen, int order, const std::string &text) {
  screen.say({.order = order, .words = words_in(text), .final = true});
}

std::vector<std::string> texts_of(const std::vector<Shown> &list) {
  std::vector<std::string> texts;
  for (const Shown &one : list)
    texts.push_back(one.text);
  return texts;
}

// Each text once, in order, with nothing in between; blank before and after.
void assert_shown(const std::vector<Shown> &list, std::vector<std::string> texts) {
  texts.insert(texts.begin(), "");
  texts.push_back("");
  fail_unless(texts_of(list) == texts, "%s", description(list).c_str());
}

// Each change of the caption is on the frames in time, whatever the latency.
void assert_in_time(RollingScreen &screen, const std::vector<Shown> &list) {
  const std::vector<RollingScreen::Caption> captions = screen.captions();
  fail_unless_equals_uint64(captions.size() + 1, list.size());
  const auto latency = static_cast<GstClockTimeDiff>(screen.latency());
  for (std::size_t i = 0; i < captions.size(); i++) {
    const GstClockTimeDiff later = GST_CLOCK_DIFF(captions[i].at, list[i + 1].start) + latency;
    fail_unless(later <= kPromise, "\"%s\" %" G_GINT64_FORMAT " ms after the message",
                captions[i].text.c_str(), later / GstClockTimeDiff{GST_MSECOND});
  }
}

// The last text stayed for min-cue-duration. It came after the one before was there.
void assert_readable(RollingScreen &screen) {
  const std::vector<RollingScreen::Caption> captions = screen.captions();
  fail_unless(captions.size() > 2 && captions.back().text.empty());
  fail_unless(captions.back().at - captions[captions.size() - 3].at >= GST_SECOND);
}

}  // namespace

GST_START_TEST(test_words_are_on_the_screen_at_once_at_any_latency) {
  const std::string slow = kLongVideoQueue + " min-threshold-time=600000000";
  const std::vector<RollingScreen::Options> kCases{
      {},
      {.text_path = "queue !"},
      {.frame_rate = 50},
      {.video_queue = slow},
      {.video_queue = slow, .text_path = "queue !"},
      {.video_queue = kLongVideoQueue, .set_latency = 2s},
      {.video_queue = kLongVideoQueue, .set_latency = 2s, .text_path = "queue !"},
      {.frame_rate = 50, .video_queue = kLongVideoQueue, .set_latency = 2s, .text_path = "queue !"},
  };
  std::vector<std::unique_ptr<RollingScreen>> owned;
  std::vector<RollingScreen *> screens;
  for (const RollingScreen::Options &options : kCases)
    screens.push_back(owned.emplace_back(std::make_unique<RollingScreen>(options)).get());

  std::vector<std::string> texts = say_growing(screens, 0, "each word is on the screen at once");
  for (RollingScreen *screen : screens)
    say_final(*screen, 0, texts.back());
  for (RollingScreen *screen : screens) {
    screen->wait_until_shown("");
    const std::vector<Shown> list = screen->shown(texts);
    assert_shown(list, texts);
    assert_in_time(*screen, list);
    assert_readable(*screen);
  }
}
GST_END_TEST

GST_START_TEST(test_lines_that_are_full_stay_as_they_are_and_roll_up) {
  RollingScreen screen({.properties = "max-line-length=12 max-lines=2 max-cue-duration=20000"});
  const std::vector<std::pair<std::string, std::string>> kGrowth{
      {"lines fill up", "lines fill\nup"},
      {"lines fill up from", "lines fill\nup from"},
      {"lines fill up from the", "lines fill\nup from the"},
      {"lines fill up from the left", "up from the\nleft"},
      {"lines fill up from the left and", "up from the\nleft and"},
      {"lines fill up from the left and roll", "left and\nroll"},
  };
  std::vector<std::string> texts;
  for (const auto &[said, expected] : kGrowth) {
    screen.say({.order = 0, .words = words_in(said)});
    screen.wait_until_shown(expected);
    texts.push_back(expected);
  }
  // The next turn begins a line.
  say_final(screen, 0, kGrowth.back().first);
  screen.say({.order = 1, .words = words_in("next")});
  screen.wait_until_shown("roll\nnext");
  texts.push_back("roll\nnext");
  say_final(screen, 1, "next");
  screen.wait_until_shown("");
  const std::vector<Shown> list = screen.shown(texts);
  assert_shown(list, texts);
  assert_in_time(screen, list);
}
GST_END_TEST

GST_START_TEST(test_the_picture_goes_on_without_a_service) {
  RollingScreen screen({.properties = "max-retries=0"});
  screen.wait_for_frames(30);  // silent
  fail_unless(texts_of(screen.shown({})) == std::vector<std::string>{""});
  const std::vector<std::string> texts = say_growing({&screen}, 0, "it drops");
  screen.server().drop();
  screen.pipeline().wait_for_error();
  screen.wait_until_shown("");
  screen.wait_for_frames(30);
  const std::vector<Shown> list = screen.shown(texts);
  assert_shown(list, texts);
  assert_in_time(screen, list);
}
GST_END_TEST

GST_START_TEST(test_a_pause_in_the_middle_of_a_turn) {
  RollingScreen screen({});
  std::vector<std::string> texts = say_growing({&screen}, 0, "before");
  screen.pipeline().wait_for_state(GST_STATE_PAUSED);
  screen.pipeline().dwell(500ms);
  screen.pipeline().set_state(GST_STATE_PLAYING);
  screen.wait_for_frames(5);
  screen.say({.order = 0, .words = words_in("before and after")});
  screen.wait_until_shown("before and after");
  texts.emplace_back("before and after");
  say_final(screen, 0, texts.back());
  screen.wait_until_shown("");
  assert_shown(screen.shown(texts), texts);
}
GST_END_TEST

GST_START_TEST(test_the_last_words_stay_after_the_end_of_the_audio) {
  RollingScreen screen({});
  const std::vector<std::string> texts = say_growing({&screen}, 0, "the last words");
  GstElement *microphone = gst_bin_get_by_name(GST_BIN(screen.pipeline().element()), "microphone");
  fail_unless(gst_element_send_event(microphone, gst_event_new_eos()));
  gst_object_unref(microphone);
  screen.wait_until_shown("");
  screen.wait_for_frames(10);
  const std::vector<Shown> list = screen.shown(texts);
  assert_shown(list, texts);
  // min-cue-duration, but for what had passed when the end came.
  const Shown &last = list[list.size() - 2];
  fail_unless(last.end - last.start >= 700 * GST_MSECOND, "%s", description(list).c_str());
}
GST_END_TEST

GST_START_TEST(test_a_flush_takes_the_text_away) {
  RollingScreen screen({});
  std::vector<std::string> texts = say_growing({&screen}, 0, "before");
  fail_unless(gst_element_seek_simple(screen.pipeline().element(), GST_FORMAT_TIME,
                                      GST_SEEK_FLAG_FLUSH, 0));
  screen.wait_for_session(2);
  screen.wait_until_shown("");
  const std::vector<std::string> after = say_growing({&screen}, 0, "something else");
  texts.push_back("");
  texts.insert(texts.end(), after.begin(), after.end());
  say_final(screen, 0, after.back());
  screen.wait_until_shown("");
  assert_shown(screen.shown(texts), texts);
}
GST_END_TEST

GST_START_TEST(test_only_stable_words_if_wanted) {
  RollingScreen screen({.properties = "stable-only=true"});
  const std::vector<std::string> words = words_in("nothing is taken back");
  for (std::size_t stable : {0, 2, 3})
    screen.say({.order = 0, .words = words, .stable = stable});
  screen.wait_until_shown("nothing is taken");
  say_final(screen, 0, "nothing is taken back");
  screen.wait_until_shown("nothing is taken back");
  screen.wait_until_shown("");
  for (const RollingScreen::Caption &caption : screen.captions())
    fail_unless(caption.text.empty() ||
                std::string("nothing is taken back").starts_with(caption.text));
  fail_unless_equals_text(screen.captions().front().text, "nothing is");
  screen.shown({"nothing is", "nothing is taken", "nothing is taken back"});
}
GST_END_TEST

GST_START_TEST(test_words_that_are_not_stable_look_so_in_markup) {
  RollingScreen screen(
      {.text_path = "text/x-raw,format=pango-markup !", .format = TextPictures::Format::markup});
  const std::vector<std::string> kLooks{
      R"(stable <span alpha="60%">not &lt;so&gt; &amp; yet</span>)",
      R"(stable not <span alpha="60%">&lt;so&gt; &amp; yet</span>)",
      "stable not &lt;so&gt; &amp; yet",
  };
  const std::vector<std::string> words = words_in("stable not <so> & yet");
  screen.say({.order = 0, .words = words, .stable = 1});
  screen.wait_until_shown(kLooks[0]);
  screen.say({.order = 0, .words = words, .stable = 2});
  screen.wait_until_shown(kLooks[1]);
  screen.say({.order = 0, .words = words, .final = true});
  screen.wait_until_shown(kLooks[2]);
  screen.wait_until_shown("");
  assert_shown(screen.shown(kLooks), kLooks);
}
GST_END_TEST

GST_START_TEST(test_the_current_caption_can_be_bound_to_an_overlay) {
  RollingScreen screen({.linked = false, .format = TextPictures::Format::markup});
  GstElement *overlay = gst_bin_get_by_name(GST_BIN(screen.pipeline().element()), "overlay");
  g_object_bind_property(screen.pipeline().sink(), "current-caption", overlay, "text",
                         G_BINDING_SYNC_CREATE);
  // The overlay's text is markup.
  const std::vector<std::pair<std::string, std::string>> kSaid{
      {"R&D", "R&amp;D"},
      {"R&D is", "R&amp;D is"},
      {"R&D isn't <bound>", "R&amp;D isn't &lt;bound&gt;"}};
  std::vector<std::string> texts;
  for (const auto &[said, expected] : kSaid) {
    screen.say({.order = 0, .words = words_in(said)});
    screen.wait_until_shown(expected);
    gchar *caption = nullptr;
    g_object_get(screen.pipeline().sink(), "current-caption", &caption, nullptr);
    fail_unless_equals_text(caption, expected);
    g_free(caption);
    texts.push_back(expected);
  }
  say_final(screen, 0, kSaid.back().first);
  screen.wait_until_shown("");
  assert_shown(screen.shown(texts), texts);
  gst_object_unref(overlay);
}
GST_END_TEST

static Suite *rolling_text_suite() {
  Suite *suite = suite_create("rolling_text");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_are_on_the_screen_at_once_at_any_latency);
  tcase_add_test(tests, test_lines_that_are_full_stay_as_they_are_and_roll_up);
  tcase_add_test(tests, test_the_picture_goes_on_without_a_service);
  tcase_add_test(tests, test_a_pause_in_the_middle_of_a_turn);
  tcase_add_test(tests, test_the_last_words_stay_after_the_end_of_the_audio);
  tcase_add_test(tests, test_a_flush_takes_the_text_away);
  tcase_add_test(tests, test_only_stable_words_if_wanted);
  tcase_add_test(tests, test_words_that_are_not_stable_look_so_in_markup);
  tcase_add_test(tests, test_the_current_caption_can_be_bound_to_an_overlay);
  return suite;
}

CHECK_SUITE_NEEDS(rolling_text, {}, {"textoverlay"});
