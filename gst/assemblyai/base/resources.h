// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Resources of a process that can run out: threads and file descriptors.
//
// Without them, GLib aborts the process where it cannot report an error: when it starts a thread of
// its own, when it creates a main context, when a blocking call is made cancellable. Therefore the
// code checks for them first. Other code may take them in between, but a process that is short of
// them usually fails at the check.

#pragma once

#include <glib.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace assemblyai {

// Too few descriptors are free for one more connection.
std::optional<Failure> missing_descriptors();
// Too few threads can be started.
std::optional<Failure> missing_threads();
// Either of the two.
std::optional<Failure> missing_resources();

// A connection attempt in progress, including its preparation. It may not have opened its
// descriptors yet, so they are not free for another attempt.
class DescriptorClaim {
 public:
  DescriptorClaim();
  DescriptorClaim(const DescriptorClaim &) = delete;
  DescriptorClaim &operator=(const DescriptorClaim &) = delete;
  ~DescriptorClaim();
};

// An error of the system or of GLib that reports that no descriptors are left.
bool is_out_of_descriptors(int error);
bool is_out_of_descriptors(const GError *error);

// The failures, with the error text of the system.
Failure out_of_descriptors(std::string detail);
Failure out_of_threads(std::string detail);

}  // namespace assemblyai
