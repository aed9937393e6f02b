// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Every word that is heard is on the text pad once, in order, within its cue, and every cue
// is at its words' running times: whatever the segment, with holes, after seeks and pauses.
// Pipelines of one test play at the same time.

#include "support/check.h"
#include "support/feed.h"
#include "support/timed_talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kTalk = 14000ms;  // four sentences
constexpr milliseconds kHalf = 7000ms;
constexpr milliseconds kBetweenWords = 4740ms;
constexpr milliseconds kBetweenTurns = 10500ms;

GstClockTime clock_time(std::chrono::nanoseconds time) {
  return static_cast<GstClockTime>(time.count());
}

void check_words(const char *name, const TextPipeline &text, const std::vector<TimedText> &words,
                 ExactRules rules = {}) {
  fail_unless(words.size() > 10);
  const std::string fault = text.fault(words, std::move(rules));
  fail_unless(fault.empty(), "%s: %s", name, fault.c_str());
}

void check_words(const char *name, const TextPipeline &text, const std::vector<TalkPart> &parts,
                 ExactRules rules = {}) {
  check_words(name, text, words_of(parts), std::move(rules));
}

// Pushes the talk with a hole of 0.7 s and one of 5 s, and says where its parts are. The service
// cannot recognise a word before it has heard what follows, so the long hole is between turns.
std::vector<TalkPart> push_with_holes(Feed &feed, bool gap_events) {
  const std::vector<TalkPart> parts{{0ms, kBetweenWords, 0ms},
                                    {kBetweenWords, kBetweenTurns, kBetweenWords + 700ms},
                                    {kBetweenTurns, kTalk, kBetweenTurns + 5700ms}};
  std::chrono::nanoseconds end{};
  for (const TalkPart &part : parts) {
    if (gap_events && part.at > end)
      feed.gap(end, part.at - end);
    feed.push_talk(part.from, part.to, part.at);
    end = part.at + (part.to - part.from);
  }
  feed.end();
  return parts;
}

}  // namespace

GST_START_TEST(test_words_of_files_are_at_their_running_times) {
  static const struct {
    const char *name;
    const char *properties;
    milliseconds later;
  } kCases[] = {
      {"sync", "sync=true", 0ms},
      {"as fast as it goes", "sync=false", 0ms},
      {"lateness", "lateness=1000", 1000ms},
      {"streaming", "speech-model=universal-streaming-english", 0ms},
      {"words", "text-mode=words", 0ms},
      {"streaming words", "text-mode=words speech-model=universal-streaming-english", 0ms},
  };
  const auto server = start_server(coded_talk());
  const TalkFile file(kTalk);
  std::vector<std::unique_ptr<TextPipeline>> pipelines;
  for (const auto &which : kCases) {
    pipelines.push_back(
        std::make_unique<TextPipeline>(*server, file_source(file), which.properties));
    pipelines.back()->play();
  }
  for (std::size_t i = 0; i < pipelines.size(); i++) {
    pipelines[i]->pipeline().wait_for([](const Heard &heard) { return heard.eos; },
                                      kTalk + kDeadline);
    const bool by_word = g_str_has_prefix(kCases[i].properties, "text-mode=words");
    check_words(kCases[i].name, *pipelines[i], std::vector<TalkPart>{{0ms, kTalk, kCases[i].later}},
                {.min_duration = by_word ? 0s : 1s});
    fail_if(by_word &&
            pipelines[i]->recorder().cues().size() != words_of({{0ms, kTalk, 0ms}}).size());
  }
}
GST_END_TEST

GST_START_TEST(test_words_are_at_their_running_times_whatever_the_segment) {
  const auto server = start_server(coded_talk());
  TextPipeline based(*server, Feed::kSource);
  TextPipeline offset(*server, Feed::kSource);
  TextPipeline holes(*server, Feed::kSource);
  TextPipeline gaps(*server, Feed::kSource);

  Feed based_feed(based.pipeline());
  based_feed.segment().base = 2 * GST_SECOND;
  based_feed.segment().start = based_feed.segment().time = 50 * GST_SECOND;
  based_feed.push_talk(0ms, kHalf, 50s);
  // A second segment goes on in running time, elsewhere in stream time.
  based_feed.segment().base = 12 * GST_SECOND;
  based_feed.segment().start = 3 * GST_SECOND;
  based_feed.push_talk(kHalf, kTalk, 3s);
  based_feed.end();

  GstPad *pad = gst_element_get_static_pad(offset.pipeline().sink(), "sink");
  gst_pad_set_offset(pad, 3 * GST_SECOND);
  gst_object_unref(pad);
  Feed offset_feed(offset.pipeline());
  offset_feed.push_talk(0ms, kTalk, 0ms);
  offset_feed.end();

  Feed hole_feed(holes.pipeline());
  Feed gap_feed(gaps.pipeline());
  for (TextPipeline *text : {&based, &offset, &holes, &gaps})
    text->play();
  const std::vector<TalkPart> with_holes = push_with_holes(hole_feed, false);
  push_with_holes(gap_feed, true);
  for (TextPipeline *text : {&based, &offset, &holes, &gaps})
    text->pipeline().wait_for([](const Heard &heard) { return heard.eos; }, kTalk + kDeadline);

  check_words("segments", based, std::vector<TalkPart>{{0ms, kHalf, 2s}, {kHalf, kTalk, 12s}});
  check_words("offset", offset, std::vector<TalkPart>{{0ms, kTalk, 3000ms}});
  check_words("holes", holes, with_holes);
  check_words("gaps", gaps, with_holes);
}
GST_END_TEST

GST_START_TEST(test_words_are_at_their_running_times_after_seeks_and_pauses) {
  const auto coded = start_server(coded_talk());
  const auto scripted = start_server();  // the same talk, whatever the audio
  const TalkFile file(kTalk);
  const std::string live =
      "audiotestsrc is-live=true samplesperbuffer=800 num-buffers=280 ! "
      "audio/x-raw,rate=16000";
  TextPipeline sought(*coded, file_source(file));
  TextPipeline paused(*coded, file_source(file));
  TextPipeline plain_live(*scripted, live);
  TextPipeline paused_live(*scripted, live);
  for (TextPipeline *text : {&sought, &paused, &plain_live, &paused_live})
    text->play();
  sought.wait_for_cues(1);
  fail_unless(gst_element_seek_simple(sought.pipeline().element(), GST_FORMAT_TIME,
                                      GST_SEEK_FLAG_FLUSH, clock_time(kHalf)));
  paused.wait_for_cues(1);
  paused_live.wait_for_cues(1);
  paused.pipeline().wait_for_state(GST_STATE_PAUSED);
  paused_live.pipeline().wait_for_state(GST_STATE_PAUSED);
  paused.pipeline().dwell(2s);
  paused.play();
  paused_live.play();
  for (TextPipeline *text : {&sought, &paused, &plain_live, &paused_live})
    text->pipeline().wait_for([](const Heard &heard) { return heard.eos; }, kTalk + kDeadline);

  check_words("seek", sought, std::vector<TalkPart>{{kHalf, kTalk, 0ms}});
  check_words("pause", paused, std::vector<TalkPart>{{0ms, kTalk, 0ms}});
  check_words("live", plain_live, plain_live.words_by_position());
  check_words("live with a pause", paused_live, paused_live.words_by_position());
  // Nor was anything wrong before the seek.
  const std::vector<TimedText> before = timed(sought.last_run().first);
  std::vector<TimedText> words = words_of({{0ms, kHalf, 0ms}});
  std::erase_if(words, [&](const TimedText &word) { return word.start >= before.back().end; });
  const std::string fault = ExactTimes(before, words, {.same = same_letters}).fault();
  fail_unless(fault.empty(), "before the seek: %s", fault.c_str());
}
GST_END_TEST

static Suite *text_times_suite() {
  Suite *suite = suite_create("text_times");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_of_files_are_at_their_running_times);
  tcase_add_test(tests, test_words_are_at_their_running_times_whatever_the_segment);
  tcase_add_test(tests, test_words_are_at_their_running_times_after_seeks_and_pauses);
  return suite;
}

CHECK_SUITE(text_times);
