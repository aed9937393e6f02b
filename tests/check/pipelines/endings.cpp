// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// However the process ends in the middle of a session, the session does: it is not billed on. A
// process that is asked to end terminates it; of one that is killed the system closes the
// connection.

#include <signal.h>

#include "support/check.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Ending {
  const char *name;
  int signal;
  bool eos;         // with gst-launch's option -e
  bool terminates;  // the process gets to say so
};

constexpr Ending kEndings[] = {
    {"Ctrl-C with -e", SIGINT, true, true},    {"Ctrl-C", SIGINT, false, true},
    {"SIGTERM with -e", SIGTERM, true, false}, {"SIGTERM", SIGTERM, false, false},
    {"a crash", SIGABRT, false, false},        {"SIGKILL", SIGKILL, false, false},
};

enum class Phase { kBeforeBegin, kTalking, kStalled };
constexpr Phase kPhases[] = {Phase::kBeforeBegin, Phase::kTalking, Phase::kStalled};

testserver::Options options_for(Phase phase, testserver::Tls tls) {
  testserver::Options options = coded_talk();
  options.tls = tls;
  options.proxied = phase == Phase::kStalled;
  options.never_begin = phase == Phase::kBeforeBegin;
  return options;
}

std::vector<std::string> captions_of(const std::string &source, const testserver::Server &server,
                                     bool eos) {
  std::vector<std::string> arguments{"-q"};
  if (eos)
    arguments.emplace_back("-e");
  gchar **words = g_strsplit((source + " ! assemblyaisink").c_str(), " ", -1);
  for (gchar **word = words; *word != nullptr; word++)
    arguments.emplace_back(*word);
  g_strfreev(words);
  arguments.push_back("endpoint=" + server.endpoint());
  if (!server.ca_file().empty())
    arguments.push_back("ssl-ca-file=" + server.ca_file());
  return arguments;
}

void wait_for_phase(GstLaunch &launch, testserver::Server &server, Phase phase) {
  // The server is connected first. Who does not know of a connection has nothing to terminate.
  launch.wait_for_errors("-> beginning");
  const auto is_there = [phase](testserver::Server &s) {
    return s.session_count() == 1 &&
           (phase == Phase::kBeforeBegin || s.session(0).audio_bytes >= 8000);
  };
  fail_unless(server.wait_for(is_there, kDeadline));
  // The process cannot send and is not heard.
  if (phase == Phase::kStalled)
    fail_unless(server.stall_reading(true) && server.stall_writing(true));
}

void check_ending(const Ending &ending, Phase phase, const std::string &source,
                  testserver::Tls tls) {
  const auto server = start_server(options_for(phase, tls));
  GstLaunch launch(captions_of(source, *server, ending.eos),
                   {{"ASSEMBLYAI_API_KEY", kKey}, {"GST_DEBUG", "assemblyai-session:DEBUG"}});
  wait_for_phase(launch, *server, phase);
  launch.send_signal(ending.signal);
  launch.wait();
  if (phase == Phase::kStalled)
    fail_unless(server->stall_reading(false) && server->stall_writing(false));
  const auto is_over = [](testserver::Server &s) {
    return s.open_sessions() == 0 && s.session(0).closed;
  };
  fail_unless(server->wait_for(is_over, kDeadline), "%s leaves a session open", ending.name);
  fail_unless_equals_int(static_cast<int>(server->session_count()), 1);
  // An end that waits for the service's last words, or for its Begin, is another matter.
  if (ending.terminates && (phase != Phase::kStalled || !ending.eos))
    fail_unless(server->session(0).terminated, "%s does not terminate", ending.name);
  fail_if(server->session(0).audio_after_terminate);
}

void check_endings(const std::string &source, testserver::Tls tls) {
  for (const Ending &ending : kEndings) {
    for (const Phase phase : kPhases) {
      // With -e it waits for its turns, as long as connect-timeout and drain-timeout say.
      if (phase == Phase::kTalking || !ending.eos)
        check_ending(ending, phase, source, tls);
    }
  }
}

}  // namespace

GST_START_TEST(test_a_file_that_is_left_leaves_no_session_open) {
  const TalkFile file(30s);
  check_endings("filesrc location=" + file.path() + " ! wavparse", testserver::Tls::off);
}
GST_END_TEST

GST_START_TEST(test_live_sound_that_is_left_leaves_no_session_open) {
  check_endings("audiotestsrc is-live=true samplesperbuffer=800", testserver::Tls::good);
}
GST_END_TEST

static Suite *endings_suite() {
  Suite *suite = suite_create("endings");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_file_that_is_left_leaves_no_session_open);
  tcase_add_test(tests, test_live_sound_that_is_left_leaves_no_session_open);
  return suite;
}

CHECK_SUITE(endings);
