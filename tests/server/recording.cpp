// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "recording.h"

#include "base/glib_ptr.h"
#include "json.h"
#include "wav.h"

namespace testserver {

namespace {

std::uint32_t sample_rate(const ReceivedSession &session) {
  guint64 rate = 16000;
  auto given = session.query.find("sample_rate");
  if (given != session.query.end())
    g_ascii_string_to_unsigned(given->second.c_str(), 10, 1, 1000000, &rate, nullptr);
  return static_cast<std::uint32_t>(rate);
}

bool is_secret(const std::string &name) {
  return name == "authorization" || name == "token" || name == "cookie" ||
         name == "proxy-authorization" || name == "webhook_auth_header_value";
}

void write_map(JsonWriter *json, const std::map<std::string, std::string> &map) {
  json->begin_object();
  for (const auto &[name, value] : map)
    json->key(name).string(is_secret(name) ? "(not recorded)" : value);
  json->end_object();
}

void write_list(JsonWriter *json, const std::vector<std::string> &list) {
  json->begin_array();
  for (const std::string &item : list)
    json->string(item);
  json->end_array();
}

std::string summary(const ReceivedSession &session) {
  JsonWriter json;
  json.begin_object().key("id").string(session.id).key("query");
  write_map(&json, session.query);
  json.key("headers");
  write_map(&json, session.headers);
  json.key("audio_bytes").integer(static_cast<std::int64_t>(session.audio_bytes));
  json.key("received");
  write_list(&json, session.text_messages);
  json.key("sent");
  write_list(&json, session.sent_messages);
  json.key("terminated").boolean(session.terminated);
  json.key("audio_after_terminate").boolean(session.audio_after_terminate);
  json.key("error_code").integer(session.error_code);
  json.key("close_code_sent").integer(session.close_code_sent);
  json.key("close_code_received").integer(session.close_code_received);
  json.key("billed_seconds").number(session.billed_seconds).end_object();
  return json.text() + "\n";
}

bool write_file(const std::string &name, const std::string &bytes, std::string *error) {
  assemblyai::OutError problem;
  if (g_file_set_contents(name.c_str(), bytes.data(), static_cast<gssize>(bytes.size()),
                          problem.out()) != FALSE)
    return true;
  *error = problem->message;
  return false;
}

}  // namespace

bool record_session(const std::string &directory, std::size_t index, const ReceivedSession &session,
                    std::string *error) {
  std::string base = directory + "/session-" + std::to_string(index);
  return write_file(base + ".wav", wav_file(session.audio, sample_rate(session)), error) &&
         write_file(base + ".json", summary(session), error);
}

}  // namespace testserver
