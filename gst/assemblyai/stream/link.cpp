// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream/link.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/turn_tracker.h"
#include "stream/format.h"

namespace assemblyai {

namespace {

std::string text_of(const ParameterSet &parameters, std::string_view name) {
  const auto found = parameters.find(name);
  const auto *text = found == parameters.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text != nullptr ? *text : std::string();
}

}  // namespace

Link::Link(EventLoop &loop, const TransportFactory &factory, Connection::Options options,
           LinkOwner &owner)
    : loop_(loop),
      owner_(owner),
      label_(options.label),
      keepalive_interval_(options.keepalive_interval),
      connection_(loop, factory, std::move(options), *this),
      pacer_(loop.now()) {}

void Link::on_begin(const Begin &begin, const ParameterSet &asked) {
  const std::string &told = begin.configuration.model;
  const std::string asked_model = text_of(asked, "speech_model");
  if (!told.empty() && !asked_model.empty() && told != asked_model)
    log(LogLevel::kWarning, label_, "asked for the model %s, got %s", asked_model.c_str(),
        told.c_str());
  model_ = told.empty() ? asked_model : told;
  parameters_ = asked;
  begin_ = begin;
  opened_at_ = loop_.now() - connection_.open_for();
  taken_at_ = loop_.now();
  owner_.on_begin(*this);
}

void Link::on_message(ServerMessage message) {
  const auto *heartbeat = std::get_if<Heartbeat>(&message);
  if (heartbeat != nullptr && !takes_audio(*heartbeat))
    connection_.fall_silent(taken_at_, "it says that no audio comes");
  else {
    repair(&message);
    owner_.on_message(*this, std::move(message));
  }
}

void Link::repair(ServerMessage *message) {
  if (auto *turn = std::get_if<Turn>(message)) {
    turn_repair_.repair(turn, audio_.received(), expects_formatted());
    audio_.locate(turn);
  }
  if (auto *speech = std::get_if<SpeechStarted>(message)) {
    turn_repair_.note_speech(speech->timestamp);
    audio_.locate(speech);
  }
  if (auto *revision = std::get_if<SpeakerRevision>(message)) {
    for (SpeakerRevision::Item &item : revision->revisions)
      infer_times(&item.words);
    audio_.locate(revision);
  }
}

// Heartbeats may come where nothing of ours gets through.
bool Link::takes_audio(const Heartbeat &heartbeat) {
  const std::uint64_t taken = audio_.position_of(heartbeat.total_audio_received);
  const bool is_more = taken > taken_;
  taken_ = std::max(taken_, taken);
  // Not every service counts, and what it says may be unusable.
  const bool counts = heartbeat.total_audio_received > milliseconds::zero();
  if (is_more || !counts || has_taken_all())
    taken_at_ = loop_.now();
  return keepalive_interval_ <= nanoseconds::zero() ||
         loop_.now() - taken_at_ < 2 * keepalive_interval_;
}

// But for what is on the way.
bool Link::has_taken_all() const {
  return taken_ + bytes_of(kMaxChunk) >= audio_.end();
}

bool Link::expects_formatted() const {
  return is_on(parameters_, "format_turns") && !formats_by_itself(model_);
}

nanoseconds Link::delay(std::size_t bytes) {
  return pacer_.delay(loop_.now(), duration_of(bytes));
}

void Link::send(const AudioChunk &chunk) {
  if (has_taken_all())
    taken_at_ = loop_.now();
  pacer_.sent(duration_of(chunk.data.size()));
  audio_.append(chunk);
  connection_.send_audio(chunk.data);
}

void Link::send(ClientMessage message) {
  auto *update = std::get_if<UpdateConfiguration>(&message);
  if (update != nullptr)
    apply(&update->parameters);
  if (update == nullptr || !update->parameters.empty())
    connection_.send(message);
}

// A mode sets its parameters anew; those that were set by themselves are to win.
void Link::renew_mode(ParameterSet *changes) {
  if (!changes->contains("mode"))
    return;
  parameters_.erase("mode");
  for (auto known = parameters_.begin(); known != parameters_.end();) {
    const Parameter *parameter = find_parameter(known->first);
    if (parameter == nullptr || !parameter->of_mode) {
      ++known;
      continue;
    }
    changes->insert(*known);
    known = parameters_.erase(known);
  }
}

// Takes out what the service has been told already, and notes the rest.
void Link::apply(ParameterSet *changes) {
  renew_mode(changes);
  std::erase_if(*changes, [this](const auto &change) {
    const auto known = parameters_.find(change.first);
    if (is_additive(change.first))
      return false;
    return known == parameters_.end() ? is_cleared(change.second) : known->second == change.second;
  });
  for (const auto &[name, value] : *changes)
    parameters_.insert_or_assign(name, value);
}

}  // namespace assemblyai
