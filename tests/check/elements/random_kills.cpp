// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Servers that are killed and restarted more than a hundred times at random moments, and a talk
// that nobody could tell them from. Several pipelines talk at the same time, each to a server of
// its own. ASSEMBLYAI_TEST_SEED repeats the moments.

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <random>
#include <thread>

#include "support/check.h"
#include "support/feed.h"
#include "support/talk_heard.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds kTalk = 29600ms;  // to the end of a word
constexpr milliseconds kLongestBreak = 500ms;
constexpr unsigned kKills = 12;  // of each server; some talks are over before the last
constexpr unsigned kFewestKills = 100;
constexpr std::size_t kPipelines = 10;

// A server at a port that stays the same.
class Victim {
 public:
  Victim(std::mt19937 *random, testserver::WordTimes times) : times_(times) {
    // Below the ports that the system gives to connections.
    std::uniform_int_distribution<std::uint16_t> ports(20000, 32000);
    while (!server_) {
      port_ = ports(*random);
      restart();
    }
  }
  testserver::Server &server() { return *server_; }
  std::size_t sessions() const { return sessions_ + server_->session_count(); }

  void kill() {
    sessions_ += server_->session_count();
    server_.reset();
  }
  bool restart() {
    testserver::Options options = coded_talk();
    options.port = port_;
    options.keep_audio = false;
    options.word_times = times_;
    server_ = testserver::Server::start(options, nullptr);
    return server_ != nullptr;
  }

 private:
  testserver::WordTimes times_;
  std::uint16_t port_ = 0;
  std::size_t sessions_ = 0;
  std::unique_ptr<testserver::Server> server_;
};

struct Kind {
  const char *name;
  bool live;
  bool text_pad;
  bool by_word;
};
constexpr Kind kKinds[] = {{"live, bus", true, false, false},
                           {"live, cues", true, true, false},
                           {"live, words", true, true, true},
                           {"file, cues", false, true, false},
                           {"file, words", false, true, true}};

std::string description(const Kind &kind, const testserver::Server &server) {
  std::string properties = "retry-delay-min=100 retry-delay-max=500 ";
  // A file has to wait for the network.
  properties += kind.live ? "" : "sync=false max-backlog=6000 ";
  if (kind.text_pad)
    properties += "latency=15000 ";
  if (kind.by_word)
    properties += "text-mode=words ";
  if (kind.text_pad)
    properties += "sink.src ! fakesink name=text sync=false";
  return std::string(Feed::kSource) + (kind.live ? " is-live=true" : "") + " ! " +
         sink_text(server, properties);
}

// One pipeline, whose server is killed now and then.
class Run {
 public:
  Run(const Kind &kind, testserver::WordTimes times, std::mt19937::result_type seed)
      : kind_(kind), times_(times), random_(seed), victim_(&random_, times) {
    pipeline_.emplace(description(kind, victim_.server()));
    if (kind.text_pad)
      recorder_.emplace(*pipeline_, "sink", "src");
  }

  // With the moments of its kills. What is wrong with what was heard; empty: nothing.
  std::string talk() {
    Feed feed(*pipeline_);
    feed.push_talk(0ms, kTalk, 0ms);
    feed.end();
    pipeline_->set_state(GST_STATE_PLAYING);
    begun_ = Clock::now();
    for (const milliseconds moment : moments())
      kill_at(moment);
    wait_until(begun_ + kTalk + kDeadline);
    return fault();
  }
  unsigned kills() const { return kills_; }

 private:
  // A file is over earlier: it is sent 1.25 times as fast as it plays.
  std::vector<milliseconds> moments() {
    const milliseconds end = kind_.live ? kTalk : kTalk * 7 / 10;
    std::uniform_int_distribution<int> within(0, static_cast<int>(end.count()));
    std::vector<milliseconds> moments(kKills);
    for (milliseconds &moment : moments)
      moment = milliseconds(within(random_));
    std::sort(moments.begin(), moments.end());
    return moments;
  }

  void kill_at(milliseconds moment) {
    wait_until(begun_ + moment);
    if (over())
      return;
    kills_++;
    victim_.kill();
    std::uniform_int_distribution<int> breaks(0, static_cast<int>(kLongestBreak.count()));
    pipeline_->dwell(milliseconds(breaks(random_)));
    while (!victim_.restart())
      pipeline_->dwell(1ms);
  }

  void wait_until(Clock::time_point time) {
    for (auto now = Clock::now(); now < time && !over(); now = Clock::now())
      pipeline_->dwell(std::min<std::chrono::microseconds>(
          50ms, std::chrono::ceil<std::chrono::microseconds>(time - now)));
  }
  bool over() const { return pipeline_->heard().eos || !pipeline_->heard().errors.empty(); }

  std::string fault() {
    pipeline_->drain_bus();
    if (!pipeline_->heard().errors.empty())
      return pipeline_->heard().errors[0];
    if (!pipeline_->heard().eos)
      return "it hangs";
    const TalkHeard talk{.length = kTalk,
                         .by_word = kind_.by_word,
                         .exact_times = times_ == testserver::WordTimes::acoustic};
    std::string fault = talk.fault(pipeline_->words());
    if (fault.empty() && pipeline_->words().size() < talk.words().size())
      fault = "only " + std::to_string(pipeline_->words().size()) + " words";
    if (recorder_)
      fault += talk.fault_of_cues(recorder_->cues()) + recorder_->violations();
    pipeline_->set_state(GST_STATE_NULL);
    wait_all_closed(victim_.server());
    g_print("%s: %zu sessions\n", kind_.name, victim_.sessions());
    return fault;
  }

  Kind kind_;
  testserver::WordTimes times_;
  std::mt19937 random_;
  Victim victim_;
  std::optional<Pipeline> pipeline_;
  std::optional<PadRecorder> recorder_;
  Clock::time_point begun_;
  unsigned kills_ = 0;
};

std::mt19937::result_type first_seed() {
  const char *given = g_getenv("ASSEMBLYAI_TEST_SEED");
  const guint64 seed = given != nullptr ? g_ascii_strtoull(given, nullptr, 10) : g_random_int();
  g_print("ASSEMBLYAI_TEST_SEED=%" G_GUINT64_FORMAT "\n", seed);
  return static_cast<std::mt19937::result_type>(seed);
}

}  // namespace

GST_START_TEST(test_kills_cannot_be_heard) {
  const std::mt19937::result_type seed = first_seed();
  std::array<std::string, kPipelines> faults;
  std::atomic<unsigned> kills{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kPipelines; i++) {
    threads.emplace_back([&, i] {
      const auto times =
          i < std::size(kKinds) ? testserver::WordTimes::acoustic : testserver::WordTimes::spread;
      Run run(kKinds[i % std::size(kKinds)], times,
              seed + static_cast<std::mt19937::result_type>(i));
      faults[i] = run.talk();
      kills += run.kills();
    });
  }
  for (std::thread &thread : threads)
    thread.join();
  for (std::size_t i = 0; i < kPipelines; i++)
    fail_unless(faults[i].empty(), "pipeline %zu (%s): %s", i, kKinds[i % std::size(kKinds)].name,
                faults[i].substr(0, 1000).c_str());
  fail_unless(kills >= kFewestKills, "only %u kills", kills.load());
}
GST_END_TEST

static Suite *random_kills_suite() {
  Suite *suite = suite_create("random_kills");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 180);
  tcase_add_test(tests, test_kills_cannot_be_heard);
  return suite;
}

CHECK_SUITE(random_kills);
