// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The end of a session, and its report.

#include <utility>

#include "base/glib_ptr.h"
#include "protocol/failure.h"
#include "stream/service_session.h"

namespace assemblyai {

namespace {

std::string seconds_text(nanoseconds duration) {
  const Owned<char> text(
      g_strdup_printf("%.4g s", std::chrono::duration<double>(duration).count()));
  return text.get();
}

}  // namespace

void ServiceSession::on_ended(TransportEnd end) {
  const Redaction &redact = info_.request.redaction;
  if (state_ != State::kClosing && end.failure) {
    end.failure->said = redact(end.failure->said);
    end.failure->detail = redact(end.failure->detail);
    end_.failure = std::move(end.failure);
  }
  end_.close_code = end.close_code;
  end_.reason = redact(end.reason);
  apply(Input::kClosed);
}

void ServiceSession::note_timeout(State state) {
  Failure failure{.kind = FailureKind::kConnect, .retry = Retry::kBackOff};
  const bool opening =
      state == State::kPreparing || state == State::kConnecting || state == State::kBeginning;
  const std::string limit =
      seconds_text(opening ? options_.connect_timeout : options_.drain_timeout);
  if (state == State::kPreparing) {
    failure.message =
        "Preparing the connection (token handler, key or CA file, proxy lookup) took more than " +
        limit + "; make these steps faster or raise connect-timeout";
  } else if (state == State::kConnecting) {
    const std::string &proxy = info_.shown_proxy;
    failure.message = "Could not connect to the endpoint" +
                      (proxy.empty() ? "" : " through the proxy " + proxy) + " within " + limit +
                      " (still " + std::string(transport_->progress()) + "); check " +
                      (proxy.empty() ? "" : "the proxy, ") +
                      "the network and the endpoint property, or raise connect-timeout";
  } else if (state == State::kBeginning) {
    failure.message = "The service accepted the connection but did not begin a session within " +
                      limit + "; try again or raise connect-timeout";
  } else {
    // The application has waited long enough for the end.
    failure.kind = FailureKind::kLost;
    failure.retry = Retry::kNever;
    failure.message =
        "The service did not end the session within " + limit +
        ", and the last words may be missing; check the network or raise drain-timeout";
  }
  end_.failure = std::move(failure);
}

// The only place that decides, from the facts, what is reported.
void ServiceSession::report_end() {
  liveness_.stop();
  deadline_.reset();
  const bool over = end_.termination.has_value() && terminate_sent_;
  const bool closed_after_terminate =
      terminate_sent_ && (end_.close_code == 1000 || end_.close_code == 1005);
  if (left_ || over || (closed_after_terminate && !error_))
    end_.failure.reset();
  else if (!end_.failure)
    end_.failure = failure_from_close(end_.close_code, end_.reason, error_);
  if (end_.failure && end_.failure->retry == Retry::kNewToken)
    end_.failure->retry = info_.has_new_token ? Retry::kBackOff : Retry::kFewTimesOnceKnown;
  end_.open_for = opened_at_ ? loop_.now() - *opened_at_ : nanoseconds();
  if (end_.close_code == 0 && end_.failure)
    end_.close_code = end_.failure->close_code;
  if (error_ && !error_->text.empty())
    end_.reason = error_->text;
  log_end();
  owner_.on_session_ended(*this, std::exchange(end_, {}));
}

void ServiceSession::log_end() const {
  const std::string why = end_.failure ? end_.failure->message + ": " + end_.failure->detail : "";
  ASSEMBLYAI_LOG(options_.log, kSession, kInfo, "session '%s' ended after %s, code %u '%s'%s%s",
                 end_.session_id.c_str(), seconds_text(end_.open_for).c_str(), end_.close_code,
                 end_.reason.c_str(), why.empty() ? "" : ": ", why.c_str());
}

void ServiceSession::fall_silent(nanoseconds since, const char *detail) {
  end_.failure = Failure{.kind = FailureKind::kLost,
                         .retry = Retry::kBackOff,
                         .message = "The service has not responded for " +
                                    seconds_text(loop_.now() - since) + "; check the network",
                         .detail = detail,
                         .close_code = 1006};
  close();
  apply(Input::kClosed);
}

}  // namespace assemblyai
