// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The other ends of a session's connections, one after the other and two at a time. They hold the
// session to what it may send when.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "protocol/decode.h"
#include "protocol/encode.h"
#include "stream/format.h"
#include "stream/transport.h"
#include "target.h"

namespace fuzz {

using namespace assemblyai;

// The input has no two places that look the same.
inline std::byte audio_at(std::uint64_t position) {
  return static_cast<std::byte>((position * 2654435761U) >> 13U);
}

// Where in the input the audio is that is sent next. Unknown once nobody is told any more.
struct Announced {
  bool known = false;
  std::uint64_t position = 0;
  std::size_t padding = 0;
};

class Peer {
 public:
  Peer(TransportObserver &observer, const Announced &announced, bool gaps)
      : observer_(&observer), announced_(announced), may_have_gaps_(gaps) {}

  // It can be heard of.
  bool connects() const { return observer_ != nullptr && asked_ && !ended_; }
  bool gone() const { return observer_ == nullptr; }

  void open() {
    if (connects() && !opened_) {
      opened_ = true;
      observer_->on_opened();
    }
  }
  void say(const std::string &frame) {
    if (!connects() || !opened_)
      return;
    const Result<ServerMessage> message = decode(frame);
    if (message) {
      begun_ = begun_ || std::holds_alternative<Begin>(*message);
      over_ = over_ || std::holds_alternative<ServerError>(*message) ||
              std::holds_alternative<Termination>(*message);
    }
    observer_->on_text(frame);
  }
  void answer_ping() {
    if (connects() && opened_)
      observer_->on_alive();
  }
  void end(TransportEnd end) {
    if (connects()) {
      ended_ = true;
      observer_->on_ended(std::move(end));
    }
  }
  void set_writable(bool writable) {
    const bool was_writable = std::exchange(writable_, writable);
    if (connects() && opened_ && writable && !was_writable)
      observer_->on_writable();
  }

 private:
  friend class PeerTransport;

  void take(std::span<const std::byte> audio) {
    require(begun_ && !ended_ && !terminated_, "audio goes to a session that is open");
    require(writable_, "audio waits for the network");
    require(audio.size() >= bytes_of(kMinChunk) && audio.size() <= bytes_of(kMaxChunk),
            "a message is as long as the service takes it");
    if (!announced_.known)
      return;
    require(announced_.position >= sent_until_, "audio goes on, not back");
    require(may_have_gaps_ || sent_until_ == 0 || announced_.position == sent_until_,
            "no audio is left out");
    sent_until_ = announced_.position + audio.size() - announced_.padding;
    for (std::size_t i = 0; i < audio.size(); i++) {
      const bool is_padding = i + announced_.padding >= audio.size();
      require(audio[i] == (is_padding ? std::byte{0} : audio_at(announced_.position + i)),
              "audio is what was put in");
    }
  }

  TransportObserver *observer_;  // null: closed by the session
  const Announced &announced_;
  const bool may_have_gaps_;
  bool asked_ = false;
  bool opened_ = false;
  bool begun_ = false;
  bool writable_ = true;
  bool terminated_ = false;
  bool over_ = false;   // the service has ended the session
  bool ended_ = false;  // and the connection
  std::uint64_t sent_until_ = 0;
};

class PeerTransport final : public Transport {
 public:
  explicit PeerTransport(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}
  ~PeerTransport() override {
    require(!peer_->opened_ || peer_->ended_ || peer_->over_ || peer_->terminated_,
            "no session is left open");
    peer_->observer_ = nullptr;
  }

  void open(const ConnectionInfo &) override {
    require(!peer_->asked_, "a connection is opened once");
    peer_->asked_ = true;
  }
  bool writable() override { return peer_->writable_; }
  void send_text(const std::string &text) override {
    require(peer_->opened_ && !peer_->ended_ && !peer_->terminated_,
            "messages go to a connection that is open, none after Terminate");
    peer_->terminated_ = text == encode(Terminate{});
  }
  void send_binary(std::span<const std::byte> data) override { peer_->take(data); }
  std::uint64_t received() const override { return 0; }
  std::string_view progress() const override { return "negotiating TLS"; }

 private:
  std::shared_ptr<Peer> peer_;
};

class Peers {
 public:
  Peers(const Announced &announced, bool gaps) : announced_(announced), gaps_(gaps) {}

  TransportFactory factory() {
    return [this](TransportObserver &observer, const TransportOptions &) {
      std::erase_if(peers_, [](const auto &peer) { return peer->gone(); });
      require(peers_.size() < 4, "there are not many connections at a time");
      peers_.push_back(std::make_shared<Peer>(observer, announced_, gaps_));
      return std::make_unique<PeerTransport>(peers_.back());
    };
  }
  // One that is connected, the newest is number 0; null when there is none.
  std::shared_ptr<Peer> peer(std::size_t number) const {
    std::vector<std::shared_ptr<Peer>> connected;
    for (const auto &peer : peers_) {
      if (peer->connects())
        connected.push_back(peer);
    }
    return connected.empty() ? nullptr
                             : connected[connected.size() - 1 - number % connected.size()];
  }
  bool all_gone() const {
    return std::all_of(peers_.begin(), peers_.end(), [](const auto &peer) { return peer->gone(); });
  }

 private:
  const Announced &announced_;
  const bool gaps_;
  std::vector<std::shared_ptr<Peer>> peers_;
};

}  // namespace fuzz
