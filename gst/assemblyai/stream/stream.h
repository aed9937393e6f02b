// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <functional>
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

// One stream of audio, over as many sessions with the service as needed. It receives audio and
// reports turns.
//
// The streaming thread calls push(), finish() and wait_end(); any thread calls the rest. The state
// that these share with the I/O thread is in the StreamGate. The StreamLoop does the work on the
// I/O thread.
class Stream final {
 public:
  Stream(StreamOptions options, ConnectionInfoSource info, std::shared_ptr<EventLoop> loop,
         TransportFactory factory, StreamCallbacks callbacks);
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;
  // A started stream continues until it ends, or is left.
  ~Stream();

  // Connects.
  void start();

  // Queues audio, and moves it out of the block if it is accepted. Waits while the queue is full if
  // the policy is to block.
  PushResult push(AudioBlock &&block, Content content = Content::kAudio);

  // No more audio follows: the queued audio is sent, then the session is terminated.
  void finish();
  // Waits until the stream has ended and all its reports are delivered. The limits of the
  // stream bound it, unless the application blocks in a report.
  WaitResult wait_end();

  // Parameters for the audio queued from now on. Only values that the service does not have yet are
  // sent. False if the stream is over.
  bool update(const ParameterSet &parameters);
  // Removes a parameter of update(), if it was not sent yet.
  void withdraw(std::string_view parameter);
  // Makes the service end the turn after the audio queued so far (to one message). False if the
  // stream is over.
  bool force_endpoint();

  // Makes push() and wait_end() return, now and until resume().
  void interrupt();
  void resume();

  // The caller is going away: no new calls to StreamCallbacks::event begin, and this call waits
  // briefly for a call in progress. In the background, the queued audio is sent or discarded, the
  // session is terminated and the connection is closed. With kSend this call waits briefly for
  // that, because the process may be about to end. A connection that is not open yet is cancelled.
  void leave(Rest rest);

  bool ended() const;
  // There is no session because there was no audio for long.
  bool idle() const;
  // The number of the next reported turn.
  std::uint64_t next_turn() const;
  StreamStats stats() const;
  // The parameters of the last session that has begun.
  std::optional<ParameterSet> known() const;

 private:
  void post(void (StreamLoop::*task)());

  const Logger log_;
  const std::function<bool()> is_delivering_;
  const std::shared_ptr<EventLoop> loop_;
  const std::shared_ptr<StreamGate> gate_;
  const std::shared_ptr<StreamLoop> io_;
};

}  // namespace assemblyai
