// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process runs out of and gets back: threads and file descriptors.
//
// Without them GLib aborts the process where it has no way to report that: when it starts
// a thread of its own, when it makes a main context, when a blocking call can be cancelled.
// So they are looked for before it gets there. Somebody else may take them in between; but
// who is short of them fails here first.

#pragma once

#include <glib.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace assemblyai {

// There are too few descriptors for one more connection.
std::optional<Failure> missing_descriptors();
// There are too few threads.
std::optional<Failure> missing_threads();
// One of both.
std::optional<Failure> missing_resources();

// A connection attempt under way, its preparation too, which may not have taken its descriptors
// yet: they are not there for another one.
class DescriptorClaim {
 public:
  DescriptorClaim();
  DescriptorClaim(const DescriptorClaim &) = delete;
  DescriptorClaim &operator=(const DescriptorClaim &) = delete;
  ~DescriptorClaim();
};

// An error of the system or of GLib that says that there are no more descriptors.
bool is_out_of_descriptors(int error);
bool is_out_of_descriptors(const GError *error);

// The failures, with the system's own words.
Failure out_of_descriptors(std::string detail);
Failure out_of_threads(std::string detail);

}  // namespace assemblyai
