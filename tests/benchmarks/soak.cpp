// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// An hour of talk in real time, live with captions and not live, through services that fail at
// random moments. At the end every word has come once, and this process holds no more than in the
// beginning. For tests/soak.sh, which says what the environment's variables mean.

#include <glib/gstdio.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include "soak/faults.h"
#include "soak/stream.h"
#include "support/check.h"
#include "support/process_resources.h"

using namespace testing;

namespace {

double number(const char *name, double otherwise) {
  const char *text = g_getenv(name);
  return text != nullptr && *text != '\0' ? g_ascii_strtod(text, nullptr) : otherwise;
}

double seconds_now() {
  return static_cast<double>(g_get_monotonic_time()) / 1e6;
}

double resident_megabytes() {
  long pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;
  return static_cast<double>(pages * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// One service and its pipeline.
struct Side {
  ServerProgram server{{"--engine=coded"}};
  RandomFaults faults;
  SoakStream stream;

  Side(bool live, unsigned seed) : faults(server, seed), stream(server.endpoint(), live) {}
};

// What the process held, over time.
class Samples {
 public:
  explicit Samples(const char *path) : csv_(path != nullptr ? path : "/dev/null") {
    csv_ << "seconds,rss_mb,heap_mb,threads,descriptors,faults,live_words,shown_words,file_words\n";
  }

  void take(double now, const Side &live, const Side &file) {
    const ProcessResources resources = ProcessResources::now();
    const Row row{resident_megabytes(), static_cast<double>(resources.heap) / (1 << 20),
                  static_cast<double>(resources.threads),
                  static_cast<double>(resources.descriptors)};
    rows_.push_back(row);
    csv_ << now;
    for (const double figure : row)
      csv_ << ',' << figure;
    csv_ << ',' << live.faults.count() + file.faults.count() << ',' << live.stream.words() << ','
         << live.stream.shown_words() << ',' << file.stream.words() << std::endl;
  }

  // What has grown from the second quarter of the time to the last; empty: nothing.
  std::string growth() const {
    static constexpr std::array<const char *, 4> kNames{"RSS (MB)", "heap (MB)", "threads",
                                                        "descriptors"};
    static constexpr Row kAllowed{8, 2, 1, 2};
    std::string grown;
    for (std::size_t i = 0; i < kNames.size(); i++) {
      const double before = least(i, rows_.size() / 4, rows_.size() / 2);
      const double after = least(i, rows_.size() - rows_.size() / 4, rows_.size());
      g_print("%s: %g, then %g\n", kNames[i], before, after);
      if (after > before + kAllowed[i])
        grown += std::string(kNames[i]) + " has grown\n";
    }
    return grown;
  }

 private:
  using Row = std::array<double, 4>;

  // What there is when nothing waits.
  double least(std::size_t figure, std::size_t begin, std::size_t end) const {
    if (begin >= end)
      return 0;
    double value = rows_[begin][figure];
    for (std::size_t i = begin; i < end; i++)
      value = std::min(value, rows_[i][figure]);
    return value;
  }

  std::ofstream csv_;
  std::vector<Row> rows_;
};

// Until everything has come, but not for ever.
void run(Side &live, Side &file, Samples &samples, double length) {
  constexpr double kSampleEvery = 5;
  constexpr double kPatience = 180;
  const double begin = seconds_now();
  const bool calm = number("SOAK_CALM", 0) != 0;
  double next_sample = kSampleEvery;
  for (double now = 0; now < length + kPatience && !(live.stream.ended() && file.stream.ended());
       now = seconds_now() - begin) {
    for (Side *side : {&live, &file}) {
      side->stream.read_bus(20 * GST_MSECOND);
      if (now < length && !calm)
        side->faults.advance(now);
      if (now >= length)
        side->stream.end();
      if (now >= length)
        side->faults.calm();
    }
    if (now >= next_sample) {
      next_sample += kSampleEvery;
      samples.take(now, live, file);
    }
  }
}

// What went wrong. Nothing plays on when it returns.
std::string play(double minutes, unsigned seed) {
  Side live(true, seed);
  Side file(false, seed + 1);
  Samples samples(g_getenv("SOAK_CSV"));
  run(live, file, samples, minutes * 60);
  const std::string fault = live.stream.fault() + file.stream.fault() + samples.growth();
  for (Side *side : {&live, &file}) {
    g_print("%.0f s said, %zu words, %zu shown; %zu faults, %zu lost connections\n",
            side->stream.said_seconds(), side->stream.words(), side->stream.shown_words(),
            side->faults.count(), side->stream.losses());
    if (fault.empty())
      side->server.closed_sessions();
  }
  return fault;
}

}  // namespace

GST_START_TEST(soak) {
  const double minutes = number("SOAK_MINUTES", 60);
  const auto seed = static_cast<unsigned>(number("SOAK_SEED", g_random_int()));
  g_print("%g minutes, seed %u\n", minutes, seed);
  initial_resources();
  const std::string fault = play(minutes, seed);
  fail_unless(fault.empty(), "seed %u:\n%s", seed, fault.c_str());
}
GST_END_TEST

static Suite *soak_suite() {
  Suite *suite = suite_create("soak");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, soak);
  return suite;
}

GST_CHECK_MAIN(soak)
