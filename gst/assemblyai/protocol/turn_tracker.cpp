// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "protocol/turn_tracker.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/text.h"

namespace assemblyai {

namespace {

constexpr std::size_t kMaxPending = 16;
constexpr std::size_t kMaxFinished = 1024;
constexpr std::size_t kMaxNumbers = 16384;

}  // namespace

bool formats_by_itself(std::string_view model) {
  return model.starts_with("universal-3") || model.starts_with("u3-");
}

void TurnTracker::begin_session(bool expects_formatted, std::string id) {
  interrupt();
  session_id_ = std::move(id);
  expects_formatted_ = expects_formatted;
  finished_.clear();
  numbers_.clear();
  finished_below_ = 0;
}

std::vector<TurnReport> TurnTracker::handle(Turn turn, std::chrono::nanoseconds now) {
  std::vector<TurnReport> reports;
  const auto known = pending_.find(turn.order);
  std::string text = turn_text(turn);
  if (is_blank(text)) {
    if (known != pending_.end() && turn.end_of_turn)
      finish_empty(std::move(turn), &reports);
    return reports;
  }
  if (known == pending_.end() && is_finished(turn.order))
    return reports;
  if (turn.end_of_turn)
    finish_earlier(turn.order, &reports);
  if (turn.end_of_turn && (turn.formatted || !expects_formatted_))
    finish_with(std::move(turn), std::move(text), &reports);
  else
    grow(std::move(turn), std::move(text), now, &reports);
  return reports;
}

std::optional<std::chrono::nanoseconds> TurnTracker::held_until() const {
  std::optional<std::chrono::nanoseconds> first;
  for (const auto &[order, pending] : pending_) {
    if (pending.held_until && (!first || *pending.held_until < *first))
      first = pending.held_until;
  }
  return first;
}

std::vector<TurnReport> TurnTracker::release_held(std::chrono::nanoseconds now) {
  std::vector<TurnReport> reports;
  for (auto pending = pending_.begin(); pending != pending_.end();) {
    if (pending->second.held_until && *pending->second.held_until <= now) {
      finish_earlier(pending->first, &reports);
      pending = finish(pending, &reports);
    } else {
      ++pending;
    }
  }
  return reports;
}

void TurnTracker::interrupt() {
  for (auto &[order, pending] : pending_)
    interrupted_.emplace(pending.number, std::move(pending));
  pending_.clear();
}

std::vector<TurnReport> TurnTracker::finish_interrupted() {
  std::vector<TurnReport> reports;
  while (!interrupted_.empty())
    finish_pending(std::move(interrupted_.extract(interrupted_.begin()).mapped()), &reports);
  return reports;
}

std::vector<TurnReport> TurnTracker::finish() {
  std::vector<TurnReport> reports = finish_interrupted();
  while (!pending_.empty())
    finish(pending_.begin(), &reports);
  return reports;
}

std::vector<TurnReport> TurnTracker::finish_retold() {
  for (auto &[number, interrupted] : interrupted_) {
    interrupted.turn = {.order = interrupted.turn.order, .end_of_turn = true};
    interrupted.text.clear();
  }
  return finish();
}

std::vector<const Turn *> TurnTracker::pending() const {
  std::vector<const Turn *> turns;
  for (const auto &[order, pending] : pending_)
    turns.push_back(&pending.turn);
  return turns;
}

// Uses the numbers of interrupted turns first.
std::uint64_t TurnTracker::number_for(std::int64_t order) {
  if (numbers_.size() == kMaxNumbers)
    numbers_.erase(numbers_.begin());
  const auto interrupted = interrupted_.begin();
  std::uint64_t number = next_number_;
  if (interrupted == interrupted_.end()) {
    next_number_++;
  } else {
    number = interrupted->first;
    interrupted_.erase(interrupted);
  }
  numbers_.insert_or_assign(order, number);
  return number;
}

std::optional<std::uint64_t> TurnTracker::number_of(std::int64_t order) const {
  const auto found = numbers_.find(order);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

bool TurnTracker::is_finished(std::int64_t order) const {
  return order < finished_below_ || finished_.contains(order);
}

// The service processes turns in order, so the end of a turn settles all turns before it. A
// formatted text may still arrive late.
void TurnTracker::finish_earlier(std::int64_t order, std::vector<TurnReport> *reports) {
  for (auto pending = pending_.begin(); pending != pending_.end() && pending->first < order;)
    pending = pending->second.held_until ? std::next(pending) : finish(pending, reports);
}

TurnTracker::PendingTurns::iterator TurnTracker::finish(PendingTurns::iterator pending,
                                                        std::vector<TurnReport> *reports) {
  mark_finished(pending->first);
  finish_pending(std::move(pending->second), reports);
  return pending_.erase(pending);
}

void TurnTracker::finish_pending(Pending pending, std::vector<TurnReport> *reports) {
  reports->push_back({.number = pending.number,
                      .session_id = std::move(pending.session_id),
                      .final = true,
                      .text = std::move(pending.text),
                      .turn = std::move(pending.turn)});
}

void TurnTracker::finish_with(Turn turn, std::string text, std::vector<TurnReport> *reports) {
  const auto node = pending_.extract(turn.order);
  const std::uint64_t number = node.empty() ? number_for(turn.order) : node.mapped().number;
  mark_finished(turn.order);
  reports->push_back({.number = number,
                      .session_id = session_id_,
                      .final = true,
                      .text = std::move(text),
                      .turn = std::move(turn)});
}

// Ends a turn that was reported with text, but is empty in the end.
void TurnTracker::finish_empty(Turn turn, std::vector<TurnReport> *reports) {
  finish_earlier(turn.order, reports);
  Pending &pending = pending_.find(turn.order)->second;
  if (pending.held_until && turn.error.empty())
    finish_with(std::move(pending.turn), std::move(pending.text), reports);
  else
    finish_with(std::move(turn), {}, reports);
}

void TurnTracker::grow(Turn turn, std::string text, std::chrono::nanoseconds now,
                       std::vector<TurnReport> *reports) {
  auto known = pending_.find(turn.order);
  if (known == pending_.end()) {
    if (pending_.size() == kMaxPending)
      finish(pending_.begin(), reports);
    known = pending_.try_emplace(turn.order).first;
    known->second.number = number_for(turn.order);
    known->second.session_id = session_id_;
  } else if (known->second.held_until && !turn.end_of_turn) {
    return;
  }
  Pending &pending = known->second;
  const bool changed = pending.text != text || pending.turn.words != turn.words;
  if (turn.end_of_turn && !pending.held_until)
    pending.held_until = now + kFormattingTime;
  pending.text = std::move(text);
  pending.turn = std::move(turn);
  if (changed) {
    reports->push_back({.number = pending.number,
                        .session_id = session_id_,
                        .awaits_formatted = expects_formatted_ && !pending.turn.formatted,
                        .text = pending.text,
                        .turn = pending.turn});
  }
}

void TurnTracker::mark_finished(std::int64_t order) {
  if (order < finished_below_)
    return;
  finished_.insert(order);
  if (finished_.size() > kMaxFinished)
    finished_below_ = *finished_.begin();
  while (!finished_.empty() && *finished_.begin() == finished_below_) {
    finished_.erase(finished_.begin());
    ++finished_below_;
  }
}

}  // namespace assemblyai
