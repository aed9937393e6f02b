// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "failure_blocks.h"

#include <algorithm>
#include <optional>

#include "element/errors.h"
#include "protocol/failure.h"

namespace docs {

namespace {

using assemblyai::describe;
using assemblyai::ErrorReport;
using assemblyai::Failure;
using assemblyai::FailureKind;
using assemblyai::Retry;

constexpr unsigned kUnknownCode = 4999;

// Variable parts of a text are in italics: tests/check/support/error_page.h reads it.
constexpr std::string_view kServiceText = "*the service's words*";
constexpr std::string_view kStatus = "*status*";

std::string retry_in_words(const Failure &failure) {
  switch (failure.retry) {
    case Retry::kNever:
      return "no";
    case Retry::kNewSession:
      return "at once";
    case Retry::kWithNextAudio:
      return "with the next audio";
    case Retry::kNewToken:
      return "with a new token";
    case Retry::kOnceKnown:
      return "after a first session";
    case Retry::kFewTimes:
      return "a few times";
    case Retry::kFewTimesOnceKnown:
      return "a few times, if it was accepted before";
    case Retry::kBackOff:
      return "after `retry-delay-min`, growing";
    case Retry::kLongBackOff:
      return "after three times `retry-delay-max`";
  }
  return {};
}

// GST_RESOURCE_ERROR_BUSY, for example.
std::string error_name(const ErrorReport &report) {
  const GType type = report.domain == GST_RESOURCE_ERROR ? GST_TYPE_RESOURCE_ERROR
                     : report.domain == GST_STREAM_ERROR ? GST_TYPE_STREAM_ERROR
                                                         : GST_TYPE_LIBRARY_ERROR;
  auto *klass = static_cast<GEnumClass *>(g_type_class_ref(type));
  return g_enum_get_value(klass, report.code)->value_name;
}

// The columns about the failure, which all tables have.
std::vector<std::string> cells(std::vector<std::string> first, const Failure &failure) {
  const ErrorReport report = describe(failure);
  first.push_back(gst_structure_get_string(report.details.get(), "kind"));
  first.push_back(code(error_name(report)));
  first.push_back(report.text);
  first.push_back(retry_in_words(failure));
  return first;
}

std::string close_codes_block() {
  std::string table = header({"code", "in words", "kind", "domain and code", "text", "retry"});
  const std::string_view unknown = assemblyai::describe_close_code(kUnknownCode);
  for (unsigned number = 0; number <= kUnknownCode; number++) {
    const std::string_view words = assemblyai::describe_close_code(number);
    if (words == unknown && number != kUnknownCode)
      continue;
    const Failure failure = assemblyai::failure_from_close(number, kServiceText, std::nullopt);
    const std::string name = number == kUnknownCode ? "any other" : std::to_string(number);
    table += row(cells({name, std::string(words)}, failure));
  }
  return table;
}

// Texts of the service that are more specific than its code, as observed.
std::string texts_block() {
  constexpr struct {
    unsigned code;
    std::string_view text;
  } kTexts[] = {
      {1008, "Unauthorized Connection: Invalid API key"},
      {1008, "Unauthorized Connection: Signature has expired"},
      {1008, "Unauthorized Connection: Incorrect padding"},
      {1008, "Model deprecated"},
      {1008, "Too many concurrent sessions"},
      {3006, "Session terminated due to inactivity"},
      {3007, "Audio Transmission Rate Exceeded"},
      {4029, "Client sent audio too fast"},
  };
  std::string table =
      header({"code", "with the words", "kind", "domain and code", "text", "retry"});
  for (const auto &[number, text] : kTexts) {
    Failure failure = assemblyai::failure_from_close(number, text, std::nullopt);
    if (const std::size_t at = failure.message.rfind(text); at != std::string::npos)
      failure.message.replace(at, text.size(), kServiceText);
    table += row(cells({std::to_string(number), std::string(text)}, failure));
  }
  return table;
}

struct Statuses {
  Failure failure;
  unsigned first;
  unsigned last;
  bool has_holes = false;

  std::string name() const {
    if (has_holes)
      return "other " + std::to_string(first / 100) + "xx";
    return first == last ? std::to_string(first)
                         : std::to_string(first) + " to " + std::to_string(last);
  }
};

// Removes the number from the text, so that statuses with the same text share a row.
Failure failure_for_any(unsigned status) {
  Failure failure = assemblyai::failure_from_http(status, "", "*; the answer*");
  const std::string number = "status " + std::to_string(status);
  failure.message.replace(failure.message.rfind(number), number.size(),
                          "status " + std::string(kStatus));
  return failure;
}

std::string http_statuses_block() {
  std::vector<Statuses> all;
  for (unsigned status = 200; status < 600; status++) {
    const Failure failure = failure_for_any(status);
    const auto same = std::find_if(all.begin(), all.end(), [&](const Statuses &entry) {
      return entry.failure.message == failure.message && entry.failure.kind == failure.kind &&
             entry.failure.retry == failure.retry;
    });
    if (same == all.end()) {
      all.push_back({failure, status, status});
      continue;
    }
    same->has_holes = same->has_holes || same->last + 1 != status;
    same->last = status;
  }
  std::string table = header({"status", "kind", "domain and code", "text", "retry"});
  for (const Statuses &entry : all)
    table += row(cells({entry.name()}, entry.failure));
  return table;
}

}  // namespace

std::map<std::string, Block> failure_blocks() {
  return {{"close-codes", close_codes_block},
          {"close-texts", texts_block},
          {"http-statuses", http_statuses_block}};
}

}  // namespace docs
