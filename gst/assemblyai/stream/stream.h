// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/event_loop.h"
#include "stream/service_session.h"
#include "stream/stream_events.h"
#include "stream/stream_options.h"

namespace assemblyai {

class StreamGate;
class StreamLoop;

// Audio in, turns out: one stream of audio over as many sessions with the service as it takes.
//
// The streaming thread calls push(), finish() and wait_end(), any thread the rest. What these share
// with the I/O thread is in the StreamGate; the StreamLoop does the work on the I/O thread.
class Stream final {
 public:
  Stream(StreamOptions options, ConnectionInfoSource info, std::shared_ptr<EventLoop> loop,
         TransportFactory factory, StreamCallbacks callbacks);
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;
  // A stream that was started goes on until it ends, or is left.
  ~Stream();

  // Connects.
  void start();

  // Queues audio, and moves it out of the block when it is accepted. Waits while the queue is full
  // and the policy is to block.
  PushResult push(AudioBlock &&block, Content content = Content::kAudio);

  // No more audio: what is queued is sent, then the session is terminated.
  void finish();
  // Waits until it has ended, and all that was to be reported of it is. Bounded by the stream's own
  // limits.
  WaitResult wait_end();

  // Parameters that the service changes for the audio queued from now on. Only what differs from
  // what it has is sent. False when the stream is over.
  bool update(const ParameterSet &parameters);
  // Takes back what update() was given for a parameter, if it was not sent yet.
  void withdraw(std::string_view parameter);
  // The service ends the turn after the audio queued so far (to one message). False when the stream
  // is over.
  bool force_endpoint();

  // Makes push() and wait_end() return, now and until resume().
  void interrupt();
  void resume();

  // The caller goes away: no more calls to StreamCallbacks::event begin, and one that is under way
  // is waited for, for a moment. The queued audio is sent or discarded, the session terminated and
  // the connection closed, in the background. With kSend this call waits a moment for that to have
  // happened, because the process may be about to end. A connection that is not open yet is
  // cancelled.
  void leave(Rest rest);

  bool ended() const;
  // There is no session, because there was no audio for long.
  bool idle() const;
  // The number that the next reported turn gets.
  std::uint64_t next_turn() const;
  StreamStats stats() const;
  // What the last session was requested with that the service has begun.
  std::optional<ParameterSet> known() const;

 private:
  void post(void (StreamLoop::*task)());

  const Logger log_;
  const std::shared_ptr<EventLoop> loop_;
  const std::shared_ptr<StreamGate> gate_;
  const std::shared_ptr<StreamLoop> io_;
};

}  // namespace assemblyai
