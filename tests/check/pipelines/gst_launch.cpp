// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// gst-launch-1.0 as people use it: Ctrl-C with and without -e, and what it prints.

#include "support/gst_launch.h"

#include <algorithm>
#include <sstream>

#include "http_proxy.h"
#include "support/check.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> captions_of(const TalkFile &file, const testserver::Server &server,
                                     const std::vector<std::string> &options) {
  std::vector<std::string> arguments = options;
  for (const char *word : {"filesrc", "location=", "!", "wavparse", "!", "assemblyaisink"}) {
    arguments.emplace_back(word);
    if (arguments.back() == "location=")
      arguments.back() += file.path();
  }
  arguments.push_back("endpoint=" + server.endpoint());
  return arguments;
}

constexpr char kPassword[] = "s3cr3t-of-the-proxy";

const std::map<std::string, std::string> kKeyInEnvironment{{"ASSEMBLYAI_API_KEY", kKey}};

}  // namespace

GST_START_TEST(test_ctrl_c_terminates_the_session) {
  const bool eos = __i__ == 0;
  const auto server = start_server(coded_talk());
  const TalkFile file(20s);
  std::vector<std::string> options{"-m"};
  if (eos)
    options.emplace_back("-e");
  GstLaunch launch(captions_of(file, *server, options), kKeyInEnvironment);
  fail_unless(server->wait_for(
      [](testserver::Server &s) {
        return s.session_count() == 1 && s.session(0).audio_bytes >= 40000;
      },
      kDeadline));
  launch.interrupt();
  launch.wait();
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.session(0).closed; }, kDeadline));
  const testserver::ReceivedSession session = server->session(0);
  fail_unless(session.terminated);
  fail_if(session.audio_after_terminate);
  // All from the beginning, whole buffers, then silence to fill the last message.
  const std::vector<std::uint8_t> talk = talk_bytes(20s);
  const auto differs = std::mismatch(session.audio.begin(), session.audio.end(), talk.begin());
  fail_unless(std::distance(session.audio.begin(), differs.first) >= 40000);
  fail_unless(session.audio.end() - differs.first < 1600);
  fail_unless(std::all_of(differs.first, session.audio.end(), [](auto b) { return b == 0; }));
  if (eos)
    fail_unless(launch.output().find("assemblyai-session-end") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_messages_are_printed_in_a_readable_order) {
  const auto server = start_server(coded_talk());
  const TalkFile file(3s);
  GstLaunch launch(captions_of(file, *server, {"-m"}), kKeyInEnvironment);
  fail_unless(launch.wait(), "%s", launch.output().c_str());
  const std::string output = launch.output();
  std::size_t at = 0;
  for (const char *part :
       {"assemblyai-connection, state=(string)connecting", "assemblyai-session-begin, session-id=",
        "assemblyai-turn, turn=(uint)0, final=(boolean)false, transcript=(string)",
        "final=(boolean)true, transcript=(string)", "assemblyai-session-end", "Got EOS"}) {
    at = output.find(part, at);
    fail_unless(at != std::string::npos, "%s", part);
  }
}
GST_END_TEST

namespace {

// libproxy 0.5 prints the proxy's address as it is. The element cannot keep it from that.
std::string without_libproxy(const std::string &output) {
  std::istringstream lines(output);
  std::string rest;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("pxbackend-DEBUG") == line.npos)
      rest += line + "\n";
  }
  return rest;
}

}  // namespace

// With TLS and without, and with a proxy that the environment names.
GST_START_TEST(test_everything_printed_and_dumped_is_free_of_the_key) {
  testserver::Options options;
  options.tls = __i__ == 0 ? testserver::Tls::off : testserver::Tls::good;
  const auto server = start_server(options);
  const auto proxy = testserver::HttpProxy::start("user", kPassword);
  const std::string through = std::string("http://user:") + kPassword + "@127.0.0.1:";
  const TalkFile file(300ms);
  const TemporaryDirectory directory;
  auto arguments = captions_of(file, *server, {"-v", "-m"});
  if (options.tls == testserver::Tls::good)
    arguments.push_back("ssl-ca-file=" + server->ca_file());
  GstLaunch launch(arguments, {{"ASSEMBLYAI_API_KEY", kKey},
                               {"https_proxy", through + std::to_string(proxy->port())},
                               {"GIO_USE_PROXY_RESOLVER", "libproxy"},
                               {"GST_DEBUG", "*:9"},
                               {"GST_DEBUG_FILE", directory.file("debug.log")},
                               {"G_MESSAGES_DEBUG", "all"},
                               {"GNUTLS_DEBUG_LEVEL", "99"},
                               {"SOUP_DEBUG", "all"},
                               {"GST_DEBUG_DUMP_DOT_DIR", directory.path()}});
  fail_unless(launch.wait());
  fail_unless(launch.output().find("assemblyai-session-end") != std::string::npos);
  fail_unless_equals_int(proxy->requests().empty(), __i__ == 0);
  fail_unless(launch.output().find(kKey) == std::string::npos);
  fail_unless(without_libproxy(launch.output()).find(kPassword) == std::string::npos);
  std::size_t graphs = 0;
  for (const std::string &name : directory.names()) {
    graphs += name.ends_with(".dot");
    fail_unless(directory.read(name).find(kKey) == std::string::npos, "%s", name.c_str());
    fail_unless(directory.read(name).find(kPassword) == std::string::npos, "%s", name.c_str());
  }
  fail_unless(graphs > 0);
  fail_unless(directory.read("debug.log").find("assemblyaisink") != std::string::npos);
  fail_unless_equals_text(server->session(0).headers.at("authorization"), kKey);
}
GST_END_TEST

// Whatever the service says: messages, tags and errors are lines of text.
GST_START_TEST(test_nothing_that_is_printed_does_something_to_the_terminal) {
  constexpr char kHostile[] = R"(\u001b]0;owned\u0007\u001b[2J\u009b6n\r\u202e\u2066ok)";
  testserver::Options options;
  options.scenario = std::string(R"({"turns": [{"start": 100, "text": "a b", "speaker": ")") +
                     kHostile + R"(", "language": "\u001b[m", "formatted": ")" + kHostile +
                     R"("}], "steps": [{"at": 1500, "do": "warning", "code": 1, "text": ")" +
                     kHostile + R"("}, {"at": 1600, "do": "text", "message": {"type": "Turn",
                     "turn_order": 9, "end_of_turn": true, "transcript": "c", "language_code":
                     "\u001b[m", "error": ")" +
                     kHostile + R"("}},
                     {"at": 1800, "session": 0, "do": "error", "code": 3005, "text": ")" +
                     kHostile + R"("},
                     {"at": 0, "session": 1, "do": "error", "code": 3006, "text": ")" +
                     kHostile + R"("}]})";
  const auto server = start_server(options);
  // gst-launch-1.0 does not always print what came just before an error: the reason is that of the
  // first session's end, which is none.
  const TalkFile file(5s);
  auto arguments = captions_of(file, *server, {"-v", "-m", "-t"});
  for (const char *word : {"messages=31", "retry-delay-min=10", "max-retries=1",
                           "speaker-labels=true", "language-detection=true", "!", "fakesink"})
    arguments.emplace_back(word);
  *std::ranges::find(arguments, "assemblyaisink") = "assemblyaitranscriber";
  GstLaunch launch(arguments, {{"ASSEMBLYAI_API_KEY", kKey}, {"LC_ALL", "C.UTF-8"}});
  launch.wait();
  const std::string output = launch.output();
  for (const char *name :
       {"assemblyai-warning", "assemblyai-raw", "reason=", "ERROR: from element"})
    fail_unless(output.find(name) != output.npos, "no %s: %.2000s", name,
                output.substr(output.size() - std::min<std::size_t>(output.size(), 2000)).c_str());
  for (const char *at = output.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    fail_unless(g_unichar_isprint(c) || c == '\n', "U+%04X is printed: %.60s", c, at);
  }
}
GST_END_TEST

static Suite *gst_launch_suite() {
  Suite *suite = suite_create("gst_launch");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_ctrl_c_terminates_the_session, 0, 2);
  tcase_add_test(tests, test_messages_are_printed_in_a_readable_order);
  tcase_add_loop_test(tests, test_everything_printed_and_dumped_is_free_of_the_key, 0, 2);
  tcase_add_test(tests, test_nothing_that_is_printed_does_something_to_the_terminal);
  return suite;
}

CHECK_SUITE(gst_launch);
