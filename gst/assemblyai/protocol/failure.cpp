// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/failure.h"

#include <algorithm>
#include <iterator>

#include "protocol/text.h"

namespace assemblyai {

namespace {

using enum FailureKind;

constexpr std::string_view kNoReason = "See Error message for details";

// The remedy is the text for the user. If show_text is set, the text of the service follows it,
// because it names the cause.
struct CloseEntry {
  unsigned code;
  FailureKind kind;
  Retry retry;
  std::string_view words;
  std::string_view remedy;
  bool show_text = false;
  bool of_parameters = false;  // the service refused a requested or updated parameter
};

constexpr std::string_view kAgain = "The service ended the session; a new connection may help";
constexpr std::string_view kTooMany =
    "The account has too many sessions at once or opened too many in a minute; wait, end other "
    "sessions or request a higher limit";
constexpr std::string_view kRefused =
    "The service refused the credential or the account; check the API key or token and the balance "
    "of the account";
constexpr std::string_view kBadAudio =
    "The service refused the length of an audio message; report this as a bug";
constexpr std::string_view kBadMessage =
    "The service refused a message from the element; report this as a bug";
constexpr std::string_view kBadSetting =
    "The service refused a setting; correct the setting that it names";
constexpr std::string_view kBadModel =
    "The service does not offer this model; set speech-model to another model";
constexpr std::string_view kUnexplained =
    "The service ended the session for a reason that the element does not know; look up the reason "
    "or contact the support of the service";
constexpr std::string_view kIdle =
    "The service ended the session because it received nothing for too long; the next audio opens "
    "a new session";
constexpr std::string_view kTooFast =
    "The service received audio much faster than real time; send the audio in real time";
constexpr std::string_view kExpiredSession =
    "The session reached its maximum duration; open a new session";
constexpr std::string_view kVanished =
    "The connection to the service was lost; check the network if this happens again";

constexpr CloseEntry kCloseTable[] = {
    {0, kLost, Retry::kBackOff, "connection lost", kVanished},
    {410, kSettings, Retry::kFewTimesOnceKnown, "retired endpoint",
     "The endpoint is the retired v2 service; use wss://streaming.assemblyai.com/v3/ws"},
    {1000, kLost, Retry::kBackOff, "normal end", kAgain},
    {1001, kLost, Retry::kBackOff, "going away", kAgain},
    {1002, kProtocol, Retry::kBackOff, "WebSocket protocol error", kAgain},
    {1003, kInternal, Retry::kFewTimesOnceKnown, "unacceptable data", kBadMessage},
    {1005, kLost, Retry::kBackOff, "no close code", kAgain},
    {1006, kLost, Retry::kBackOff, "connection lost", kVanished},
    {1007, kInternal, Retry::kFewTimesOnceKnown, "invalid text", kBadMessage},
    {1008, kUnauthorized, Retry::kFewTimesOnceKnown, "not authorized", kRefused, true},
    {1009, kInternal, Retry::kFewTimesOnceKnown, "message too big", kBadMessage},
    {1010, kProtocol, Retry::kBackOff, "missing WebSocket extension", kAgain},
    {1011, kLost, Retry::kBackOff, "internal service error", kAgain, true},
    {1012, kLost, Retry::kBackOff, "service restart", kAgain},
    {1013, kBusy, Retry::kBackOff, "service overloaded",
     "The service is overloaded; try again later"},
    {1014, kBusy, Retry::kBackOff, "bad gateway",
     "The gateway of the service cannot reach it; try again later"},
    {1015, kConnect, Retry::kBackOff, "TLS failure",
     "The TLS connection failed; check the certificates and the system clock"},
    {3005, kLost, Retry::kBackOff, "service error", kAgain, true},
    {3006, kSettings, Retry::kFewTimesOnceKnown, "invalid setting or message", kBadSetting, true,
     true},
    {3007, kInternal, Retry::kFewTimesOnceKnown, "invalid audio duration", kBadAudio, true},
    {3008, kLost, Retry::kNewSession, "session expired", kExpiredSession},
    {3009, kBusy, Retry::kLongBackOff, "too many sessions", kTooMany},
    // The SDKs still contain the codes below, which are from the service before v3.
    {4000, kSettings, Retry::kFewTimesOnceKnown, "invalid sample rate",
     "The service refused the sample rate; correct the sample_rate parameter", true},
    {4001, kUnauthorized, Retry::kFewTimesOnceKnown, "not authorized", kRefused, true},
    {4002, kUnauthorized, Retry::kFewTimesOnceKnown, "insufficient funds",
     "The account has no funds; add funds to it", true},
    {4003, kUnauthorized, Retry::kFewTimesOnceKnown, "paid feature",
     "The plan of the account does not include this feature; upgrade the account", true},
    {4004, kLost, Retry::kBackOff, "session not found", kAgain},
    {4008, kLost, Retry::kNewSession, "session expired", kExpiredSession},
    {4010, kLost, Retry::kBackOff, "session closed", kAgain},
    {4029, kBusy, Retry::kLongBackOff, "rate limited", kTooMany},
    {4030, kLost, Retry::kBackOff, "session taken over", kAgain},
    {4031, kLost, Retry::kWithNextAudio, "session idle for too long", kIdle},
    {4032, kInternal, Retry::kFewTimesOnceKnown, "audio too short", kBadAudio, true},
    {4033, kInternal, Retry::kFewTimesOnceKnown, "audio too long", kBadAudio, true},
    {4034, kInternal, Retry::kFewTimesOnceKnown, "audio too small", kBadAudio, true},
    {4100, kInternal, Retry::kFewTimesOnceKnown, "invalid JSON", kBadMessage, true},
    {4101, kInternal, Retry::kFewTimesOnceKnown, "invalid message", kBadMessage, true},
    {4102, kBusy, Retry::kLongBackOff, "too many streams", kTooMany},
    {4103, kLost, Retry::kBackOff, "session connected elsewhere", kAgain},
};

constexpr CloseEntry kUnknownClose = {0,      kLost, Retry::kBackOff, "unknown close code",
                                      kAgain, true};

const CloseEntry &close_entry(unsigned code) {
  const auto *found = std::find_if(std::begin(kCloseTable), std::end(kCloseTable),
                                   [code](const CloseEntry &entry) { return entry.code == code; });
  return found == std::end(kCloseTable) ? kUnknownClose : *found;
}

// Texts that are more precise than a general code: no code, 3005, which was used for every error in
// 2025, or 1008, which only says that a rule was broken. The first match counts.
struct TextEntry {
  std::string_view text;
  unsigned code;
};

constexpr std::string_view kUnauthorizedPrefix = "unauthorized connection";

constexpr TextEntry kTextTable[] = {
    {"concurrent sessions", 3009}, {kUnauthorizedPrefix, 1008},           {"session expired", 3008},
    {"due to inactivity", 3006},   {"user input validation error", 3006}, {"invalid message", 3006},
    {"input duration", 3007},      {"transmission rate exceeded", 3007},
};

// Words of a verdict about a key, a token or an account.
constexpr std::string_view kVerdicts[] = {
    "api key", "api-key",   "api_key",    "authoriz", "authentic", "credential",   "expired",
    "denied",  "forbidden", "permission", "account",  "balance",   "fund",         "credit",
    "payment", "billing",   "suspended",  "disabled", "free tier", "subscription", "invalid token",
};
// ... unless a word shows that the check itself failed temporarily.
constexpr std::string_view kPassing[] = {
    "unavailable", "timeout", "timed out", "try again", "temporar", "internal",
};

// Words about a model that is not available, in a text that mentions a model.
constexpr std::string_view kGone[] = {
    "deprecated", "retired", "discontinued", "no longer", "not supported", "unsupported",
};

template <std::size_t count>
bool contains_any(std::string_view text, const std::string_view (&needles)[count]) {
  return std::any_of(std::begin(needles), std::end(needles),
                     [text](std::string_view needle) { return contains(text, needle); });
}

bool says_little(unsigned code) {
  return code == 0 || code == 3005 || (code >= 1000 && code <= 1006) || code == 1008;
}

unsigned code_from_text(unsigned code, std::string_view text) {
  for (const TextEntry &entry : kTextTable) {
    if (says_little(code) && contains(text, entry.text))
      return entry.code;
  }
  return code;
}

bool is_about_rate(std::string_view text) {
  return contains(text, "concurrent") || contains(text, "too many") || contains_word(text, "rate");
}

// Whether the service rejects the key, the token or the account. The prefix "Unauthorized
// Connection:" is no verdict: it precedes every error of that check.
bool is_verdict(std::string_view text) {
  if (contains(text.substr(0, kUnauthorizedPrefix.size()), kUnauthorizedPrefix))
    text.remove_prefix(kUnauthorizedPrefix.size());
  return contains_any(text, kVerdicts) && !contains_any(text, kPassing);
}

// 1008 and 4001. A valid key is refused occasionally, with a text that does not reject it.
CloseEntry refined_refusal(CloseEntry entry, std::string_view text) {
  if (contains(text, "expired") && (contains(text, "signature") || contains(text, "token")))
    return {entry.code, kUnauthorized, Retry::kNewToken, entry.words,
            "The temporary token has expired; supply a new token for each connection"};
  if (is_about_rate(text))
    return close_entry(3009);
  if (is_verdict(text) || (is_blank(text) && entry.code != 1008))
    return entry;
  entry.retry = Retry::kFewTimes;
  if (entry.code == 1008 && !is_blank(text) && !contains(text, kUnauthorizedPrefix)) {
    entry.kind = kLost;
    entry.words = "refused";
    entry.remedy = kUnexplained;
  }
  return entry;
}

// One code may have several causes, and the text decides. "inactivity" alone would also match the
// parameter name inactivity_timeout.
CloseEntry refined(const CloseEntry &entry, unsigned code, std::string_view text) {
  // 3006 names the setting itself, which the model may not support.
  if (code != 3006 && contains(text, "model") && contains_any(text, kGone))
    return {code, kSettings, Retry::kFewTimesOnceKnown, "model not offered", kBadModel, true, true};
  if (code == 1008 || code == 4001)
    return refined_refusal(entry, text);
  if (code == 3006 && contains(text, "due to inactivity"))
    return {code, kLost, Retry::kWithNextAudio, "session idle for too long", kIdle};
  const bool pace = code == 3007 || code == 4029;
  if (pace && (contains(text, "transmission rate exceeded") || contains(text, "too fast")))
    return {code, kBusy, Retry::kBackOff, "audio sent too fast", kTooFast};
  return entry;
}

std::string_view service_text(std::string_view reason, const std::optional<ServerError> &error) {
  if (error && !is_blank(error->text))
    return error->text;
  return contains(reason, kNoReason) ? std::string_view() : reason;
}

std::string with_text(std::string_view sentence, const std::string &text) {
  return text.empty() ? std::string(sentence) : std::string(sentence) + ": " + text;
}

// The upgrade may be answered by a captive portal, a proxy or a maintenance page instead of the
// service. After a first session no HTTP status is final. The verdicts of the service itself are
// messages and close codes, sent over TLS after the upgrade.
struct HttpEntry {
  unsigned first;
  unsigned last;
  FailureKind kind;
  Retry retry;
  std::string_view remedy;
};

// The first match counts.
constexpr HttpEntry kHttpTable[] = {
    {300, 399, kSettings, Retry::kOnceKnown,
     "The endpoint redirects to another address, and the element does not follow redirects; set "
     "the endpoint property to the final address"},
    {401, 402, kUnauthorized, Retry::kOnceKnown, kRefused},
    {403, 403, kUnauthorized, Retry::kOnceKnown,
     "The service denied access; check the API key, the plan and region of the account, and any "
     "firewall or proxy in between"},
    {404, 404, kSettings, Retry::kOnceKnown,
     "There is no streaming service at this address; check the endpoint property"},
    {407, 407, kSettings, Retry::kOnceKnown,
     "The proxy requires a valid user name and password; check proxy-id and proxy-pw, or the "
     "system's proxy settings"},
    {408, 408, kConnect, Retry::kBackOff, "The service did not answer in time; try again later"},
    {410, 410, kSettings, Retry::kOnceKnown,
     "The endpoint is retired; use wss://streaming.assemblyai.com/v3/ws"},
    {425, 425, kConnect, Retry::kBackOff, "The service is not ready yet; try again later"},
    {429, 429, kBusy, Retry::kLongBackOff, kTooMany},
    {400, 499, kSettings, Retry::kOnceKnown,
     "The service refused the request; check the endpoint and the parameters"},
    {511, 511, kConnect, Retry::kBackOff, "The network requires a login; log in with a browser"},
    {500, 599, kConnect, Retry::kBackOff, "The service reported a server error; try again later"},
};

constexpr HttpEntry kOtherHttp = {0, 0, kSettings, Retry::kOnceKnown,
                                  "The endpoint is not a WebSocket service; check the endpoint "
                                  "property"};

const HttpEntry &http_entry(unsigned status) {
  const auto *found = std::find_if(
      std::begin(kHttpTable), std::end(kHttpTable),
      [status](const HttpEntry &entry) { return entry.first <= status && status <= entry.last; });
  return found == std::end(kHttpTable) ? kOtherHttp : *found;
}

}  // namespace

Failure failure_from_close(unsigned code, std::string_view reason,
                           const std::optional<ServerError> &error) {
  const std::string text = printable(service_text(reason, error), kMaxExplanation);
  const unsigned stated = error ? error->code.value_or(code) : code;
  const unsigned meant = code_from_text(stated, text);
  // An Error without a code is a message of the service, not a lost connection.
  const bool only_text = error && meant == 0 && !is_blank(error->text);
  const CloseEntry entry = refined(only_text ? kUnknownClose : close_entry(meant), meant, text);

  Failure failure;
  failure.kind = entry.kind;
  failure.retry = entry.retry;
  failure.message = with_text(entry.remedy, entry.show_text ? text : std::string());
  failure.detail = with_text(
      "close code " + std::to_string(stated) + " (" + std::string(entry.words) + ")", text);
  failure.said = text;
  failure.close_code = stated;
  failure.of_parameters = entry.of_parameters;
  return failure;
}

Failure failure_from_http(unsigned status, std::string_view reason_phrase,
                          const std::string &answerer) {
  const HttpEntry &entry = http_entry(status);
  Failure failure;
  failure.kind = entry.kind;
  failure.retry = entry.retry;
  failure.message =
      std::string(entry.remedy) + answerer + " (HTTP status " + std::to_string(status) + ')';
  failure.said = printable(reason_phrase, kMaxExplanation);
  failure.detail = with_text("HTTP status " + std::to_string(status), failure.said);
  failure.http_status = status;
  failure.of_parameters = status == 400 || status == 422;
  return failure;
}

std::string_view describe_close_code(unsigned code) {
  return close_entry(code).words;
}

}  // namespace assemblyai
