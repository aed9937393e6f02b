// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A service whose word times move by seconds, or that writes other words than it told before:
// each word that was said is on the text pad once.

#include <algorithm>
#include <memory>
#include <sstream>
#include <vector>

#include "support/check.h"
#include "support/text_pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// A pipeline, and all that is shown in it.
class Shown {
 public:
  Shown(const testserver::Server &server, const std::string &properties)
      : pipeline_(audio(300) +
                  to_text_sink(Factory::sink, server.endpoint(), "sync=false " + properties)),
        recorder_(pipeline_, "sink", "src") {
    pipeline_.set_state(GST_STATE_PLAYING);
  }

  // As one text.
  std::string text() {
    pipeline_.wait_for([](const Heard &heard) { return heard.eos; });
    assert_in_order(recorder_);
    std::string text;
    for (const Cue &cue : recorder_.cues())
      text += (text.empty() ? "" : " ") + cue.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }

 private:
  Pipeline pipeline_;
  PadRecorder recorder_;
};

constexpr const char *kWords[] = {"alpha", "bravo",    "charlie", "delta",   "echo",   "foxtrot",
                                  "golf",  "hotel",    "india",   "juliett", "kilo",   "lima",
                                  "mike",  "november", "oscar",   "papa",    "quebec", "romeo"};

// The first words, as an array of them; the server gives them other times.
std::string words_told(std::size_t count) {
  std::string words;
  for (std::size_t i = 0; i < count; i++)
    words += (i == 0 ? "" : ",") + std::string(R"({"text":")") + kWords[i] + R"(","formatted":")" +
             kWords[i] + R"(","start":)" + std::to_string(i * 600) + R"(,"end":)" +
             std::to_string(i * 600 + 500) + "}";
  return "[" + words + "]";
}

// Nobody says anything for 3.6 s: each message moves all the words.
std::string moving_turn() {
  static constexpr std::size_t kKnown[] = {3, 5, 6, 11, 13, 13, 13, 13, 18};
  std::string partials;
  for (std::size_t k = 0; k < std::size(kKnown); k++)
    partials += (k == 0 ? "" : ",") + std::string(R"({"at":)") + std::to_string(2150 + 1200 * k) +
                R"(,"words":)" + words_told(kKnown[k]) + "}";
  return R"({"turns":[{"words":)" + words_told(std::size(kWords)) + R"(,"partials":[)" + partials +
         R"(],"end":12450}]})";
}

std::string letters(std::string text) {
  std::erase_if(text, [](char byte) { return byte == '.'; });
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
  return text;
}

// Letters and digits only, and a digit for its name.
std::string with_digits(const std::string &text) {
  static constexpr const char *kDigits[] = {"zero", "one", "two",   "three", "four",
                                            "five", "six", "seven", "eight", "nine"};
  std::string said;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    const auto *const digit = std::find(std::begin(kDigits), std::end(kDigits), word);
    said += digit == std::end(kDigits) ? word : std::to_string(digit - std::begin(kDigits));
  }
  std::erase_if(said, [](char byte) { return g_ascii_isalnum(byte) == FALSE; });
  std::transform(said.begin(), said.end(), said.begin(), g_ascii_tolower);
  return said;
}

}  // namespace

GST_START_TEST(test_words_that_move_by_seconds_are_shown_once) {
  testserver::Options options;
  options.scenario = moving_turn();
  options.word_times = testserver::WordTimes::spread;
  std::string expected;
  for (const char *word : kWords)
    expected += (expected.empty() ? "" : " ") + std::string(word);
  const auto server = start_server(options);
  std::vector<std::unique_ptr<Shown>> pipelines;
  for (const char *mode : {"cues", "words"}) {
    for (const char *latency : {"1500", "2500", "3500", "4000", "4500", "6000"})
      pipelines.push_back(std::make_unique<Shown>(
          *server, std::string("latency=") + latency + " text-mode=" + mode));
  }
  for (const auto &pipeline : pipelines)
    fail_unless_equals_text(letters(pipeline->text()), expected);
}
GST_END_TEST

GST_START_TEST(test_a_number_goes_on_in_the_next_cue) {
  testserver::Options options;
  options.finals = testserver::Finals::classical;
  options.scenario =
      R"({"turns":[{"text":"call me at five five five one two three four five six seven after nine)"
      R"( thirty tomorrow please","start":500,"word_ms":400,)"
      R"("formatted":"Call me at 555-123-4567 after 9:30 tomorrow, please."}]})";
  const auto server = start_server(options);
  Shown shown(*server, "latency=4000 speech-model=universal-streaming-english format-turns=true");
  const std::string text = shown.text();
  fail_unless(text.find("five") != std::string::npos, "%s", text.c_str());
  const std::string said = with_digits(text);
  fail_unless(said == "callmeat5551234567after9thirtytomorrowplease" ||
                  said == "callmeat5551234567after930tomorrowplease",
              "%s", text.c_str());
}
GST_END_TEST

static Suite *text_order_suite() {
  Suite *suite = suite_create("text_order");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_words_that_move_by_seconds_are_shown_once);
  tcase_add_test(tests, test_a_number_goes_on_in_the_next_cue);
  return suite;
}

CHECK_SUITE(text_order);
