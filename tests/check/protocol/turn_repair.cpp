// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Missing parts of a turn are filled in: its number, its words, their times inside the sent audio,
// and the text to show.

#include "protocol/turn_repair.h"

#include <utility>

#include "protocol/decode.h"
#include "protocol/samples.h"
#include "protocol/tracked.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Word word_at(const std::string &text, milliseconds start, milliseconds end) {
  return {.text = text, .start = start, .end = end};
}

Word word_of(const std::string &text) {
  return word_at(text, kUnknownTime, kUnknownTime);
}

Turn with_words(Turn turn, std::vector<Word> words) {
  turn.words = std::move(words);
  return turn;
}

// "one@100-200 two@300-400?": the mark says that the times are inferred.
std::string shown(const std::vector<Word> &words) {
  std::string out;
  for (const Word &word : words)
    out += (out.empty() ? "" : " ") + word.text + "@" + std::to_string(word.start.count()) + "-" +
           std::to_string(word.end.count()) + (word.inferred ? "?" : "");
  return out;
}

// The TurnRepair of a session, with results as text.
class Repaired {
 public:
  explicit Repaired(bool expects_formatted = false) : expects_formatted_(expects_formatted) {}

  Turn repaired(Turn turn, milliseconds received) {
    repair_.repair(&turn, received, expects_formatted_);
    return turn;
  }
  void expect(Turn turn, milliseconds received, std::string_view words) {
    expect_string(shown(repaired(std::move(turn), received).words), words);
  }
  void expect_order(Turn turn, std::int64_t order) {
    turn.order = kUnknownOrder;
    fail_unless_equals_int64(repaired(std::move(turn), 10s).order, order);
  }
  void note_speech(milliseconds start) { repair_.note_speech(start); }

 private:
  bool expects_formatted_;
  TurnRepair repair_;
};

Turn sample_turn(const std::string &name) {
  return std::get<Turn>(*decode(sample(name)));
}

}  // namespace

GST_START_TEST(test_times_that_were_sent_stay) {
  Repaired subject;
  subject.expect(
      with_words(formatted(0, "a b"), {word_at("a", 100ms, 300ms), word_at("b", 200ms, 400ms)}), 1s,
      "a@100-300 b@200-400");
}
GST_END_TEST

GST_START_TEST(test_a_word_gets_a_time_between_its_neighbours) {
  Repaired subject;
  const Word a = word_at("aaa", 1000ms, 1200ms);
  const Word d = word_at("d", 1500ms, 1700ms);
  subject.expect(with_words(formatted(0, "x"), {a, word_of("b"), word_of("c"), d}), 9s,
                 "aaa@1000-1200 b@1200-1340? c@1340-1480? d@1500-1700");
  // No slower than people speak.
  subject.expect(with_words(formatted(1, "x"), {a, word_of("b"), word_at("d", 4s, 5s)}), 9s,
                 "aaa@1000-1200 b@1200-1340? d@4000-5000");
  subject.expect(with_words(formatted(2, "x"), {word_of("cc"), d}), 9s,
                 "cc@1290-1500? d@1500-1700");
  subject.expect(with_words(formatted(3, "x"), {a, word_of("b")}), 1300ms,
                 "aaa@1000-1200 b@1200-1300?");
  // Neighbours without space between them.
  subject.expect(with_words(formatted(4, "x"), {a, word_of("b"), word_at("c", 1100ms, 1300ms)}), 9s,
                 "aaa@1000-1200 b@1100-1100? c@1100-1300");
}
GST_END_TEST

GST_START_TEST(test_one_time_of_a_word_gives_the_other) {
  Repaired subject;
  subject.expect(with_words(formatted(0, "x"),
                            {word_at("a", 1s, kUnknownTime), word_at("b", 1100ms, kUnknownTime),
                             word_at("c", kUnknownTime, 2s)}),
                 2s, "a@1000-1100? b@1100-1240? c@1860-2000?");
}
GST_END_TEST

GST_START_TEST(test_no_word_is_beyond_the_audio) {
  Repaired subject;
  subject.expect(with_words(formatted(0, "x"), {word_at("a", 1s, 2s), word_at("b", 1900ms, 2500ms),
                                                word_at("c", 70h, 71h), word_at("d", 3s, 3s)}),
                 2s, "a@1000-2000 b@1900-2000 c@2000-2000? d@2000-2000?");
  subject.expect(with_words(formatted(1, "x"), {word_at("e", 70h, 71h)}), 5s, "e@4860-5000?");
}
GST_END_TEST

GST_START_TEST(test_words_of_a_transcript_come_before_it) {
  Repaired subject;
  subject.expect(formatted(0, "good evening"), 10s, "good@9090-9440? evening@9440-10000?");
}
GST_END_TEST

GST_START_TEST(test_words_of_a_transcript_come_after_the_turn_before) {
  Repaired subject;
  subject.expect(with_words(formatted(0, "x"), {word_at("x", 1s, 2s)}), 3s, "x@1000-2000");
  subject.expect(formatted(1, "four words of text"), 3s,
                 "four@2000-2263? words@2263-2578? of@2578-2736? text@2736-3000?");
  subject.expect(formatted(2, "a"), 3s, "a@3000-3000?");
}
GST_END_TEST

GST_START_TEST(test_words_of_a_transcript_come_after_the_begin_of_speech) {
  Repaired subject;
  subject.note_speech(2500ms);
  subject.expect(formatted(0, "four words of text"), 3s,
                 "four@2500-2631? words@2631-2789? of@2789-2868? text@2868-3000?");
  subject.note_speech(kUnknownTime);
  subject.expect(formatted(1, "x"), 3100ms, "x@3000-3100?");
}
GST_END_TEST

GST_START_TEST(test_a_final_without_words_has_the_times_of_its_partial) {
  Repaired subject;
  const std::vector<Word> words{word_at("good", 1s, 1300ms), word_at("evening", 1400ms, 2s)};
  subject.expect(with_words(partial(0, "good evening"), words), 3s,
                 "good@1000-1300 evening@1400-2000");
  subject.expect(formatted(0, "Good evening."), 4s, "Good@1000-1300 evening.@1400-2000");
  subject.expect(with_words(partial(1, "a"), {word_at("a", 3s, 3200ms)}), 4s, "a@3000-3200");
  subject.expect(formatted(1, "A b."), 4s, "A@3000-3140? b.@3140-3350?");
}
GST_END_TEST

// The formatted final of a turn may arrive after the next turn has begun, and have other words.
GST_START_TEST(test_a_formatted_final_without_words_has_the_times_of_the_unformatted) {
  Repaired subject(true);
  subject.expect(with_words(unformatted(0, "twenty five"),
                            {word_at("twenty", 1s, 1300ms), word_at("five", 1400ms, 2s)}),
                 3s, "twenty@1000-1300 five@1400-2000");
  subject.expect(with_words(partial(1, "x"), {word_at("x", 2500ms, 3s)}), 3s, "x@2500-3000");
  subject.expect(formatted(0, "25 euros now."), 4s,
                 "25@1020-1230? euros@1230-1650? now.@1650-2000?");
}
GST_END_TEST

// A service may restart its count.
GST_START_TEST(test_words_of_turns_out_of_order_take_no_time) {
  Repaired subject;
  subject.expect(formatted(9, "nine"), 4s, "nine@3650-4000?");
  subject.expect(formatted(3, "three"), 5s, "three@4000-4000?");
  subject.expect(formatted(2, "two"), 5200ms, "two@4000-4000?");
  subject.expect(formatted(10, "ten"), 9s, "ten@8720-9000?");
}
GST_END_TEST

GST_START_TEST(test_words_without_text_give_their_times) {
  Repaired subject;
  const Turn turn =
      with_words(formatted(0, "good evening"), {word_at("", 1s, 1300ms), word_at("", 1400ms, 2s)});
  subject.expect(turn, 9s, "good@1000-1300 evening@1400-2000");
}
GST_END_TEST

GST_START_TEST(test_text_that_cannot_be_read_is_that_before) {
  Repaired subject;
  const std::vector<Word> words{word_at("one", 1s, 2s)};
  subject.expect(with_words(partial(0, "one"), words), 3s, "one@1000-2000");
  Turn lost = formatted(0, "");
  lost.text_unknown = true;
  const Turn turn = subject.repaired(lost, 3s);
  expect_string(turn.transcript, "one");
  fail_unless(turn.words == words && turn.end_of_turn);
  Turn empty = formatted(0, "");
  expect_string(turn_text(subject.repaired(empty, 3s)), "");
}
GST_END_TEST

GST_START_TEST(test_a_turn_without_a_number_continues_or_is_the_next) {
  Repaired subject;
  subject.expect_order(partial(0, "a"), 0);
  subject.expect_order(partial(0, "a b"), 0);
  subject.expect_order(formatted(0, "A b."), 0);
  subject.expect_order(formatted(0, "C."), 1);
  subject.expect(partial(7, "x"), 11s, "x@10860-11000?");
  subject.expect_order(formatted(0, "X."), 7);
  Repaired classical(true);
  classical.expect_order(unformatted(0, "a"), 0);
  classical.expect_order(formatted(0, "A."), 0);
  classical.expect_order(unformatted(0, "b"), 1);
}
GST_END_TEST

GST_START_TEST(test_text_of_whisper_is_the_utterance) {
  Repaired subject;
  const Turn turn = subject.repaired(sample_turn("turn_whisper"), 10s);
  expect_string(turn.transcript, "Buenos días.");
  expect_string(shown(turn.words), "Buenos@1200-2596 días.@2828-3760");
  const Turn silence = subject.repaired(sample_turn("turn_whisper_empty_word"), 10s);
  expect_string(silence.transcript, "[Silence] [Silence]");
  expect_string(shown(silence.words), "[Silence]@6300-6338 [Silence]@6376-6687");
}
GST_END_TEST

namespace {

struct UtteranceCase {
  const char *transcript;
  const char *utterance;
  bool end_of_turn;
  const char *text;
};

}  // namespace

static const UtteranceCase kUtterances[] = {
    {"veinte euros", "20 €.", true, "20 €."},
    {"veinte euros", "20 €.", false, "veinte euros"},
    {"one two three", "Two three.", true, "one two three"},  // the last of two
    {"one two three", "One two.", true, "one two three"},
    {"one two", "One two.", false, "One two."},
    {"one two", "", true, "one two"},
    {"", "One.", true, "One."},
    {" music ", "[MUSIC]", true, "[Music]"},
    {"hello applause", "Hello. [ Applause ]", true, "Hello. [Applause]"},
    {"background music hello", "[ background music] Hello [", true, "[background music] Hello ["},
    {"x", "X []", true, "X []"},
};

GST_START_TEST(test_a_complete_utterance_replaces_the_transcript) {
  const UtteranceCase &entry = kUtterances[__i__];
  Repaired subject;
  Turn turn = turn_of(0, entry.transcript, entry.end_of_turn, false);
  turn.utterance = entry.utterance;
  expect_string(turn_text(subject.repaired(turn, 10s)), entry.text);
}
GST_END_TEST

GST_START_TEST(test_a_formatted_transcript_stays) {
  Repaired subject;
  Turn turn = formatted(0, "It's 25.");
  turn.utterance = "it is twenty five";
  expect_string(turn_text(subject.repaired(turn, 10s)), "It's 25.");
}
GST_END_TEST

GST_START_TEST(test_revised_words_keep_what_is_known) {
  std::vector<Word> words{word_of("a"), word_at("b", 1s, 2s), word_of("c"),
                          word_at("d", 2100ms, 3s)};
  infer_times(&words);
  expect_string(shown(words), "a@860-1000? b@1000-2000 c@2000-2100? d@2100-3000");
  words = {word_of("a"), word_of("b")};
  infer_times(&words);
  fail_unless(words[0].start == kUnknownTime && words[1].end == kUnknownTime);
}
GST_END_TEST

static Suite *turn_repair_suite() {
  Suite *suite = suite_create("turn_repair");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_times_that_were_sent_stay);
  tcase_add_test(tests, test_a_word_gets_a_time_between_its_neighbours);
  tcase_add_test(tests, test_one_time_of_a_word_gives_the_other);
  tcase_add_test(tests, test_no_word_is_beyond_the_audio);
  tcase_add_test(tests, test_words_of_a_transcript_come_before_it);
  tcase_add_test(tests, test_words_of_a_transcript_come_after_the_turn_before);
  tcase_add_test(tests, test_words_of_a_transcript_come_after_the_begin_of_speech);
  tcase_add_test(tests, test_a_final_without_words_has_the_times_of_its_partial);
  tcase_add_test(tests, test_a_formatted_final_without_words_has_the_times_of_the_unformatted);
  tcase_add_test(tests, test_words_of_turns_out_of_order_take_no_time);
  tcase_add_test(tests, test_words_without_text_give_their_times);
  tcase_add_test(tests, test_text_that_cannot_be_read_is_that_before);
  tcase_add_test(tests, test_a_turn_without_a_number_continues_or_is_the_next);
  tcase_add_test(tests, test_text_of_whisper_is_the_utterance);
  tcase_add_loop_test(tests, test_a_complete_utterance_replaces_the_transcript, 0,
                      std::ssize(kUtterances));
  tcase_add_test(tests, test_a_formatted_transcript_stays);
  tcase_add_test(tests, test_revised_words_keep_what_is_known);
  return suite;
}

CHECK_SUITE(turn_repair);
