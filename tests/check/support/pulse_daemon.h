// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <optional>

#include "support/child.h"

namespace testing {

// A PulseAudio daemon of the test's own, without sound card, D-Bus and the machine's
// configuration. It has two null sinks: "speaker" (16 kHz, mono), which is the default and whose
// monitor hears exactly what is played, and "card" (48 kHz, stereo). The environment leads this
// process's clients to it.
class PulseDaemon {
 public:
  PulseDaemon();  // returns when clients can connect
  void crash() { daemon_.reset(); }

 private:
  TemporaryDirectory directory_;
  std::optional<Child> daemon_;
};

}  // namespace testing
