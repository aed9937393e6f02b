// SPDX-License-Identifier: LGPL-2.1-or-later
// The seam between what the service says and what leaves the text pad. A new text mode is a source
// in a file of its own, and its value, its factory and its row here: the property and the pad take
// it from the table.

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

// What to do with text whose place in the output has passed.
enum class LateText : std::uint8_t {
  kShift,  // show it as soon as possible, and in less time than meant until text is in time again
  kKeep,   // send it with its own time, but not before the end of the text before it
  kDrop,
};

enum class TextMode : std::uint8_t { kCues, kWords, kRolling };

// Each source uses the options that concern it.
struct TextOptions {
  TextMode mode = TextMode::kCues;  // of a new source
  CueOptions cue;
  LateText late_text = LateText::kShift;
  nanoseconds lateness{};    // how much later than spoken text is shown
  nanoseconds wait{};        // from the audio until it is due
  bool stable_only = false;  // words that may change are not shown while the caption grows
};

struct TextItem {
  enum class Kind : std::uint8_t {
    kGap,              // nothing to show from start on
    kText,             // text from start on; several lines are parted by line feeds
    kSpeakerChange,    // text is the speaker of the next word; empty: unknown
    kFinalTranscript,  // the turn is over
  };
  Kind kind = Kind::kGap;
  nanoseconds start{};
  nanoseconds duration{};
  std::string text;
  std::string markup;    // the text as Pango markup; empty: escaping is enough
  bool is_word = false;  // the text is one word, which is reported upstream too
  std::string speaker;   // of the word; empty: unknown
};

struct TextCounts {
  std::uint64_t texts = 0;
  std::uint64_t late = 0;     // texts among them that came too late for their place
  std::uint64_t dropped = 0;  // texts that were not sent for that reason
};

// Decides what the text pad sends: texts and gaps that follow one another without overlap and
// without holes. Each text mode is a source.
//
// Turns are reported as they are recognised, again and again with more and better words. The pad's
// task asks for the next item and says how far the output has to come now; it knows no mode.
//
// Time is the running time of the output. No thread safety: it belongs to one lock.
class TextSource {
 public:
  TextSource() = default;
  TextSource(const TextSource &) = delete;
  TextSource &operator=(const TextSource &) = delete;
  virtual ~TextSource() = default;

  // For what has not gone yet.
  virtual void set_options(const TextOptions &options) = 0;
  // Before the first item: output begins there, and not at 0.
  virtual void begin(nanoseconds from) { position_ = from; }

  // All that is known of a turn; replaces what was reported of it before.
  virtual void report(CaptionTurn turn) = 0;
  // Another session goes on: turns that are not final are reported anew, perhaps divided in other
  // places. What was shown of them is not shown again.
  virtual void retell() = 0;
  // Nothing more is reported: what is known goes, whatever is due. Gaps still end at due.
  virtual void finish() { finished_ = true; }
  // Captions have ended with an error. What is still to be shown in its place stays.
  virtual void clear() {}

  // The next item, when the output has to come up to due. Nothing: wait for more words, or for more
  // time.
  std::optional<TextItem> next(nanoseconds due);
  // Time that passes without anybody knowing yet what is said in it: a gap, in which text is not
  // late. An item that was chosen before comes first.
  TextItem pass(nanoseconds until);

  // The end of what has gone.
  nanoseconds position() const { return position_; }
  // finish() was called and everything has gone.
  bool drained() const { return finished_ && ready_.empty() && !has_more(); }
  const TextCounts &counts() const { return counts_; }

 protected:
  // Queues what goes next; nothing if it has to wait.
  virtual void choose(nanoseconds due) = 0;
  // Whether anything is known that is still to be chosen.
  virtual bool has_more() const = 0;

  void queue(TextItem item) { ready_.push_back(std::move(item)); }
  void queue_gap(nanoseconds until);
  bool is_ready() const { return !ready_.empty(); }
  bool finished() const { return finished_; }

  TextCounts counts_;

 private:
  nanoseconds position_{};
  std::deque<TextItem> ready_;  // chosen, not taken yet
  bool finished_ = false;
};

std::unique_ptr<TextSource> make_cue_source(const TextOptions &options);
std::unique_ptr<TextSource> make_word_source(const TextOptions &options);
std::unique_ptr<TextSource> make_rolling_source(const TextOptions &options);

struct TextModeInfo {
  const char *nick;   // the value of the property text-mode
  const char *blurb;  // in gst-inspect-1.0
  // Text is due for the picture that is rendered next, and no latency is promised. Else it is due
  // when the property latency is over.
  bool at_once;
  std::unique_ptr<TextSource> (*make)(const TextOptions &options);
};

// By the values of TextMode.
inline constexpr std::array kTextModes{
    TextModeInfo{"cues", "Readable subtitles, at their words' times", false, make_cue_source},
    TextModeInfo{"words", "Each word in a buffer of its own", false, make_word_source},
    TextModeInfo{"rolling", "The caption as it grows, as soon as possible", true,
                 make_rolling_source},
};

inline const TextModeInfo &info_of(TextMode mode) {
  return kTextModes[static_cast<std::size_t>(mode)];
}

inline std::unique_ptr<TextSource> make_text_source(const TextOptions &options) {
  return info_of(options.mode).make(options);
}

}  // namespace assemblyai
