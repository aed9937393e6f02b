// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stream/transport.h"

namespace assemblyai {

// The peer of the newest connection, controlled by the test.
struct FakePeer {
  TransportObserver *observer = nullptr;  // null after the transport was destroyed
  TransportOptions options;
  bool opened = false;
  bool writable = true;
  std::uint64_t sent = 0;  // bytes, including those of incomplete messages
  int transports = 0;
  std::vector<std::vector<std::byte>> audio;
  std::vector<std::string> texts;
  std::vector<char> order;  // 'a' for audio, 't' for text

  void say(const std::string &text) { observer->on_text(text); }
  void begin() { say(R"({"type":"Begin","id":"s1","expires_at":1790221526})"); }
  void terminate() {
    say(R"({"type":"Termination","audio_duration_seconds":3,"session_duration_seconds":4})");
  }
  void close(unsigned code) { observer->on_ended({.close_code = code}); }
  bool gone() const { return observer == nullptr; }
};

class FakeTransport final : public Transport {
 public:
  FakeTransport(std::shared_ptr<FakePeer> peer, TransportObserver &observer,
                const TransportOptions &options)
      : peer_(std::move(peer)), observer_(observer) {
    peer_->observer = &observer;
    peer_->options = options;
    peer_->transports++;
  }
  ~FakeTransport() override {
    if (peer_->observer == &observer_)
      peer_->observer = nullptr;
  }

  void open(const ConnectionInfo &) override { peer_->opened = true; }
  bool writable() override { return peer_->writable; }
  void send_text(const std::string &text) override {
    peer_->texts.push_back(text);
    peer_->order.push_back('t');
  }
  void send_binary(std::span<const std::byte> data) override {
    peer_->audio.emplace_back(data.begin(), data.end());
    peer_->order.push_back('a');
  }
  std::uint64_t received() const override { return peer_->sent; }
  std::string_view progress() const override { return "negotiating TLS"; }

 private:
  std::shared_ptr<FakePeer> peer_;
  TransportObserver &observer_;
};

inline TransportFactory fake_factory(std::shared_ptr<FakePeer> peer) {
  return [peer](TransportObserver &observer, const TransportOptions &options) {
    return std::make_unique<FakeTransport>(peer, observer, options);
  };
}

}  // namespace assemblyai
