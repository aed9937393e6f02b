// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions in subtitle files, SubRip and WebVTT: live and from files, with texts that are hard to
// write there.

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>

#include "support/check.h"
#include "support/child.h"
#include "support/cues.h"
#include "support/pipeline.h"
#include "support/programme.h"
#include "support/requirements.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Format {
  const char *name;
  const char *encoder;
  bool markup;
};
constexpr Format kFormats[] = {
    {"srt", "srtenc ! ", false},
    {"vtt", "text/x-raw,format=pango-markup ! webvttenc ! ", true},
};

std::string live(const testserver::Server &server, const TalkFile &) {
  return kMicrophone + sink_text(server) + " sink.src ! ";
}

std::string paced(const testserver::Server &server, const TalkFile &file) {
  return file_pipeline(file, server) + " sink.src ! ";
}

// As fast as the service allows.
std::string fast_in_mode(const testserver::Server &server, const TalkFile &file,
                         const std::string &mode) {
  return "filesrc location=" + file.path() + " ! wavparse ! audioconvert ! audioresample ! " +
         "assemblyaitranscriber name=sink text-mode=" + mode + " endpoint=" + server.endpoint() +
         " api-key=" + kKey + " ! ";
}

std::string fast(const testserver::Server &server, const TalkFile &file) {
  return fast_in_mode(server, file, "cues");
}

using Source = std::string (*)(const testserver::Server &, const TalkFile &);
constexpr std::pair<const char *, Source> kSources[] = {
    {"live.", live}, {"paced.", paced}, {"fast.", fast}};

// A cue's text without its entities. There are no tags, and no others than what every
// reader knows.
std::string decoded(const std::string &text) {
  static const std::map<std::string, std::string> kEntities{
      {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}};
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    fail_if(text[at] == '<', "a tag: %s", text.c_str());
    std::size_t end = at + 1;
    if (text[at] == '&') {
      end = text.find(';', at) + 1;
      const auto entity = kEntities.find(text.substr(at, end - at));
      fail_if(entity == kEntities.end(), "an entity: %s", text.c_str());
      plain += entity->second;
    } else {
      plain += text[at];
    }
    at = end;
  }
  return plain;
}

Cue timed_cue(const std::string &line, bool web) {
  unsigned h[2], m[2], s[2], ms[2];
  char rest = 0;
  const char *format =
      web ? "%2u:%2u:%2u.%3u --> %2u:%2u:%2u.%3u%c" : "%2u:%2u:%2u,%3u --> %2u:%2u:%2u,%3u%c";
  const int found = std::sscanf(line.c_str(), format, &h[0], &m[0], &s[0], &ms[0], &h[1], &m[1],
                                &s[1], &ms[1], &rest);
  fail_unless(found == 8, "no times: \"%s\"", line.c_str());
  const auto time = [&](int i) {
    return GstClockTime{((h[i] * 60 + m[i]) * 60 + s[i]) * 1000 + ms[i]} * GST_MSECOND;
  };
  return {{}, time(0), time(1)};
}

// Reads as the formats are defined: a cue is a number (SubRip), times, and text up to the next
// empty line.
std::vector<Cue> strict_cues(const std::string &file, bool web) {
  std::istringstream lines(file);
  std::vector<Cue> cues;
  std::string line;
  if (web) {
    std::getline(lines, line);
    fail_unless_equals_text(line, "WEBVTT");
    std::getline(lines, line);
    fail_unless_equals_text(line, "");
  }
  while (std::getline(lines, line)) {
    if (!web) {
      fail_unless_equals_text(line, std::to_string(cues.size() + 1));
      std::getline(lines, line);
    }
    Cue cue = timed_cue(line, web);
    while (std::getline(lines, line) && !line.empty()) {
      fail_if(web && line.find("-->") != std::string::npos);
      cue.text += (cue.text.empty() ? "" : "\n") + (web ? decoded(line) : line);
    }
    fail_if(cue.text.empty());
    cues.push_back(cue);
  }
  return cues;
}

std::string contents(const std::string &path) {
  gchar *bytes = nullptr;
  gsize size = 0;
  fail_unless(g_file_get_contents(path.c_str(), &bytes, &size, nullptr));
  std::string file(bytes, size);
  g_free(bytes);
  return file;
}

void check_file(const Production &production, const Format &format) {
  const std::string file = contents(production.path());
  const std::vector<Cue> sent = production.sent();
  if (sent.empty()) {
    fail_unless_equals_text(file, "");
    return;
  }
  assert_cues(strict_cues(file, format.markup), sent);
}

// GStreamer's reader does not decode the entities of WebVTT.
void check_reader(const Production &production, const Format &format) {
  std::vector<Cue> cues = read_cues(production.path());
  for (Cue &cue : cues) {
    if (format.markup)
      cue.text = decoded(cue.text);
  }
  assert_cues(cues, production.sent());
}

// FFmpeg's reader, as SubRip.
std::string ffmpeg_text(const std::string &path) {
  Child ffmpeg({"ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-"});
  fail_unless(ffmpeg.wait(), "%s", ffmpeg.errors().c_str());
  std::string text;
  for (const Cue &cue : strict_cues(ffmpeg.output(), false))
    text += (text.empty() ? "" : " ") + cue.text;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

constexpr char kHardTexts[] = R"({"turns": [
  {"text": "if a < b & c > d", "start": 300, "word_ms": 140},
  {"text": "here --> there &amp; isn't \"that\"", "start": 1600, "word_ms": 250},
  {"text": "one two three four", "start": 3200, "word_ms": 300,
   "formatted": "One.\n\nTwo\r\n\r\n\u2028three,\n \nfour."},
  {"text": "nothing but times", "start": 4800, "word_ms": 400,
   "formatted": "\n00:00:01.000 --> 00:00:02.000\n\nNOTE\n\nSTYLE\n"}]})";
// An arrow instead of what would be taken for times.
constexpr char kHardText[] =
    "If a < b & c > d. Here → there &amp; isn't \"that\". One. Two three, four. "
    "00:00:01.000 → 00:00:02.000 NOTE STYLE";
// What SubRip takes for a tag.
constexpr char kTags[] = R"({"turns": [
  {"text": "<v Bob> says <i>no</i> </c>", "start": 300, "word_ms": 400}]})";

}  // namespace

GST_START_TEST(test_a_subtitle_file_has_the_captions) {
  const Format &format = kFormats[__i__];
  const TemporaryDirectory directory;
  const TalkFile file(kProgramme);
  std::vector<Run> runs;
  for (const auto &[name, source] : kSources) {
    for (Run &run : prepare_runs(directory, std::string(name) + format.name,
                                 [&, source = source](const testserver::Server &server) {
                                   return source(server, file) + format.encoder;
                                 }))
      runs.push_back(std::move(run));
  }
  for (const Run &run : runs)
    run.production->start();
  for (const Run &run : runs) {
    run.finish();
    check_file(*run.production, format);
    if (!run.production->sent().empty())
      check_reader(*run.production, format);
  }
}
GST_END_TEST

namespace {

// In a file, from both elements.
void check_scenario(const char *scenario, milliseconds duration, const Format &format,
                    const std::string &text, void (*check)(const Production &, const Format &)) {
  const TemporaryDirectory directory;
  const TalkFile file(duration);
  testserver::Options options;
  options.scenario = scenario;
  const auto server = start_server(options);
  Production one(paced(*server, file) + format.encoder, directory.file("one") + "." + format.name);
  Production other(fast(*server, file) + format.encoder,
                   directory.file("other") + "." + format.name);
  one.start();
  other.start();
  for (Production *production : {&one, &other}) {
    production->finish();
    fail_unless_equals_text(production->sent_text(), text);
    check_file(*production, format);
    check(*production, format);
  }
}

}  // namespace

GST_START_TEST(test_texts_that_are_hard_to_write_are_read_back) {
  check_scenario(kHardTexts, kProgramme, kFormats[__i__], kHardText,
                 [](const Production &production, const Format &format) {
                   check_reader(production, format);
                   // FFmpeg takes "<" for a tag in SubRip, which cannot say otherwise.
                   if (format.markup)
                     fail_unless_equals_text(ffmpeg_text(production.path()), kHardText);
                 });
}
GST_END_TEST

GST_START_TEST(test_what_looks_like_a_tag_is_text) {
  check_scenario(kTags, 3s, kFormats[__i__], "<v Bob> says <i>no</i> </c>.",
                 [](const Production &production, const Format &format) {
                   if (format.markup)
                     check_reader(production, format);
                 });
}
GST_END_TEST

// Some take a text away with what comes next.
GST_START_TEST(test_the_last_text_ends_with_a_gap) {
  static constexpr const char *kModes[] = {"cues", "words", "rolling"};
  const TemporaryDirectory directory;
  const TalkFile file(2s);
  testserver::Options options;
  options.scenario = R"({"turns": [{"text": "to the very end", "start": 300, "word_ms": 400}]})";
  const auto server = start_server(options);
  Production production(fast_in_mode(*server, file, kModes[__i__]) + "srtenc ! ",
                        directory.file("end.srt"));
  production.start();
  production.finish();
  fail_if(production.sent().empty());
  fail_unless(production.ends_with_gap());
}
GST_END_TEST

static Suite *subtitles_suite() {
  Suite *suite = suite_create("subtitles");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  const int formats = G_N_ELEMENTS(kFormats);
  tcase_add_loop_test(tests, test_a_subtitle_file_has_the_captions, 0, formats);
  tcase_add_loop_test(tests, test_texts_that_are_hard_to_write_are_read_back, 0, formats);
  tcase_add_loop_test(tests, test_what_looks_like_a_tag_is_text, 0, formats);
  tcase_add_loop_test(tests, test_the_last_text_ends_with_a_gap, 0, 3);
  return suite;
}

CHECK_SUITE_NEEDS(subtitles, {"ffmpeg"}, {"srtenc", "webvttenc", "subparse"});
