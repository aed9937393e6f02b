// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "fault_blocks.h"

#include <set>

#include "support/faults.h"

namespace docs {

namespace {

using faults::Delay;
using faults::Expectation;
using faults::Fault;
using faults::Input;
using faults::Noticed;
using faults::Outcome;
using faults::Phase;

// The page explains these letters.
std::string letter(Noticed noticed) {
  switch (noticed) {
    case Noticed::at_once:
      return {};
    case Noticed::connect_timeout:
      return " C";
    case Noticed::keepalive_interval:
      return " K";
    case Noticed::heartbeats:
      return " H";
    case Noticed::drain_timeout:
      return " D";
  }
  return {};
}

std::string cell(const Expectation &expected) {
  switch (expected.outcome) {
    case Outcome::goes_on:
      return "goes on";
    case Outcome::recovers:
      return "recovers" + letter(expected.noticed);
    case Outcome::error:
      return "**ERROR**" + letter(expected.noticed);
    case Outcome::impossible:
      return "–";
  }
  return {};
}

// Live and other input, if they differ.
std::string cell(const Fault &fault, Phase phase) {
  const std::string live = cell(expectation(fault, phase, Input::live));
  const std::string file = cell(expectation(fault, phase, Input::file));
  return live == file ? live : live + "; a file: " + file;
}

std::string delay(const Fault &fault) {
  bool tries_again = false;
  for (const Phase phase : faults::kPhases)
    tries_again =
        tries_again || expectation(fault, phase, Input::live).outcome == Outcome::recovers;
  if (!tries_again)
    return {};
  switch (fault.delay) {
    case Delay::none:
      return "none";
    case Delay::usual:
      return "usual";
    case Delay::longest:
      return "longest";
    case Delay::requested:
      return "`Retry-After`";
  }
  return {};
}

std::string matrix_block() {
  std::vector<std::string> titles{"fault"};
  for (const Phase phase : faults::kPhases)
    titles.emplace_back(in_words(phase));
  titles.emplace_back("wait");
  std::string table = header(titles);
  for (const Fault &fault : faults::all_faults()) {
    std::vector<std::string> cells{fault.name};
    for (const Phase phase : faults::kPhases)
      cells.push_back(cell(fault, phase));
    cells.push_back(delay(fault));
    table += row(cells);
  }
  return table;
}

// Why some combinations do not exist.
std::string impossible_block() {
  std::set<std::string> reasons;
  for (const Fault &fault : faults::all_faults()) {
    for (const Phase phase : faults::kPhases) {
      const Expectation expected = expectation(fault, phase, Input::live);
      if (expected.outcome == Outcome::impossible)
        reasons.insert(expected.why);
    }
  }
  std::string list;
  for (const std::string &reason : reasons)
    list += (list.empty() ? "" : "; ") + reason;
  return list + ".\n";
}

}  // namespace

std::map<std::string, Block> fault_blocks() {
  return {{"fault-matrix", matrix_block}, {"impossible-faults", impossible_block}};
}

}  // namespace docs
