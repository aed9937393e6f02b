// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/errors.h"

#include "protocol/text.h"

namespace assemblyai {

namespace {

struct Mapping {
  GQuark domain;
  gint code;
  const char *kind;
};

Mapping map(FailureKind kind) {
  switch (kind) {
    case FailureKind::kSettings:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "settings"};
    case FailureKind::kUnauthorized:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED, "unauthorized"};
    case FailureKind::kNotFound:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "not-found"};
    case FailureKind::kConnect:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE, "connect"};
    case FailureKind::kBusy:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "busy"};
    case FailureKind::kLost:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "lost"};
    case FailureKind::kProtocol:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "protocol"};
    case FailureKind::kFormat:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "format"};
    case FailureKind::kLate:
      return {GST_CORE_ERROR, GST_CORE_ERROR_CLOCK, "late"};
    case FailureKind::kExhausted:
      return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, "exhausted"};
    case FailureKind::kInternal:
      break;
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED, "internal"};
}

// A full stop, unless the service's own words at the end have one.
std::string sentence(const std::string &text) {
  const bool ends =
      text.ends_with(".") || text.ends_with("…") || text.ends_with("!") || text.ends_with("?");
  return ends ? text : text + ".";
}

void post(GstElement *element, GstMessageType type, const Failure &failure, const LogPlace &place) {
  ErrorReport report = describe(failure);
  gst_element_message_full_with_details(element, type, report.domain, report.code,
                                        g_strdup(report.text.c_str()),
                                        g_strdup(report.debug.c_str()), place.file, place.function,
                                        place.line, report.details.release());
}

}  // namespace

ErrorReport describe(const Failure &failure) {
  const Mapping mapping = map(failure.kind);
  // Terminals show them, whoever has written a part: the service, a library, the user.
  ErrorReport report{mapping.domain,
                     mapping.code,
                     sentence(printable(failure.message, kMaxFailureText)),
                     printable(failure.detail, kMaxFailureText),
                     {}};
  report.details.reset(gst_structure_new("assemblyai-error", "kind", G_TYPE_STRING, mapping.kind,
                                         "close-code", G_TYPE_UINT, failure.close_code,
                                         "http-status", G_TYPE_UINT, failure.http_status, nullptr));
  return report;
}

void post_error(GstElement *element, const Failure &failure, LogPlace place) {
  post(element, GST_MESSAGE_ERROR, failure, place);
}

void post_warning(GstElement *element, const Failure &failure, LogPlace place) {
  post(element, GST_MESSAGE_WARNING, failure, place);
}

}  // namespace assemblyai
