// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/bus_reporter.h"

#include <utility>

#include "element/errors.h"
#include "element/messages.h"
#include "element/properties.h"

namespace assemblyai {

namespace {

AudioTime time_of(const AudioPiece &piece, std::size_t bytes) {
  const nanoseconds offset = duration_of(piece.offset + bytes);
  AudioTime time{.running_time = piece.stamp.running_time + offset,
                 .stream_time = piece.stamp.stream_time};
  if (time.stream_time)
    *time.stream_time += offset;
  return time;
}

}  // namespace

BusReporter::BusReporter(GstElement *element, Options options)
    : element_(element), options_(std::move(options)), epoch_(options_.captions->epoch()) {}

// Timers belong to the I/O thread.
BusReporter::~BusReporter() {
  if (clear_timer_)
    options_.loop->invoke([timer = std::shared_ptr<Timer>(std::move(clear_timer_))] {});
}

StreamCallbacks BusReporter::callbacks() {
  const std::shared_ptr<BusReporter> self = shared_from_this();
  return {
      .event = [self](const StreamEvent &event) { std::visit(*self, event); },
      .audio_sent =
          [captions = options_.captions](const AudioChunk &chunk) {
            if (chunk.pieces.empty())
              return;
            const AudioPiece &last = chunk.pieces.back();
            captions->audio_sent(time_of(last, last.size).running_time);
          },
      .take_back =
          [self](const std::vector<RefusedChange> &changes) {
            const Ref<GstElement> element = self->element_.lock();
            return element ? self->options_.take_back(changes) : std::vector<std::string>();
          },
      .wants_frames = [self] { return self->wants(kMessageRaw); },
      .deliver = [queue =
                      options_.queue](std::function<void()> task) { queue->post(std::move(task)); },
      .is_delivering = [queue = options_.queue] { return queue->is_current(); },
  };
}

void BusReporter::post(GstOwned<GstStructure> structure) {
  if (const Ref<GstElement> element = element_.lock()) {
    gst_element_post_message(
        element.get(), gst_message_new_element(GST_OBJECT(element.get()), structure.release()));
  }
}

void BusReporter::warn(const Failure &failure, LogPlace place) {
  if (const Ref<GstElement> element = element_.lock())
    post_warning(element.get(), failure, place);
}

// The first failure of an outage is also posted as a WARNING.
void BusReporter::operator()(const ConnectionReport &report) {
  if (wants(kMessageSession))
    post(connection_message(report));
  if (report.state != ConnectionReport::State::kReconnecting || !report.is_new)
    return;
  Failure failure = *report.failure;
  failure.message += "; retrying";
  warn(failure);
}

void BusReporter::operator()(const Begin &begin) {
  if (wants(kMessageSession))
    post(begin_message(begin));
}

void BusReporter::operator()(const SessionSwitched &) {
  options_.captions->retell(epoch_);
}

void BusReporter::operator()(const AudioLost &lost) {
  if (lost.is_new)
    warn({.kind = FailureKind::kBusy,
          .message = "Audio was dropped because max-backlog is full (slow network or service, or a "
                     "long outage); check the network or raise max-backlog"});
  if (!wants(kMessageSession))
    return;
  // A message for each stretch without a break.
  for (auto piece = lost.pieces.begin(); piece != lost.pieces.end();) {
    const AudioTime begin = time_of(*piece, 0);
    AudioTime end = begin;
    for (; piece != lost.pieces.end() && std::chrono::abs(time_of(*piece, 0).running_time -
                                                          end.running_time) <= AudioMap::kTolerance;
         ++piece)
      end = time_of(*piece, piece->size);
    post(audio_lost_message(begin, end));
  }
}

void BusReporter::operator()(const TurnReport &report) {
  if (wants(report.final ? kMessageFinal : kMessagePartial))
    post(turn_message(report, options_.loop->now()));
  options_.captions->turn(report, options_.loop->now(), epoch_);
  clear_in_time();
}

// Takes the caption away when its time is over. In a pause it is not over then: it looks again.
void BusReporter::clear_in_time() {
  const nanoseconds now = options_.loop->now();
  const std::optional<nanoseconds> delay = options_.captions->clears_in(now);
  if (!delay || (clears_at_ && *clears_at_ <= now + *delay))
    return;
  clears_at_ = now + *delay;
  const auto clear = [weak = weak_from_this()] {
    const std::shared_ptr<BusReporter> self = weak.lock();
    if (!self)
      return;
    self->clears_at_.reset();
    self->options_.captions->advance(self->options_.loop->now());
    self->clear_in_time();
  };
  options_.loop->invoke([weak = weak_from_this(), clear, delay = *delay] {
    const std::shared_ptr<BusReporter> self = weak.lock();
    if (!self)
      return;
    self->clear_timer_ = self->options_.loop->after(
        delay, [queue = self->options_.queue, clear] { queue->post(clear); });
  });
}

void BusReporter::operator()(const SpeechStarted &speech) {
  if (wants(kMessageSpeech))
    post(speech_started_message(speech));
}

void BusReporter::operator()(const SpeakerRevision &revision) {
  if (wants(kMessageFinal))
    post(speaker_revision_message(revision));
}

void BusReporter::operator()(const Heartbeat &heartbeat) {
  if (wants(kMessageSession))
    post(heartbeat_message(heartbeat));
}

void BusReporter::operator()(const Silence &silence) {
  if (wants(kMessageSpeech))
    post(silence_message(silence));
}

void BusReporter::operator()(const Warning &warning) {
  if (wants(kMessageSession))
    post(warning_message(warning));
}

void BusReporter::operator()(const LlmGatewayResponse &response) {
  if (wants(kMessageFinal))
    post(llm_response_message(response));
}

void BusReporter::operator()(const RawFrame &frame) {
  if (wants(kMessageRaw))
    post(raw_message(frame.text));
}

void BusReporter::operator()(const UndecodableFrame &frame) {
  if (frame.is_first)
    warn(frame.failure);
}

void BusReporter::operator()(const SpeechWithoutText &speech) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(speech.duration).count();
  warn({.kind = FailureKind::kBusy,
        .message = "The service reports speech but has sent no text for " +
                   std::to_string(seconds) + " s; check speech-model and the language settings"});
}

void BusReporter::operator()(const ChangesRefused &refused) {
  if (const Ref<GstElement> element = element_.lock())
    options_.report_refused(refused);
}

void BusReporter::operator()(const SessionEnd &end) {
  if (wants(kMessageSession))
    post(end_message(end));
}

void BusReporter::operator()(const StreamEnd &end) {
  if (!end.failure)
    return;
  failed_ = true;
  options_.captions->clear();
  if (const Ref<GstElement> element = element_.lock())
    post_error(element.get(), *end.failure);
}

}  // namespace assemblyai
