// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One pipeline, one server and one fault at one moment.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/faults.h"
#include "support/pipeline.h"

namespace testing {

struct Cell {
  const faults::Fault *fault = nullptr;  // nullptr: an undisturbed run
  faults::Phase phase = faults::Phase::silence;
  faults::Input input = faults::Input::live;
  faults::Output output = faults::Output::bus;
  bool comes_back = true;  // false: after the fault the server is not reachable any more

  std::string name() const;
};

struct CellResult {
  faults::Outcome outcome = faults::Outcome::impossible;
  milliseconds took{};  // from PLAYING to EOS or ERROR
  std::string problem;  // empty: the outcome is the expected one
};

// Every possible combination.
std::vector<Cell> all_cells();
// The combinations that another session would cure, with a service that does not return.
std::vector<Cell> lasting_cells();

// Blocks. May be called from many threads.
CellResult run_cell(const Cell &cell);

}  // namespace testing
