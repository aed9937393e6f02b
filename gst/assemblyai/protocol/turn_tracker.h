// SPDX-License-Identifier: LGPL-2.1-or-later

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

// A turn to tell the application about.
struct TurnReport {
  std::uint64_t number = 0;  // counts the reported turns, also across sessions
  std::string session_id;
  bool final = false;
  bool waited = false;            // its audio had to wait for a connection, or was sent twice
  bool awaits_formatted = false;  // a formatted text of the turn is still to come
  std::string text;               // turn_text(turn), or nothing if that is blank
  Turn turn;
};

// True for the models that format every final themselves and so send one final
// a turn (Universal-3 Pro family: "universal-3...", "u3-..."). Case-sensitive.
bool formats_by_itself(std::string_view model);

// Turns Turn messages into reports: any number of growing ones and exactly one
// final a turn, whatever the service does.
//
// - With classical formatting (expects_formatted) an unformatted final is
//   reported as growing and held for kFormattingTime, whatever comes of later turns
//   meanwhile. The formatted one makes it final; when that does not come in time, or the
//   session ends, the held one is final.
// - A turn whose final never came is made final by its last text when a later
//   turn gets its final, or at the end of the session.
// - Repeated finals, messages for a finished turn, and empty turns are dropped; an
//   empty final is reported, without text, only if the turn had been shown with
//   text. After a held final it confirms that one, unless it carries an error.
// - A partial that comes after the held final of its turn is dropped.
// - A final of an earlier turn that was never reported is still reported.
// - Identical consecutive growing texts of a turn with identical words are
//   reported once.
//
// When the connection is lost, the service is sent the audio of the turns in flight again,
// and tells them anew, perhaps divided differently: they get the numbers that the
// interrupted ones had.
//
// Memory is bounded: by the turns in flight (at most 16, the oldest is then made
// final), a window of finished numbers (1024) and of reported ones (16384: more
// than fit into the longest session).
class TurnTracker {
 public:
  // The formatted text follows within a second, or does not come.
  static constexpr std::chrono::milliseconds kFormattingTime{1500};

  // A new connection: the service counts turns from 0 again, ours counts on. What is
  // pending of the session before was interrupted.
  void begin_session(bool expects_formatted, std::string id = {});
  // The formatting was switched in mid-session.
  void expect_formatted(bool expects_formatted) { expects_formatted_ = expects_formatted; }

  // now: of any clock that runs.
  std::vector<TurnReport> handle(Turn turn, std::chrono::nanoseconds now);
  // When release_held() will have something to do.
  std::optional<std::chrono::nanoseconds> held_until() const;
  // Held finals whose time is over are final; all of them if now is not given.
  std::vector<TurnReport> release_held(
      std::chrono::nanoseconds now = std::chrono::nanoseconds::max());

  // The turns in flight are going to be told anew.
  void interrupt();

  // Nothing more comes: what is pending becomes final, and what was interrupted and not
  // told anew does with its last text.
  std::vector<TurnReport> finish();
  // The same after all has been told anew: what was interrupted and did not come again
  // was not said.
  std::vector<TurnReport> finish_retold();

  bool has_pending() const { return !pending_.empty(); }
  bool has_interrupted() const { return !interrupted_.empty(); }
  // What was interrupted will not be told anew: its last text is final.
  std::vector<TurnReport> finish_interrupted();
  // The turns in flight, in their order.
  std::vector<const Turn *> pending() const;

  // The number under which a turn of this session was reported.
  std::optional<std::uint64_t> number_of(std::int64_t order) const;

 private:
  struct Pending {
    std::uint64_t number = 0;
    std::string session_id;
    Turn turn;
    std::string text;
    // Of an unformatted final, which waits for the formatted one until then.
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
