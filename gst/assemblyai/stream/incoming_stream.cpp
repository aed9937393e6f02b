// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
//
// libsoup creates the WebSocket on a stream of its own, a filter on the stream of GIO, and accepts
// no other. Therefore the stream below that filter is replaced. The filter may have read frames
// together with the response to the upgrade: they are taken back first, so that all frames are
// counted.

#include "stream/incoming_stream.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string>
#include <utility>

#include "stream/incoming_meter.h"

namespace assemblyai {

namespace {

constexpr std::size_t kMostPerTurn = 4096;

struct State {
  IncomingMeter meter;
  std::string taken_back{};
  bool held = false;          // gives no data
  std::size_t this_turn = 0;  // bytes
  std::uint64_t received = 0;
  bool yielded = false;
  const char *excess = nullptr;
};

struct IncomingStream {
  GFilterInputStream parent;
  State *state;
};
IncomingStream *self_of(gpointer stream) {
  return static_cast<IncomingStream *>(stream);
}

GPollableInputStream *base_of(gpointer stream) {
  return G_POLLABLE_INPUT_STREAM(self_of(stream)->parent.base_stream);
}

gssize would_block(GError **error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing more for now");
  return -1;
}

gssize read_taken_back(State &state, std::span<std::byte> buffer) {
  const std::size_t size = std::min(buffer.size(), state.taken_back.size());
  std::copy_n(reinterpret_cast<const std::byte *>(state.taken_back.data()), size, buffer.begin());
  state.taken_back.erase(0, size);
  return static_cast<gssize>(size);
}

gssize read_nonblocking(GPollableInputStream *stream, void *buffer, gsize size, GError **error) {
  State &state = *self_of(stream)->state;
  if (state.held)
    return would_block(error);
  state.yielded = state.this_turn >= kMostPerTurn;
  if (state.yielded) {
    state.this_turn = 0;
    return would_block(error);
  }
  const std::span target(static_cast<std::byte *>(buffer), size);
  const gssize got = state.taken_back.empty() ? g_pollable_input_stream_read_nonblocking(
                                                    base_of(stream), buffer, size, nullptr, error)
                                              : read_taken_back(state, target);
  if (got <= 0) {
    state.this_turn = 0;
    return got;
  }
  state.this_turn += static_cast<std::size_t>(got);
  state.received += static_cast<std::uint64_t>(got);
  const std::chrono::microseconds now(g_get_monotonic_time());
  if (state.excess == nullptr)
    state.excess = state.meter.count(target.first(static_cast<std::size_t>(got)), now);
  if (state.excess == nullptr)
    return got;
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, state.excess);
  return -1;
}

// The stream below may have more data than the socket shows: TLS decrypts whole records.
bool is_ready(const State &state) {
  return !state.held && (state.yielded || !state.taken_back.empty());
}

gboolean is_readable(GPollableInputStream *stream) {
  return is_ready(*self_of(stream)->state) ? TRUE
                                           : g_pollable_input_stream_is_readable(base_of(stream));
}

GSource *create_source(GPollableInputStream *stream, GCancellable *cancellable) {
  GSource *below = is_ready(*self_of(stream)->state)
                       ? g_timeout_source_new(0)
                       : g_pollable_input_stream_create_source(base_of(stream), nullptr);
  GSource *source = g_pollable_source_new_full(stream, below, cancellable);
  g_source_unref(below);
  return source;
}

void finalize(GObject *object) {
  delete self_of(object)->state;
  G_OBJECT_CLASS(g_type_class_peek_parent(G_OBJECT_GET_CLASS(object)))->finalize(object);
}

void init_class(gpointer klass, gpointer) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
}

void init_pollable(gpointer interface, gpointer) {
  auto *pollable = static_cast<GPollableInputStreamInterface *>(interface);
  pollable->read_nonblocking = read_nonblocking;
  pollable->is_readable = is_readable;
  pollable->create_source = create_source;
}

GType register_type() {
  const GType type = g_type_register_static_simple(
      G_TYPE_FILTER_INPUT_STREAM, "AssemblyAIIncomingStream", sizeof(GFilterInputStreamClass),
      init_class, sizeof(IncomingStream), nullptr, GTypeFlags{});
  const GInterfaceInfo pollable{init_pollable, nullptr, nullptr};
  g_type_add_interface_static(type, G_TYPE_POLLABLE_INPUT_STREAM, &pollable);
  return type;
}

GType incoming_stream_type() {
  static const GType type = register_type();
  return type;
}

// While the new stream gives no data, the filter gives the data of its buffer.
void take_back(GInputStream *filter, State &state) {
  state.held = true;
  std::array<char, 4096> buffer{};
  for (;;) {
    const gssize got = g_pollable_input_stream_read_nonblocking(
        G_POLLABLE_INPUT_STREAM(filter), buffer.data(), buffer.size(), nullptr, nullptr);
    if (got <= 0)
      break;
    state.taken_back.append(buffer.data(), static_cast<std::size_t>(got));
  }
  state.held = false;
}

}  // namespace

Ref<GInputStream> limit_incoming(GIOStream *websocket, std::uint64_t most_per_message) {
  GInputStream *filter = g_io_stream_get_input_stream(websocket);
  if (!G_IS_FILTER_INPUT_STREAM(filter) || !G_IS_POLLABLE_INPUT_STREAM(filter))
    return {};
  GInputStream *&below = G_FILTER_INPUT_STREAM(filter)->base_stream;
  if (!G_IS_POLLABLE_INPUT_STREAM(below))
    return {};
  const Ref<GInputStream> limited = adopt(G_INPUT_STREAM(g_object_new(
      incoming_stream_type(), "base-stream", below, "close-base-stream", FALSE, nullptr)));
  State *state = self_of(limited.get())->state =
      new State{.meter = IncomingMeter(most_per_message)};
  g_object_unref(std::exchange(below, G_INPUT_STREAM(g_object_ref(limited.get()))));
  take_back(filter, *state);
  return limited;
}

std::uint64_t incoming_bytes(GInputStream *limited) {
  return self_of(limited)->state->received;
}

const char *incoming_excess(GInputStream *limited) {
  return self_of(limited)->state->excess;
}

}  // namespace assemblyai
