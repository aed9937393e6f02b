// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "raw_client.h"

#include <algorithm>
#include <chrono>

#include "expect.h"

namespace servertest {

using assemblyai::adopt;
using assemblyai::OutError;
using assemblyai::Owned;

namespace {

struct Finished {
  bool done = false;
  assemblyai::Ref<GAsyncResult> result;
};

void on_finished(GObject *, GAsyncResult *result, gpointer data) {
  auto *finished = static_cast<Finished *>(data);
  finished->done = true;
  finished->result = assemblyai::retain(result);
}

void on_message(SoupWebsocketConnection *, gint type, GBytes *message, gpointer data) {
  gsize size = 0;
  auto *bytes = static_cast<const char *>(g_bytes_get_data(message, &size));
  auto *client = static_cast<RawClient *>(data);
  std::string text(bytes != nullptr ? bytes : "", size);
  (type == SOUP_WEBSOCKET_DATA_TEXT ? client->texts : client->binaries).push_back(text);
}

void on_closed(SoupWebsocketConnection *connection, gpointer data) {
  auto *client = static_cast<RawClient *>(data);
  client->closed = true;
  client->close_code = soup_websocket_connection_get_close_code(connection);
  const char *reason = soup_websocket_connection_get_close_data(connection);
  client->close_reason = reason != nullptr ? reason : "";
}

}  // namespace

std::unique_ptr<testserver::Server> start(testserver::Options options) {
  std::string error;
  auto server = testserver::Server::start(std::move(options), &error);
  fail_unless(server != nullptr, "%s", error.c_str());
  return server;
}

RawClient::RawClient(std::string ca_file) : context_(g_main_context_new()) {
  g_main_context_push_thread_default(context_.get());
  session_ = adopt(soup_session_new());
  if (!ca_file.empty()) {
    auto database = adopt(g_tls_file_database_new(ca_file.c_str(), nullptr));
    soup_session_set_tls_database(session_.get(), G_TLS_DATABASE(database.get()));
  }
}

RawClient::~RawClient() {
  if (connection_) {
    g_signal_handlers_disconnect_by_data(connection_.get(), this);
    connection_ = {};
  }
  soup_session_abort(session_.get());
  session_ = {};
  while (g_main_context_iteration(context_.get(), FALSE) != FALSE) {
  }
  g_main_context_pop_thread_default(context_.get());
}

bool RawClient::wait(const std::function<bool()> &condition, int deadline_ms) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  // Wakes the iteration at the deadline.
  GSource *timeout = g_timeout_source_new(static_cast<guint>(deadline_ms) + 1);
  g_source_set_callback(
      timeout, [](gpointer) -> gboolean { return G_SOURCE_REMOVE; }, nullptr, nullptr);
  g_source_attach(timeout, context_.get());
  while (!condition() && std::chrono::steady_clock::now() < end)
    g_main_context_iteration(context_.get(), TRUE);
  g_source_destroy(timeout);
  g_source_unref(timeout);
  return condition();
}

bool RawClient::connect(const std::string &url, const std::string &key) {
  auto message = adopt(soup_message_new("GET", url.c_str()));
  if (!key.empty())
    soup_message_headers_append(soup_message_get_request_headers(message.get()), "Authorization",
                                key.c_str());
  Finished finished;
  auto cancellable = adopt(g_cancellable_new());
  soup_session_websocket_connect_async(session_.get(), message.get(), nullptr, nullptr,
                                       G_PRIORITY_DEFAULT, cancellable.get(), on_finished,
                                       &finished);
  if (!wait([&] { return finished.done; })) {
    g_cancellable_cancel(cancellable.get());
    wait([&] { return finished.done; });
  }
  OutError problem;
  auto connection = adopt(
      soup_session_websocket_connect_finish(session_.get(), finished.result.get(), problem.out()));
  error = problem ? problem->message : "";
  http_status = soup_message_get_status(message.get());
  soup_message_headers_foreach(
      soup_message_get_response_headers(message.get()),
      [](const char *name, const char *value, gpointer data) {
        static_cast<RawClient *>(data)->response_headers[name] = value;
      },
      this);
  if (connection)
    adopt_connection(connection.get());
  return opened;
}

void RawClient::adopt_connection(SoupWebsocketConnection *connection) {
  opened = true;
  closed = false;
  connection_ = assemblyai::retain(connection);
  soup_websocket_connection_set_max_incoming_payload_size(connection, 0);
  g_signal_connect(connection, "message", G_CALLBACK(on_message), this);
  g_signal_connect(connection, "closed", G_CALLBACK(on_closed), this);
}

HttpReply RawClient::get(const std::string &url,
                         const std::map<std::string, std::string> &headers) {
  auto message = adopt(soup_message_new("GET", url.c_str()));
  for (const auto &[name, value] : headers)
    soup_message_headers_append(soup_message_get_request_headers(message.get()), name.c_str(),
                                value.c_str());
  Finished finished;
  soup_session_send_and_read_async(session_.get(), message.get(), G_PRIORITY_DEFAULT, nullptr,
                                   on_finished, &finished);
  wait([&] { return finished.done; });
  HttpReply reply;
  OutError problem;
  Owned<GBytes> body(
      soup_session_send_and_read_finish(session_.get(), finished.result.get(), problem.out()));
  reply.status = soup_message_get_status(message.get());
  reply.error = problem ? problem->message : "";
  if (body) {
    gsize size = 0;
    auto *bytes = static_cast<const char *>(g_bytes_get_data(body.get(), &size));
    reply.body.assign(bytes != nullptr ? bytes : "", size);
  }
  return reply;
}

void RawClient::send_text(const std::string &text) {
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text(connection_.get(), text.c_str());
}

void RawClient::send_binary(const std::string &bytes) {
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_binary(connection_.get(), bytes.data(), bytes.size());
}

void RawClient::send_silence(int milliseconds, int chunk_ms) {
  for (int done = 0; done < milliseconds; done += chunk_ms)
    send_binary(std::string(static_cast<std::size_t>(chunk_ms) * 32, '\0'));
}

void RawClient::send_samples(const std::vector<std::int16_t> &samples, std::size_t chunk) {
  for (std::size_t i = 0; i < samples.size(); i += chunk) {
    std::string bytes;
    for (std::size_t k = i; k < std::min(i + chunk, samples.size()); k++) {
      auto value = static_cast<std::uint16_t>(samples[k]);
      bytes += static_cast<char>(value & 0xff);
      bytes += static_cast<char>(value >> 8);
    }
    bytes.resize(std::max<std::size_t>(bytes.size(), 1600), '\0');
    send_binary(bytes);
  }
}

void RawClient::close(unsigned code) {
  soup_websocket_connection_close(connection_.get(), static_cast<gushort>(code), nullptr);
}

std::vector<std::string> RawClient::of_type(const std::string &type) const {
  std::vector<std::string> found;
  for (const std::string &text : texts) {
    if (field(text, "type") == type)
      found.push_back(text);
  }
  return found;
}

bool RawClient::wait_type(const std::string &type) {
  return wait([&] { return !of_type(type).empty(); });
}

std::vector<std::string> RawClient::transcripts(bool final) const {
  std::vector<std::string> found;
  for (const std::string &text : of_type("Turn")) {
    if ((field(text, "end_of_turn") == "true") == final)
      found.push_back(field(text, "transcript"));
  }
  return found;
}

std::string field(const std::string &json, const std::string &name) {
  auto parser = adopt(json_parser_new());
  if (json_parser_load_from_data(parser.get(), json.c_str(), -1, nullptr) == FALSE)
    return {};
  JsonNode *root = json_parser_get_root(parser.get());
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root))
    return {};
  JsonObject *object = json_node_get_object(root);
  JsonNode *node = json_object_has_member(object, name.c_str()) != FALSE
                       ? json_object_get_member(object, name.c_str())
                       : nullptr;
  if (node == nullptr)
    return {};
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  Owned<char> text(json_to_string(node, FALSE));
  return text.get();
}

}  // namespace servertest
