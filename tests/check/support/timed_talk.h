// SPDX-License-Identifier: LGPL-2.1-or-later
// The talk in a pipeline with a text pad: which words have to be shown when, and whether they are.

#pragma once

#include <algorithm>
#include <atomic>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "support/exact_times.h"
#include "support/pad_recorder.h"
#include "support/pipeline.h"
#include "talk.h"

namespace testing {

// The talk between two positions, and the running time at which that part begins.
struct TalkPart {
  milliseconds from;
  milliseconds to;
  std::chrono::nanoseconds at;
};

inline std::vector<TimedText> words_of(const std::vector<TalkPart> &parts) {
  std::vector<TimedText> words;
  for (const TalkPart &part : parts) {
    for (std::size_t i = 0;; i++) {
      const testserver::TalkWord word = testserver::talk_word(i);
      if (word.end_ms > part.to.count())
        break;
      if (word.start_ms < part.from.count())
        continue;
      const std::chrono::nanoseconds moved = part.at - part.from;
      words.push_back(
          {word.formatted, milliseconds(word.start_ms) + moved, milliseconds(word.end_ms) + moved});
    }
  }
  return words;
}

// But for capitals and full stops, which come with the final.
inline bool same_letters(const std::string &one, const std::string &other) {
  const auto letters = [](std::string text) {
    std::erase_if(text, [](unsigned char byte) { return std::ispunct(byte) != 0; });
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
    return text;
  };
  return letters(one) == letters(other);
}

inline std::vector<TimedText> timed(const std::vector<Cue> &cues) {
  std::vector<TimedText> result;
  for (const Cue &cue : cues)
    result.push_back(
        {cue.text, std::chrono::nanoseconds(cue.start), std::chrono::nanoseconds(cue.end)});
  return result;
}

// A pipeline whose text pad is recorded.
class TextPipeline {
 public:
  TextPipeline(const testserver::Server &server, const std::string &source,
               const std::string &properties = "")
      : pipeline_(source + " ! " + sink_text(server, properties) +
                  "  sink.src ! fakesink name=text sync=false"),
        recorder_(pipeline_, "text", "sink") {
    GstPad *pad = gst_element_get_static_pad(pipeline_.sink(), "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, take_first, &first_audio_, nullptr);
    gst_object_unref(pad);
  }

  Pipeline &pipeline() { return pipeline_; }
  const PadRecorder &recorder() const { return recorder_; }
  // The time of the first audio. A live source does not begin at 0.
  std::chrono::nanoseconds first_audio() const { return std::chrono::nanoseconds(first_audio_); }
  void play() { pipeline_.set_state(GST_STATE_PLAYING); }

  void wait_for_cues(std::size_t count) const {
    recorder_.wait_for([count](const std::vector<PadRecorder::Item> &items) {
      return std::count_if(items.begin(), items.end(), [](const auto &item) {
               return !item.gap;
             }) >= static_cast<std::ptrdiff_t>(count);
    });
  }

  // What is wrong with the cues since the last flush; empty: nothing.
  std::string fault(const std::vector<TimedText> &words, ExactRules rules = {}) const {
    rules.same = same_letters;
    const std::vector<TimedText> cues = timed(last_run().second);
    std::string fault = ExactTimes(cues, words, std::move(rules)).fault();
    return fault + recorder_.violations();
  }
  // The cues before and after the last flush.
  std::pair<std::vector<Cue>, std::vector<Cue>> last_run() const {
    std::vector<Cue> before;
    std::vector<Cue> cues;
    GstClockTime position = 0;
    for (const PadRecorder::Item &item : recorder_.items()) {
      if (item.cue.start < position)
        before = std::exchange(cues, {});
      position = item.cue.start;
      if (!item.gap)
        cues.push_back(item.cue);
    }
    return {before, cues};
  }

 private:
  static GstPadProbeReturn take_first(GstPad *, GstPadProbeInfo *info, gpointer into) {
    *static_cast<std::atomic<GstClockTime> *>(into) =
        GST_BUFFER_PTS(gst_pad_probe_info_get_buffer(info));
    return GST_PAD_PROBE_REMOVE;
  }

  std::atomic<GstClockTime> first_audio_{0};
  Pipeline pipeline_;
  PadRecorder recorder_;
};

}  // namespace testing
