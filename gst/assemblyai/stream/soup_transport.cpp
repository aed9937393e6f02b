// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
//
// Lifetime: libsoup calls back with the address of the transport, so each callback is cut off when
// the transport is destroyed. The connection attempt is cancelled, and its callback checks the
// cancellable before anything else. Signals are disconnected. An open connection is handed to a
// Linger, which waits for the close handshake and then releases everything.
//
// A call to the observer may destroy the transport, so it is always the last statement. The end is
// reported by a timer, because the code that detects it, and its callers, may be in the middle of
// an operation.

#include "stream/soup_transport.h"

#include <libsoup/soup.h>
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/resources.h"
#include "stream/incoming_stream.h"
#include "stream/socket.h"
#include "stream/soup_failure.h"

namespace assemblyai {

namespace {

// A SpeakerRevision contains all the words of a session, about 110 bytes each.
constexpr guint64 kMaxIncomingPayload = 16U << 20U;

// Half a second of audio. More audio waits in the element's queue, so that a peer that stops
// reading is detected at once. Data in flight is not counted: a long round trip needs more.
constexpr int kUnsentBytes = 16 * 1024;
constexpr int kReceiveBufferBytes = 64 * 1024;

// A real service sends none.
constexpr int kMostInterimAnswers = 100;

bool is_outdated(GTlsConnection *connection) {
  const GTlsProtocolVersion version = g_tls_connection_get_protocol_version(connection);
  return version >= G_TLS_PROTOCOL_VERSION_SSL_3_0 && version < G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

Failure not_websocket(std::string detail) {
  return {.kind = FailureKind::kProtocol,
          .retry = Retry::kBackOff,
          .message =
              "Invalid WebSocket data, or a message over the size limit; check the endpoint "
              "property and any proxy in between",
          .detail = std::move(detail)};
}

// For messages of fragments; since libsoup 3.8.
void limit_messages(SoupWebsocketConnection *connection) {
  constexpr char kName[] = "max-total-message-size";
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(connection), kName) != nullptr)
    g_object_set(connection, kName, kMaxIncomingPayload, nullptr);
}

struct Linger {
  std::shared_ptr<EventLoop> loop;
  Ref<SoupWebsocketConnection> connection;
};

void on_linger_closed(SoupWebsocketConnection *, gpointer data) {
  delete static_cast<Linger *>(data);
}

// Closes with a handshake. libsoup gives the peer five seconds to respond.
void close_in_background(std::shared_ptr<EventLoop> loop, Ref<SoupWebsocketConnection> connection) {
  SoupWebsocketConnection *raw = connection.get();
  if (soup_websocket_connection_get_state(raw) == SOUP_WEBSOCKET_STATE_CLOSED)
    return;
  auto *linger = new Linger{std::move(loop), connection};
  g_signal_connect(raw, "closed", G_CALLBACK(on_linger_closed), linger);
  if (soup_websocket_connection_get_state(raw) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close(raw, SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
}

std::string_view describe(GSocketClientEvent event) {
  switch (event) {
    case G_SOCKET_CLIENT_RESOLVING:
      return "looking up the host name";
    case G_SOCKET_CLIENT_RESOLVED:
    case G_SOCKET_CLIENT_CONNECTING:
      return "connecting to the host";
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      return "negotiating with the proxy";
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      return "negotiating TLS";
    default:
      return "waiting for the answer to the WebSocket upgrade";
  }
}

class SoupTransport final : public Transport {
 public:
  SoupTransport(std::shared_ptr<EventLoop> loop, TransportObserver &observer,
                const TransportOptions &options)
      : loop_(std::move(loop)), observer_(observer), options_(options) {}
  ~SoupTransport() override;

  void open(const ConnectionInfo &info) override;
  bool writable() override;
  void send_text(const std::string &text) override;
  void send_binary(std::span<const std::byte> data) override;
  std::uint64_t received() const override {
    return incoming_ ? incoming_bytes(incoming_.get()) : 0;
  }
  std::string_view progress() const override { return progress_; }

 private:
  // Belongs to the connection attempt, which outlives a cancelled transport and needs the loop to
  // clean up.
  struct Attempt {
    std::shared_ptr<EventLoop> loop;
    Ref<GCancellable> cancellable;
    Ref<SoupMessage> message;
    SoupTransport *transport;
    DescriptorClaim descriptors = {};
  };

  static void on_network_event(SoupMessage *, GSocketClientEvent event, GIOStream *stream,
                               gpointer data);
  static gboolean on_authenticate(SoupMessage *, SoupAuth *auth, gboolean retrying, gpointer data);
  static void on_queued(SoupSession *, SoupMessage *message, gpointer data);
  static void on_interim_answer(SoupMessage *message, gpointer data);
  static void on_answer(SoupMessage *message, gpointer data);
  static void on_connected(GObject *session, GAsyncResult *result, gpointer data);
  static void on_message(SoupWebsocketConnection *, gint type, GBytes *payload, gpointer data);
  static void on_pong(SoupWebsocketConnection *, GBytes *, gpointer data);
  static void on_error(SoupWebsocketConnection *, GError *error, gpointer data);
  static void on_closing(SoupWebsocketConnection *, gpointer data);
  static gboolean on_stream_writable(GObject *, gpointer data);

  void create_session(const ConnectionInfo &info);
  void use_proxy(const Secret &proxy);
  void add_headers(const UpgradeRequest &request);
  void give_up(Failure failure);
  void adopt_connection(Ref<SoupWebsocketConnection> connection);
  void release_connection();
  void stop_waiting_to_write();
  void end(TransportEnd end);
  GPollableOutputStream *output() const;
  bool is_open() const;

  std::shared_ptr<EventLoop> loop_;
  TransportObserver &observer_;
  TransportOptions options_;
  std::string_view progress_ = "starting to connect";
  Ref<SoupSession> session_;
  std::string proxy_user_;
  Secret proxy_password_;
  Ref<SoupMessage> message_;
  Ref<SoupMessage> tunnel_;  // libsoup's own request to the proxy
  Ref<GCancellable> cancellable_;
  Ref<GSocket> socket_;
  Way way_;
  int interim_answers_ = 0;
  bool was_asked_to_log_in_ = false;  // by the proxy
  Ref<SoupWebsocketConnection> connection_;
  Ref<GInputStream> incoming_;
  std::unique_ptr<Timer> end_timer_;
  GSource *writable_source_ = nullptr;
};

SoupTransport::~SoupTransport() {
  if (cancellable_)
    g_cancellable_cancel(cancellable_.get());
  for (const auto &message : {message_, tunnel_}) {
    if (message)
      g_signal_handlers_disconnect_by_data(message.get(), this);
  }
  if (session_)
    g_signal_handlers_disconnect_by_data(session_.get(), this);
  release_connection();
}

void SoupTransport::release_connection() {
  stop_waiting_to_write();
  if (!connection_)
    return;
  g_signal_handlers_disconnect_by_data(connection_.get(), this);
  close_in_background(loop_, std::exchange(connection_, {}));
}

void SoupTransport::create_session(const ConnectionInfo &info) {
  session_ = adopt(soup_session_new());
  // No features that keep state or change the content: no compression that the service may not
  // support.
  soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  if (info.tls_database)
    soup_session_set_tls_database(session_.get(), info.tls_database.get());
  if (!info.proxy.empty())
    use_proxy(info.proxy);
}

// With credentials in the address of an HTTP proxy, libsoup (3.2) asks the proxy for a tunnel to
// the proxy itself. Therefore they are removed from the address, and supplied when the proxy asks
// for them.
void SoupTransport::use_proxy(const Secret &proxy) {
  std::string url = proxy.reveal();
  const Owned<GUri> uri(g_uri_parse(url.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  if (uri && std::string_view(g_uri_get_scheme(uri.get())) == "http") {
    const char *user = g_uri_get_user(uri.get());
    const char *password = g_uri_get_password(uri.get());
    proxy_user_ = user != nullptr ? user : "";
    proxy_password_ = Secret(password != nullptr ? password : "");
    url = Owned<char>(g_uri_to_string_partial(uri.get(), G_URI_HIDE_USERINFO)).get();
  }
  const Ref<GProxyResolver> resolver = adopt(g_simple_proxy_resolver_new(url.c_str(), nullptr));
  soup_session_set_proxy_resolver(session_.get(), resolver.get());
}

void SoupTransport::add_headers(const UpgradeRequest &request) {
  SoupMessageHeaders *headers = soup_message_get_request_headers(message_.get());
  for (const auto &[name, value] : request.headers)
    soup_message_headers_replace(headers, name.c_str(), value.reveal().c_str());
  // Without TLS there is no tunnel: the proxy reads this request.
  if (proxy_user_.empty() || !request.url.reveal().starts_with("ws:"))
    return;
  const std::string login = proxy_user_ + ':' + proxy_password_.reveal();
  const Owned<char> encoded(
      g_base64_encode(reinterpret_cast<const guchar *>(login.data()), login.size()));
  soup_message_headers_replace(headers, "Proxy-Authorization",
                               (std::string("Basic ") + encoded.get()).c_str());
}

void SoupTransport::open(const ConnectionInfo &info) {
  if (std::optional<Failure> missing = missing_descriptors()) {
    end({.failure = std::move(missing)});
    return;
  }
  create_session(info);
  way_ = {.proxy = info.shown_proxy,
          .is_of_system = info.is_system_proxy,
          .redact = info.request.redaction};
  const UpgradeRequest &request = info.request;
  message_ = adopt(soup_message_new(SOUP_METHOD_GET, request.url.reveal().c_str()));
  if (!message_) {
    end({.failure =
             Failure{.kind = FailureKind::kSettings,
                     .message = "The endpoint is not a valid URL; check the endpoint property",
                     .detail = request.display_url}});
    return;
  }
  // A redirect would send the key to any host that it names.
  soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
  // Only the tunnel request of libsoup may authenticate: this request would send the proxy's
  // credentials on to the service, which could also ask for them.
  soup_message_disable_feature(message_.get(), SOUP_TYPE_AUTH_MANAGER);
  add_headers(request);
  g_signal_connect(session_.get(), "request-queued", G_CALLBACK(on_queued), this);
  g_signal_connect(message_.get(), "network-event", G_CALLBACK(on_network_event), this);
  g_signal_connect(message_.get(), "authenticate", G_CALLBACK(on_authenticate), this);

  cancellable_ = adopt(g_cancellable_new());
  soup_session_websocket_connect_async(session_.get(), message_.get(), nullptr, nullptr,
                                       G_PRIORITY_DEFAULT, cancellable_.get(), on_connected,
                                       new Attempt{loop_, cancellable_, message_, this});
}

gboolean SoupTransport::on_authenticate(SoupMessage *, SoupAuth *auth, gboolean retrying,
                                        gpointer data) {
  const auto *self = static_cast<SoupTransport *>(data);
  if (retrying != FALSE || soup_auth_is_for_proxy(auth) == FALSE || self->proxy_user_.empty())
    return FALSE;
  soup_auth_authenticate(auth, self->proxy_user_.c_str(), self->proxy_password_.reveal().c_str());
  return TRUE;
}

// This request, and the tunnel request that libsoup sends before it.
void SoupTransport::on_queued(SoupSession *, SoupMessage *message, gpointer data) {
  auto *self = static_cast<SoupTransport *>(data);
  if (message != self->message_.get()) {
    self->tunnel_ = retain(message);
    self->way_.asks_for_tunnel = true;
  }
  soup_message_add_flags(message, SOUP_MESSAGE_COLLECT_METRICS);
  g_signal_connect(message, "got-informational", G_CALLBACK(on_interim_answer), self);
  g_signal_connect(message, "got-headers", G_CALLBACK(on_answer), self);
}

void SoupTransport::on_interim_answer(SoupMessage *, gpointer data) {
  auto *self = static_cast<SoupTransport *>(data);
  if (++self->interim_answers_ > kMostInterimAnswers)
    self->give_up(not_websocket("too many interim responses"));
}

// The page of a refusal is not read: it may be endless. Exception: the page of a proxy that asks
// for known credentials, because the next request uses the same connection.
void SoupTransport::on_answer(SoupMessage *message, gpointer data) {
  auto *self = static_cast<SoupTransport *>(data);
  const guint status = soup_message_get_status(message);
  const bool is_tunnel = message == self->tunnel_.get();
  if (is_tunnel && SOUP_STATUS_IS_SUCCESSFUL(status))
    self->way_.asks_for_tunnel = false;
  else if (!is_tunnel || status != SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED ||
           self->proxy_user_.empty() || std::exchange(self->was_asked_to_log_in_, true))
    self->give_up(http_failure(message, self->way_));
}

void SoupTransport::on_network_event(SoupMessage *, GSocketClientEvent event, GIOStream *stream,
                                     gpointer data) {
  auto *self = static_cast<SoupTransport *>(data);
  self->progress_ = describe(event);
  self->way_.found_address |= event == G_SOCKET_CLIENT_RESOLVED;
  self->way_.began_tls |= event == G_SOCKET_CLIENT_TLS_HANDSHAKING;
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION(stream)) {
    self->socket_ = retain(g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)));
    limit_buffers(self->socket_.get(), {.unsent = kUnsentBytes, .receive = kReceiveBufferBytes},
                  self->options_.log);
  } else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED && is_outdated(G_TLS_CONNECTION(stream))) {
    self->give_up(
        {.kind = FailureKind::kConnect,
         .retry = Retry::kOnceKnown,
         .message =
             "The endpoint uses an outdated version of TLS; enable TLS 1.2 or 1.3 on the server"});
  }
}

// Stops reading and sending in libsoup, whatever it is doing. Its errors after that are ignored.
void SoupTransport::give_up(Failure failure) {
  if (socket_)
    g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
  if (!end_timer_)
    end({.failure = std::move(failure)});
}

void SoupTransport::on_connected(GObject *session, GAsyncResult *result, gpointer data) {
  const std::unique_ptr<Attempt> attempt(static_cast<Attempt *>(data));
  OutError error;
  Ref<SoupWebsocketConnection> connection =
      adopt(soup_session_websocket_connect_finish(SOUP_SESSION(session), result, error.out()));
  if (g_cancellable_is_cancelled(attempt->cancellable.get()) != FALSE)
    return;
  SoupTransport *self = attempt->transport;
  if (self->end_timer_)
    return;
  if (!connection) {
    const Ref<SoupMessage> &asked = self->way_.asks_for_tunnel ? self->tunnel_ : attempt->message;
    self->end({.failure = connect_failure(asked.get(), error.get(), self->way_)});
    return;
  }
  self->adopt_connection(std::move(connection));
  self->observer_.on_opened();
}

void SoupTransport::adopt_connection(Ref<SoupWebsocketConnection> connection) {
  connection_ = std::move(connection);
  SoupWebsocketConnection *raw = connection_.get();
  soup_websocket_connection_set_max_incoming_payload_size(raw, kMaxIncomingPayload);
  limit_messages(raw);
  soup_websocket_connection_set_keepalive_interval(
      raw, static_cast<guint>(options_.keepalive_interval.count()));
  g_signal_connect(raw, "message", G_CALLBACK(on_message), this);
  g_signal_connect(raw, "pong", G_CALLBACK(on_pong), this);
  g_signal_connect(raw, "error", G_CALLBACK(on_error), this);
  // The close frame of the peer ("closing"), or the end of the stream without one.
  g_signal_connect(raw, "closing", G_CALLBACK(on_closing), this);
  g_signal_connect(raw, "closed", G_CALLBACK(on_closing), this);
  incoming_ = limit_incoming(soup_websocket_connection_get_io_stream(raw), kMaxIncomingPayload);
}

void SoupTransport::on_message(SoupWebsocketConnection *, gint type, GBytes *payload,
                               gpointer data) {
  if (type != SOUP_WEBSOCKET_DATA_TEXT) {
    ASSEMBLYAI_LOG(static_cast<SoupTransport *>(data)->options_.log, kSession, kWarning,
                   "ignored a binary message of the service");
    return;
  }
  gsize size = 0;
  const auto *text = static_cast<const char *>(g_bytes_get_data(payload, &size));
  static_cast<SoupTransport *>(data)->observer_.on_text({text, size});
}

void SoupTransport::on_pong(SoupWebsocketConnection *, GBytes *, gpointer data) {
  static_cast<SoupTransport *>(data)->observer_.on_alive();
}

void SoupTransport::on_error(SoupWebsocketConnection *connection, GError *error, gpointer data) {
  // libsoup reports a close frame as an error if it does not know the code (1012 to 1014).
  if (soup_websocket_connection_get_close_code(connection) != 0) {
    on_closing(connection, data);
    return;
  }
  auto *self = static_cast<SoupTransport *>(data);
  const bool is_excess = self->incoming_ && incoming_excess(self->incoming_.get()) != nullptr;
  Failure failure = error->domain == SOUP_WEBSOCKET_ERROR || is_excess
                        ? not_websocket(error->message)
                        : Failure{.kind = FailureKind::kLost,
                                  .retry = Retry::kBackOff,
                                  .message =
                                      "The connection to the service was lost; check the network "
                                      "if this happens again",
                                  .detail = error->message,
                                  .close_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL};
  self->end({.failure = std::move(failure)});
}

void SoupTransport::on_closing(SoupWebsocketConnection *connection, gpointer data) {
  const char *reason = soup_websocket_connection_get_close_data(connection);
  const gushort code = soup_websocket_connection_get_close_code(connection);
  static_cast<SoupTransport *>(data)->end(
      {.close_code = code != 0 ? code : gushort{SOUP_WEBSOCKET_CLOSE_ABNORMAL},
       .reason = reason != nullptr ? reason : ""});
}

void SoupTransport::end(TransportEnd end) {
  release_connection();
  end_timer_ = loop_->after({}, [this, end = std::move(end)] { observer_.on_ended(end); });
}

GPollableOutputStream *SoupTransport::output() const {
  GIOStream *stream = soup_websocket_connection_get_io_stream(connection_.get());
  return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream));
}

// libsoup closes a failed stream in the background, and reports it only then.
bool SoupTransport::is_open() const {
  return connection_ &&
         soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN;
}

bool SoupTransport::writable() {
  if (!is_open())
    return false;
  if (writable_source_ != nullptr)
    return false;
  if (g_pollable_output_stream_is_writable(output()) != FALSE)
    return true;
  writable_source_ = g_pollable_output_stream_create_source(output(), nullptr);
  g_source_set_callback(writable_source_, G_SOURCE_FUNC(on_stream_writable), this, nullptr);
  g_source_attach(writable_source_, g_main_context_get_thread_default());
  return false;
}

gboolean SoupTransport::on_stream_writable(GObject *, gpointer data) {
  auto *self = static_cast<SoupTransport *>(data);
  self->stop_waiting_to_write();
  self->observer_.on_writable();
  return G_SOURCE_REMOVE;
}

void SoupTransport::stop_waiting_to_write() {
  if (writable_source_ == nullptr)
    return;
  g_source_destroy(writable_source_);
  g_source_unref(std::exchange(writable_source_, nullptr));
}

void SoupTransport::send_text(const std::string &text) {
  if (is_open())
    soup_websocket_connection_send_text(connection_.get(), text.c_str());
}

void SoupTransport::send_binary(std::span<const std::byte> data) {
  if (is_open())
    soup_websocket_connection_send_binary(connection_.get(), data.data(), data.size());
}

}  // namespace

std::unique_ptr<Transport> make_soup_transport(std::shared_ptr<EventLoop> loop,
                                               TransportObserver &observer,
                                               const TransportOptions &options) {
  return std::make_unique<SoupTransport>(std::move(loop), observer, options);
}

}  // namespace assemblyai
