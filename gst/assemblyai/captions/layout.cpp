// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "captions/layout.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "base/characters.h"
#include "base/glib_ptr.h"
#include "captions/graphemes.h"
#include "captions/punctuation.h"

namespace assemblyai {

namespace {

constexpr int kColumnsPerSecond = 15;

// Any character fits on a line.
std::size_t room(std::size_t max_line_length) {
  return std::max<std::size_t>(max_line_length, 2);
}

// Words that must be on the same line.
struct Piece {
  std::size_t first = 0;
  std::size_t end = 0;
  std::size_t columns = 0;
  std::size_t blank = 0;  // the column before it, unless it begins a line
};

// Divides words into pieces. Looks ahead no farther than a line.
class Pieces {
 public:
  Pieces(std::span<const CaptionWord> words, std::size_t limit, std::size_t prefix)
      : words_(words), limit_(limit), taken_(prefix) {}

  bool done() const { return at_ == words_.size(); }

  Piece next() {
    Piece piece{at_, at_, 0, at_ == 0 || words_[at_].joined ? 0U : 1U};
    if (at_ >= loose_until_)
      join(piece);
    if (at_ < loose_until_)
      take_one(piece);
    at_ = piece.end;
    taken_ = 0;
    return piece;
  }

 private:
  // Words that must not be separated, unless they are wider than a line together.
  void join(Piece &piece) {
    do {
      piece.columns += columns(words_[piece.end++].text);
      if (taken_ + piece.columns > limit_ && piece.end > at_ + 1)
        loose_until_ = piece.end;
    } while (at_ >= loose_until_ && piece.end < words_.size() &&
             !may_break(words_[piece.end - 1], words_[piece.end]));
  }

  void take_one(Piece &piece) const {
    piece.end = at_ + 1;
    piece.columns = columns(words_[at_].text);
    while (piece.end < words_.size() && words_[piece.end].joined &&
           columns(words_[piece.end].text) == 0)
      piece.end++;
  }

  std::span<const CaptionWord> words_;
  std::size_t limit_;
  std::size_t taken_;  // what the prefix takes of the line of the first piece
  std::size_t at_ = 0;
  std::size_t loose_until_ = 0;
};

std::size_t fewest_lines(const std::vector<Piece> &pieces, std::size_t limit, std::size_t taken) {
  std::size_t lines = 1;
  for (const Piece &piece : pieces) {
    if (piece.first > 0 && taken + piece.blank + piece.columns > limit) {
      lines++;
      taken = piece.columns;
    } else {
      taken += piece.blank + piece.columns;
    }
  }
  return lines;
}

// How uneven, in columns, lines may be so that one ends here.
double worth_ending_after(std::string_view text, std::size_t limit) {
  switch (ending_of(text)) {
    case Ending::kSentence:
      return static_cast<double>(limit) / 6;
    case Ending::kClause:
      return static_cast<double>(limit) / 8;
    case Ending::kNone:
      break;
  }
  return 0;
}

// Valid UTF-8 without line breaks and characters that steer the display.
std::string one_line(std::string_view text) {
  const Owned<char> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  std::string line;
  for (const char *at = valid.get(); *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar character = g_utf8_get_char(at);
    if (steers_display(character))
      line += ' ';
    else
      line.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  return line;
}

// Looks for the line ends with the least sum of squares, where lines are most even.
class EvenLines {
 public:
  EvenLines(std::span<const CaptionWord> words, const std::vector<Piece> &pieces, std::size_t limit,
            std::size_t prefix)
      : words_(words), pieces_(pieces), limit_(limit), prefix_(prefix) {}

  // The ends of the lines, as numbers of words.
  std::vector<std::size_t> ends(std::size_t lines) {
    costs_.assign(pieces_.size() + 1, kImpossible);
    costs_[0] = 0;
    begins_.clear();
    for (std::size_t line = 0; line < lines; line++)
      add_line();
    std::vector<std::size_t> ends(lines);
    std::size_t end = pieces_.size();
    for (std::size_t line = lines; line-- > 0; end = begins_[line][end])
      ends[line] = pieces_[end - 1].end;
    return ends;
  }

 private:
  static constexpr double kImpossible = std::numeric_limits<double>::infinity();

  void add_line() {
    std::vector<double> costs(costs_.size(), kImpossible);
    std::vector<std::size_t> begins(costs_.size(), 0);
    for (std::size_t end = 1; end < costs_.size(); end++)
      find_begin(end, costs[end], begins[end]);
    costs_ = std::move(costs);
    begins_.push_back(std::move(begins));
  }

  // The best beginning of the line that ends there.
  void find_begin(std::size_t end, double &cost, std::size_t &best) const {
    double bonus = 0;
    if (end < pieces_.size()) {
      const double worth = worth_ending_after(words_[pieces_[end - 1].end - 1].text, limit_);
      bonus = 2 * worth * worth;
    }
    std::size_t width = 0;
    for (std::size_t begin = end; begin-- > 0;) {
      width += pieces_[begin].columns;
      const std::size_t all = begin == 0 ? width + prefix_ : width;
      if (all > limit_)
        break;
      const double square = static_cast<double>(all) * static_cast<double>(all);
      if (costs_[begin] + square - bonus < cost) {
        cost = costs_[begin] + square - bonus;
        best = begin;
      }
      width += pieces_[begin].blank;
    }
  }

  std::span<const CaptionWord> words_;
  const std::vector<Piece> &pieces_;
  std::size_t limit_;
  std::size_t prefix_;
  std::vector<double> costs_;                     // of the lines so far, by where they end
  std::vector<std::vector<std::size_t>> begins_;  // of each line, by where it ends
};

// Nothing if they do not fit on so many lines.
std::optional<std::vector<Piece>> pieces_for(std::span<const CaptionWord> words, std::size_t limit,
                                             std::size_t max_lines, std::size_t prefix) {
  if (max_lines == 0)
    return std::nullopt;
  std::vector<Piece> pieces;
  // A blank at which a line ends takes no column.
  std::size_t left = max_lines * (limit + 1) - prefix;
  for (Pieces source(words, limit, prefix); !source.done();) {
    const Piece piece = source.next();
    if (piece.columns > limit || piece.columns + piece.blank > left)
      return std::nullopt;
    left -= piece.columns + piece.blank;
    pieces.push_back(piece);
  }
  return pieces;
}

// Splits a word that is wider than a line.
class Cutter {
 public:
  Cutter(CaptionWord word, std::size_t limit)
      : word_(std::move(word)),
        text_(std::exchange(word_.text, {})),
        limit_(limit),
        graphemes_(graphemes(text_)) {
    for (const Grapheme &grapheme : graphemes_)
      total_ += grapheme.columns;
  }

  void append_parts(std::vector<CaptionWord> &out) {
    while (at_ < graphemes_.size()) {
      CaptionWord part = word_;
      if (at_ > 0)
        part.joined = part.cut = true;
      part.start = time_here();
      const std::size_t begin = byte_;
      for (const std::size_t end = end_of_part(); at_ < end; at_++) {
        byte_ += graphemes_[at_].bytes;
        column_ += graphemes_[at_].columns;
      }
      part.end = time_here();
      part.text = text_.substr(begin, byte_ - begin);
      out.push_back(std::move(part));
    }
  }

 private:
  nanoseconds time_here() const {
    const double share = static_cast<double>(column_) / static_cast<double>(total_);
    const double length = static_cast<double>((word_.end - word_.start).count());
    return column_ == total_ ? word_.end
                             : word_.start + nanoseconds(static_cast<std::int64_t>(length * share));
  }

  // Splits the rest into parts of even length, or where the script allows a break in the second
  // half of a part.
  std::size_t end_of_part() const {
    const std::size_t rest = total_ - column_;
    const std::size_t parts = (rest + limit_ - 1) / limit_;
    const std::size_t wanted = parts == 0 ? 0 : (rest + parts - 1) / parts;
    std::size_t end = at_;
    std::size_t break_at = 0;
    std::size_t byte = byte_;
    std::size_t width = 0;
    while (end < graphemes_.size()) {
      const std::size_t more = graphemes_[end].columns;
      if (more > 0 && (width >= wanted || width + more > limit_))
        break;
      if (width >= wanted / 2 && end > at_ && breaks_at(end, byte))
        break_at = end;
      byte += graphemes_[end].bytes;
      width += more;
      end++;
    }
    if (end == graphemes_.size() || breaks_at(end, byte) || break_at == 0)
      return end;
    return break_at;
  }

  bool breaks_at(std::size_t grapheme, std::size_t byte) const {
    const std::string_view text = text_;
    const std::string_view before =
        text.substr(byte - graphemes_[grapheme - 1].bytes, graphemes_[grapheme - 1].bytes);
    return may_break_between(last_character(before), first_character(text.substr(byte)));
  }

  CaptionWord word_;  // but for its text
  std::string text_;
  std::size_t limit_;
  std::vector<Grapheme> graphemes_;
  std::size_t total_ = 0;   // columns
  std::size_t at_ = 0;      // the next grapheme, with what precedes it
  std::size_t byte_ = 0;    // in bytes
  std::size_t column_ = 0;  // and in columns
};

// Lines that are as full as possible. They may be fewer than even ones: where a line that is too
// wide has to be split depends on where it begins.
std::optional<std::vector<std::string>> full_lines(std::span<const CaptionWord> words,
                                                   std::size_t limit, std::size_t max_lines,
                                                   std::string_view prefix) {
  std::vector<std::string> lines;
  for (; !words.empty(); prefix = {}) {
    if (lines.size() == max_lines)
      return std::nullopt;
    const std::size_t count = words_on_line(words, limit, prefix);
    lines.push_back(std::string(prefix) + text_of(words.first(count)));
    if (columns(lines.back()) > limit)
      return std::nullopt;
    words = words.subspan(count);
  }
  return lines;
}

}  // namespace

nanoseconds reading_time(std::size_t columns) {
  return nanoseconds(std::chrono::seconds(columns)) / kColumnsPerSecond;
}

std::vector<CaptionWord> split_wide(std::vector<CaptionWord> words, std::size_t max_line_length) {
  const std::size_t limit = room(max_line_length);
  std::vector<CaptionWord> out;
  out.reserve(words.size());
  for (CaptionWord &word : words) {
    // No character has more columns than bytes.
    if (word.text.size() <= limit || columns(word.text) <= limit)
      out.push_back(std::move(word));
    else
      Cutter(std::move(word), limit).append_parts(out);
  }
  return out;
}

bool may_break(const CaptionWord &before, const CaptionWord &after) {
  return !after.joined || after.cut ||
         may_break_between(last_character(before.text), first_character(after.text));
}

std::string text_of(std::span<const CaptionWord> words) {
  std::string text;
  for (const CaptionWord &word : words) {
    if (&word != words.data() && !word.joined)
      text += ' ';
    text += word.text;
  }
  return text;
}

std::string speaker_prefix(std::string_view pattern, std::string_view speaker) {
  constexpr std::string_view kPlace = "%s";
  std::string prefix;
  for (auto at = pattern.find(kPlace); at != pattern.npos; at = pattern.find(kPlace)) {
    prefix.append(pattern.substr(0, at)).append(speaker);
    pattern.remove_prefix(at + kPlace.size());
  }
  return one_line(prefix.append(pattern));
}

std::string_view fitting_prefix(std::span<const CaptionWord> words, std::size_t max_line_length,
                                std::string_view prefix) {
  if (words.empty() || columns(prefix) + columns(words[0].text) > room(max_line_length))
    return {};
  return prefix;
}

std::optional<std::vector<std::string>> balanced_lines(std::span<const CaptionWord> words,
                                                       const LineLimits &limits,
                                                       std::string_view prefix) {
  std::vector<std::string> lines;
  if (words.empty())
    return lines;
  const std::size_t limit = room(limits.max_line_length);
  prefix = fitting_prefix(words, limit, prefix);
  const std::size_t taken = columns(prefix);
  const auto pieces = pieces_for(words, limit, limits.max_lines, taken);
  const std::size_t needed = pieces ? fewest_lines(*pieces, limit, taken) : limits.max_lines + 1;
  if (auto full = full_lines(words, limit, std::min(needed - 1, limits.max_lines), prefix))
    return full;
  if (needed > limits.max_lines)
    return std::nullopt;

  std::size_t begin = 0;
  for (const std::size_t end : EvenLines(words, *pieces, limit, taken).ends(needed)) {
    lines.push_back(std::string(begin == 0 ? prefix : std::string_view()) +
                    text_of(words.subspan(begin, end - begin)));
    begin = end;
  }
  return lines;
}

std::size_t words_on_line(std::span<const CaptionWord> words, std::size_t max_line_length,
                          std::string_view prefix) {
  const std::size_t limit = room(max_line_length);
  std::size_t taken = columns(fitting_prefix(words, limit, prefix));
  std::size_t end = 0;
  for (Pieces pieces(words, limit, taken); !pieces.done();) {
    const Piece piece = pieces.next();
    taken += piece.blank + piece.columns;
    if (taken > limit && end > 0)
      break;
    end = piece.end;
  }
  return end;
}

}  // namespace assemblyai
