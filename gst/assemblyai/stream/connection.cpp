// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream/connection.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/decode.h"
#include "protocol/failure.h"

namespace assemblyai {

namespace {

// The close frame follows Termination at once; nobody should wait for one that
// got lost.
constexpr std::chrono::milliseconds kCloseTimeout{1000};
// In a row, of a service that sends them at regular intervals.
constexpr int kMissedHeartbeats = 3;
// Chunks follow one another faster, unless there is no audio.
constexpr std::chrono::seconds kPause{2};

std::string seconds_text(nanoseconds duration) {
  const Owned<char> text(
      g_strdup_printf("%.4g s", std::chrono::duration<double>(duration).count()));
  return text.get();
}

// What the service has to say of the audio; the rest it may say for ever.
bool is_result(const ServerMessage &message) {
  return std::holds_alternative<Turn>(message) || std::holds_alternative<SpeechStarted>(message) ||
         std::holds_alternative<SpeakerRevision>(message) ||
         std::holds_alternative<LlmGatewayResponse>(message);
}

}  // namespace

Connection::Connection(EventLoop &loop, const TransportFactory &factory, Options options,
                       ConnectionObserver &observer)
    : loop_(loop),
      options_(std::move(options)),
      observer_(observer),
      heartbeat_interval_(options_.heartbeat_interval) {
  const auto pings = std::chrono::ceil<std::chrono::seconds>(options_.keepalive_interval);
  options_.keepalive_interval = pings;
  transport_ = factory(*this, {.keepalive_interval = pings});
}

void Connection::finish() {
  finish_wanted_ = true;
  apply(Input::kFinish);
}

void Connection::leave() {
  finish_wanted_ = true;
  apply(Input::kLeave);
}

bool Connection::may_send() {
  if (state_ != State::kStreaming && state_ != State::kDraining && state_ != State::kLeaving)
    return false;
  if (transport_->writable()) {
    blocked_since_.reset();
    return true;
  }
  if (!blocked_since_)
    blocked_since_ = loop_.now();
  return false;
}

void Connection::send(const ClientMessage &message) {
  const auto *update = std::get_if<UpdateConfiguration>(&message);
  if (update != nullptr && update->parameters.contains("session_heartbeat")) {
    last_heartbeat_.reset();  // there may be none from now on
    heartbeat_interval_ = {};
  }
  if (update != nullptr) {
    for (const auto &[name, value] : update->parameters) {
      if (is_secret(name))
        info_.request.redaction.add(Secret(query_value(value)));
    }
  }
  transport_->send_text(encode(message));
}

void Connection::send_audio(std::span<const std::byte> data) {
  transport_->send_binary(data);
  const nanoseconds now = loop_.now();
  if (!unheard_since_ || now - last_sent_ >= kPause)
    unheard_since_ = now;
  last_sent_ = now;
  apply(Input::kAudioSent);
}

void Connection::apply(Input input) {
  const State before = state_;
  const Transition transition = step(before, input);
  if (transition == Transition{before, {}})
    return;
  state_ = transition.next;
  if (state_ != before) {
    log(LogLevel::kDebug, options_.label, "%s: %s -> %s", std::string(name_of(input)).c_str(),
        std::string(name_of(before)).c_str(), std::string(name_of(state_)).c_str());
  }
  for (const Action action : transition.actions) {
    perform(action, before);
    // What an action reports may lead to the next input, a call to leave() for one.
    if (state_ != transition.next)
      return;
  }
  if (state_ == State::kStreaming && finish_wanted_)
    apply(Input::kFinish);
}

void Connection::perform(Action action, State before) {
  switch (action) {
    case Action::kNone:
      return;
    case Action::kPrepare:
      return prepare();
    case Action::kOpen:
      return transport_->open(info_);
    case Action::kReportConnecting:
      return observer_.on_connecting();
    case Action::kArmConnect:
      return arm(options_.connect_timeout);
    case Action::kArmDrain:
      return arm(options_.drain_timeout);
    case Action::kArmClose:
      return arm(kCloseTimeout);
    case Action::kDisarm:
      return deadline_.reset();
    case Action::kAllowAudio:
      return observer_.on_may_send();
    case Action::kSendTerminate:
      return send_terminate();
    case Action::kClose:
      return close();
    case Action::kReportBegin:
      return observer_.on_begin(*begin_, info_.request.parameters);
    case Action::kNoteTimeout:
      return note_timeout(before);
    case Action::kNoteLeft:
      left_ = true;
      return;
    case Action::kReportEnd:
      return report_end();
  }
}

void Connection::prepare() {
  const auto answer = [weak = std::weak_ptr(self_)](Result<ConnectionInfo> info) {
    return [weak, info = std::move(info)] {
      if (const auto self = weak.lock())
        (*self)->on_prepared(info);
    };
  };
  std::optional<Failure> missing = loop_.background(
      [source = options_.info, weak = std::weak_ptr(self_), answer]() -> std::function<void()> {
        return weak.expired() ? std::function<void()>([] {}) : answer(source());
      });
  if (missing)
    loop_.invoke(answer(std::move(*missing)));
}

void Connection::on_prepared(Result<ConnectionInfo> info) {
  if (state_ != State::kPreparing)
    return;
  if (info) {
    info_ = std::move(*info);
    apply(Input::kPrepared);
  } else {
    end_.failure = std::move(info.failure());
    apply(Input::kClosed);
  }
}

// A message that takes longer than that is progress at the end of a session. A connection has to
// be made in time.
void Connection::arm(nanoseconds delay) {
  const std::uint64_t received = transport_ ? transport_->received() : 0;
  deadline_ = loop_.after(delay, [this, delay, received] {
    const bool at_end = state_ == State::kTerminating || state_ == State::kDraining;
    if (at_end && is_receiving(received, delay))
      return arm(delay);
    apply(Input::kDeadline);
  });
}

// Whether a part of a message has come since then, at a rate at which it also comes to an end.
bool Connection::is_receiving(std::uint64_t received, nanoseconds since) const {
  constexpr double kLeast = 4096;      // bytes: more than answers to pings
  constexpr double kLeastRate = 1024;  // bytes a second: it may have begun late
  const double seconds = std::chrono::duration<double>(since).count();
  return static_cast<double>(transport_->received() - received) >=
         std::max(kLeast, kLeastRate * seconds);
}

void Connection::send_terminate() {
  terminate_sent_ = true;
  transport_->send_text(encode(Terminate{}));
}

// An open session is billed: whatever the reason to close, it is told to end. One
// that the service has ended, by Error or Termination, takes no more messages.
void Connection::close() {
  if (opened_at_ && !terminate_sent_ && !error_ && !end_.termination)
    send_terminate();
  transport_.reset();
}

void Connection::on_opened() {
  opened_at_ = loop_.now();
  apply(Input::kOpened);
}

void Connection::on_text(std::string_view text) {
  last_heard_ = loop_.now();
  received_ = transport_->received();
  unheard_since_.reset();
  observer_.on_frame(text);
  Result<ServerMessage> message = decode(text, {}, info_.request.redaction);
  if (!message) {
    if (state_ == State::kBeginning)
      refuse_opening(std::move(message.failure()));
    else
      observer_.on_undecodable(message.failure());
    return;
  }
  if (auto *begin = std::get_if<Begin>(&*message))
    handle(std::move(*begin));
  else if (auto *error = std::get_if<ServerError>(&*message))
    handle(std::move(*error));
  else if (auto *termination = std::get_if<Termination>(&*message))
    handle(*termination);
  else {
    // Others, heartbeats for one, come as long as the service is there: that is no progress.
    if (std::holds_alternative<Heartbeat>(*message))
      note_heartbeat();
    else if (is_result(*message))
      apply(Input::kHeard);
    observer_.on_message(std::move(*message));
  }
}

void Connection::handle(Begin begin) {
  if (begin_ || state_ != State::kBeginning) {
    log(LogLevel::kWarning, options_.label, "ignored a Begin that comes too late");
    return;
  }
  begin_ = std::move(begin);
  end_.begun = true;
  end_.session_id = begin_->id;
  last_heard_ = loop_.now();
  last_heartbeat_ = last_heard_;  // they are counted from here
  const ParameterSet &asked = info_.request.parameters;
  if (asked.contains("session_heartbeat") && !is_on(asked, "session_heartbeat"))
    heartbeat_interval_ = {};
  if (options_.keepalive_interval > nanoseconds::zero())
    watch_after(2 * options_.keepalive_interval);
  apply(Input::kBegin);
}

void Connection::handle(ServerError error) {
  error_ = std::move(error);
  apply(Input::kError);
}

void Connection::handle(Termination termination) {
  end_.termination = termination;
  apply(Input::kTermination);
}

// After one that is late the next one comes soon: it takes some to make the interval shorter.
void Connection::note_heartbeat() {
  has_beaten_ = true;
  if (last_heartbeat_)
    heartbeat_interval_ = std::max(last_heard_ - *last_heartbeat_, heartbeat_interval_ * 3 / 4);
  last_heartbeat_ = last_heard_;
}

// Not even the first message makes sense: this is another kind of service, at the moment.
void Connection::refuse_opening(Failure failure) {
  failure.retry = Retry::kOnceKnown;
  failure.message =
      "The endpoint does not speak AssemblyAI streaming v3: check the endpoint property";
  end_.failure = std::move(failure);
  apply(Input::kError);
}

void Connection::on_alive() {
  has_answered_ = true;
  received_ = transport_->received();
  last_heard_ = loop_.now();
}

void Connection::on_writable() {
  observer_.on_may_send();
}

void Connection::on_ended(TransportEnd end) {
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

void Connection::note_timeout(State state) {
  Failure failure{.kind = FailureKind::kConnect, .retry = Retry::kBackOff};
  const bool opening =
      state == State::kPreparing || state == State::kConnecting || state == State::kBeginning;
  const std::string limit =
      seconds_text(opening ? options_.connect_timeout : options_.drain_timeout);
  if (state == State::kPreparing) {
    failure.message = "What is needed to connect was not there within " + limit +
                      ": the handler of request-token, the files of api-key-file and "
                      "ssl-ca-file or the system's proxy settings have to answer faster, or "
                      "raise connect-timeout";
  } else if (state == State::kConnecting) {
    const std::string &proxy = info_.shown_proxy;
    failure.message = "Could not connect to the endpoint" +
                      (proxy.empty() ? "" : " through the proxy " + proxy) + " within " + limit +
                      " (still " + std::string(transport_->progress()) + "): check " +
                      (proxy.empty() ? "" : "the proxy, ") +
                      "the network and the endpoint property, or raise connect-timeout";
  } else if (state == State::kBeginning) {
    failure.message = "The service accepted the connection but did not begin a session within " +
                      limit + ": try again, or raise connect-timeout";
  } else {
    // Those who wait for the end have waited long enough.
    failure.kind = FailureKind::kLost;
    failure.retry = Retry::kNever;
    failure.message = "The service did not finish the session within " + limit +
                      ", so the last words may be missing: check the network, or raise "
                      "drain-timeout";
  }
  end_.failure = std::move(failure);
}

// What is reported is decided here alone, from the facts.
void Connection::report_end() {
  watch_timer_.reset();
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
  end_.open_for = open_for();
  end_.has_answered = has_answered_;
  // Of one that has sent none, others' interval says nothing.
  if (has_beaten_ || !end_.fell_silent)
    end_.heartbeat_interval = heartbeat_interval_;
  if (end_.close_code == 0 && end_.failure)
    end_.close_code = end_.failure->close_code;
  if (error_ && !error_->text.empty())
    end_.reason = error_->text;
  observer_.on_connection_ended(std::exchange(end_, {}));
}

void Connection::watch_after(nanoseconds delay) {
  watch_due_ = loop_.now() + delay;
  watch_timer_ = loop_.after(delay, [this] { watch(); });
}

// Notices a peer that vanished without a word.
void Connection::watch() {
  const nanoseconds now = loop_.now();
  // The loop itself was held up: what the peer has sent meanwhile is still to be read.
  if (now - watch_due_ > options_.keepalive_interval / 2)
    return watch_after(options_.keepalive_interval);
  note_part_of_message();
  Silence silence = unanswered_pings();
  const std::optional<Silence> missed = missed_heartbeats();
  if (missed && missed->due < silence.due)
    silence = *missed;
  if (now < silence.due)
    return watch_after(silence.due - now);
  fall_silent(silence.since, silence.detail);
}

// Over a slow link a long message takes longer than a silence may; the pongs come after it.
void Connection::note_part_of_message() {
  if (!is_receiving(received_, loop_.now() - last_heard_))
    return;
  received_ = transport_->received();
  last_heard_ = loop_.now();
  if (unheard_since_)
    unheard_since_ = last_heard_;
}

Connection::Silence Connection::unanswered_pings() const {
  nanoseconds since = options_.answers_pings || has_answered_ ? last_heard_ : loop_.now();
  if (blocked_since_)  // it may still send
    since = std::min(since, *blocked_since_);
  return {.since = since,
          .due = since + 2 * options_.keepalive_interval,
          .detail = blocked_since_ ? "it takes no more data" : "no answer to pings"};
}

// Pings may be answered on the way, by a gateway whose service is gone.
std::optional<Connection::Silence> Connection::missed_heartbeats() const {
  const bool knows_interval = heartbeat_interval_ > nanoseconds::zero();
  const bool is_sending = unheard_since_ && loop_.now() - last_sent_ < kPause;
  if (!is_sending || !knows_interval || terminate_sent_)
    return std::nullopt;
  const nanoseconds limit =
      std::max(2 * options_.keepalive_interval, kMissedHeartbeats * heartbeat_interval_);
  return Silence{
      .since = *unheard_since_, .due = *unheard_since_ + limit, .detail = "no more heartbeats"};
}

void Connection::fall_silent(nanoseconds since, const char *detail) {
  end_.failure = Failure{.kind = FailureKind::kLost,
                         .retry = Retry::kBackOff,
                         .message = "The service has not answered for " +
                                    seconds_text(loop_.now() - since) + ": check the network",
                         .detail = detail,
                         .close_code = 1006};
  end_.fell_silent = true;
  close();
  apply(Input::kClosed);
}

}  // namespace assemblyai
