// SPDX-License-Identifier: LGPL-2.1-or-later
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
  const faults::Fault *fault = nullptr;  // none: an undisturbed run
  faults::Phase phase = faults::Phase::silence;
  faults::Input input = faults::Input::live;
  faults::Output output = faults::Output::bus;
  bool comes_back = true;  // no: after the fault nobody listens any more

  std::string name() const;
};

struct CellResult {
  faults::Outcome outcome = faults::Outcome::impossible;
  milliseconds took{};  // from PLAYING to EOS or ERROR
  std::string problem;  // empty: it is what had to come
};

// Every possible combination.
std::vector<Cell> all_cells();
// Those that another session would cure, with a service that does not come back.
std::vector<Cell> lasting_cells();

// Blocks. May be called from many threads.
CellResult run_cell(const Cell &cell);

}  // namespace testing
