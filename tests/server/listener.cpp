// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "listener.h"

#include <utility>

#include "tls.h"
#include "token_request.h"

namespace testserver {

namespace {

// When a peer leaves during the TLS handshake, libsoup 3.6 disconnects a connection that has gone.
void expect_libsoups_critical() {
  const auto is_fatal = [](const char *domain, GLogLevelFlags, const char *text, gpointer) {
    const bool known = g_strcmp0(domain, "libsoup") == 0 &&
                       g_str_has_prefix(text, "soup_server_connection_disconnect: assertion");
    return static_cast<gboolean>(!known);
  };
  g_test_log_set_fatal_handler(is_fatal, nullptr);
}

void set_json(SoupServerMessage *message, unsigned status, const std::string &body) {
  soup_server_message_set_status(message, status, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, body.data(),
                                   body.size());
}

Arrival read_arrival(SoupServerMessage *message) {
  Arrival arrival;
  arrival.query = parse_query(g_uri_get_query(soup_server_message_get_uri(message)));
  auto collect = [](const char *name, const char *value, gpointer data) {
    assemblyai::Owned<char> lower(g_ascii_strdown(name, -1));
    (*static_cast<std::map<std::string, std::string> *>(data))[lower.get()] = value;
  };
  soup_message_headers_foreach(soup_server_message_get_request_headers(message), collect,
                               &arrival.headers);
  return arrival;
}

ReceivedSession first_record(const Arrival &arrival) {
  ReceivedSession seen;
  for (const auto &[name, value] : arrival.query)
    seen.query[name] = value;
  seen.headers = arrival.headers;
  return seen;
}

}  // namespace

Listener::Listener(const SessionContext &context, Options options)
    : context_(context),
      options_(std::make_shared<Options>(std::move(options))),
      server_(
          assemblyai::adopt(soup_server_new("server-header", "assemblyai-test-server", nullptr))) {
  expect_libsoups_critical();
  auto early = [](SoupServer *, SoupServerMessage *message, const char *, GHashTable *,
                  gpointer self) {
    auto *listener = static_cast<Listener *>(self);
    listener->context_.registry->count_attempt();
    listener->answer_http(message, &listener->options_->handshake);
  };
  auto upgraded = [](SoupServer *, SoupServerMessage *message, const char *,
                     SoupWebsocketConnection *connection,
                     gpointer self) { static_cast<Listener *>(self)->accept(message, connection); };
  auto token = [](SoupServer *, SoupServerMessage *message, const char *, GHashTable *query,
                  gpointer self) { static_cast<Listener *>(self)->answer_token(message, query); };
  auto health = [](SoupServer *, SoupServerMessage *message, const char *, GHashTable *,
                   gpointer self) { static_cast<Listener *>(self)->answer_health(message); };
  soup_server_add_early_handler(server_.get(), "/v3/ws", early, this, nullptr);
  soup_server_add_websocket_handler(server_.get(), "/v3/ws", nullptr, nullptr, upgraded, this,
                                    nullptr);
  soup_server_add_handler(server_.get(), "/v3/token", token, this, nullptr);
  soup_server_add_handler(server_.get(), "/v3/ws/health", health, this, nullptr);
  soup_server_add_handler(server_.get(), "/v3/health", health, this, nullptr);
}

Listener::~Listener() {
  sessions_.clear();
  soup_server_disconnect(server_.get());
}

bool Listener::listen(std::string *error) {
  auto flags = static_cast<unsigned>(SOUP_SERVER_LISTEN_IPV4_ONLY);
  if (options_->tls != Tls::off) {
    auto certificate = load_certificate(*options_, error);
    if (!certificate)
      return false;
    soup_server_set_tls_certificate(server_.get(), certificate.get());
    flags |= SOUP_SERVER_LISTEN_HTTPS;
  }
  assemblyai::OutError problem;
  if (soup_server_listen_local(server_.get(), options_->port,
                               static_cast<SoupServerListenOptions>(flags),
                               problem.out()) == FALSE) {
    *error = problem->message;
    return false;
  }
  GSList *uris = soup_server_get_uris(server_.get());
  if (uris != nullptr)
    port_ = static_cast<std::uint16_t>(g_uri_get_port(static_cast<GUri *>(uris->data)));
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri *>(uri)); });
  return port_ != 0;
}

// Sessions keep the options they were accepted with.
void Listener::set_options(Options options) {
  options_ = std::make_shared<Options>(std::move(options));
}

Session *Listener::session(int index) {
  if (sessions_.empty())
    return nullptr;
  std::size_t place = index < 0 ? sessions_.size() - 1 : static_cast<std::size_t>(index);
  return place < sessions_.size() ? sessions_[place].get() : nullptr;
}

// Answers in place of the real handler, if that is wanted.
bool Listener::answer_http(SoupServerMessage *message, HttpAnswer *answer) {
  if (answer->hang) {
    soup_server_message_pause(message);
    return true;
  }
  if (answer->status == 0)
    return false;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
  for (const auto &[name, value] : answer->headers)
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  set_json(message, answer->status, answer->body);
  if (answer->times > 0 && --answer->times == 0)
    answer->status = 0;
  return true;
}

std::optional<Problem> Listener::refusal() {
  Refusal &refusal = options_->refusal;
  if (refusal.code != 0) {
    Problem problem{refusal.code, refusal.text};
    if (refusal.times > 0 && --refusal.times == 0)
      refusal.code = 0;
    return problem;
  }
  if (options_->max_open_sessions > 0 && context_.registry->open() >= options_->max_open_sessions)
    return Problem{3009, "Unauthorized Connection: Too many concurrent sessions"};
  return std::nullopt;
}

void Listener::accept(SoupServerMessage *message, SoupWebsocketConnection *connection) {
  Arrival arrival = read_arrival(message);
  std::size_t index = context_.registry->add(first_record(arrival));
  sessions_.push_back(
      std::make_unique<Session>(context_, std::make_shared<Options>(*options_), index));
  sessions_.back()->start(connection, soup_server_message_get_socket(message), arrival, refusal());
}

void Listener::answer_token(SoupServerMessage *message, GHashTable *query) {
  if (answer_http(message, &options_->token_answer))
    return;
  if (g_strcmp0(soup_server_message_get_method(message), "GET") != 0) {
    set_json(message, 405, R"({"detail":"Method Not Allowed"})");
    return;
  }
  TokenRequest request =
      read_token_request(soup_message_headers_get_one(
                             soup_server_message_get_request_headers(message), "Authorization"),
                         query, *options_);
  if (request.status != 200) {
    set_json(message, request.status, request.body);
    return;
  }
  JsonWriter json;
  std::string token = context_.credentials->issue_token(request.expires, request.max_session);
  json.begin_object().key("token").string(token);
  json.key("expires_in_seconds").integer(request.expires.count()).end_object();
  set_json(message, 200, json.text());
}

void Listener::answer_health(SoupServerMessage *message) {
  set_json(message, 200, R"({"status":"ok"})");
}

}  // namespace testserver
