// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// A session that stands still at a moment, so that a test can do at exactly that moment what it
// wants: it hears nothing and says nothing of its own until it is released, and then goes on as if
// nothing had been. Lives on the server's thread.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "options.h"

namespace testserver {

class Hold {
 public:
  struct Incoming {
    bool binary;
    std::string payload;
  };

  explicit Hold(const Options &options) : at_(options.hold_at), left_(options.hold_count) {}

  bool active() const { return active_; }
  // These tell whether the session has to stand still now.
  bool begins_when_upgraded() { return reached(Moment::upgraded); }
  bool begins_before(std::string_view received);
  bool begins_after(const std::string &sent);

  void keep(bool binary, std::string_view payload) {
    incoming_.push_back({binary, std::string(payload)});
  }
  void keep(const std::string &own) { own_.push_back(own); }

  // What was kept, in order.
  std::vector<std::string> take_own() { return std::exchange(own_, {}); }
  std::vector<Incoming> take_incoming() { return std::exchange(incoming_, {}); }
  void end() { active_ = false; }

 private:
  bool reached(Moment moment);

  Moment at_;
  unsigned left_;
  bool active_ = false;
  std::vector<Incoming> incoming_;
  std::vector<std::string> own_;
};

}  // namespace testserver
