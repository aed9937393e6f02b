// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Given options, make_request() yields the upgrade request, with secrets only in the right places,
// or a text that says what to change.

#include "protocol/endpoint.h"

#include <algorithm>
#include <iterator>

#include "protocol/address.h"
#include "protocol/expect.h"

using namespace assemblyai;

namespace {

constexpr const char *kKey = "0123456789abcdef";
constexpr const char *kAudio = "encoding=pcm_s16le&sample_rate=16000";

RequestOptions with_endpoint(const std::string &endpoint) {
  RequestOptions options;
  options.endpoint = endpoint;
  options.credential = {Credential::Kind::kApiKey, Secret(kKey)};
  options.user_agent = "AssemblyAI/1.0 (integration=GStreamer/0.1)";
  return options;
}

RequestOptions with_parameters(ParameterSet parameters) {
  RequestOptions options = with_endpoint("wss://h");
  options.parameters = std::move(parameters);
  return options;
}

RequestOptions with_credential(Credential::Kind kind, const std::string &secret) {
  RequestOptions options = with_endpoint("wss://h");
  options.credential = {kind, Secret(secret)};
  return options;
}

UpgradeRequest accepted(const RequestOptions &options) {
  const Result<UpgradeRequest> request = make_request(options);
  if (!request)
    g_error("%s: %s", options.endpoint.c_str(), request.failure().message.c_str());
  return *request;
}

void expect_refused(const RequestOptions &options, std::string_view message,
                    Retry retry = Retry::kNever) {
  const Result<UpgradeRequest> request = make_request(options);
  fail_if(static_cast<bool>(request), "accepted: %s", options.endpoint.c_str());
  expect_string(request.failure().message, message);
  fail_unless(request.failure().kind == FailureKind::kSettings);
  fail_unless(request.failure().retry == retry);
  const std::string &secret = options.credential.secret.reveal();
  const std::string all = request.failure().message + request.failure().detail;
  fail_if(!secret.empty() && all.find(secret) != std::string::npos, "%s", all.c_str());
}

void expect_url(const UpgradeRequest &request, std::string_view expected) {
  expect_string(request.url.reveal(), expected);
  expect_string(request.display_url, expected);
}

}  // namespace

GST_START_TEST(test_default_request) {
  RequestOptions options;
  options.credential = {Credential::Kind::kApiKey, Secret(kKey)};
  options.user_agent = "AssemblyAI/1.0 (integration=GStreamer/0.1)";
  const UpgradeRequest request = accepted(options);
  expect_url(request, std::string("wss://streaming.assemblyai.com/v3/ws?") + kAudio);
  fail_unless_equals_uint64(request.headers.size(), 3);
  expect_string(request.headers[0].first, "Authorization");
  expect_string(request.headers[0].second.reveal(), kKey);
  expect_string(request.headers[1].first, "AssemblyAI-Version");
  expect_string(request.headers[1].second.reveal(), "2025-05-12");
  expect_string(request.headers[2].first, "User-Agent");
  expect_string(request.headers[2].second.reveal(), "AssemblyAI/1.0 (integration=GStreamer/0.1)");
}
GST_END_TEST

GST_START_TEST(test_token_is_in_the_query_and_is_not_shown) {
  const UpgradeRequest request = accepted(with_credential(Credential::Kind::kToken, "AQI+/=x"));
  expect_string(request.url.reveal(),
                std::string("wss://h/v3/ws?") + kAudio + "&token=AQI%2B%2F%3Dx");
  expect_string(request.display_url, std::string("wss://h/v3/ws?") + kAudio + "&token=***");
  for (const auto &[name, value] : request.headers) {
    fail_if(name == "Authorization");
    fail_unless(value.reveal().find("AQI") == std::string::npos);
  }
}
GST_END_TEST

GST_START_TEST(test_query_is_percent_encoded) {
  const UpgradeRequest request = accepted(with_parameters(
      {{"speech_model", std::string("u3-rt-pro")},
       {"keyterms_prompt", std::vector<std::string>{"Keanu Reeves", "AssemblyAI", "Zürich"}},
       {"prompt", std::string("a+b & c=d? 100% #1/~_-.")},
       {"format_turns", true},
       {"redact_pii", false},
       {"vad_threshold", 0.4},
       {"min_turn_silence", std::int64_t{0}},
       {"llm_gateway", JsonText{R"({"model":"m"})"}}}));
  expect_url(request,
             "wss://h/v3/ws?encoding=pcm_s16le&format_turns=true"
             "&keyterms_prompt=%5B%22Keanu%20Reeves%22%2C%22AssemblyAI%22%2C%22Z%C3%BCrich%22%5D"
             "&llm_gateway=%7B%22model%22%3A%22m%22%7D&min_turn_silence=0"
             "&prompt=a%2Bb%20%26%20c%3Dd%3F%20100%25%20%231%2F~_-."
             "&redact_pii=false&sample_rate=16000&speech_model=u3-rt-pro&vad_threshold=0.4");
}
GST_END_TEST

GST_START_TEST(test_audio_format_may_be_overridden) {
  expect_url(accepted(with_parameters(
                 {{"sample_rate", std::int64_t{48000}}, {"encoding", std::string("pcm_mulaw")}})),
             "wss://h/v3/ws?encoding=pcm_mulaw&sample_rate=48000");
  expect_url(accepted(with_endpoint("wss://h/v3/ws?sample_rate=8000")),
             "wss://h/v3/ws?sample_rate=8000&encoding=pcm_s16le");
  expect_url(accepted(with_endpoint("wss://h/v3/ws?encoding=pcm_mulaw")),
             "wss://h/v3/ws?encoding=pcm_mulaw&sample_rate=16000");
}
GST_END_TEST

GST_START_TEST(test_parameters_in_the_endpoint_are_known_too) {
  const UpgradeRequest request =
      accepted(with_endpoint("wss://h/?format_turns=true&prompt=a+b%21&vad_threshold=0.5&new=1"));
  fail_unless((request.parameters ==
               ParameterSet{{"format_turns", true}, {"prompt", std::string("a b!")}}));
}
GST_END_TEST

GST_START_TEST(test_secret_parameters_are_not_shown) {
  const UpgradeRequest request =
      accepted(with_parameters({{"webhook_auth_header_value", std::string("hunter2")}}));
  expect_string(request.url.reveal(),
                std::string("wss://h/v3/ws?") + kAudio + "&webhook_auth_header_value=hunter2");
  expect_string(request.display_url,
                std::string("wss://h/v3/ws?") + kAudio + "&webhook_auth_header_value=***");
  const UpgradeRequest odd = accepted(with_endpoint("wss://h/?a=b;my_token=hunter2"));
  fail_if(odd.display_url.find("hunter2") != std::string::npos, "%s", odd.display_url.c_str());
  const Result<UpgradeRequest> in_endpoint =
      make_request(with_endpoint("wss://h/?webhook_auth_header_v%61lue=hunter2"));
  fail_if(static_cast<bool>(in_endpoint));
  expect_string(in_endpoint.failure().message,
                "The endpoint must not contain webhook_auth_header_value, which is a secret; set "
                "it in extra-parameters");
}
GST_END_TEST

namespace {

struct UrlCase {
  const char *endpoint;
  const char *url;
};

}  // namespace

static const UrlCase kUrls[] = {
    {"wss://h", "wss://h/v3/ws?"},
    {"wss://h/", "wss://h/v3/ws?"},
    {"WSS://h/", "wss://h/v3/ws?"},
    {"wss://h?", "wss://h/v3/ws?"},
    {"wss://h:8443", "wss://h:8443/v3/ws?"},
    {"wss://h/other/path", "wss://h/other/path?"},
    {"wss://h/a%20b", "wss://h/a%20b?"},
    {"wss://h/v3/ws?new=1&x=%20y", "wss://h/v3/ws?new=1&x=%20y&"},
    {"wss://h/v3/ws?a&&b=", "wss://h/v3/ws?a&b=&"},
    {"wss://[2001:db8::1]:8443/v3/ws", "wss://[2001:db8::1]:8443/v3/ws?"},
    {"ws://localhost:8080", "ws://localhost:8080/v3/ws?"},
    {"ws://LOCALHOST", "ws://LOCALHOST/v3/ws?"},
    {"ws://speech.localhost", "ws://speech.localhost/v3/ws?"},
    {"ws://127.0.0.1:8080", "ws://127.0.0.1:8080/v3/ws?"},
    {"ws://127.255.1.2", "ws://127.255.1.2/v3/ws?"},
    {"ws://[::1]:8080", "ws://[::1]:8080/v3/ws?"},
};

GST_START_TEST(test_usable_endpoints) {
  const UrlCase &entry = kUrls[__i__];
  expect_url(accepted(with_endpoint(entry.endpoint)), std::string(entry.url) + kAudio);
}
GST_END_TEST

static constexpr const char *kNoUrl =
    "The endpoint is not a URL; use a URL such as wss://streaming.assemblyai.com/v3/ws";
static constexpr const char *kScheme =
    "The endpoint does not begin with wss:// or ws://; use a URL such as "
    "wss://streaming.assemblyai.com/v3/ws";
static constexpr const char *kNoHost =
    "The endpoint has no valid host name; use a URL such as wss://streaming.assemblyai.com/v3/ws";
static constexpr const char *kUser =
    "The endpoint must not contain a user name or password; remove them and set api-key or token";
static constexpr const char *kFragment =
    "The endpoint must not contain a fragment; remove the # and the text after it";
static constexpr const char *kInsecure =
    "The endpoint would receive the API key and the audio unencrypted; use wss://, or set "
    "allow-insecure=true on a network you trust";
static constexpr const char *kToken =
    "The endpoint must not contain a token; remove it and set the token property";

static const UrlCase kRefusedUrls[] = {
    {"", kNoUrl},
    {"streaming.assemblyai.com", kNoUrl},
    {"wss://h:port", kNoUrl},
    {"wss://h:99999", kNoUrl},
    {"wss://user:0123456789abcdef", kNoUrl},
    {"wss://h/%zz", kNoUrl},
    {"wss://h/a b", kNoUrl},
    {" wss://h", kNoUrl},
    {"wss://h/\r\nX-Evil: 1", kNoUrl},
    {"wss://[h]/", kNoUrl},
    {"https://h/v3/ws", kScheme},
    {"localhost:8080", kScheme},
    {"wss:///v3/ws", kNoHost},
    {"wss:h", kNoHost},
    {"wss://a%0d%0aX-Evil:1", kNoHost},
    {"wss://a%0d%0ab/", kNoHost},
    {"wss://a%20b/", kNoHost},
    {"wss://a\"b/", kNoHost},
    {"wss://user@h", kUser},
    {"wss://user:pass@h", kUser},
    {"wss://@h", kUser},
    {"wss://h/#part", kFragment},
    {"wss://h#", kFragment},
    {"ws://h", kInsecure},
    {"ws://10.0.0.1:8080/v3/ws", kInsecure},
    {"ws://128.0.0.1", kInsecure},
    {"ws://127.0.0.1.example.com", kInsecure},
    {"ws://localhost.example.com", kInsecure},
    {"ws://notlocalhost", kInsecure},
    {"ws://[::2]", kInsecure},
    {"wss://h/?token=abc", kToken},
    {"wss://h/?a=1&t%6Fken=abc", kToken},
};

GST_START_TEST(test_unusable_endpoints_are_refused) {
  expect_refused(with_endpoint(kRefusedUrls[__i__].endpoint), kRefusedUrls[__i__].url);
}
GST_END_TEST

GST_START_TEST(test_endpoint_with_nul_is_refused) {
  expect_refused(with_endpoint(std::string("wss://h\0/x", 10)), kNoUrl);
}
GST_END_TEST

GST_START_TEST(test_plain_ws_is_possible_when_allowed) {
  RequestOptions options = with_endpoint("ws://10.0.0.1:8080");
  options.allow_insecure = true;
  expect_url(accepted(options), std::string("ws://10.0.0.1:8080/v3/ws?") + kAudio);
}
GST_END_TEST

namespace {

struct CredentialCase {
  Credential::Kind kind;
  const char *secret;
  const char *message;
};

}  // namespace

static constexpr const char *kNoKey =
    "No API key; set the api-key property or the ASSEMBLYAI_API_KEY environment variable";
static constexpr const char *kNoToken =
    "The temporary token is blank; supply a token, or unset the token property to use an API key";
static constexpr const char *kOddKey =
    "The API key contains a space, a line break or another invalid character; check that it was "
    "copied without surrounding text";
static constexpr const char *kOddToken =
    "The token contains a space, a line break or another invalid character; check that it was "
    "copied without surrounding text";

static const CredentialCase kCredentials[] = {
    {Credential::Kind::kNone, "", kNoKey},
    {Credential::Kind::kNone, "left-over", kNoKey},
    {Credential::Kind::kApiKey, "", kNoKey},
    {Credential::Kind::kApiKey, " \n", kNoKey},
    {Credential::Kind::kApiKey, "sekrit\n", kOddKey},
    {Credential::Kind::kApiKey, "sekrit\r\nX-Evil: 1", kOddKey},
    {Credential::Kind::kApiKey, " sekrit", kOddKey},
    {Credential::Kind::kApiKey, "sekrit\x7f", kOddKey},
    {Credential::Kind::kApiKey, "sekrité", kOddKey},
    {Credential::Kind::kToken, "", kNoToken},
    {Credential::Kind::kToken, "\t", kNoToken},
    {Credential::Kind::kToken, "sek rit", kOddToken},
};

GST_START_TEST(test_unusable_credentials_are_refused) {
  const CredentialCase &entry = kCredentials[__i__];
  expect_refused(with_credential(entry.kind, entry.secret), entry.message, Retry::kOnceKnown);
}
GST_END_TEST

static const struct {
  const char *name, *value;
  const char *says;  // null = accepted
} kHeaders[] = {
    {"X-Team", "captions", nullptr},
    {"x-empty", "", nullptr},
    {"X!#$%&'*+.^_`|~1", "a\tb \"c\" Zürich", nullptr},
    {"Authorization", "sekrit", "extra-headers must not set Authorization; set api-key or token"},
    {"aUTHORIZATION", "sekrit", "extra-headers must not set Authorization; set api-key or token"},
    {"Proxy-Authorization", "sekrit",
     "extra-headers must not set Proxy-Authorization; set proxy-id and proxy-pw"},
    {"host", "sekrit", "extra-headers must not set host, which controls the connection; remove it"},
    {"Upgrade", "h2c",
     "extra-headers must not set Upgrade, which controls the connection; remove it"},
    {"Connection", "close",
     "extra-headers must not set Connection, which controls the connection; remove it"},
    {"Content-Length", "1",
     "extra-headers must not set Content-Length, which controls the connection; remove it"},
    {"Transfer-Encoding", "chunked",
     "extra-headers must not set Transfer-Encoding, which controls the connection; remove it"},
    {"Expect", "100-continue",
     "extra-headers must not set Expect, which controls the connection; remove it"},
    {"sec-websocket-protocol", "x",
     "extra-headers must not set sec-websocket-protocol, which controls the connection; remove it"},
    {"", "sekrit",
     "extra-headers: \"\" is not a valid header name; use letters, digits and hyphens"},
    {"X Team", "sekrit",
     "extra-headers: \"X Team\" is not a valid header name; use letters, digits and hyphens"},
    {"X:Team", "sekrit",
     "extra-headers: \"X:Team\" is not a valid header name; use letters, digits and hyphens"},
    {"Zürich", "sekrit",
     "extra-headers: \"Zürich\" is not a valid header name; use letters, digits and hyphens"},
    {"X-Team\r\nX-Evil", "sekrit",
     "extra-headers: \"X-Team X-Evil\" is not a valid header name; use letters, digits and "
     "hyphens"},
    {"X-Team", "sekrit\r\nX-Evil: 1",
     "extra-headers: the value of X-Team must be one line of UTF-8 text"},
    {"X-Team", "sekrit\n", "extra-headers: the value of X-Team must be one line of UTF-8 text"},
    {"X-Team", "sekrit\x7f", "extra-headers: the value of X-Team must be one line of UTF-8 text"},
    {"X-Team", "sekrit\xff", "extra-headers: the value of X-Team must be one line of UTF-8 text"},
};

GST_START_TEST(test_extra_headers_are_sent_or_refused) {
  const auto &entry = kHeaders[__i__];
  RequestOptions options = with_endpoint("wss://h");
  options.extra_headers = {{entry.name, Secret(entry.value)}};
  if (entry.says != nullptr) {
    expect_refused(options, entry.says);
    return;
  }
  const UpgradeRequest request = accepted(options);
  fail_unless_equals_uint64(request.headers.size(), 4);
  expect_string(request.headers[3].first, entry.name);
  expect_string(request.headers[3].second.reveal(), entry.value);
}
GST_END_TEST

GST_START_TEST(test_extra_headers_replace_default_ones_and_each_other) {
  RequestOptions options = with_endpoint("wss://h");
  options.extra_headers = {{"user-agent", Secret("other")},
                           {"ASSEMBLYAI-VERSION", Secret("2030-01-01")},
                           {"X-Twice", Secret("1")},
                           {"x-twice", Secret("2")}};
  const UpgradeRequest request = accepted(options);
  fail_unless_equals_uint64(request.headers.size(), 4);
  expect_string(request.headers[0].first, "Authorization");
  expect_string(request.headers[1].second.reveal(), "other");
  expect_string(request.headers[2].second.reveal(), "2030-01-01");
  expect_string(request.headers[3].second.reveal(), "2");
}
GST_END_TEST

GST_START_TEST(test_the_request_has_the_chosen_parameters) {
  const ParameterSet asked{{"prompt", std::string("x")}, {"format_turns", true}};
  fail_unless(accepted(with_parameters(asked)).parameters == asked);
}
GST_END_TEST

GST_START_TEST(test_bad_parameters_are_refused) {
  expect_refused(with_parameters({{"vad_threshold", 2.0}}),
                 "vad_threshold must be between 0 and 1, not 2");
}
GST_END_TEST

GST_START_TEST(test_parameter_may_not_be_given_twice) {
  RequestOptions options = with_endpoint("wss://h/?pr%6Fmpt=x");
  options.parameters = {{"prompt", std::string("y")}};
  expect_refused(options,
                 "prompt is set and is also in the query of the endpoint; remove one of the two");
}
GST_END_TEST

static const struct {
  const char *endpoint, *shown;
} kShownEndpoints[] = {
    {"", ""},
    {"wss://host/v3/ws", "wss://host/v3/ws"},
    {"wss://host/v3/ws?a=b&c#d=e", "wss://host/v3/ws?a=b&c#d=e"},
    {"wss://host?token=sekrit", "wss://host?token=***"},
    {"wss://host?a=b&%74oken=sekrit&c=d", "wss://host?a=b&%74oken=***&c=d"},
    {"wss://host?a#token=sekrit", "wss://host?a#token=***"},
    {"wss://host?token=&token=sekrit=?", "wss://host?token=***&token=***?"},
    {"wss://host?webhook_auth_header_value=sekrit", "wss://host?webhook_auth_header_value=***"},
    {"wss://user:sekrit@host/v3/ws", "wss://***@host/v3/ws"},
    {"wss://user:sek?rit@host?a=b", "wss://***@host?a=b"},
    {"wss://user:sek@rit@host", "wss://***@host"},
    {"user:sekrit@host", "***@host"},
    {"sekrit://@host", "***@host"},
    {"wss://h/v3/ws?user=a@b", "wss://h/v3/ws?user=a@b"},
    {"wss://h/v3/ws?at=12:30&user=a:b@c", "wss://h/v3/ws?at=12:30&user=a:b@c"},
    {"wss://h:8443/v3@edge/ws", "wss://h:8443/v3@edge/ws"},
    {"wss://h/v3/ws#a@b", "wss://h/v3/ws#a@b"},
    {"wss://h?user=a%40b", "wss://h?user=a%40b"},
    {"WSS://h?user=a@b", "WSS://h?user=a@b"},
    {"h/v3/ws?user=a@b", "h/v3/ws?user=a@b"},
    {"wss://[2001:db8::1]:8443/v3/ws?user=a@b", "wss://[2001:db8::1]:8443/v3/ws?user=a@b"},
    {"wss://user:sekrit@[::1]/v3/ws?user=a@b", "wss://***@[::1]/v3/ws?user=a@b"},
    {"wss://sekrit@host/v3/ws?user=a@b", "wss://***@host/v3/ws?user=a@b"},
    {"wss://us%40er:sek%3Arit@host?user=a@b", "wss://***@host?user=a@b"},
    {"wss://user:sek@rit@host/a@b", "wss://***@host/a@b"},
    {"wss://user:sek/rit@host/v3/ws", "wss://***@host/v3/ws"},
    {"wss://user:sekrit%40host", "wss://***%40host"},
    {"wss://domain/user:sekrit@host/v3/ws", "wss://***@host/v3/ws"},
    {"wss://user#1:sekrit@host", "wss://***@host"},
    {"wss://user?1:sekrit@host", "wss://***@host"},
    {"wss://h?to=wss://user:sekrit@host/&a=b", "wss://h?to=***&a=b"},
    {"wss://h?to=wss%3A%2F%2Fuser%3Asekrit%40host", "wss://h?to=***"},
    {"wss://h?to=https%3A%2F%2Fx%2F%3Ftoken%3Dsekrit&a=b", "wss://h?to=***&a=b"},
    {"wss://h?a=b;token=sekrit", "wss://h?a=b;token=***"},
    {"wss://user:7#sekrit@host", "wss://***@host"},
    {"wss://user:/sekrit@host", "wss://***@host"},
    {"wss://user:?sekrit=rit@host", "wss://***@host"},
    {"wss://h:8443/v3/ws?user=a@b", "wss://h:8443/v3/ws?user=a@b"},
};

GST_START_TEST(test_an_endpoint_is_shown_without_credentials) {
  expect_string(display_address(kShownEndpoints[__i__].endpoint), kShownEndpoints[__i__].shown);
}
GST_END_TEST

static Suite *endpoint_suite() {
  Suite *suite = suite_create("endpoint");
  TCase *request = tcase_create("request");
  suite_add_tcase(suite, request);
  tcase_add_test(request, test_default_request);
  tcase_add_test(request, test_token_is_in_the_query_and_is_not_shown);
  tcase_add_test(request, test_query_is_percent_encoded);
  tcase_add_test(request, test_audio_format_may_be_overridden);
  tcase_add_test(request, test_parameters_in_the_endpoint_are_known_too);
  tcase_add_test(request, test_secret_parameters_are_not_shown);
  tcase_add_loop_test(request, test_usable_endpoints, 0, std::ssize(kUrls));
  tcase_add_test(request, test_plain_ws_is_possible_when_allowed);
  tcase_add_loop_test(request, test_extra_headers_are_sent_or_refused, 0, std::ssize(kHeaders));
  tcase_add_test(request, test_extra_headers_replace_default_ones_and_each_other);
  tcase_add_test(request, test_the_request_has_the_chosen_parameters);

  TCase *refusals = tcase_create("refusals");
  suite_add_tcase(suite, refusals);
  tcase_add_loop_test(refusals, test_unusable_endpoints_are_refused, 0, std::ssize(kRefusedUrls));
  tcase_add_test(refusals, test_endpoint_with_nul_is_refused);
  tcase_add_loop_test(refusals, test_unusable_credentials_are_refused, 0, std::ssize(kCredentials));
  tcase_add_test(refusals, test_bad_parameters_are_refused);
  tcase_add_test(refusals, test_parameter_may_not_be_given_twice);
  tcase_add_loop_test(request, test_an_endpoint_is_shown_without_credentials, 0,
                      std::ssize(kShownEndpoints));
  return suite;
}

CHECK_SUITE(endpoint);
