// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A process at its limits, as long as one of these objects exists. The limits are real: requests of
// the element, GLib and GStreamer to the system fail.

#pragma once

#include <vector>

namespace testing {

class Limit {
 public:
  Limit() = default;
  Limit(const Limit &) = delete;
  Limit &operator=(const Limit &) = delete;
  virtual ~Limit() = default;
};

// No thread can be started. Root has no such limit: the process changes its user meanwhile.
class NoMoreThreads final : public Limit {
 public:
  NoMoreThreads();
  ~NoMoreThreads() override;

 private:
  bool was_root_;
};

// No descriptor can be opened, except for this many.
class NoMoreDescriptors final : public Limit {
 public:
  explicit NoMoreDescriptors(unsigned left = 0);
  ~NoMoreDescriptors() override;

 private:
  std::vector<int> taken_;
  unsigned long before_;
};

}  // namespace testing
