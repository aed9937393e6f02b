// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The talk in a pipeline with a text pad: the expected times of its words, and the check of the
// shown ones.

#pragma once

#include <algorithm>
#include <cctype>
#include <mutex>
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

// Except for capitals and full stops, which arrive with the final.
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

// The beginning of a pipeline.
inline std::string file_source(const TalkFile &file) {
  return "filesrc location=" + file.path() + " ! wavparse ! audioconvert ! audioresample";
}

// A pipeline whose text pad is recorded.
class TextPipeline {
 public:
  TextPipeline(const testserver::Server &server, const std::string &source,
               const std::string &properties = "")
      : pipeline_(source + " ! " + sink_text(server, properties) +
                  "  sink.src ! fakesink name=text sync=false"),
        recorder_(pipeline_, "sink", "src") {
    GstPad *pad = gst_element_get_static_pad(pipeline_.sink(), "sink");
    const auto take = +[](GstPad *, GstPadProbeInfo *info, gpointer route) {
      static_cast<Route *>(route)->take(gst_pad_probe_info_get_buffer(info));
      return GST_PAD_PROBE_OK;
    };
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, take, &route_, nullptr);
    gst_object_unref(pad);
  }

  Pipeline &pipeline() { return pipeline_; }
  const PadRecorder &recorder() const { return recorder_; }
  // The speech in the audio that a server receives, at the times of its buffers: those of a live
  // source do not begin at 0, and jump at a pause.
  std::vector<TimedText> words_by_position() const { return route_.words(); }
  void play() { pipeline_.set_state(GST_STATE_PLAYING); }

  void wait_for_cues(std::size_t count) const {
    recorder_.wait_for([count](const std::vector<PadRecorder::Item> &items) {
      return std::count_if(items.begin(), items.end(), [](const auto &item) {
               return !item.gap;
             }) >= static_cast<std::ptrdiff_t>(count);
    });
  }

  // The errors in the cues since the last flush; empty: none.
  std::string fault(const std::vector<TimedText> &words, ExactRules rules = {}) const {
    rules.same = same_letters;
    const std::vector<TimedText> cues = timed(last_run().second);
    std::string fault = ExactTimes(cues, words, std::move(rules)).fault();
    return fault + recorder_.violations();
  }
  // The cues before and after the last flush. After it, time begins with a gap at 0.
  std::pair<std::vector<Cue>, std::vector<Cue>> last_run() const {
    std::vector<Cue> before;
    std::vector<Cue> cues;
    for (const PadRecorder::Item &item : recorder_.items()) {
      if (item.cue.start == 0)
        before = std::exchange(cues, {});
      if (!item.gap)
        cues.push_back(item.cue);
    }
    return {before, cues};
  }

 private:
  // Converts positions in the audio to running times.
  class Route {
   public:
    void take(GstBuffer *buffer) {
      const std::lock_guard lock(mutex_);
      const nanoseconds time(GST_BUFFER_PTS(buffer));
      const nanoseconds jump =
          time - (shifts_.empty() ? nanoseconds() : position_ + shifts_.back().by);
      if (shifts_.empty() || jump < -kJitter)
        shifts_.push_back({position_, time - position_});
      else if (jump > kJitter)
        position_ += jump;  // filled with silence
      position_ += std::chrono::milliseconds(gst_buffer_get_size(buffer) / 32);
    }
    std::vector<TimedText> words() const {
      const std::lock_guard lock(mutex_);
      std::vector<TimedText> words;
      for (std::size_t i = 0;; i++) {
        const testserver::TalkWord word = testserver::talk_word(i);
        if (milliseconds(word.end_ms) > position_)
          return words;
        words.push_back(
            {word.formatted, at(milliseconds(word.start_ms)), at(milliseconds(word.end_ms))});
      }
    }

   private:
    using nanoseconds = std::chrono::nanoseconds;
    static constexpr milliseconds kJitter{10};
    struct Shift {
      nanoseconds from;
      nanoseconds by;
    };
    nanoseconds at(nanoseconds position) const {
      nanoseconds by{};
      for (const Shift &shift : shifts_)
        by = shift.from < position ? shift.by : by;
      return position + by;
    }

    mutable std::mutex mutex_;
    nanoseconds position_{};
    std::vector<Shift> shifts_;
  };

  Route route_;
  Pipeline pipeline_;
  PadRecorder recorder_;
};

}  // namespace testing
