// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One connection through the TcpProxy: two sockets and a pipe each way.
// Lives on the proxy's thread.

#pragma once

#include <gio/gio.h>

#include <chrono>
#include <deque>
#include <functional>
#include <string>

#include "base/glib_ptr.h"
#include "loop_thread.h"

namespace testserver {

// The faults in force, shared by all connections of a proxy, and what it has counted.
struct RelayConditions {
  bool stall_up = false;    // client to server
  bool stall_down = false;  // server to client
  bool hang = false;
  Milliseconds delay{0};
  std::size_t fragment = 0;     // largest write to the client; 0 = any
  std::uint64_t cut_after = 0;  // bytes to one client before it is dropped; 0 = never
  std::atomic<std::uint64_t> bytes_up{0};
  std::atomic<std::uint64_t> bytes_down{0};
};

// A GSource on a socket; removed by destruction.
class SocketWatch {
 public:
  SocketWatch() = default;
  ~SocketWatch() { stop(); }
  SocketWatch(const SocketWatch &) = delete;
  SocketWatch &operator=(const SocketWatch &) = delete;

  void start(GMainContext *context, GSocket *socket, GIOCondition condition,
             std::function<void()> callback);
  void stop();
  bool running() const { return source_ != nullptr; }

 private:
  GSource *source_ = nullptr;
};

class Pipe {
 public:
  struct Callbacks {
    std::function<void(std::size_t)> moved;
    std::function<void()> ended;   // end of file, and all of it passed on
    std::function<void()> broken;  // a socket failed
  };

  Pipe(GMainContext *context, GSocket *from, GSocket *to, Callbacks callbacks);

  // Looks at what is wanted now and sets the watches and timers accordingly.
  void update(bool stalled, Milliseconds delay, std::size_t fragment);
  void limit(std::uint64_t bytes) { limit_ = bytes; }  // to pass on, and no more
  void discard();  // read and forget, so that closing sends FIN and not RST

 private:
  struct Piece {
    std::chrono::steady_clock::time_point due;
    std::string bytes;
  };

  void read_some();
  void write_some();
  void schedule();
  bool write_front();  // false: not now

  GMainContext *context_;
  assemblyai::Ref<GSocket> from_;
  assemblyai::Ref<GSocket> to_;
  Callbacks callbacks_;
  std::deque<Piece> queue_;
  std::size_t queued_ = 0;
  bool stalled_ = false;
  bool discarding_ = false;
  bool end_of_file_ = false;
  bool told_end_ = false;
  Milliseconds delay_{0};
  std::size_t fragment_ = 0;
  std::uint64_t limit_ = UINT64_MAX;
  SocketWatch readable_;
  SocketWatch writable_;
  Timer due_;
};

class Relay {
 public:
  struct Callbacks {
    std::function<void()> client_left;  // the client's end is closed; once
    std::function<void()> gone;         // may destroy the relay, but not from inside the call
  };

  // Without a server it swallows what comes, until the client goes.
  Relay(GMainContext *context, RelayConditions *conditions, GSocket *client, GSocket *server,
        Callbacks callbacks);
  ~Relay();

  void update();
  void drop();
  void reset();
  bool is_over() const { return over_; }

 private:
  void swallow();
  void client_left();
  void passed_down(std::size_t bytes);
  void finished_one_way(GSocket *to);
  void end();

  RelayConditions *conditions_;
  assemblyai::Ref<GSocket> client_;
  assemblyai::Ref<GSocket> server_;  // none while hanging
  Callbacks callbacks_;
  SocketWatch swallowing_;
  bool told_client_left_ = false;
  std::unique_ptr<Pipe> up_;
  std::unique_ptr<Pipe> down_;
  std::uint64_t down_bytes_ = 0;
  int ways_ended_ = 0;
  bool over_ = false;
};

}  // namespace testserver
