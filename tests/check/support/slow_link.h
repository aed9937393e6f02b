// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A link with a delay below TCP: acknowledgements arrive as late as from the other end of the
// world. A relay of TCP connections cannot do that.

#pragma once

#include <gio/gio.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace testing {

struct LinkConditions {
  std::chrono::milliseconds delay{};  // in each direction
  double bytes_per_second = 0;        // in each direction; 0 = unlimited
};

class SlowLink {
 public:
  // Moves this process into a network namespace with only loopback and the link. Must be called
  // before it has threads. Empty where that is not allowed.
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
