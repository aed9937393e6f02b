// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Settings of cues, and the words of a turn behind them, separated by 0x1E: all words get into
// cues, in order, and each cue fits on its lines.

#include "captions/segmenter.h"

#include <cstddef>
#include <span>

#include "captions.h"
#include "captions/graphemes.h"
#include "captions/layout.h"

using namespace assemblyai;
using namespace fuzz;

namespace {

// Enough to see all there is to see, and soon.
constexpr std::size_t kMostCues = 25;
[[maybe_unused]] const std::size_t kLongest = longest = 1U << 11U;

std::vector<CaptionWord> words_of(std::span<const std::string> parts) {
  std::vector<CaptionWord> words;
  nanoseconds now{};
  for (const std::string &part : parts) {
    if (auto word = take_word(part, now)) {
      word->joined = word->joined && !words.empty();
      now = word->start;
      words.push_back(std::move(*word));
    }
  }
  return words;
}

void check_split(const std::vector<CaptionWord> &whole, const std::vector<CaptionWord> &parts,
                 std::size_t limit) {
  require(without_blanks(text_of(whole)) == without_blanks(text_of(parts)), "no letter is lost");
  nanoseconds end{};
  for (const CaptionWord &part : parts) {
    require(!part.text.empty() && is_valid_utf8(part.text), "what is cut off is text");
    require(columns(part.text) <= limit, "what is cut off fits on a line");
    require(part.start <= part.end, "times are in order");
    require(!part.cut || (part.joined && part.start == end), "what is cut off is joined");
    end = part.end;
  }
}

// What is shown of the words.
void check_lines(std::span<const CaptionWord> words, const CueOptions &options,
                 std::string_view prefix) {
  const auto lines = balanced_lines(words, options.lines, prefix);
  require(lines.has_value(), "a cue fits on its lines");
  require(!lines->empty() && lines->size() <= options.lines.max_lines, "a cue has so many lines");
  std::string shown;
  for (const std::string &line : *lines) {
    require(!line.empty() && is_valid_utf8(line), "lines are text");
    require(columns(line) <= options.lines.max_line_length, "lines are so long");
    shown += line;
  }
  prefix = fitting_prefix(words, options.lines.max_line_length, prefix);
  require(without_blanks(shown) == without_blanks(std::string(prefix) + text_of(words)),
          "all is shown");
}

// Speakers and pauses part cues.
void check_together(std::span<const CaptionWord> words, const CueOptions &options) {
  std::string_view speaker = words[0].speaker;
  for (std::size_t i = 1; i < words.size(); i++) {
    require(words[i].speaker.empty() || speaker.empty() || words[i].speaker == speaker,
            "a cue has one speaker");
    require(words[i].start - words[i - 1].end <= 1500ms, "a cue has no long pause");
    require(words[i].end - words[0].start <= options.max_duration, "a cue is not too long");
    if (!words[i].speaker.empty())
      speaker = words[i].speaker;
  }
}

std::size_t check_cue(const WaitingWords &waiting, const CueOptions &options) {
  const std::size_t count = next_cue(waiting, options);
  require(count <= waiting.words.size(), "only known words are taken");
  const auto words = waiting.words.first(count);
  const auto stable = [](const CaptionWord &word) { return word.stable; };
  if (waiting.due)
    require(count > 0, "what is due goes");
  else
    require(std::all_of(words.begin(), words.end(), stable), "what may change waits");
  if (waiting.ended && std::all_of(waiting.words.begin(), waiting.words.end(), stable))
    require(count > 0, "what is known for good goes");
  if (count > 0) {
    check_lines(words, options, waiting.prefix);
    check_together(words, options);
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::vector<std::string> parts = expanded_parts(as_text(data, size));
  Numbers settings(parts.front());
  const CueOptions options = take_cue_options(settings);
  const bool ended = settings.next() % 2 != 0;
  const nanoseconds heard = settings.next() * 100ms;
  const std::vector<CaptionWord> whole = words_of(std::span(parts).subspan(1));
  const std::vector<CaptionWord> words = split_wide(whole, options.lines.max_line_length);
  check_split(whole, words, options.lines.max_line_length);
  std::string prefix = speaker_prefix(options.speaker_prefix, "Anna");
  std::size_t cues = 0;
  for (auto rest = std::span(words); !rest.empty() && cues < kMostCues; prefix.clear(), cues++) {
    check_cue({rest, ended, false, heard, prefix}, options);
    rest = rest.subspan(check_cue({rest, ended, true, heard, prefix}, options));
  }
  return 0;
}
