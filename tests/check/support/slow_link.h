// SPDX-License-Identifier: LGPL-2.1-or-later
// A link that takes its time, below TCP: what is sent is not acknowledged sooner than it would be
// at the other end of the world. A relay of TCP connections cannot do that.

#pragma once

#include <gio/gio.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace testing {

struct LinkConditions {
  std::chrono::milliseconds delay{};  // each way
  double bytes_per_second = 0;        // each way; 0 = any
};

class SlowLink {
 public:
  // Takes this process into a network of its own, with nothing but loopback and the link: before
  // it has threads. Empty where that is not allowed.
  static std::unique_ptr<SlowLink> create(const LinkConditions &conditions);
  ~SlowLink();
  SlowLink(const SlowLink &) = delete;
  SlowLink &operator=(const SlowLink &) = delete;

  // The address over the link of a port of 127.0.0.1, "host:port".
  std::string to(guint16 port);

 private:
  struct Impl;
  explicit SlowLink(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
