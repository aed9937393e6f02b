// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// NULL to PLAYING and back, many times and in many ways: nothing is left behind.

#include <iterator>

#include "support/check.h"
#include "support/pipeline.h"
#include "support/process_resources.h"
#include "support/server_program.h"

using namespace testing;

namespace {

// Bytes that a cycle may leave in tables of the process. A leak leaves more.
constexpr std::size_t kHeapNoise = 64;

// One time in PLAYING, and what was there before it: a pipeline is used many times.
struct Cycle {
  Pipeline &pipeline;
  const int number;
  const std::size_t messages = pipeline.heard().elements.size();
  const std::size_t errors = pipeline.heard().errors.size();

  void wait_for_message(const char *name) const {
    pipeline.wait_for([&](const Heard &heard) {
      return heard.elements.size() > messages &&
             gst_structure_has_name(heard.elements.back().get(), name);
    });
  }
};

void at_once(const Cycle &) {}

void while_connecting(const Cycle &cycle) {
  cycle.wait_for_message("assemblyai-connection");
}

// Wherever the session is then: connecting, upgrading, beginning, streaming.
void any_moment(const Cycle &cycle) {
  cycle.pipeline.dwell(std::chrono::microseconds(cycle.number % 37 * 100));
}

void once_begun(const Cycle &cycle) {
  cycle.wait_for_message("assemblyai-session-begin");
}

void once_turns_come(const Cycle &cycle) {
  cycle.wait_for_message("assemblyai-turn");
}

using Moment = void (*)(const Cycle &);
constexpr Moment kMoments[] = {once_begun, at_once,    any_moment, while_connecting, any_moment,
                               any_moment, any_moment, any_moment, any_moment,       any_moment};

void until_a_moment(const Cycle &cycle) {
  if (cycle.number % 100 == 0)
    once_turns_come(cycle);
  else
    kMoments[static_cast<std::size_t>(cycle.number) % std::size(kMoments)](cycle);
}

void until_eos(const Cycle &cycle) {
  cycle.pipeline.wait_for(
      [&](const Heard &heard) { return heard.eos && heard.elements_before_eos > cycle.messages; });
}

void until_it_is_tried_again(const Cycle &cycle) {
  cycle.pipeline.wait_for([&](const Heard &) { return cycle.pipeline.stat("reconnects") >= 2; });
}

void until_an_error(const Cycle &cycle) {
  cycle.pipeline.wait_for([&](const Heard &heard) { return heard.errors.size() > cycle.errors; });
}

constexpr char kShortBuffers[] =
    "audiotestsrc is-live=true samplesperbuffer=160 ! audio/x-raw,rate=16000 ! ";
constexpr char kOneSecond[] =
    "audiotestsrc num-buffers=20 samplesperbuffer=800 ! audio/x-raw,rate=16000 ! ";

struct Kind {
  const char *name;
  int times;
  void (*until)(const Cycle &);
  int terminated_of_ten;  // sessions that were ended with Terminate, of ten cycles, at least
  const char *source = kShortBuffers;
  const char *properties = "";
  bool anew = false;  // a pipeline for each cycle
  std::vector<std::string> server = {};
  const char *command = nullptr;
};

const Kind kKinds[] = {
    {.name = "one pipeline", .times = 1000, .until = until_a_moment, .terminated_of_ten = 1},
    {.name = "a new pipeline each",
     .times = 300,
     .until = until_a_moment,
     .terminated_of_ten = 1,
     .anew = true},
    {.name = "to EOS",
     .times = 200,
     .until = until_eos,
     .terminated_of_ten = 10,
     .source = kOneSecond,
     .properties = "sync=false"},
    {.name = "a refused key",
     .times = 200,
     .until = until_an_error,
     .server = {"--api-key", "another-key"}},
    {.name = "an absent server",
     .times = 200,
     .until = until_an_error,
     .properties = "max-retries=0",
     .command = "refuse"},
    {.name = "an absent server that is tried again",
     .times = 200,
     .until = until_it_is_tried_again,
     .properties = "retry-delay-min=1 retry-delay-max=2",
     .command = "refuse"},
    {.name = "a certificate not trusted",
     .times = 100,
     .until = until_an_error,
     .server = {"--certificate", "unknown-issuer"}},
};

void run_cycles(const Kind &kind, ServerProgram &server, int times) {
  const std::string description = std::string(kind.source) +
                                  "assemblyaisink name=sink endpoint=" + server.endpoint() +
                                  " api-key=" + kKey + " " + kind.properties;
  std::unique_ptr<Pipeline> pipeline;
  for (int i = 0; i < times; i++) {
    if (!pipeline || kind.anew)
      pipeline = std::make_unique<Pipeline>(description);
    const Cycle cycle{*pipeline, i};
    pipeline->set_state(GST_STATE_PLAYING);
    kind.until(cycle);
    pipeline->set_state(GST_STATE_NULL);
    fail_unless(kind.until == until_an_error || pipeline->heard().errors.empty());
  }
}

}  // namespace

GST_START_TEST(test_cycles_leave_nothing_behind) {
  const Kind &kind = kKinds[__i__];
  const int times = often(kind.times);
  ServerProgram server(kind.server);
  if (kind.command != nullptr)
    server.command(kind.command);
  const ProcessResources first = initial_resources();
  // The first times load plugins and fill tables that stay.
  run_cycles(kind, server, 20);
  const ServerProgram::Sessions warm_up = server.closed_sessions();
  const ProcessResources before = settle(first);
  const gint64 begin = g_get_monotonic_time();
  run_cycles(kind, server, times);
  const double seconds = static_cast<double>(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
  const ServerProgram::Sessions sessions = server.closed_sessions();
  const ProcessResources after = settle(before);
  const std::size_t terminated = sessions.terminated - warm_up.terminated;
  g_print(
      "%s: %d cycles in %.1f s; %zu sessions, all closed, %zu terminated; threads %zu, "
      "descriptors %zu as before; heap %zu bytes before, %zu after\n",
      kind.name, times, seconds, sessions.accepted - warm_up.accepted, terminated, after.threads,
      after.descriptors, before.heap, after.heap);
  fail_unless(terminated * 10 >= static_cast<std::size_t>(kind.terminated_of_ten * times));
  fail_unless(after.heap < before.heap + static_cast<std::size_t>(times) * kHeapNoise);
}
GST_END_TEST

static Suite *endurance_suite() {
  Suite *suite = suite_create("endurance");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 120);
  tcase_add_loop_test(tests, test_cycles_leave_nothing_behind, 0, std::size(kKinds));
  return suite;
}

CHECK_SUITE(endurance);
