// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace testserver {

namespace {

constexpr Milliseconds kLinger(1000);  // for the peer to close too
constexpr unsigned char kFinal = 0x80;
constexpr unsigned char kContinuation = 0x0;
constexpr unsigned char kText = 0x1;
constexpr unsigned char kClose = 0x8;
constexpr unsigned char kPing = 0x9;

void append_byte(std::string *bytes, std::uint64_t value) {
  bytes->push_back(static_cast<char>(static_cast<unsigned char>(value & 0xff)));
}

// RFC 6455 section 5.2, server to client: not masked.
std::string frame(unsigned first, std::string_view payload) {
  std::string bytes;
  append_byte(&bytes, first);
  std::uint64_t size = payload.size();
  int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  append_byte(&bytes, length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  for (int i = length_bytes - 1; i >= 0; i--)
    append_byte(&bytes, size >> (8 * i));
  bytes += payload;
  return bytes;
}

// Codes that may stand in a close frame and that libsoup sends as they are.
bool is_regular(unsigned code) {
  bool reserved = code == 1004 || code == 1005 || code == 1006 || code == 1010 || code >= 1015;
  return (code >= 1000 && !reserved) || (code >= 3000 && code <= 4999);
}

// The session has a limit of its own, and knows what to say of it.
void allow_large_messages(SoupWebsocketConnection *connection) {
  constexpr guint64 kEnough = 4U << 20U;
  constexpr char kTotal[] = "max-total-message-size";  // since libsoup 3.8
  soup_websocket_connection_set_max_incoming_payload_size(connection, kEnough);
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(connection), kTotal) != nullptr)
    g_object_set(connection, kTotal, kEnough, nullptr);
}

void on_message(SoupWebsocketConnection *, gint type, GBytes *message, gpointer data) {
  gsize size = 0;
  auto *bytes = static_cast<const char *>(g_bytes_get_data(message, &size));
  auto *callbacks = static_cast<Channel::Callbacks *>(data);
  callbacks->message(type == SOUP_WEBSOCKET_DATA_BINARY,
                     size > 0 ? std::string_view(bytes, size) : std::string_view());
}

void on_closed(SoupWebsocketConnection *connection, gpointer data) {
  auto *callbacks = static_cast<Channel::Callbacks *>(data);
  callbacks->closed(soup_websocket_connection_get_close_code(connection));
}

}  // namespace

Channel::Channel(SoupWebsocketConnection *connection, GSocket *socket, Callbacks callbacks)
    : connection_(assemblyai::retain(connection)),
      socket_(assemblyai::retain(socket)),
      callbacks_(std::move(callbacks)) {
  allow_large_messages(connection);
  g_signal_connect(connection, "message", G_CALLBACK(on_message), &callbacks_);
  g_signal_connect(connection, "closed", G_CALLBACK(on_closed), &callbacks_);
}

Channel::~Channel() {
  g_signal_handlers_disconnect_by_data(connection_.get(), &callbacks_);
  if (soup_websocket_connection_get_state(connection_.get()) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
}

bool Channel::is_open() const {
  return soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN;
}

void Channel::send_text(const std::string &text) {
  if (!is_open())
    return;
  assemblyai::Owned<GBytes> bytes(g_bytes_new(text.data(), text.size()));
  soup_websocket_connection_send_message(connection_.get(), SOUP_WEBSOCKET_DATA_TEXT, bytes.get());
}

void Channel::send_binary(const std::string &bytes) {
  if (is_open())
    soup_websocket_connection_send_binary(connection_.get(), bytes.data(), bytes.size());
}

void Channel::send_fragmented(const std::string &text, std::size_t pieces) {
  pieces = std::clamp<std::size_t>(pieces, 1, std::max<std::size_t>(text.size(), 1));
  std::size_t done = 0;
  for (std::size_t i = 0; i < pieces; i++) {
    std::size_t end = text.size() * (i + 1) / pieces;
    unsigned first = (i == 0 ? kText : kContinuation) | (i + 1 == pieces ? kFinal : 0U);
    write_raw(frame(first, std::string_view(text).substr(done, end - done)));
    done = end;
  }
}

void Channel::write_raw(const std::string &bytes) {
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_CLOSED)
    return;
  GIOStream *stream = soup_websocket_connection_get_io_stream(connection_.get());
  auto *output = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream));
  // A client that is slow has this long for each part.
  constexpr gint64 kPatience = G_USEC_PER_SEC;
  for (std::string_view rest = bytes; !rest.empty();) {
    GError *error = nullptr;
    const gssize written = g_pollable_output_stream_write_nonblocking(output, rest.data(),
                                                                      rest.size(), nullptr, &error);
    const bool full = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;
    g_clear_error(&error);
    if (written > 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (!full || g_socket_condition_timed_wait(socket_.get(), G_IO_OUT, kPatience, nullptr,
                                                    nullptr) == FALSE)
      return drop();
  }
}

void Channel::ping() {
  write_raw(frame(kFinal | kPing, "are you there"));
}

void Channel::close(unsigned code, const std::string &reason) {
  if (!is_open())
    return;
  if (is_regular(code)) {
    // A control frame has room for 123 bytes of reason.
    std::string_view cut = std::string_view(reason).substr(0, 123);
    const char *end = nullptr;
    g_utf8_validate_len(cut.data(), cut.size(), &end);
    std::string valid(cut.data(), end);
    soup_websocket_connection_close(connection_.get(), static_cast<gushort>(code), valid.c_str());
    return;
  }
  // A code that must not be sent, or (0) none: by hand.
  std::string payload;
  if (code != 0) {
    append_byte(&payload, code >> 8);
    append_byte(&payload, code);
    payload += reason.substr(0, 123);
  }
  write_raw(frame(kFinal | kClose, payload));
}

// libsoup writes from its queue in turns of the loop, which come before an idle one. Only our
// direction is shut at first: closing with unread bytes would send RST, and the peer would lose
// what it has not read either.
void Channel::drop() {
  GMainContext *context = g_main_context_get_thread_default();
  end_.idle(context, [this, context] {
    g_socket_shutdown(socket_.get(), FALSE, TRUE, nullptr);
    end_.once(context, kLinger, [this] { g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr); });
  });
}

void Channel::reset() {
  end_.idle(g_main_context_get_thread_default(), [this] {
    // Closing with a linger time of zero sends RST and throws away what is queued.
    struct linger now = {1, 0};
    setsockopt(g_socket_get_fd(socket_.get()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    g_socket_close(socket_.get(), nullptr);
  });
}

}  // namespace testserver
