// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/provoked_errors.h"

#include <gio/gio.h>

#include "support/check.h"
#include "support/child.h"

namespace testing {

namespace {

Report error_of(const Pipeline &pipeline) {
  const Heard &heard = pipeline.heard();
  const GstStructure *details = heard.error_details.at(0).get();
  fail_unless(details != nullptr, "%s has no details", heard.errors[0].c_str());
  fail_unless_equals_text(gst_structure_get_name(details), "assemblyai-error");
  Report report{heard.error_codes[0]->domain, heard.error_codes[0]->code, heard.errors[0],
                heard.debugs[0], string_field(details, "kind")};
  fail_unless(gst_structure_get_uint(details, "close-code", &report.close_code));
  fail_unless(gst_structure_get_uint(details, "http-status", &report.http_status));
  return report;
}

void set_header_of_two_lines(Pipeline &pipeline) {
  GstStructure *headers = gst_structure_new("h", "X-Team", G_TYPE_STRING, "a\r\nb", nullptr);
  g_object_set(pipeline.sink(), "extra-headers", headers, nullptr);
  gst_structure_free(headers);
}

void set_tls_database(Pipeline &pipeline) {
  GTlsDatabase *database = g_tls_backend_get_default_database(g_tls_backend_get_default());
  g_object_set(pipeline.sink(), "tls-database", database, nullptr);
  g_object_unref(database);
}

void set_empty_key_file(Pipeline &pipeline) {
  static const TemporaryDirectory directory;
  const std::string path = directory.file("key");
  fail_unless(g_file_set_contents(path.c_str(), "", 0, nullptr));
  g_object_set(pipeline.sink(), "api-key-file", path.c_str(), nullptr);
}

void set_blank_key_term(Pipeline &pipeline) {
  gst_util_set_object_arg(G_OBJECT(pipeline.sink()), "keyterms-prompt", "< \"GStreamer\", \" \" >");
}

void set_proxy_password_of_bytes(Pipeline &pipeline) {
  g_object_set(pipeline.sink(), "proxy-id", "u", "proxy-pw", "\xff", nullptr);
}

void set_prompt_of_bytes(Pipeline &pipeline) {
  g_object_set(pipeline.sink(), "prompt", "\xff", nullptr);
}

std::string many_key_terms() {
  std::string terms;
  for (int i = 0; i < 101; i++)
    terms += (i == 0 ? "" : ",") + std::string("term") + std::to_string(i);
  return "keyterms-prompt=\"<" + terms + ">\"";
}

}  // namespace

Report failed(const std::string &description, const Action &before, const Action &meanwhile) {
  Pipeline pipeline(description);
  g_object_set(pipeline.sink(), "max-retries", 0, nullptr);
  if (before)
    before(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  if (meanwhile)
    meanwhile(pipeline);
  pipeline.wait_for_error();
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  pipeline.wait_for_eos();
  pipeline.set_state(GST_STATE_NULL);
  pipeline.drain_bus();
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
  return error_of(pipeline);
}

Report refused(const std::string &properties, const Action &before) {
  return failed(kStart + ("assemblyaisink name=sink sync=false api-key=k "
                          "endpoint=ws://127.0.0.1:1/v3/ws " +
                          properties),
                before);
}

Report with_server(const testserver::Options &options, const std::string &properties,
                   void (*fault)(Pipeline &, testserver::Server &)) {
  const auto server = start_server(options);
  const auto meanwhile = [&](Pipeline &pipeline) {
    if (fault == nullptr)
      return;
    pipeline.wait_for_element_message("assemblyai-turn");
    fault(pipeline, *server);
  };
  return failed(kLive + sink_text(*server, properties), {}, meanwhile);
}

const std::vector<Refusal> &refusals() {
  static const std::vector<Refusal> kRefusals{
      {"api-key=\"\"", "No API key"},
      {"token=\" \"", "blank"},
      {"api-key=" + std::string(9000, 'k'), "The API key is too long"},
      {"token=" + std::string(9000, 'k'), "The token is too long"},
      {"api-key=\"a b\"", "The API key contains a space"},
      {"api-key=\"\" api-key-file=/does/not/exist", "cannot be read"},
      {"api-key=\"\" api-key-file=/dev/null", "not a regular file"},
      {"api-key=\"\"", "is empty", set_empty_key_file},
      {"endpoint=not-a-url", "not a URL"},
      {"endpoint=https://127.0.0.1/v3/ws", "does not begin with wss://"},
      {"endpoint=ws:///v3/ws", "no valid host name"},
      {"endpoint=ws://user:password@127.0.0.1/v3/ws", "user name"},
      {"endpoint=\"ws://127.0.0.1/v3/ws#x\"", "fragment"},
      {"endpoint=\"ws://127.0.0.1/v3/ws?token=x\"", "must not contain a token"},
      {"endpoint=\"ws://127.0.0.1/v3/ws?webhook_auth_header_value=x\"", "which is a secret"},
      {"endpoint=ws://captions.example.com/v3/ws", "would receive the API key"},
      {"proxy=proxy.example.com:3128", "The proxy http://proxy.example.com:3128 would receive"},
      {"endpoint=\"ws://127.0.0.1/v3/ws?speech_model=x\"", "remove one of the two"},
      {many_key_terms(), "keyterms-prompt has 101 items"},
      {"keyterms-prompt=\"<" + std::string(51, 'a') + ">\"", "(number 1) that is 51 characters"},
      {"", "(number 2) that is blank; remove it", set_blank_key_term},
      {"language-codes=\"<en, multi>\"", "has multi together with other items"},
      {"prompt=" + std::string(1751, 'p'), "prompt is 1751 characters long"},
      {"vad-threshold=-0.5", "vad-threshold must be between 0 and 1, not -0.5"},
      {"extra-parameters=\"p,previous_context_n_turns=2.5\"", "must be a whole number"},
      {"extra-parameters=\"p,session_heartbeat=perhaps\"", "must be true or false"},
      {"extra-parameters=\"p,llm_gateway=(string)nonsense\"", "must be a JSON object"},
      {"extra-parameters=\"p,brand_new=(double)inf\"", "finite"},
      {"", "UTF-8", set_prompt_of_bytes},
      {"proxy=localhost", "password of the proxy is not UTF-8", set_proxy_password_of_bytes},
      {"voice-focus-threshold=0.5", "set voice-focus too"},
      {"redact-pii-policies=\"<date>\"", "set redact-pii to true too"},
      {"extra-parameters=\"p,key-terms=x\"", "\"key-terms\" is not a parameter name"},
      {"extra-parameters=\"p,type=x\"", "the name of a message"},
      {"extra-parameters=\"p,sample_rate=8000\"", "16 kHz pcm_s16le"},
      {"extra-parameters=\"p,token=x\"", "which is a credential"},
      {"extra-parameters=\"p,speech_model=x\"", "use the property speech-model"},
      {"extra-headers=\"h,X:Y=1\"", "not a valid header name"},
      {"", "one line of UTF-8 text", set_header_of_two_lines},
      {"extra-headers=\"h,Authorization=x\"", "set api-key or token"},
      {"extra-headers=\"h,Proxy-Authorization=x\"", "set proxy-id and proxy-pw"},
      {"extra-headers=\"h,Sec-WebSocket-Key=x\"", "controls the connection"},
      {"ssl-ca-file=/etc/hostname", "both set", set_tls_database},
      {"ssl-ca-file=/does/not/exist", "PEM format"},
      {"proxy=\"http://[\"", "The proxy is not a URL"},
      {"proxy=ftp://proxy.example.com", "https:// or socks5://"},
  };
  return kRefusals;
}

}  // namespace testing
