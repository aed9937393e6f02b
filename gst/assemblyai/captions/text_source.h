// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The interface between recognised turns and the text pad. A text mode is a TextSource in a file of
// its own. To add one, write the file, and add its value, its factory and its row here: the
// property text-mode and the pad use the table.

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "captions/segmenter.h"
#include "captions/words.h"

namespace assemblyai {

// What happens to text whose place in the output has passed.
enum class LateText : std::uint8_t {
  kShift,  // show it as soon as possible, and for a shorter time until text is in time again
  kKeep,   // send it with its own time, but not before the end of the text before it
  kDrop,
};

enum class TextMode : std::uint8_t { kCues, kWords, kRolling };

// Each source uses the options that it needs.
struct TextOptions {
  TextMode mode = TextMode::kCues;  // for make_text_source()
  CueOptions cue;
  LateText late_text = LateText::kShift;
  nanoseconds lateness{};    // text is shown so much later than it was spoken
  nanoseconds wait{};        // from the audio until it is due
  bool stable_only = false;  // a growing caption has no words that may change
};

struct TextItem {
  enum class Kind : std::uint8_t {
    kGap,
    kText,             // lines are separated by line feeds
    kSpeakerChange,    // text is the speaker of the next word
    kFinalTranscript,  // a turn is over
  };
  Kind kind = Kind::kGap;
  nanoseconds start{};
  nanoseconds duration{};
  std::string text;
  std::string markup;    // the text as Pango markup; empty: escaping is enough
  bool is_word = false;  // the text is one word, which is reported upstream too
  std::string speaker;   // of this word; empty: unknown
};

struct TextCounts {
  std::uint64_t texts = 0;
  std::uint64_t late = 0;     // texts that were sent after their place had passed
  std::uint64_t dropped = 0;  // texts that were not sent because of that
};

// Decides what the text pad sends: text and gaps that follow one another without overlap or hole.
//
// Turns are reported as they are recognised, each of them several times with more and better words.
// The pad's task asks for the next item and passes the time up to which output is due. It does not
// know the mode.
//
// Times are running times of the output. Reads no clock. No thread safety: the pad's lock guards
// it.
class TextSource {
 public:
  TextSource() = default;
  TextSource(const TextSource &) = delete;
  TextSource &operator=(const TextSource &) = delete;
  virtual ~TextSource() = default;

  // For text that has not been sent yet.
  virtual void set_options(const TextOptions &options) = 0;
  // Before the first item: output begins there instead of at 0.
  virtual void begin(nanoseconds from) { position_ = from; }

  // All that is known of a turn. Replaces earlier reports of it.
  virtual void report(CaptionTurn turn) = 0;
  // A new session continues the stream: turns that are not final will be reported again, perhaps
  // divided in other places. Words that were shown are not shown again.
  virtual void retell() = 0;
  // No more reports: all known text is sent without waiting until it is due.
  virtual void finish() { finished_ = true; }
  // Captions have ended: a growing caption is cleared. Text that has a time of its own is still
  // sent.
  virtual void clear() {}

  // The next item, when output up to due has to be decided. Nothing: wait for words, or for time.
  std::optional<TextItem> next(nanoseconds due);
  // A gap that ends there. Text that turns out to belong in it is not late. An item that was chosen
  // before comes first.
  TextItem pass(nanoseconds until);

  // The end of what was sent.
  nanoseconds position() const { return position_; }
  // finish() was called, and everything was sent.
  bool drained() const { return finished_ && ready_.empty() && !has_more(); }
  const TextCounts &counts() const { return counts_; }

 protected:
  // Queues the next items, if there are any yet.
  virtual void choose(nanoseconds due) = 0;
  // Whether something known is not queued yet.
  virtual bool has_more() const = 0;

  void queue(TextItem item) { ready_.push_back(std::move(item)); }
  void queue_gap(nanoseconds until);
  bool is_ready() const { return !ready_.empty(); }
  bool finished() const { return finished_; }

  TextCounts counts_;

 private:
  nanoseconds position_{};
  std::deque<TextItem> ready_;  // queued
  bool finished_ = false;
};

std::unique_ptr<TextSource> make_cue_source(const TextOptions &options);
std::unique_ptr<TextSource> make_word_source(const TextOptions &options);
std::unique_ptr<TextSource> make_rolling_source(const TextOptions &options);

struct TextModeInfo {
  const char *nick;   // the value of the property text-mode
  const char *blurb;  // in gst-inspect-1.0
  // True: output is due for the frame that is rendered next, and the mode promises no latency.
  // False: output is due when the property latency is over.
  bool at_once;
  std::unique_ptr<TextSource> (*make)(const TextOptions &options);
};

// In the order of TextMode.
inline constexpr std::array kTextModes{
    TextModeInfo{"cues", "Readable subtitles with the times of their words", false,
                 make_cue_source},
    TextModeInfo{"words", "One buffer for each word", false, make_word_source},
    TextModeInfo{"rolling", "The growing caption, as soon as possible", true, make_rolling_source},
};

inline const TextModeInfo &info_of(TextMode mode) {
  return kTextModes[static_cast<std::size_t>(mode)];
}

inline std::unique_ptr<TextSource> make_text_source(const TextOptions &options) {
  return info_of(options.mode).make(options);
}

}  // namespace assemblyai
