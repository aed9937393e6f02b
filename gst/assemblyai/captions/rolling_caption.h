// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "captions/layout.h"
#include "captions/text_source.h"

namespace assemblyai {

// The caption as it grows, to be read while it is spoken.
//
// Lines fill up from the left. They are not wrapped again once the next line has begun, unless a
// correction makes one too long. Beyond max_lines the oldest line rolls out. A new turn and a new
// speaker begin a new line. The text of a final turn stays for the time to read it (15 columns a
// second, within min_duration and max_duration), and any text at most max_duration without a
// change.
//
// Text that was cleared does not come back. A line that has rolled out does when a correction
// leaves nothing of the other lines of its turn.
//
// Any clock will do. No thread safety.
class RollingCaption {
 public:
  explicit RollingCaption(const TextOptions &options) : options_(options) {}

  // For lines that are laid out from now on.
  void set_options(const TextOptions &options);

  // A turn older than the newest one shown only changes lines of its own that are still there.
  void report(const CaptionTurn &turn, nanoseconds now);
  // Turns that are not final will be reported again, perhaps divided in other places. Their text
  // stays until then.
  void retell();
  // Clears text that has been shown long enough.
  void advance(nanoseconds now);
  // The text is seen from now on.
  void begin(nanoseconds now) { changed_at_ = now; }
  // Clears the text and forgets the speaker.
  void clear();

  // When advance() will clear the text; nothing if there is none.
  std::optional<nanoseconds> clears_at() const;

  // Lines are separated by line feeds.
  const std::string &text() const { return text_; }
  // The same as Pango markup; unstable words look different.
  const std::string &markup() const { return markup_; }

 private:
  // Some of the turn's words.
  struct Line {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string prefix;
  };
  struct ShownTurn {
    std::uint64_t number = 0;
    bool final = false;
    std::size_t known = 0;           // words of the last report that may be shown
    std::size_t cleared = 0;         // the first ones of them, which were taken away
    std::size_t rolled = 0;          // the next ones, cut to width, whose lines have rolled out
    std::string speaker;             // who spoke last before the words; empty: as before the turn
    std::vector<CaptionWord> words;  // the others, cut to width
    std::vector<Line> lines;
  };
  struct Stretch;

  ShownTurn *find_or_add(std::uint64_t number);
  void take(const CaptionTurn &report, ShownTurn *turn) const;
  void lay_out();
  std::vector<Stretch> stretches_of(const ShownTurn &turn, std::string *speaker) const;
  std::vector<Line> lines_of(const ShownTurn &turn, const std::vector<Stretch> &stretches) const;
  bool keeps(const ShownTurn &turn, const Line &line, std::size_t stretch_end) const;
  void roll_up();
  void drop_empty();
  void render(nanoseconds now);
  void take_away();

  TextOptions options_;
  std::vector<ShownTurn> turns_;  // by number; those with lines, and a newest that was cleared
  std::uint64_t newest_ = 0;      // the newest turn that has been shown
  std::string speaker_;           // who spoke last before turns_
  std::string text_;
  std::string markup_;
  std::size_t width_ = 0;  // of the text, in columns
  nanoseconds changed_at_{};
};

}  // namespace assemblyai
