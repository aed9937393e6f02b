// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The words of a turn with the match of its transcript, at their running times.

#include "captions/words.h"

#include "captions/graphemes.h"
#include "captions/layout.h"
#include "captions/random_text.h"
#include "support/check.h"

using namespace assemblyai;
using namespace std::chrono_literals;

namespace {

constexpr TurnStatus kGrowing{1, false, false};
constexpr TurnStatus kFinal{1, true, false};

// In audio that began at 10 s.
Turn located(Turn turn) {
  for (Word &word : turn.words) {
    word.begins = {.running_time = 10s + word.start};
    word.ends = {.running_time = 10s + std::max(word.start, word.end)};
  }
  return turn;
}

// The words take 100 ms each, one after the other.
Turn turn_of(const std::string &transcript, const std::vector<std::string> &words,
             bool end_of_turn = true) {
  Turn turn;
  turn.transcript = transcript;
  turn.end_of_turn = end_of_turn;
  for (const std::string &text : words) {
    const auto index = static_cast<int>(turn.words.size());
    turn.words.push_back(
        {.text = text, .start = index * 100ms, .end = (index + 1) * 100ms, .is_final = true});
  }
  return turn;
}

// "first@0 second@100 +joined@200", with the milliseconds from 10 s on.
std::string shown(const CaptionTurn &turn) {
  std::string all;
  for (const CaptionWord &word : turn.words) {
    all += (all.empty() ? "" : " ") + std::string(word.joined ? "+" : "") + word.text + "@" +
           std::to_string((word.start - 10s) / 1ms);
  }
  return all;
}

std::string final_words(const std::string &transcript, const std::vector<std::string> &words) {
  return shown(caption_turn(located(turn_of(transcript, words)), kFinal));
}

std::string growing_words(const std::string &transcript, const std::vector<std::string> &words) {
  return shown(caption_turn(located(turn_of(transcript, words, false)), kGrowing));
}

std::string stable(const CaptionTurn &turn) {
  std::string all;
  for (const CaptionWord &word : turn.words)
    all += word.stable ? '1' : '0';
  return all;
}

std::string without_punctuation(const std::string &text) {
  std::string rest;
  for (const char *at = text.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    if (!g_unichar_ispunct(g_utf8_get_char(at)))
      rest.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  return rest;
}

// A transcript, and words that are nearly those of it.
Turn random_turn(RandomText &random, bool end_of_turn) {
  std::string transcript;
  std::vector<std::string> words;
  const std::size_t trouble = random.below(20);
  for (std::size_t left = random.below(20) + 1; left > 0; left--) {
    std::string word = random.word(8);
    if (!transcript.empty() && !random.one_in(4))
      transcript += ' ';
    transcript += word;
    if (random.one_in(4))
      word = without_punctuation(word);
    if (trouble != 0 || !random.one_in(4))
      words.push_back(trouble == 1 && random.one_in(4) ? random.word(8) : word);
  }
  if (trouble == 2)
    words.push_back(random.word(8));
  Turn turn = turn_of(transcript, words, end_of_turn);
  for (Word &word : turn.words) {
    if (random.one_in(10))
      word.start = 1ms * random.below(60000);
    if (random.one_in(10))
      word.end = 1ms * random.below(60000);
  }
  return turn;
}

}  // namespace

GST_START_TEST(test_words_are_spelled_as_in_the_transcript) {
  fail_unless_equals_text(final_words("Hello, world.", {"Hello,", "world."}),
                          "Hello,@0 world.@100");
  fail_unless_equals_text(final_words("Hello, world.", {"hello", "world"}), "Hello,@0 world.@100");
  fail_unless_equals_text(final_words("Don’t!", {"dont"}), "Don’t!@0");
  fail_unless_equals_text(final_words("“Yes” — he said (twice).", {"yes", "he", "said", "twice"}),
                          "“Yes” —@0 he@100 said@200 (twice).@300");
  fail_unless_equals_text(final_words("it costs $25", {"it", "costs", "25"}),
                          "it@0 costs@100 $25@200");
  fail_unless_equals_text(final_words("yes(no)well", {"yes", "no", "well"}),
                          "yes@0 +(no)@100 +well@200");
  fail_unless_equals_text(final_words("*** it", {"***", "it"}), "***@0 it@100");
  fail_unless_equals_text(final_words("“***” it", {"***", "it"}), "“***”@0 it@100");
  fail_unless_equals_text(final_words("Yes no", {"yes", ",", "no", "."}), "Yes@0 no@200");
  fail_unless_equals_text(final_words("can't", {"can", "'t"}), "can@0 +'t@100");
}
GST_END_TEST

GST_START_TEST(test_scripts_without_blanks_have_none) {
  fail_unless_equals_text(final_words("今日は、「晴れ」です。", {"今日", "は", "晴れ", "です"}),
                          "今日@0 +は、@100 +「晴れ」@200 +です。@300");
  fail_unless_equals_text(final_words("今日は。", {"今日", "は", "。"}), "今日@0 +は@100 +。@200");
  fail_unless_equals_text(growing_words("", {"コーヒー", "を", "two", "つ", "ไทย", "ครับ"}),
                          "コーヒー@0 +を@100 two@200 つ@300 +ไทย@400 +ครับ@500");
  fail_unless_equals_text(growing_words("", {"한국", "어"}), "한국@0 어@100");
  fail_unless_equals_text(growing_words("", {"か", "\u3099"}), "か@0 \u3099@100");
  fail_unless_equals_text(final_words("か\u3099", {"か", "\u3099"}), "か\u3099@0");
}
GST_END_TEST

GST_START_TEST(test_the_words_behind_the_transcript_of_a_growing_turn_are_appended) {
  fail_unless_equals_text(growing_words("Hi, my", {"Hi,", "my", "name"}), "Hi,@0 my@100 name@200");
  fail_unless_equals_text(growing_words("今日", {"今日", "は"}), "今日@0 +は@100");
  // The session ended before the service's final.
  const Turn turn = turn_of("Hi, my", {"Hi,", "my", "name"}, false);
  fail_unless_equals_text(shown(caption_turn(located(turn), kFinal)), "Hi,@0 my@100 name@200");
}
GST_END_TEST

GST_START_TEST(test_a_final_that_differs_from_its_words_gets_their_time) {
  fail_unless_equals_text(final_words("It's colour", {"its", "color"}), "It's@0 colour@100");
  fail_unless_equals_text(final_words("It costs $25", {"it", "costs", "twenty", "five"}),
                          "It@0 costs@80 $25@280");
  fail_unless_equals_text(final_words("Hi", {"hi", "there"}), "Hi@0");
  fail_unless_equals_text(final_words("well, hi", {"well"}), "well,@0 hi@71");
  fail_unless_equals_text(final_words("...", {"hello"}), "...@0");
  fail_unless_equals_text(final_words("never heard", {}), "");
  const CaptionTurn turn =
      caption_turn(located(turn_of("abcd efgh", {"one", "two", "three"})), kFinal);
  fail_unless_equals_text(shown(turn), "abcd@0 efgh@150");
  fail_unless(turn.words[0].end == 10150ms && turn.words[1].end == 10300ms);
  fail_unless_equals_text(stable(turn), "11");
}
GST_END_TEST

GST_START_TEST(test_shared_time_is_that_of_all_words_with_their_speakers) {
  Turn turn = turn_of("ab cd ef gh", {"one", "two", "", "three"});
  turn.words[0].end = 800ms;
  turn.words[3].speaker = "A";
  const CaptionTurn caption = caption_turn(located(turn), kFinal);
  fail_unless_equals_text(shown(caption), "ab@0 cd@200 ef@400 gh@600");
  fail_unless_equals_text(caption.words[1].speaker, "");
  fail_unless_equals_text(caption.words[2].speaker, "A");
}
GST_END_TEST

GST_START_TEST(test_a_growing_turn_that_differs_from_its_words_shows_the_words) {
  const CaptionTurn turn =
      caption_turn(located(turn_of("It's $25", {"it", "is", "twenty"}, false)), kGrowing);
  fail_unless_equals_text(shown(turn), "it@0 is@100 twenty@200");
  fail_unless_equals_text(stable(turn), "000");
}
GST_END_TEST

GST_START_TEST(test_without_transcript_the_utterance_counts_then_the_words) {
  Turn turn = turn_of("", {"hello", "world"});
  fail_unless_equals_text(shown(caption_turn(located(turn), kFinal)), "hello@0 world@100");
  turn.utterance = "Hello, world.";
  fail_unless_equals_text(shown(caption_turn(located(turn), kFinal)), "Hello,@0 world.@100");
}
GST_END_TEST

GST_START_TEST(test_words_are_stable_when_the_service_says_so) {
  Turn turn = turn_of("one two three", {"one", "two", "three"}, false);
  turn.words[2].is_final = false;
  fail_unless_equals_text(stable(caption_turn(located(turn), kGrowing)), "110");
  fail_unless_equals_text(stable(caption_turn(located(turn), {1, false, true})), "000");
  fail_unless_equals_text(stable(caption_turn(located(turn), kFinal)), "111");
}
GST_END_TEST

GST_START_TEST(test_speakers_are_the_words_or_the_turns) {
  Turn turn = turn_of("a b c d", {"a", "b", "c", "d"});
  turn.speaker_label = "B";
  turn.words[0].speaker = "A";
  turn.words[1].speaker = "PENDING";
  turn.words[2].speaker = "UNKNOWN";
  const auto words = caption_turn(located(turn), kFinal).words;
  fail_unless_equals_text(words[0].speaker, "A");
  fail_unless_equals_text(words[1].speaker, "B");
  fail_unless_equals_text(words[2].speaker, "B");
  fail_unless_equals_text(words[3].speaker, "B");
  turn.speaker_label = "PENDING";
  fail_unless_equals_text(caption_turn(located(turn), kFinal).words[3].speaker, "");
}
GST_END_TEST

GST_START_TEST(test_text_stays_on_one_line_and_breaks_no_subtitle_format) {
  fail_unless_equals_text(
      growing_words("", {"a\nb", " \t", "c\r\n", "x-->y", std::string("\0", 1)}),
      "a b@0 c@200 x→y@300");
  fail_unless_equals_text(final_words("Hi\n  there\u2028you --> me", {"Hi", "there", "you", "me"}),
                          "Hi@0 there@100 you →@200 me@300");
  fail_unless_equals_text(final_words("Ça\u00a0!", {"Ça"}), "Ça\u00a0!@0");
}
GST_END_TEST

GST_START_TEST(test_times_are_those_of_the_audio_and_never_go_back) {
  Turn turn = turn_of("a b c", {"a", "b", "c"});
  turn.words[0].start = 500ms;
  turn.words[0].end = 600ms;
  turn.words[2].end = 0ms;
  turn.language_code = "fr";
  const CaptionTurn caption = caption_turn(located(turn), {7, true, false});
  fail_unless_equals_text(shown(caption), "a@500 b@500 c@500");
  for (const CaptionWord &word : caption.words)
    fail_unless(word.end >= word.start);
  fail_unless_equals_uint64(caption.number, 7);
  fail_unless(caption.final);
  fail_unless_equals_text(caption.language, "fr");
}
GST_END_TEST

GST_START_TEST(test_words_without_a_time_are_left_out) {
  Turn turn = located(turn_of("one two", {"one", "two"}));
  turn.words[0].begins.reset();
  turn.words[0].ends.reset();
  turn.words[1].begins->running_time = 798s;
  const CaptionTurn caption = caption_turn(turn, kFinal);
  fail_unless_equals_int(caption.words.size(), 1);
  fail_unless_equals_text(caption.words[0].text, "two");
  fail_unless(caption.words[0].start == 798s);
  turn.words[1].begins.reset();
  fail_unless(caption_turn(turn, kFinal).words.empty());
}
GST_END_TEST

GST_START_TEST(test_a_final_keeps_all_of_its_transcript_whatever_the_words) {
  for (unsigned seed = 0; seed < testing::tries(5000); seed++) {
    RandomText random(seed);
    const Turn turn = random_turn(random, true);
    const CaptionTurn caption = caption_turn(located(turn), kFinal);
    if (!turn.words.empty())
      fail_unless(text_of(caption.words) == turn.transcript, "seed %u: \"%s\" is not \"%s\"", seed,
                  text_of(caption.words).c_str(), turn.transcript.c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_words_are_in_order_and_not_blank_whatever_the_turn) {
  for (unsigned seed = 0; seed < testing::tries(5000); seed++) {
    RandomText random(seed);
    const Turn turn = random_turn(random, random.one_in(2));
    const CaptionTurn caption = caption_turn(located(turn), random.one_in(2) ? kFinal : kGrowing);
    nanoseconds last = 0s;
    for (const CaptionWord &word : caption.words) {
      fail_unless(word.start >= last && word.end >= word.start, "seed %u", seed);
      fail_unless(!word.text.empty() && word.text.front() != ' ' && word.text.back() != ' ',
                  "seed %u", seed);
      last = word.start;
    }
    fail_if(!caption.words.empty() && caption.words[0].joined, "seed %u", seed);
  }
}
GST_END_TEST

// The time-out of the test catches what grows faster than the text.
GST_START_TEST(test_huge_turns_are_no_burden) {
  for (const char *text : {"a", "*", "日", "a "}) {
    std::string transcript;
    for (int i = 0; i < 50000; i++)
      transcript += text;
    for (const std::string &word :
         {std::string(text), std::string("b"), std::string("."), transcript + "b"}) {
      const std::size_t count = word.size() > 10 ? 3 : 50000;
      const Turn turn = turn_of(transcript, std::vector<std::string>(count, word));
      fail_if(caption_turn(located(turn), kFinal).words.empty());
      (void)caption_turn(located(turn), kGrowing);
    }
  }
}
GST_END_TEST

// Changes of direction and noncharacters go; what writes Arabic, Persian or emoji stays.
GST_START_TEST(test_nothing_steers_the_picture) {
  for (const char *bad :
       {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069",
        "\u206a", "\ufff9", "\ufdd0", "\ufffe", "\U0010ffff"}) {
    const std::string text = std::string(bad) + "a" + bad + "b";
    fail_unless_equals_text(growing_words("", {text, bad}), "ab@0");
    fail_unless_equals_text(final_words(text, {text}), "ab@0");
  }
  fail_unless_equals_text(growing_words("", {"\x1b[31mred", "\u0085", "x\u009b"}),
                          "[31mred@0 x@200");
  for (const char *good :
       {"می\u200cخواهم", "\u200fשלום!", "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿"})
    fail_unless_equals_text(growing_words("", {good}), good + std::string("@0"));
}
GST_END_TEST

GST_START_TEST(test_a_character_has_no_more_marks_than_any_script) {
  std::string marks;
  for (int i = 0; i < 30; i++)
    marks += "\u0301";
  fail_unless_equals_text(growing_words("", {"e" + marks}), "e" + marks + "@0");
  fail_unless_equals_text(growing_words("", {"e" + marks + marks + "a" + marks}),
                          "e" + marks + "a" + marks + "@0");
}
GST_END_TEST

// More than anybody can say is cut off; what is said after it is not.
GST_START_TEST(test_text_beyond_all_that_can_be_said_is_cut) {
  const auto text_length = [](const CaptionTurn &turn) {
    std::size_t all = 0;
    for (const CaptionWord &word : turn.words)
      all += columns(word.text);
    return all;
  };
  Turn turn = turn_of("", {std::string(1U << 20U, 'x'), "is lost", "after"});
  turn.words[2].start = 2s;
  turn.words[2].end = 2500ms;
  CaptionTurn caption = caption_turn(located(turn), kFinal);
  fail_unless_equals_uint64(caption.words.size(), 2);
  fail_unless_equals_text(caption.words[0].text, std::string(1006, 'x') + "…");
  fail_unless_equals_text(caption.words[1].text, "after");

  turn = turn_of(std::string(1U << 20U, 'y'), {"one", "two"});
  fail_unless_equals_uint64(text_length(caption_turn(located(turn), kFinal)), 1013);

  turn = turn_of("", std::vector<std::string>(100000, "word"));
  for (Word &word : turn.words)
    word.start = word.end = 1s;
  turn.words.push_back({.text = "after", .start = 2s, .end = 2500ms});
  caption = caption_turn(located(turn), kFinal);
  fail_unless_equals_uint64(text_length(caption), 1000 + 1 + 5);
  fail_unless_equals_text(caption.words[caption.words.size() - 2].text, "…");
  fail_unless_equals_text(caption.words.back().text, "after");

  // Marks of a word each do not pile up on the character before.
  turn = turn_of("", std::vector<std::string>(5000, "\u0e31"));
  for (Word &word : turn.words)
    word.start = word.end = 1s;
  std::size_t bytes = 0;
  for (const CaptionWord &word : caption_turn(located(turn), kFinal).words)
    bytes += word.text.size();
  fail_unless(bytes <= 3 * 1002, "%zu", bytes);
}
GST_END_TEST

// A whole turn as one word, as in scripts without blanks, and words whose times are not known.
GST_START_TEST(test_text_that_can_be_said_is_not_cut) {
  std::string text;
  for (int i = 0; i < 450; i++)
    text += "字";
  fail_unless_equals_text(final_words(text, {"x"}), text + "@0");
  Turn turn = turn_of("", std::vector<std::string>(200, "word"));
  for (Word &word : turn.words)
    word.start = word.end = 1s;
  fail_unless_equals_uint64(caption_turn(located(turn), kFinal).words.size(), 200);
}
GST_END_TEST

namespace {

struct SoundCase {
  const char *transcript;
  std::vector<std::string> words;
  const char *with_sounds;
  const char *without;
};

}  // namespace

static const SoundCase kSounds[] = {
    {"[Silence]", {"[Silence]"}, "", ""},
    {"[Silence] [Silence]", {"", "silence"}, "", ""},
    {"[SILENCE] [ silence ] [Silence.]", {"silence", "silence", "silence"}, "", ""},
    {"Hello [Silence] you.", {"hello", "silence", "you"}, "Hello@0 you.@200", "Hello@0 you.@200"},
    {"[Music] Hello.", {"[Music]", "Hello."}, "[Music]@0 Hello.@100", "Hello.@100"},
    {"[background music] Hello.",
     {"background", "music", "hello"},
     "[background@0 music]@100 Hello.@200",
     "Hello.@200"},
    {"Hello.[Music]", {"Hello.[Music]"}, "Hello.[Music]@0", "Hello.@0"},
    {"[Music].", {"music"}, "[Music].@0", ""},
    {"I [PERSON_NAME] [DATE]",
     {"I", "[PERSON_NAME]", "[DATE]"},
     "I@0 [PERSON_NAME]@100 [DATE]@200",
     "I@0 [PERSON_NAME]@100 [DATE]@200"},
    {"[музыка] x", {"[музыка]", "x"}, "[музыка]@0 x@100", "x@100"},
    {"a [1] b] [c",
     {"a", "[1]", "b]", "[c"},
     "a@0 [1]@100 b]@200 [c@300",
     "a@0 [1]@100 b]@200 [c@300"},
    {"silence is golden",
     {"silence", "is", "golden"},
     "silence@0 is@100 golden@200",
     "silence@0 is@100 golden@200"},
    {"[ Silence]", {"[", "Silence]"}, "", ""},
};

GST_START_TEST(test_sounds_are_shown_or_not_and_silence_never) {
  const SoundCase &entry = kSounds[__i__];
  for (const bool final : {true, false}) {
    const Turn turn = turn_of(entry.transcript, entry.words, final);
    if (!final && entry.words[0].empty())
      continue;  // without brackets yet
    fail_unless_equals_text(shown(caption_turn(located(turn), {1, final, false, true})),
                            entry.with_sounds);
    fail_unless_equals_text(shown(caption_turn(located(turn), {1, final, false, false})),
                            entry.without);
  }
}
GST_END_TEST

// What takes as long as the square of the text would take minutes.
GST_START_TEST(test_many_sounds_take_little_time) {
  std::string text;
  std::vector<std::string> words;
  for (int i = 0; i < 50000; i++) {
    words.emplace_back(i % 2 == 0 ? "[Music]" : "]");
    text += words.back() + " ";
  }
  const Turn turn = turn_of(text, words);
  const CaptionTurn caption = caption_turn(located(turn), {1, true, false, false});
  for (const CaptionWord &word : caption.words)
    must(word.text != "[Music]", "shown");
  (void)caption_turn(located(turn_of(std::string(1U << 20U, ']'), {"x"})), kFinal);
}
GST_END_TEST

static Suite *words_suite() {
  Suite *suite = suite_create("words");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_are_spelled_as_in_the_transcript);
  tcase_add_test(tests, test_scripts_without_blanks_have_none);
  tcase_add_test(tests, test_the_words_behind_the_transcript_of_a_growing_turn_are_appended);
  tcase_add_test(tests, test_a_final_that_differs_from_its_words_gets_their_time);
  tcase_add_test(tests, test_a_growing_turn_that_differs_from_its_words_shows_the_words);
  tcase_add_test(tests, test_without_transcript_the_utterance_counts_then_the_words);
  tcase_add_test(tests, test_words_are_stable_when_the_service_says_so);
  tcase_add_test(tests, test_speakers_are_the_words_or_the_turns);
  tcase_add_test(tests, test_text_stays_on_one_line_and_breaks_no_subtitle_format);
  tcase_add_test(tests, test_nothing_steers_the_picture);
  tcase_add_test(tests, test_a_character_has_no_more_marks_than_any_script);
  tcase_add_test(tests, test_text_beyond_all_that_can_be_said_is_cut);
  tcase_add_test(tests, test_text_that_can_be_said_is_not_cut);
  tcase_add_test(tests, test_times_are_those_of_the_audio_and_never_go_back);
  tcase_add_test(tests, test_words_without_a_time_are_left_out);
  tcase_add_test(tests, test_a_final_keeps_all_of_its_transcript_whatever_the_words);
  tcase_add_test(tests, test_words_are_in_order_and_not_blank_whatever_the_turn);
  tcase_add_test(tests, test_huge_turns_are_no_burden);
  tcase_add_test(tests, test_shared_time_is_that_of_all_words_with_their_speakers);
  tcase_add_loop_test(tests, test_sounds_are_shown_or_not_and_silence_never, 0,
                      std::ssize(kSounds));
  tcase_add_test(tests, test_many_sounds_take_little_time);
  return suite;
}

CHECK_SUITE(words);
