// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/types.h"

namespace assemblyai {

// A turn to report to the application.
struct TurnReport {
  std::uint64_t number = 0;  // counts the reported turns, across sessions too
  std::string session_id;
  bool final = false;
  bool waited = false;            // its audio waited for a connection, or was resent
  bool awaits_formatted = false;  // the formatted text of the turn is still to come
  std::string text;               // turn_text(turn), or empty if that is blank
  Turn turn;
};

// True for models that format every final themselves, and therefore send one final per turn
// (Universal-3 Pro family: "universal-3...", "u3-..."). Case-sensitive.
bool formats_by_itself(std::string_view model);

// Converts Turn messages into reports: any number of partial reports and exactly one final report
// per turn, whatever the service sends.
//
// - With classical formatting (expects_formatted) an unformatted final is reported as partial and
//   held for kFormattingTime, regardless of later turns. The formatted text makes it final. If it
//   does not arrive in time, or the session ends, the held text is final.
// - A turn without a final becomes final with its last text when a later turn gets its final, or
//   when the session ends.
// - Repeated finals, messages for a finished turn, and empty turns are dropped. An empty final is
//   reported, without text, only if the turn was reported with text. After a held final it confirms
//   that final, unless it carries an error.
// - A partial that arrives after the held final of its turn is dropped.
// - A final of an earlier turn that was never reported is still reported.
// - Consecutive partials of a turn with identical text and words are reported once.
//
// After a lost connection the audio of the turns in flight is resent. The service reports them
// again, possibly divided differently. They get the numbers of the interrupted turns.
//
// Memory is bounded: by the turns in flight (at most 16; then the oldest becomes final), a window
// of finished numbers (1024) and of reported ones (16384: more than fit into the longest session).
class TurnTracker {
 public:
  // The formatted text follows within a second, or not at all.
  static constexpr std::chrono::milliseconds kFormattingTime{1500};

  // A new connection: the service counts turns from 0 again, the reported numbers continue. The
  // pending turns of the session before were interrupted.
  void begin_session(bool expects_formatted, std::string id = {});
  // Formatting was switched on or off during the session.
  void expect_formatted(bool expects_formatted) { expects_formatted_ = expects_formatted; }

  // now: of any monotonic clock.
  std::vector<TurnReport> handle(Turn turn, std::chrono::nanoseconds now);
  // The time at which release_held() has something to do.
  std::optional<std::chrono::nanoseconds> held_until() const;
  // Makes held finals final whose time is over; all of them if now is not given.
  std::vector<TurnReport> release_held(
      std::chrono::nanoseconds now = std::chrono::nanoseconds::max());

  // The turns in flight will be reported again.
  void interrupt();

  // No more messages will arrive: pending turns become final. Interrupted turns that were not
  // reported again become final with their last text.
  std::vector<TurnReport> finish();
  // The same after all resent audio was reported: an interrupted turn that did not appear again was
  // not spoken.
  std::vector<TurnReport> finish_retold();

  bool has_pending() const { return !pending_.empty(); }
  bool has_interrupted() const { return !interrupted_.empty(); }
  // Interrupted turns will not be reported again: their last text is final.
  std::vector<TurnReport> finish_interrupted();
  // The turns in flight, in order.
  std::vector<const Turn *> pending() const;

  // The number under which a turn of this session was reported.
  std::optional<std::uint64_t> number_of(std::int64_t order) const;

 private:
  struct Pending {
    std::uint64_t number = 0;
    std::string session_id;
    Turn turn;
    std::string text;
    // For an unformatted final: the time until which it waits for the formatted one.
    std::optional<std::chrono::nanoseconds> held_until;
  };

  using PendingTurns = std::map<std::int64_t, Pending>;  // by turn_order

  std::uint64_t number_for(std::int64_t order);
  bool is_finished(std::int64_t order) const;
  void finish_earlier(std::int64_t order, std::vector<TurnReport> *reports);
  PendingTurns::iterator finish(PendingTurns::iterator pending, std::vector<TurnReport> *reports);
  void finish_pending(Pending pending, std::vector<TurnReport> *reports);
  void finish_with(Turn turn, std::string text, std::vector<TurnReport> *reports);
  void finish_empty(Turn turn, std::vector<TurnReport> *reports);
  void grow(Turn turn, std::string text, std::chrono::nanoseconds now,
            std::vector<TurnReport> *reports);
  void mark_finished(std::int64_t order);

  bool expects_formatted_ = false;
  std::string session_id_;
  std::uint64_t next_number_ = 0;
  std::map<std::int64_t, std::uint64_t> numbers_;  // by turn_order
  PendingTurns pending_;
  std::map<std::uint64_t, Pending> interrupted_;  // by number
  std::set<std::int64_t> finished_;               // turn_orders at or above finished_below_
  std::int64_t finished_below_ = 0;               // all turn_orders below are finished
};

}  // namespace assemblyai
