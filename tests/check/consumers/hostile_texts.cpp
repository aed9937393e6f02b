// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A service that would like to do something to whoever shows its captions: subtitle files, movies
// and pictures are whole, and what is said afterwards is there in time.

#include <string>
#include <string_view>
#include <vector>

#include "support/check.h"
#include "support/cues.h"
#include "support/pipeline.h"
#include "support/programme.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// When the last text begins, and its last word.
constexpr GstClockTime kLastText = 9000 * GST_MSECOND;
constexpr GstClockTime kLastWord = 9300 * GST_MSECOND;

std::string repeated(const std::string &text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; i++)
    all += text;
  return all;
}

std::string quoted(const std::string &text) {
  std::string json = "\"";
  for (const char c : text)
    json += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return json + '"';
}

std::string word_json(const std::string &text, int start, int end) {
  return R"({"text":)" + text + R"(,"start":)" + std::to_string(start) + R"(,"end":)" +
         std::to_string(end) + R"(,"speaker":"\u202e\u001b[2J<b>","word_is_final":true})";
}

// Texts as JSON has them.
std::vector<std::string> hostile_texts() {
  return {
      R"("\u0000\u001b]0;owned\u0007\u001b[2J\u009b31m \u202eback\u2066 \ud800 \uffff\u2028\r\n")",
      R"("</span><span size=\"9999999\"><b>&bogus;&#0; <i \u0085 </markup> {\\an8}{\\pos(0,0)}")",
      R"("\n\n1\n00:00:00,000 --> 99:00:00,000\n\nSTYLE\n::cue { color: red }\n\nWEBVTT")",
      '"' + std::string(1U << 18U, 'w') + '"',
      '"' + repeated("한", 1U << 16U) + '"',
      "\"e" + repeated(R"(\u0301)", 30000) + '"',
      '"' + repeated("👩\u200d", 20000) + '"',
      '"' + repeated("<&>", 50000) + '"',
      '"' + repeated(R"(\u202e\u2066)", 20000) + '"',
      '"' + repeated(" ", 100000) + '"',
  };
}

// A turn of a number that no service has.
std::string turn_frame(const std::string &transcript, const std::string &words, bool final) {
  static std::int64_t order = 9007199254740991;
  return R"({"type":"Turn","turn_is_formatted":true,"turn_order":)" + std::to_string(order--) +
         R"(,"end_of_turn":)" + (final ? "true" : "false") + R"(,"transcript":)" + transcript +
         R"(,"words":[)" + words + "]}";
}

std::string step(int at, const std::string &frame) {
  return R"({"at":)" + std::to_string(at) + R"(,"do":"text","text":)" + quoted(frame) + "},";
}

// Each text with a word, without any time, with absurd times; and many words at once.
std::string hostile_steps() {
  std::string steps;
  int start = 1000;
  for (const std::string &text : hostile_texts()) {
    const int at = start + 500;
    steps += step(at, turn_frame(text, word_json(text, start, start + 400), true));
    steps += step(at, turn_frame(R"("")", word_json(text, start, start), false));
    steps += step(at, turn_frame(text, "", true));
    steps += step(at, turn_frame(text, word_json(R"("other")", 604800000, 604800000), true));
    start += 500;
  }
  std::string words;
  for (int i = 0; i < 20000; i++)
    words += word_json(R"("many")", 7000, 7001) + ",";
  return steps + step(7500, turn_frame(R"("")", words + word_json(R"("words")", 7000, 7001), true));
}

testserver::Options hostile_service() {
  std::string steps = hostile_steps();
  steps.pop_back();
  testserver::Options options;
  options.scenario = R"({"turns": [
    {"text": "good evening", "start": 200, "word_ms": 200},
    {"text": "still here", "start": 9000, "word_ms": 300}], "steps": [)" +
                     steps + "]}";
  return options;
}

struct Consumer {
  const char *mode;
  const char *pictures;  // what happens to them
  const char *text;      // and what to the text
  const char *extension = nullptr;
};
constexpr char kOverlay[] = "textoverlay name=overlay ! fakesink ";
constexpr char kTee[] = "tee name=t ! queue ! overlay.text_sink t. ! queue ! ";
constexpr char kMarkupTee[] =
    "text/x-raw,format=pango-markup ! tee name=t ! queue ! overlay.text_sink t. ! queue ! ";
constexpr Consumer kConsumers[] = {
    {"cues", "fakesink ", "srtenc ! ", "srt"},
    {"cues", "fakesink ", "text/x-raw,format=pango-markup ! webvttenc ! ", "vtt"},
    {"cues", "mux. ", "matroskamux name=mux ! ", "mkv"},
    {"cues", "x264enc ! mux. ", "text/x-raw,format=utf8 ! mp4mux name=mux ! ", "mp4"},
    {"words", "fakesink ", "srtenc ! ", "srt"},
    {"cues", kOverlay, kTee},
    {"cues", kOverlay, kMarkupTee},
    {"rolling", kOverlay, kMarkupTee},
};

std::string description(const Consumer &consumer, const TalkFile &file,
                        const testserver::Server &server) {
  return std::string("videotestsrc pattern=black num-buffers=100 ! ") +
         "video/x-raw,format=I420,width=160,height=120,framerate=10/1 ! queue ! " +
         consumer.pictures + "filesrc location=" + file.path() +
         " ! wavparse ! assemblyaitranscriber name=sink speaker-prefix=\"%s: \" text-mode=" +
         consumer.mode + " endpoint=" + server.endpoint() + " api-key=" + kKey + " ! " +
         consumer.text;
}

bool steers(gunichar character) {
  return g_unichar_iscntrl(character) || (character >= 0x202A && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0x2028 || character == 0xFFFF;
}

void assert_harmless(const Cue &cue) {
  fail_unless(cue.text.size() < 40000, "%zu bytes in a cue", cue.text.size());
  fail_unless(g_utf8_validate(cue.text.c_str(), -1, nullptr));
  for (const char *at = cue.text.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    fail_if(steers(character) && character != '\n', "U+%04X in a cue", character);
  }
}

// A megabyte of text takes seconds on a busy machine.
constexpr GstClockTime kLatest = 20 * GST_SECOND;

void assert_last(const std::vector<Cue> &cues, bool by_word) {
  fail_if(cues.empty());
  const Cue &last = cues.back();
  fail_unless(last.text.ends_with(by_word ? "here." : "Still here."), "%s", last.text.c_str());
  const GstClockTime start = by_word ? kLastWord : kLastText;
  fail_unless(last.start + 50 * GST_MSECOND > start && last.start < start + kLatest,
              "the last is at %" GST_TIME_FORMAT, GST_TIME_ARGS(last.start));
}

std::size_t count(const std::string &text, const char *what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    found++;
  return found;
}

// SubRip, also in Matroska, has no way to write what looks like a tag: readers that look for tags
// are not asked.
void check_file(const Production &production, const std::string &extension, bool by_word) {
  if (extension == "srt" || extension == "vtt") {
    gchar *file = nullptr;
    fail_unless(g_file_get_contents(production.path().c_str(), &file, nullptr, nullptr));
    fail_unless_equals_uint64(count(file, "-->"), production.sent().size());
    g_free(file);
  }
  if (extension == "vtt")
    assert_last(read_cues(production.path()), by_word);
  if (extension == "mkv" || extension == "mp4")
    assert_last(probe_cues(production.path()), by_word);
}

void check(const Consumer &consumer, const Production &production) {
  const std::vector<Cue> sent = production.sent();
  fail_unless(sent.size() < 2000, "%zu cues", sent.size());
  for (const Cue &cue : sent)
    assert_harmless(cue);
  const std::string_view mode = consumer.mode;
  if (mode != "rolling")
    assert_last(sent, mode == "words");
  if (consumer.extension != nullptr)
    check_file(production, consumer.extension, mode == "words");
}

}  // namespace

GST_START_TEST(test_hostile_texts_harm_no_consumer) {
  const TemporaryDirectory directory;
  const TalkFile file(10s);
  const auto server = start_server(hostile_service());
  std::vector<std::unique_ptr<Production>> productions;
  for (const Consumer &consumer : kConsumers) {
    const char *extension = consumer.extension != nullptr ? consumer.extension : "none";
    productions.push_back(std::make_unique<Production>(
        description(consumer, file, *server),
        directory.file(std::to_string(productions.size()) + "." + extension)));
    productions.back()->start();
  }
  for (std::size_t i = 0; i < productions.size(); i++) {
    productions[i]->finish();
    check(kConsumers[i], *productions[i]);
  }
}
GST_END_TEST

static Suite *hostile_texts_suite() {
  Suite *suite = suite_create("hostile_texts");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_hostile_texts_harm_no_consumer);
  return suite;
}

CHECK_SUITE_NEEDS(hostile_texts, {"ffprobe"},
                  {"srtenc", "webvttenc", "subparse", "matroskamux", "mp4mux", "x264enc",
                   "textoverlay"});
