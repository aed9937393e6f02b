// SPDX-License-Identifier: LGPL-2.1-or-later
// A process at its limits, for as long as one of these lives. They are real ones: what the
// element, GLib and GStreamer ask the system for fails.

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

// No thread can be started. Root has no such limit: it becomes somebody else meanwhile.
class NoMoreThreads final : public Limit {
 public:
  NoMoreThreads();
  ~NoMoreThreads() override;

 private:
  bool was_root_;
};

// No descriptor can be had, but for so many.
class NoMoreDescriptors final : public Limit {
 public:
  explicit NoMoreDescriptors(unsigned left = 0);
  ~NoMoreDescriptors() override;

 private:
  std::vector<int> taken_;
  unsigned long before_;
};

}  // namespace testing
