// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/sink_impl.h"

#include <utility>

#include "element/debug.h"
#include "element/errors.h"
#include "element/parameter_properties.h"
#include "element/parameter_values.h"
#include "element/properties.h"
#include "element/signals.h"
#include "element/target.h"
#include "session/soup_transport.h"

namespace assemblyai {

namespace {

// What the base class returns from a wait that a step ended; its name is private there.
constexpr GstFlowReturn kFlowStep = GST_FLOW_CUSTOM_ERROR;

nanoseconds from_ms(guint milliseconds) {
  return std::chrono::milliseconds(milliseconds);
}

void add(SessionStats &total, const SessionStats &part) {
  total.audio_sent_bytes += part.audio_sent_bytes;
  total.audio_dropped_bytes += part.audio_dropped_bytes;
  total.messages_sent += part.messages_sent;
  total.messages_received += part.messages_received;
  total.messages_undecodable += part.messages_undecodable;
  total.partials += part.partials;
  total.finals += part.finals;
  total.warnings += part.warnings;
  total.speaker_revisions += part.speaker_revisions;
  total.llm_responses += part.llm_responses;
  total.heartbeats += part.heartbeats;
  total.realtime_factor = part.realtime_factor;
  total.silence += part.silence;
  total.audio_seconds += part.audio_seconds;
  total.session_seconds += part.session_seconds;
  total.audio_queued_bytes = part.audio_queued_bytes;
  total.state = part.state;
  total.session_id = part.session_id;
}

nanoseconds arrival_now() {
  return std::chrono::microseconds(g_get_monotonic_time());
}

guint64 ns(std::uint64_t bytes) {
  return gst_util_uint64_scale(bytes, GST_SECOND, kBytesPerSecond);
}

std::string time_text(std::uint64_t bytes) {
  const Owned<char> text(g_strdup_printf("%" GST_TIME_FORMAT, GST_TIME_ARGS(ns(bytes))));
  return text.get();
}

// What an update must not say.
std::optional<Failure> refuse_change(const std::string &name, const ParameterValue &value) {
  const Parameter *parameter = find_parameter(name);
  if (parameter != nullptr && !parameter->updatable)
    return Failure{.kind = FailureKind::kSettings,
                   .message = name + " cannot be changed in a session: set it before"};
  if (parameter != nullptr && is_cleared(value) && !parameter->clearable)
    return Failure{.kind = FailureKind::kSettings,
                   .message = name + " cannot be taken back in a session: give it a value"};
  return validate_value(name, value);
}

}  // namespace

SinkImpl::SinkImpl(GstBaseSink *sink)
    : sink_(sink), messages_(std::make_shared<std::atomic<guint>>(kDefaultMessages)) {}

SinkImpl::~SinkImpl() {
  leave(Session::Rest::kDiscard);
}

bool SinkImpl::set_property(guint id, const GValue *value) {
  Settings settings;
  std::optional<Failure> refused;
  {
    const std::lock_guard lock(mutex_);
    settings = settings_->copy();
    PropertyChange change = assemblyai::set_property(settings, id, value);
    if (!change.known)
      return false;
    messages_->store(settings.messages);
    ParameterSet changes;
    if (change.parameter)
      changes.insert(std::move(*change.parameter));
    refused = accept(changes, settings);
    if (run_.session && !change.unset.empty())
      run_.session->withdraw(change.unset);
  }
  if (refused)
    post_warning(GST_ELEMENT(sink_), *refused);
  return true;
}

// The settings with these changes; gives back the ones before. A session that is
// running is told; what is wrong is refused then, because it would end that session or
// keep the next from beginning.
std::optional<Failure> SinkImpl::accept(const ParameterSet &changes, Settings &settings) {
  const bool running = run_.session && !run_.session->ended();
  ParameterSet update;
  for (const auto &[name, value] : changes) {
    std::optional<Failure> failure = validate_value(name, value);
    if (failure && running) {
      failure->message += "; the value before stays";
      return in_property_names(std::move(*failure), settings);
    }
    const Parameter *parameter = find_parameter(name);
    if (parameter == nullptr || parameter->updatable)
      update.emplace(name, value);
  }
  settings_->swap(settings);
  if (running && !update.empty())
    run_.session->update(update);
  return std::nullopt;
}

bool SinkImpl::update_configuration(const GstStructure *structure) {
  const ParameterSet changes = from_structure(structure);
  Settings settings;
  std::optional<Failure> refused;
  for (const auto &[name, value] : changes) {
    if (!refused)
      refused = refuse_change(name, value);
  }
  if (!refused) {
    const std::lock_guard lock(mutex_);
    settings = settings_->copy();
    for (const auto &[name, value] : changes)
      set_parameter(settings, name, value);
    refused = accept(changes, settings);
  }
  if (refused) {
    post_warning(GST_ELEMENT(sink_), *refused);
    return false;
  }
  for (const auto &[name, value] : changes) {
    const ParameterProperty *property = property_of_parameter(name);
    g_object_notify(G_OBJECT(sink_), property != nullptr ? property->name : "extra-parameters");
  }
  return true;
}

bool SinkImpl::force_endpoint() {
  const Run run = current();
  return run.session && run.session->force_endpoint();
}

bool SinkImpl::get_property(guint id, GValue *value) {
  if (id == kPropertyStats) {
    g_value_take_boxed(value, stats().release());
    return true;
  }
  return assemblyai::get_property(settings_->copy(), id, value);
}

void SinkImpl::prepare() {
  const std::lock_guard lock(mutex_);
  restarted_ = true;
  past_ = {};
  sessions_ = 0;
  next_turn_ = 0;
  interrupted_ = false;
  failed_ = false;
  closed_ = false;
}

void SinkImpl::stop() {
  GST_DEBUG_OBJECT(sink_, "stop");
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  leave(Session::Rest::kSend);
}

void SinkImpl::flush_start() {
  GST_DEBUG_OBJECT(sink_, "flush");
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  leave(Session::Rest::kDiscard);
}

// A new segment follows, on the streaming thread.
void SinkImpl::flush_stop() {
  const std::lock_guard lock(mutex_);
  restarted_ = true;
  closed_ = false;
}

void SinkImpl::unlock() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  if (run_.session)
    run_.session->interrupt();
}

void SinkImpl::unlock_stop() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
  if (run_.session)
    run_.session->resume();
}

GstFlowReturn SinkImpl::render(GstBuffer *buffer) {
  restart_input();
  if (!is_negotiated() || !is_at_normal_rate())
    return GST_FLOW_OK;
  return take(input_.convert(buffer, sink_->segment, arrival_now()));
}

GstFlowReturn SinkImpl::gap(GstClockTime start, GstClockTime duration) {
  restart_input();
  if (sink_->segment.format != GST_FORMAT_TIME || !is_at_normal_rate())
    return GST_FLOW_OK;
  return take(input_.gap(start, duration, sink_->segment, arrival_now()));
}

// After a flush or from READY on nothing is missing before the first audio.
void SinkImpl::restart_input() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(restarted_, false))
    input_.reset();
}

GstFlowReturn SinkImpl::take(InputAudio input) {
  GstFlowReturn flow = GST_FLOW_OK;
  // Nobody pays for a session of silence.
  if (!input.silence.data.empty())
    flow = push(std::move(input.silence), &SinkImpl::current);
  if (input.ends_turn)
    force_endpoint();
  if (flow == GST_FLOW_OK && !input.audio.data.empty())
    flow = push(std::move(input.audio), &SinkImpl::current_or_new);
  return flow;
}

GstFlowReturn SinkImpl::push(AudioBlock block, Run (SinkImpl::*session)()) {
  for (;;) {
    const Run run = (this->*session)();
    if (!run.session) {
      const std::lock_guard lock(mutex_);
      return closed_ && !failed_ ? GST_FLOW_FLUSHING : GST_FLOW_OK;
    }
    switch (run.session->push(std::move(block))) {
      case Session::PushResult::kAccepted:
        return GST_FLOW_OK;
      case Session::PushResult::kInterrupted:
        if (const GstFlowReturn flow = gst_base_sink_wait_preroll(sink_); flow != GST_FLOW_OK)
          return flow;
        break;
      case Session::PushResult::kEnded:
        retire(run.session);
        break;
    }
  }
}

// The service hears speech at its own pace; sped up, slowed down or backwards there
// is nothing to recognise in time.
bool SinkImpl::is_at_normal_rate() {
  const gdouble rate = sink_->segment.rate;
  if (rate == 1.0)
    return true;
  input_.reset();
  if (std::exchange(odd_rate_, true))
    return false;
  force_endpoint();
  const Owned<char> text(g_strdup_printf(
      "There are no captions while the playback rate is %g: they go on at the rate 1", rate));
  post_warning(GST_ELEMENT(sink_), {.kind = FailureKind::kFormat, .message = text.get()});
  return false;
}

void SinkImpl::new_segment() {
  input_.new_segment();
  odd_rate_ = false;
}

// Bytes of a file, say: upstream has no caps then, or counts no time.
bool SinkImpl::is_negotiated() {
  if (sink_->segment.format == GST_FORMAT_TIME &&
      gst_pad_has_current_caps(GST_BASE_SINK_PAD(sink_)) != FALSE)
    return true;
  refuse({.kind = FailureKind::kFormat,
          .message = "The input is not audio with caps and time stamps: put a demuxer or parser "
                     "such as wavparse, rawaudioparse or decodebin, then audioconvert and "
                     "audioresample, before the element"});
  return false;
}

bool SinkImpl::end_of_stream(GstEvent *event) {
  // As the base class does for EOS: in PAUSED it is the preroll, and the wait for the
  // last turns must not keep the element from getting there, or away.
  if (gst_base_sink_do_preroll(sink_, GST_MINI_OBJECT_CAST(event)) != GST_FLOW_OK)
    return false;
  const Run run = current();
  if (!run.session)
    return true;
  GST_DEBUG_OBJECT(sink_, "end of stream: waiting for the last turns");
  run.session->finish();
  for (;;) {
    switch (run.session->wait_end()) {
      case Session::WaitResult::kEnded:
        retire(run.session);
        return true;
      case Session::WaitResult::kLeft:
        return false;
      case Session::WaitResult::kInterrupted:
        if (const GstFlowReturn flow = gst_base_sink_wait_preroll(sink_);
            flow != GST_FLOW_OK && flow != kFlowStep)
          return false;
        break;
    }
  }
}

SinkImpl::Run SinkImpl::current() {
  const std::lock_guard lock(mutex_);
  return run_;
}

SinkImpl::Run SinkImpl::current_or_new() {
  {
    const std::lock_guard lock(mutex_);
    if (run_.session || failed_ || closed_)
      return run_;
  }
  Run run = open();
  if (!run.session)
    return run;
  {
    const std::lock_guard lock(mutex_);
    if (closed_)
      return {};  // flushed or stopped meanwhile; it has not been started
    run_ = run;
    sessions_++;
    if (interrupted_)
      run_.session->interrupt();
  }
  run.session->start();
  return run;
}

SinkImpl::Run SinkImpl::open() {
  const Settings settings = settings_->copy();
  std::uint64_t first_turn = 0;
  {
    const std::lock_guard lock(mutex_);
    first_turn = next_turn_;
  }
  const Owned<char> name(gst_object_get_name(GST_OBJECT(sink_)));
  SessionOptions options{
      .chunk_duration = from_ms(settings.chunk_duration_ms),
      .max_backlog = from_ms(settings.max_backlog_ms),
      .connect_timeout = from_ms(settings.connect_timeout_ms),
      .drain_timeout = from_ms(settings.drain_timeout_ms),
      .keepalive_interval = from_ms(settings.keepalive_interval_ms),
      .overflow = upstream_is_live() ? Overflow::kDropOldest : Overflow::kBlock,
      .first_turn = first_turn,
      .label = name.get(),
  };
  GST_INFO_OBJECT(sink_, "opening a session; input is %s",
                  options.overflow == Overflow::kDropOldest ? "live" : "not live");
  const std::shared_ptr<Worker> worker = Worker::acquire();
  const auto factory = [worker](TransportObserver &observer, const TransportOptions &transport) {
    return make_soup_transport(worker, observer, transport);
  };
  auto reporter = std::make_shared<BusReporter>(GST_ELEMENT(sink_), worker, messages_);
  auto session = Session::create(std::move(options), target_source(), worker, factory, reporter);
  return {std::move(session), std::move(reporter)};
}

// The element may be gone by the time of the call: its settings are not.
TargetSource SinkImpl::target_source() const {
  const auto element = std::make_shared<WeakRef<GstElement>>(GST_ELEMENT(sink_));
  return [element, settings = settings_]() -> Result<Target> {
    Secret token;
    if (const Ref<GstElement> strong = element->lock())
      token = emit_request_token(strong.get());
    return make_target(settings->copy(), token);
  };
}

void SinkImpl::refuse(const Failure &failure) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true))
      return;
  }
  post_error(GST_ELEMENT(sink_), failure);
}

bool SinkImpl::upstream_is_live() const {
  const GstOwned<GstQuery> query(gst_query_new_latency());
  if (gst_pad_peer_query(GST_BASE_SINK_PAD(sink_), query.get()) == FALSE)
    return false;
  gboolean live = FALSE;
  gst_query_parse_latency(query.get(), &live, nullptr, nullptr);
  return live != FALSE;
}

// Keeps the figures of a session that has ended and lets go of it.
void SinkImpl::retire(const std::shared_ptr<Session> &session) {
  const SessionStats stats = session->stats();
  const std::uint64_t next_turn = session->next_turn();
  GST_INFO_OBJECT(sink_, "session '%s' is over: %s of audio sent, %" G_GUINT64_FORMAT " turns",
                  stats.session_id.c_str(), time_text(stats.audio_sent_bytes).c_str(),
                  stats.finals);
  const std::lock_guard lock(mutex_);
  if (run_.session != session)
    return;
  add(past_, stats);
  next_turn_ = next_turn;
  failed_ = failed_ || run_.reporter->failed();
  run_ = {};
}

void SinkImpl::leave(Session::Rest rest) {
  const Run run = current();
  if (!run.session)
    return;
  run.session->leave(rest);
  retire(run.session);
  const std::lock_guard lock(mutex_);
  past_.state = "idle";
}

GstOwned<GstStructure> SinkImpl::stats() const {
  GstOwned<GstStructure> structure(gst_base_sink_get_stats(sink_));
  gst_structure_set_name(structure.get(), "assemblyai-stats");
  SessionStats total;
  std::uint64_t sessions = 0;
  Run run;
  {
    const std::lock_guard lock(mutex_);
    total = past_;
    sessions = sessions_;
    run = run_;
  }
  if (run.session)
    add(total, run.session->stats());
  gst_structure_set(
      structure.get(), "state", G_TYPE_STRING, total.state.c_str(), "session-id", G_TYPE_STRING,
      total.session_id.c_str(), "sessions", G_TYPE_UINT64, guint64{sessions}, "audio-sent",
      G_TYPE_UINT64, ns(total.audio_sent_bytes), "audio-queued", G_TYPE_UINT64,
      ns(total.audio_queued_bytes), "audio-lost", G_TYPE_UINT64, ns(total.audio_dropped_bytes),
      "messages-sent", G_TYPE_UINT64, guint64{total.messages_sent}, "messages-received",
      G_TYPE_UINT64, guint64{total.messages_received}, "messages-undecodable", G_TYPE_UINT64,
      guint64{total.messages_undecodable}, "partials", G_TYPE_UINT64, guint64{total.partials},
      "finals", G_TYPE_UINT64, guint64{total.finals}, "warnings", G_TYPE_UINT64,
      guint64{total.warnings}, "speaker-revisions", G_TYPE_UINT64, guint64{total.speaker_revisions},
      "llm-responses", G_TYPE_UINT64, guint64{total.llm_responses}, "heartbeats", G_TYPE_UINT64,
      guint64{total.heartbeats}, "realtime-factor", G_TYPE_DOUBLE, total.realtime_factor, "silence",
      G_TYPE_UINT64, static_cast<guint64>(nanoseconds(total.silence).count()), "audio-seconds",
      G_TYPE_DOUBLE, total.audio_seconds, "session-seconds", G_TYPE_DOUBLE, total.session_seconds,
      nullptr);
  return structure;
}

}  // namespace assemblyai
