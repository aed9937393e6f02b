// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Every fault in every phase, with live sound and with files, seen on the bus and on the text pad:
// what comes of it is what the rule says (support/faults.h), in time, no word is lost or twice,
// and every session is closed. ASSEMBLYAI_TEST_CELLS=text runs those with the text in their name.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "support/check.h"
#include "support/fault_cell.h"

using namespace testing;

namespace {

// Mostly they wait.
constexpr std::size_t kAtOnce = 100 / (kSlowness * kSlowness);

std::vector<Cell> chosen(std::vector<Cell> cells) {
  if (const char *text = g_getenv("ASSEMBLYAI_TEST_CELLS")) {
    std::erase_if(cells,
                  [text](const Cell &cell) { return cell.name().find(text) == std::string::npos; });
    return cells;
  }
  // A sanitizer gets every nth: as many of each kind.
  const auto wanted = tries(static_cast<unsigned>(cells.size()));
  const std::size_t step = cells.size() / wanted;
  std::vector<Cell> sample;
  for (std::size_t i = 0; i < cells.size(); i += step)
    sample.push_back(cells[i]);
  return sample;
}

// Many at a time. How many failed.
unsigned run_all(const std::vector<Cell> &cells) {
  std::mutex mutex;
  unsigned failures = 0;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < cells.size(); i = next++) {
      const CellResult result = run_cell(cells[i]);
      const std::lock_guard lock(mutex);
      g_print("%s: %s after %d ms\n", cells[i].name().c_str(), in_words(result.outcome),
              static_cast<int>(result.took.count()));
      if (!result.problem.empty()) {
        g_printerr("FAILED %s: %s\n", cells[i].name().c_str(), result.problem.c_str());
        failures++;
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min(kAtOnce, cells.size()); i++)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  return failures;
}

}  // namespace

GST_START_TEST(test_undisturbed_runs_are_whole) {
  std::vector<Cell> cells;
  for (const faults::Input input : faults::kInputs) {
    for (const faults::Output output : faults::kOutputs)
      cells.push_back({.input = input, .output = output});
  }
  const unsigned failures = run_all(cells);
  fail_unless_equals_int(failures, 0);
}
GST_END_TEST

GST_START_TEST(test_every_fault_in_every_phase) {
  const std::vector<Cell> cells = chosen(all_cells());
  const unsigned failures = run_all(cells);
  g_print("%zu combinations\n", cells.size());
  fail_unless_equals_int(failures, 0);
}
GST_END_TEST

// Without an end one ERROR has to come of it, in time.
GST_START_TEST(test_what_does_not_come_back_is_one_error) {
  fail_unless_equals_int(run_all(chosen(lasting_cells())), 0);
}
GST_END_TEST

static Suite *fault_matrix_suite() {
  Suite *suite = suite_create("fault_matrix");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 240);
  tcase_add_test(tests, test_undisturbed_runs_are_whole);
  tcase_add_test(tests, test_every_fault_in_every_phase);
  tcase_add_test(tests, test_what_does_not_come_back_is_one_error);
  return suite;
}

CHECK_SUITE(fault_matrix);
