// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/bus_reporter.h"

#include <algorithm>
#include <utility>

#include "element/errors.h"
#include "element/messages.h"
#include "element/properties.h"

namespace assemblyai {

BusReporter::BusReporter(GstElement *element, std::shared_ptr<EventLoop> loop,
                         std::shared_ptr<const std::atomic<guint>> messages,
                         std::shared_ptr<CaptionOutput> captions, TakeBack take_back)
    : element_(element),
      loop_(std::move(loop)),
      messages_(std::move(messages)),
      captions_(std::move(captions)),
      take_back_(std::move(take_back)),
      epoch_(captions_->epoch()) {}

// Timers belong to the loop's thread.
BusReporter::~BusReporter() {
  if (clear_timer_)
    loop_->invoke([timer = std::shared_ptr<Timer>(std::move(clear_timer_))] {});
}

void BusReporter::post(GstOwned<GstStructure> structure) {
  if (const Ref<GstElement> element = element_.lock()) {
    gst_element_post_message(
        element.get(), gst_message_new_element(GST_OBJECT(element.get()), structure.release()));
  }
}

void BusReporter::warn(const Failure &failure) {
  if (const Ref<GstElement> element = element_.lock())
    post_warning(element.get(), failure);
}

// What everybody has to know is a warning, too; once, however long it takes.
void BusReporter::on_connection(const ConnectionReport &report) {
  if (wants(kMessageSession))
    post(connection_message(report));
  if (report.state != ConnectionReport::State::kReconnecting || !report.is_new)
    return;
  Failure failure = *report.failure;
  failure.message += "; trying again";
  warn(failure);
}

void BusReporter::on_begin(const Begin &begin) {
  if (wants(kMessageSession))
    post(begin_message(begin));
}

void BusReporter::on_switched(const std::string &session_id, std::uint64_t oldest) {
  timelines_.begin_session(oldest);
  session_ids_.push_back(session_id);
  session_++;
  if (session_ids_.size() > Timelines::kMost)
    session_ids_.pop_front();
  captions_->retell(epoch_);
}

void BusReporter::on_audio_sent(const AudioChunk &chunk) {
  Timeline &timeline = timelines_.current();
  for (const AudioPiece &piece : chunk.pieces) {
    timeline.append({piece.stamp.running_time, piece.stamp.stream_time, piece.stamp.arrival},
                    piece.offset / kBytesPerSample, piece.size / kBytesPerSample);
  }
  timeline.append_padding(chunk.padding / kBytesPerSample);
  if (!chunk.pieces.empty()) {
    const AudioPiece &last = chunk.pieces.back();
    captions_->audio_sent(last.stamp.running_time + duration_of(last.offset + last.size));
  }
}

void BusReporter::on_audio_lost(const std::vector<AudioPiece> &pieces, bool is_new) {
  if (is_new)
    warn({.kind = FailureKind::kBusy,
          .message = "Audio is lost, and the words in it, because max-backlog is full: the network "
                     "or the service takes less than comes, or an outage is too long; check the "
                     "network, or raise max-backlog"});
  if (!wants(kMessageSession))
    return;
  // A message for each stretch without a break.
  const auto begin_of = [](const AudioPiece &piece) {
    return piece.stamp.running_time + duration_of(piece.offset);
  };
  for (auto piece = pieces.begin(); piece != pieces.end();) {
    const nanoseconds begin = begin_of(*piece);
    nanoseconds end = begin;
    nanoseconds lost{};
    for (;
         piece != pieces.end() && std::chrono::abs(begin_of(*piece) - end) <= Timeline::kTolerance;
         ++piece) {
      end = begin_of(*piece) + duration_of(piece->size);
      lost += duration_of(piece->size);
    }
    post(audio_lost_message(begin, end, lost));
  }
}

const std::string &BusReporter::id_of(std::uint64_t session) const {
  static const std::string kUnknown;
  const std::uint64_t age = session_ - std::min(session, session_);
  return age < session_ids_.size() ? session_ids_[session_ids_.size() - 1 - age] : kUnknown;
}

void BusReporter::on_turn(const TurnReport &report) {
  const Timeline &timeline = timelines_.of(report.session);
  if (wants(report.final ? kMessageFinal : kMessagePartial))
    post(turn_message(id_of(report.session), report, timeline, loop_->now()));
  captions_->turn(report, timeline, loop_->now(), epoch_);
  clear_later();
}

void BusReporter::clear_later() {
  const std::optional<nanoseconds> delay = captions_->clears_in(loop_->now());
  if (!delay) {
    clear_timer_.reset();
    return;
  }
  // In a pause it is not cleared then: look again. Not from within the timer, which that replaces.
  clear_timer_ = loop_->after(*delay, [weak = weak_from_this(), loop = loop_] {
    loop->invoke([weak, now = loop->now()] {
      if (const std::shared_ptr<BusReporter> self = weak.lock()) {
        self->captions_->advance(now);
        self->clear_later();
      }
    });
  });
}

void BusReporter::on_message(const ServerMessage &message, const TurnNumbers &numbers) {
  if (const auto *speech = std::get_if<SpeechStarted>(&message); speech && wants(kMessageSpeech))
    post(speech_started_message(*speech, timelines_.current()));
  if (const auto *silence = std::get_if<Silence>(&message); silence && wants(kMessageSpeech))
    post(silence_message(*silence, timelines_.current()));
  if (const auto *warning = std::get_if<Warning>(&message); warning && wants(kMessageSession))
    post(warning_message(*warning));
  if (const auto *beat = std::get_if<Heartbeat>(&message); beat && wants(kMessageSession))
    post(heartbeat_message(*beat));
  if (const auto *revision = std::get_if<SpeakerRevision>(&message);
      revision && wants(kMessageFinal))
    post(speaker_revision_message(*revision, numbers, timelines_.current()));
  if (const auto *answer = std::get_if<LlmGatewayResponse>(&message);
      answer && wants(kMessageFinal))
    post(llm_response_message(*answer, numbers));
}

void BusReporter::on_frame(std::string_view frame) {
  if (wants(kMessageRaw))
    post(raw_message(frame));
}

void BusReporter::on_undecodable(const Failure &failure) {
  if (std::exchange(complained_, true))
    return;
  warn(failure);
}

void BusReporter::on_refused(const std::vector<RefusedChange> &changes, const Failure &failure) {
  if (const Ref<GstElement> element = element_.lock())
    take_back_(changes, failure);
}

void BusReporter::on_deaf(nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  warn({.kind = FailureKind::kBusy,
        .message = "The service hears speech, but has sent no text for " + std::to_string(seconds) +
                   " s: check speech-model and the language settings"});
}

void BusReporter::on_session_end(const ConnectionEnd &end) {
  if (wants(kMessageSession))
    post(end_message(end));
}

void BusReporter::on_ended(const std::optional<Failure> &failure) {
  if (!failure)
    return;
  failed_ = true;
  captions_->clear();
  if (const Ref<GstElement> element = element_.lock())
    post_error(element.get(), *failure);
}

}  // namespace assemblyai
