// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "base/event_loop.h"
#include "captions/timeline.h"
#include "element/caption_output.h"
#include "element/gst_ptr.h"
#include "session/session.h"

namespace assemblyai {

// Tells the bus, and those who show captions, what a session tells. Made for one
// of them; called on the I/O thread only, except failed().
//
// It holds the element weakly: a session that goes on in the background must not
// keep it alive.
class BusReporter final : public SessionObserver, public std::enable_shared_from_this<BusReporter> {
 public:
  // Takes back what the service refused. Called while the element is held.
  using TakeBack = std::function<void(const std::vector<RefusedChange> &, const Failure &)>;

  // messages is shared with the element, so that a change takes effect at once.
  BusReporter(GstElement *element, std::shared_ptr<EventLoop> loop,
              std::shared_ptr<const std::atomic<guint>> messages,
              std::shared_ptr<CaptionOutput> captions, TakeBack take_back);
  ~BusReporter() override;

  // The session ended with an error, which has been posted.
  bool failed() const { return failed_; }

 private:
  void on_connection(const ConnectionReport &report) override;
  void on_begin(const Begin &begin) override;
  void on_switched(const std::string &session_id, std::uint64_t oldest) override;
  void on_audio_sent(const AudioChunk &chunk) override;
  void on_audio_lost(const std::vector<AudioPiece> &pieces, bool is_new) override;
  void on_turn(const TurnReport &report) override;
  void on_message(const ServerMessage &message, const TurnNumbers &numbers) override;
  void on_frame(std::string_view frame) override;
  void on_undecodable(const Failure &failure) override;
  void on_refused(const std::vector<RefusedChange> &changes, const Failure &failure) override;
  void on_deaf(nanoseconds duration) override;
  void on_session_end(const ConnectionEnd &end) override;
  void on_ended(const std::optional<Failure> &failure) override;

  bool wants(guint flag) const { return (messages_->load() & flag) != 0; }
  void post(GstOwned<GstStructure> structure);
  void warn(const Failure &failure);
  const std::string &id_of(std::uint64_t session) const;
  void clear_later();

  WeakRef<GstElement> element_;
  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<const std::atomic<guint>> messages_;
  std::shared_ptr<CaptionOutput> captions_;
  const TakeBack take_back_;
  const std::uint64_t epoch_;
  std::atomic<bool> failed_{false};

  Timelines timelines_{kSampleRate};
  std::deque<std::string> session_ids_;  // of the last sessions
  std::uint64_t session_ = 0;            // the current one, counted from 1 on
  bool complained_ = false;              // about undecodable messages
  std::unique_ptr<Timer> clear_timer_;
};

}  // namespace assemblyai
