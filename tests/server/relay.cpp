// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "relay.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace testserver {

namespace {

constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kMostQueued = 256 * 1024;

using Clock = std::chrono::steady_clock;

bool would_block(const assemblyai::OutError &error) {
  return g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;
}

void reset_socket(GSocket *socket) {
  struct linger now = {1, 0};
  if (g_socket_is_closed(socket) != FALSE)
    return;
  setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  g_socket_close(socket, nullptr);
}

}  // namespace

void SocketWatch::start(GMainContext *context, GSocket *socket, GIOCondition condition,
                        std::function<void()> callback) {
  stop();
  source_ = g_socket_create_source(socket, condition, nullptr);
  auto fire = [](GSocket *, GIOCondition, gpointer data) -> gboolean {
    auto copy = *static_cast<std::function<void()> *>(data);
    copy();
    return G_SOURCE_CONTINUE;  // a stopped watch has destroyed its source already
  };
  GSocketSourceFunc typed = fire;
  g_source_set_callback(source_, G_SOURCE_FUNC(typed),
                        new std::function<void()>(std::move(callback)),
                        [](gpointer data) { delete static_cast<std::function<void()> *>(data); });
  g_source_attach(source_, context);
}

void SocketWatch::stop() {
  if (GSource *source = std::exchange(source_, nullptr)) {
    g_source_destroy(source);
    g_source_unref(source);
  }
}

Pipe::Pipe(GMainContext *context, GSocket *from, GSocket *to, Callbacks callbacks)
    : context_(context),
      from_(assemblyai::retain(from)),
      to_(assemblyai::retain(to)),
      callbacks_(std::move(callbacks)) {}

void Pipe::update(bool stalled, Milliseconds delay, std::size_t fragment) {
  stalled_ = stalled;
  delay_ = delay;
  fragment_ = fragment;
  schedule();
}

void Pipe::discard() {
  discarding_ = true;
  stalled_ = false;
  queue_.clear();
  queued_ = 0;
  schedule();
}

void Pipe::schedule() {
  bool read = !end_of_file_ && !stalled_ && queued_ < kMostQueued;
  if (!read)
    readable_.stop();
  else if (!readable_.running())
    readable_.start(context_, from_.get(), G_IO_IN, [this] { read_some(); });
  bool write = !stalled_ && !queue_.empty();
  if (!write) {
    writable_.stop();
    due_.stop();
  } else if (!writable_.running() && !due_.running()) {
    auto wait = std::chrono::ceil<Milliseconds>(queue_.front().due - Clock::now());
    due_.once(context_, std::max(wait, Milliseconds(0)), [this] { write_some(); });
  }
}

void Pipe::read_some() {
  std::string bytes(kReadSize, '\0');
  assemblyai::OutError error;
  gssize got = g_socket_receive(from_.get(), bytes.data(), bytes.size(), nullptr, error.out());
  if (got < 0) {
    if (!would_block(error))
      callbacks_.broken();
    return;
  }
  end_of_file_ = got == 0;
  if (got > 0 && !discarding_) {
    bytes.resize(static_cast<std::size_t>(got));
    queued_ += bytes.size();
    queue_.push_back({Clock::now() + delay_, std::move(bytes)});
  }
  write_some();
}

void Pipe::write_some() {
  writable_.stop();
  due_.stop();
  while (!stalled_ && !queue_.empty() && queue_.front().due <= Clock::now()) {
    if (!write_front())
      return;
    // Pieces that are to arrive one by one leave in different turns of the loop.
    if (fragment_ > 0 && !queue_.empty()) {
      due_.once(context_, Milliseconds(0), [this] { write_some(); });
      break;
    }
  }
  if (end_of_file_ && queue_.empty() && !std::exchange(told_end_, true)) {
    readable_.stop();
    callbacks_.ended();
    return;
  }
  schedule();
}

bool Pipe::write_front() {
  Piece &front = queue_.front();
  std::size_t size = front.bytes.size();
  if (fragment_ > 0)
    size = std::min(size, fragment_);
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, limit_));
  if (size == 0)
    return false;
  assemblyai::OutError error;
  gssize sent = g_socket_send(to_.get(), front.bytes.data(), size, nullptr, error.out());
  if (sent < 0) {
    if (would_block(error))
      writable_.start(context_, to_.get(), G_IO_OUT, [this] { write_some(); });
    else
      callbacks_.broken();
    return false;
  }
  auto done = static_cast<std::size_t>(sent);
  limit_ -= limit_ == UINT64_MAX ? 0 : done;
  queued_ -= done;
  front.bytes.erase(0, done);
  if (front.bytes.empty())
    queue_.pop_front();
  callbacks_.moved(done);
  return true;
}

Relay::Relay(GMainContext *context, RelayConditions *conditions, GSocket *client, GSocket *server,
             Callbacks callbacks)
    : conditions_(conditions),
      client_(assemblyai::retain(client)),
      server_(assemblyai::retain(server)),
      callbacks_(std::move(callbacks)) {
  if (server == nullptr) {
    swallowing_.start(context, client, G_IO_IN, [this] { swallow(); });
    return;
  }
  up_ = std::make_unique<Pipe>(
      context, client, server,
      Pipe::Callbacks{[this](std::size_t bytes) { conditions_->bytes_up += bytes; },
                      [this] {
                        client_left();
                        finished_one_way(server_.get());
                      },
                      [this] { reset(); }});
  down_ = std::make_unique<Pipe>(
      context, server, client,
      Pipe::Callbacks{[this](std::size_t bytes) { passed_down(bytes); },
                      [this] { finished_one_way(client_.get()); }, [this] { reset(); }});
  update();
}

Relay::~Relay() {
  up_.reset();
  down_.reset();
  g_socket_close(client_.get(), nullptr);
  if (server_)
    g_socket_close(server_.get(), nullptr);
}

void Relay::update() {
  if (over_ || up_ == nullptr)
    return;
  std::uint64_t cut = conditions_->cut_after;
  if (cut > 0 && down_bytes_ >= cut) {
    drop();
    return;
  }
  down_->limit(cut > 0 ? cut - down_bytes_ : UINT64_MAX);
  up_->update(conditions_->stall_up, conditions_->delay, 0);
  down_->update(conditions_->stall_down, conditions_->delay, conditions_->fragment);
}

void Relay::swallow() {
  std::string bytes(kReadSize, '\0');
  assemblyai::OutError error;
  gssize got = g_socket_receive(client_.get(), bytes.data(), bytes.size(), nullptr, error.out());
  if (got > 0 || (got < 0 && would_block(error)))
    return;
  swallowing_.stop();
  end();
}

void Relay::client_left() {
  if (!std::exchange(told_client_left_, true))
    callbacks_.client_left();
}

void Relay::passed_down(std::size_t bytes) {
  conditions_->bytes_down += bytes;
  down_bytes_ += bytes;
  if (conditions_->cut_after > 0 && down_bytes_ >= conditions_->cut_after)
    drop();
}

void Relay::finished_one_way(GSocket *to) {
  g_socket_shutdown(to, FALSE, TRUE, nullptr);
  if (++ways_ended_ == 2)
    end();
}

void Relay::drop() {
  if (std::exchange(over_, true))
    return;
  g_socket_shutdown(client_.get(), FALSE, TRUE, nullptr);
  if (up_ == nullptr) {
    swallowing_.stop();
    end();
    return;
  }
  g_socket_shutdown(server_.get(), FALSE, TRUE, nullptr);
  // Kept until both ends have closed too: closing with unread bytes would send RST.
  up_->discard();
  down_->discard();
}

void Relay::reset() {
  reset_socket(client_.get());
  if (server_)
    reset_socket(server_.get());
  end();
}

void Relay::end() {
  over_ = true;
  client_left();
  callbacks_.gone();
}

}  // namespace testserver
