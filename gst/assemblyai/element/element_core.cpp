// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/element_core.h"

#include <utility>

#include "element/connection_info.h"
#include "element/debug.h"
#include "element/errors.h"
#include "element/parameter_properties.h"
#include "element/parameter_values.h"
#include "element/properties.h"
#include "element/settings_change.h"
#include "element/signals.h"
#include "stream/soup_transport.h"

#define GST_CAT_DEFAULT category()

namespace assemblyai {

namespace {

nanoseconds from_ms(guint milliseconds) {
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace

ElementCore::ElementCore(ElementHost &host, TextMode default_mode)
    : host_(host),
      messages_(std::make_shared<std::atomic<guint>>(kDefaultMessages)),
      captions_(std::make_shared<CaptionOutput>(host.element(), events_)) {
  Settings settings;
  settings.text.mode = default_mode;
  captions_->configure(settings.text);
  settings_->swap(settings);
}

ElementCore::~ElementCore() {
  captions_->set_pad({}, nullptr);  // the pad calls this object
  leave(Rest::kDiscard);
}

bool ElementCore::set_property(guint id, const GValue *value) {
  Settings settings;
  Settings now;
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
    now = settings;
    refused = accept_settings(changes, settings, *settings_, run_.stream.get());
    if (run_.stream && !change.unset.empty())
      run_.stream->withdraw(change.unset);
    configure_text();
  }
  if (refused)
    post_warning(element(), *refused);
  else if (settings.text.latency_ms != now.text.latency_ms)
    announce_latency();
  return true;
}

bool ElementCore::update_configuration(const GstStructure *structure) {
  const ParameterSet changes = normalized(from_structure(structure));
  Settings settings;
  std::optional<Failure> refused = refuse_update(changes);
  if (!refused) {
    const std::lock_guard lock(mutex_);
    settings = settings_->copy();
    for (const auto &[name, value] : changes)
      set_parameter(settings, name, value);
    refused = accept_settings(changes, settings, *settings_, run_.stream.get());
    configure_text();
  }
  if (refused) {
    post_warning(element(), *refused);
    return false;
  }
  for (const auto &[name, value] : changes)
    GST_DEBUG_OBJECT(element(), "%s is updated", name.c_str());
  for (const auto &[name, value] : changes)
    g_object_notify(G_OBJECT(element()), property_or_extra(name));
  return true;
}

// I/O thread. A value that was changed again in the meantime stays.
std::vector<std::string> ElementCore::take_back(const std::vector<RefusedChange> &changes) {
  const std::lock_guard lock(mutex_);
  Settings settings = settings_->copy();
  std::vector<std::string> names = restore_parameters(settings, changes);
  settings_->swap(settings);
  configure_text();
  return names;
}

void ElementCore::report_refused(const ChangesRefused &refused) {
  Failure failure = refused.failure;
  failure.message = refused_in_words(refused.parameters, failure);
  post_warning(element(), failure);
  for (const std::string &name : refused.parameters)
    g_object_notify(G_OBJECT(element()), property_or_extra(name));
}

bool ElementCore::force_endpoint() {
  const Run run = current();
  return run.stream && run.stream->force_endpoint();
}

bool ElementCore::get_property(guint id, GValue *value) {
  if (id == kPropertyStats) {
    g_value_take_boxed(value, stats().release());
    return true;
  }
  if (id == kPropertyCurrentCaption) {
    g_value_set_string(value, captions_->current_caption().c_str());
    return true;
  }
  if (id == kPropertyMaxObservedDelay) {
    g_value_set_uint(value, captions_->max_observed_delay_ms());
    return true;
  }
  return assemblyai::get_property(settings_->copy(), id, value);
}

void ElementCore::prepare() {
  GST_DEBUG_OBJECT(element(), "READY to PAUSED");
  captions_->reset();
  const std::lock_guard lock(mutex_);
  forget_input();
  past_ = {};
  group_.reset();
  if (text_.pad != nullptr)
    text_.pad->prepare();
  playing_ = false;
  interrupted_ = false;
  failed_ = false;
  closed_ = false;
}

void ElementCore::set_playing(bool playing) {
  GST_DEBUG_OBJECT(element(), "%s", playing ? "playing" : "paused");
  captions_->set_playing(playing);
  const std::lock_guard lock(mutex_);
  playing_ = playing;
  if (text_.pad != nullptr)
    text_.pad->set_playing(playing);
}

void ElementCore::stop() {
  GST_DEBUG_OBJECT(element(), "PAUSED to READY");
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  leave(Rest::kSend);
  captions_->clear();
  // Without the lock: the last owner joins the thread.
  std::shared_ptr<IoThread> io_thread;
  const std::lock_guard lock(mutex_);
  io_thread.swap(io_thread_);
}

void ElementCore::flush_start(GstEvent *event) {
  GST_DEBUG_OBJECT(element(), "flush");
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  leave(Rest::kDiscard);
  captions_->clear();
  if (const Text text = this->text(); text.pad != nullptr)
    text.pad->flush_start(event);
}

// A new segment follows on the streaming thread.
void ElementCore::flush_stop(GstEvent *event) {
  if (const Text text = this->text(); text.pad != nullptr)
    text.pad->flush_stop(event);
  const std::lock_guard lock(mutex_);
  forget_input();
  closed_ = false;
}

void ElementCore::unlock() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  if (run_.stream)
    run_.stream->interrupt();
  if (text_.pad != nullptr)
    text_.pad->interrupt();
}

void ElementCore::unlock_stop() {
  const std::lock_guard lock(mutex_);
  interrupted_ = false;
  if (run_.stream)
    run_.stream->resume();
  if (text_.pad != nullptr)
    text_.pad->resume();
}

// In PAUSED the EOS prerolls first: the wait for the last turns must not block a state change.
bool ElementCore::end_of_stream(GstEvent *event) {
  const guint32 seqnum = gst_event_get_seqnum(event);
  if (host_.wait_for_playing(event) != GST_FLOW_OK || !finish_stream() || !finish_text(seqnum))
    return false;
  captions_->clear();
  return true;
}

// A step has its own return value in the base class. It does not end a wait.
bool ElementCore::may_go_on(GstFlowReturn flow) {
  return flow == GST_FLOW_OK || flow == GST_FLOW_CUSTOM_ERROR;
}

bool ElementCore::finish_stream() {
  const Run run = current();
  if (!run.stream)
    return true;
  GST_DEBUG_OBJECT(element(), "end of stream: waiting for the last turns");
  run.stream->finish();
  for (;;) {
    switch (run.stream->wait_end()) {
      case WaitResult::kEnded:
        retire(run.stream);
        return true;
      case WaitResult::kLeft:
        return false;
      case WaitResult::kInterrupted:
        if (!may_go_on(host_.wait_for_playing()))
          return false;
        break;
    }
  }
}

// There is a session, or one is being opened.
bool ElementCore::has_session() {
  const Run run = current();
  return run.stream && !run.stream->idle();
}

ElementCore::Run ElementCore::current() {
  const std::lock_guard lock(mutex_);
  return run_;
}

ElementCore::Run ElementCore::current_or_new() {
  {
    const std::lock_guard lock(mutex_);
    if (run_.stream || failed_ || closed_)
      return run_;
  }
  Result<std::shared_ptr<IoThread>> io_thread = IoThread::acquire();
  if (!io_thread) {
    refuse(io_thread.failure());
    return {};
  }
  Run run = open(*io_thread);
  {
    const std::lock_guard lock(mutex_);
    if (closed_)
      return {};  // flushed or stopped in the meantime; the stream was not started
    run_ = run;
    io_thread_ = std::move(*io_thread);
    if (interrupted_)
      run_.stream->interrupt();
  }
  run.stream->start();
  return run;
}

StreamOptions ElementCore::stream_options() const {
  const Settings settings = settings_->copy();
  StreamOptions options{
      .chunk_duration = from_ms(settings.chunk_duration_ms),
      .max_backlog = from_ms(settings.max_backlog_ms),
      .connect_timeout = from_ms(settings.connect_timeout_ms),
      .drain_timeout = from_ms(settings.drain_timeout_ms),
      .idle_timeout = from_ms(settings.idle_timeout_ms),
      .keepalive_interval = from_ms(settings.keepalive_interval_ms),
      .retry = {.shortest = from_ms(settings.retry_delay_min_ms),
                .longest = from_ms(settings.retry_delay_max_ms),
                .most_retries = settings.max_retries},
      .overflow = upstream_latency().value_or(UpstreamLatency()).live ? Overflow::kDropOldest
                                                                      : Overflow::kBlock,
      .seed = g_random_int(),
      .log = Logger(make_log_sink(element())),
  };
  const std::lock_guard lock(mutex_);
  options.known = past_.known;
  options.first_turn = past_.next_turn;
  return options;
}

ElementCore::Run ElementCore::open(const std::shared_ptr<IoThread> &io_thread) {
  StreamOptions options = stream_options();
  GST_INFO_OBJECT(element(), "connecting; the input is %s",
                  options.overflow == Overflow::kDropOldest ? "live" : "not live");
  GST_DEBUG_OBJECT(element(), "messages of %s, backlog of %s, first turn %" G_GUINT64_FORMAT,
                   time_text(bytes_of(options.chunk_duration)).c_str(),
                   time_text(bytes_of(options.max_backlog)).c_str(), guint64{options.first_turn});
  const auto factory = [io_thread](TransportObserver &observer, const TransportOptions &transport) {
    return make_soup_transport(io_thread, observer, transport);
  };
  auto reporter = std::make_shared<BusReporter>(
      element(), BusReporter::Options{
                     .loop = io_thread,
                     .queue = events_,
                     .messages = messages_,
                     .captions = captions_,
                     .take_back = [this](const auto &changes) { return take_back(changes); },
                     .report_refused = [this](const auto &refused) { report_refused(refused); },
                 });
  auto stream = std::make_shared<Stream>(std::move(options), connection_info_source(), io_thread,
                                         factory, reporter->callbacks());
  return {std::move(stream), std::move(reporter)};
}

// The element may be gone at the time of the call; the settings are shared.
ConnectionInfoSource ElementCore::connection_info_source() const {
  const auto weak = std::make_shared<WeakRef<GstElement>>(element());
  const auto busy = std::make_shared<std::atomic<bool>>(false);
  return [weak, busy, warned = warned_, settings = settings_,
          redaction = redaction_]() -> Result<ConnectionInfo> {
    // A handler that hangs would hang in each attempt, and each attempt has a thread.
    if (busy->exchange(true))
      return Failure{.kind = FailureKind::kConnect,
                     .retry = Retry::kBackOff,
                     .message =
                         "Preparing the connection (token handler, key or CA file, proxy lookup) "
                         "is still blocked in an earlier attempt; make these steps return in time"};
    Secret token;
    if (const Ref<GstElement> strong = weak->lock())
      token = emit_request_token(strong.get());
    Result<ConnectionInfo> target = make_connection_info(settings->copy(), token, redaction);
    busy->store(false);
    for (const Failure &doubt : target ? target->doubts : std::vector<Failure>()) {
      const Ref<GstElement> strong = weak->lock();
      if (strong && warned->add(doubt.message))
        post_warning(strong.get(), doubt);
    }
    return target;
  };
}

void ElementCore::refuse(const Failure &failure) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true))
      return;
  }
  post_error(element(), failure);
}

// Keeps the totals of a stream that has ended, and releases it.
void ElementCore::retire(const std::shared_ptr<Stream> &stream) {
  const StreamStats stats = stream->stats();
  const std::uint64_t next_turn = stream->next_turn();
  std::optional<ParameterSet> known = stream->known();
  GST_INFO_OBJECT(element(), "the stream is over: %s of audio sent, %" G_GUINT64_FORMAT " turns",
                  time_text(stats.audio_sent_bytes).c_str(), stats.finals);
  const std::lock_guard lock(mutex_);
  if (run_.stream != stream)
    return;
  add(past_.stats, stats);
  past_.next_turn = next_turn;
  past_.known = std::move(known);
  failed_ = failed_ || run_.reporter->failed();
  run_ = {};
}

void ElementCore::leave(Rest rest) {
  const Run run = current();
  if (!run.stream)
    return;
  run.stream->leave(rest);
  retire(run.stream);
  const std::lock_guard lock(mutex_);
  past_.stats.state = "idle";
}

GstOwned<GstStructure> ElementCore::stats() const {
  GstOwned<GstStructure> structure = host_.stats();
  Totals totals;
  Run run;
  Text text;
  {
    const std::lock_guard lock(mutex_);
    totals = {.sessions = past_.stats, .texts = past_.texts};
    run = run_;
    text = text_;
  }
  if (run.stream)
    add(totals.sessions, run.stream->stats());
  if (text.pad != nullptr)
    add(totals.texts, text.pad->counts());
  set_stats(structure.get(), totals);
  return structure;
}

}  // namespace assemblyai
