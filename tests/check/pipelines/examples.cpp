// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The short examples, as their users start them.

#include "support/examples.h"

#include <algorithm>
#include <optional>

#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

Words joined(Words words, const Words &more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A Python that has the bindings of GStreamer: not every one in PATH sees Debian's.
std::optional<std::string> python() {
  for (const char *const candidate : {"python3", "/usr/bin/python3"}) {
    if (Child({candidate, "-c", "import gi; gi.require_version('Gst', '1.0')"}).wait())
      return candidate;
  }
  return std::nullopt;
}

// The programs that read the bus, as the beginning of a command line.
std::vector<Words> bus_messages() {
  std::vector<Words> programs{{example_program("bus-messages")}};
  const auto interpreter = python();
  if (interpreter)
    programs.push_back({*interpreter, example_source("bus_messages.py")});
  else
    g_print("bus_messages.py is left out: no python3-gi and gir1.2-gstreamer-1.0\n");
  fail_unless(interpreter || g_getenv("PACKAGES_INSTALLED") == nullptr);
  return programs;
}

Words captions_of(const std::string &source, const std::string &endpoint) {
  Words words;
  gchar **parts = g_strsplit((source + " ! assemblyaisink endpoint=" + endpoint).c_str(), " ", -1);
  for (gchar **part = parts; *part != nullptr; part++)
    words.emplace_back(*part);
  g_strfreev(parts);
  return words;
}

// What stands behind the time in each line, joined by blanks.
std::string text_of(const std::string &output) {
  std::string text;
  for (std::size_t at = 0; (at = output.find("  ", at)) != std::string::npos;) {
    at += 2;
    text += (text.empty() ? "" : " ") + output.substr(at, output.find('\n', at) - at);
  }
  return text;
}

}  // namespace

GST_START_TEST(test_bus_messages_prints_the_finals_of_a_file) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4500ms);
  for (const Words &name : bus_messages()) {
    Child program(joined(name, captions_of("filesrc location=" + file.path() + " ! wavparse",
                                           server->endpoint() + " sync=false")),
                  key_environment());
    fail_unless(program.wait(), "%s", program.errors().c_str());
    fail_unless_equals_text(text_of(program.output()), talk_text(4500ms));
    fail_unless_equals_int(std::ranges::count(program.output(), '\n'), 2);
    fail_unless_equals_text(program.errors(), "");
  }
}
GST_END_TEST

GST_START_TEST(test_bus_messages_does_nothing_to_a_terminal) {
  testserver::Options options;
  options.scenario = R"({"turns": [{"start": 100, "text": "a b", "formatted":
    "\u001b]0;owned\u0007\u001b[2J \u009b6n \u202eback\u2028 \r\n me"}]})";
  const auto server = start_server(options);
  const TalkFile file(2s);
  for (const Words &name : bus_messages()) {
    Child program(joined(name, captions_of("filesrc location=" + file.path() + " ! wavparse",
                                           server->endpoint() + " sync=false")),
                  key_environment());
    fail_unless(program.wait(), "%s", program.errors().c_str());
    const std::string output = program.output();
    fail_unless(output.ends_with("back     me\n"), "%s", output.c_str());
    for (const char *at = output.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
      const gunichar c = g_utf8_get_char(at);
      fail_unless(g_unichar_isprint(c) || at[1] == '\0', "U+%04X reaches the terminal", c);
    }
  }
}
GST_END_TEST

GST_START_TEST(test_bus_messages_ends_in_good_order) {
  const auto server = start_server();
  std::size_t index = 0;
  for (const Words &name : bus_messages()) {
    Child program(joined(name, captions_of(kMicrophone, server->endpoint())), key_environment());
    fail_unless(server->wait_for(
        [&](auto &s) { return s.session_count() > index && s.session(index).audio_bytes >= 32000; },
        kDeadline));
    program.interrupt();
    fail_unless(program.wait(), "%s", program.errors().c_str());
    const testserver::ReceivedSession session = server->session(index++);
    fail_unless(session.terminated);
    fail_unless_equals_text(text_of(program.output()),
                            talk_text(milliseconds(session.audio_bytes / 32)));
  }
}
GST_END_TEST

GST_START_TEST(test_bus_messages_reports_errors) {
  testserver::Options options;
  options.api_key = "another";
  const auto server = start_server(options);
  for (const Words &name : bus_messages()) {
    Child refused(joined(name, captions_of(kMicrophone, server->endpoint())), key_environment());
    fail_unless_equals_int(refused.wait_for_status(), 1);
    fail_unless(refused.errors().starts_with("ERROR: The service refused the credential"), "%s",
                refused.errors().c_str());
    fail_unless_equals_text(refused.output(), "");
    Child wrong(joined(name, {"nosuchsrc", "!", "assemblyaisink"}));
    fail_unless_equals_int(wrong.wait_for_status(), 2);
    fail_unless_equals_text(wrong.errors(), "no element \"nosuchsrc\"\n");
  }
}
GST_END_TEST

GST_START_TEST(test_record_writes_what_the_service_hears) {
  const auto server = start_server();
  const TemporaryDirectory directory;
  Child program({example_source("record.sh"), directory.file("talk.wav"), kMicrophone,
                 "endpoint=" + server->endpoint(), "format-turns=true"},
                key_environment());
  fail_unless(server->wait_for(
      [&](auto &s) { return s.session_count() > 0 && s.session(0).audio_bytes >= 32000; },
      kDeadline));
  program.interrupt();
  fail_unless(program.wait(), "%s", program.errors().c_str());
  const testserver::ReceivedSession session = server->session(0);
  fail_unless(session.terminated);
  fail_unless_equals_text(session.query.at("format_turns"), "true");
  assert_received(session, wav_samples(directory.read("talk.wav")));
  fail_unless(program.output().find("final=(boolean)true") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_record_says_how_it_is_used) {
  Child program({example_source("record.sh")});
  fail_unless_equals_int(program.wait_for_status(), 2);
  fail_unless(program.errors().starts_with("usage: "));
}
GST_END_TEST

static Suite *examples_suite() {
  Suite *suite = suite_create("examples");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_bus_messages_prints_the_finals_of_a_file);
  tcase_add_test(tests, test_bus_messages_does_nothing_to_a_terminal);
  tcase_add_test(tests, test_bus_messages_ends_in_good_order);
  tcase_add_test(tests, test_bus_messages_reports_errors);
  tcase_add_test(tests, test_record_writes_what_the_service_hears);
  tcase_add_test(tests, test_record_says_how_it_is_used);
  return suite;
}

CHECK_SUITE(examples);
