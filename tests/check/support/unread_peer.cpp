// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/unread_peer.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "support/feed.h"
#include "support/process_resources.h"
#include "support/timed_talk.h"

namespace testing {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Range {
  std::chrono::nanoseconds start;
  std::chrono::nanoseconds end;
};

// The lateness of audio at the element, caused by blocking upstream.
class Lateness {
 public:
  explicit Lateness(const Pipeline &pipeline)
      : element_(pipeline.sink()), pad_(gst_element_get_static_pad(pipeline.sink(), "sink")) {
    const auto take = +[](GstPad *, GstPadProbeInfo *info, gpointer self) {
      static_cast<Lateness *>(self)->take(gst_pad_probe_info_get_buffer(info));
      return GST_PAD_PROBE_OK;
    };
    probe_ = gst_pad_add_probe(pad_, GST_PAD_PROBE_TYPE_BUFFER, take, this, nullptr);
  }
  Lateness(const Lateness &) = delete;
  Lateness &operator=(const Lateness &) = delete;
  ~Lateness() {
    gst_pad_remove_probe(pad_, probe_);
    gst_object_unref(pad_);
  }
  milliseconds most() const { return milliseconds(most_); }

 private:
  void take(GstBuffer *buffer) {
    const GstClockTime now = gst_element_get_current_running_time(element_);
    if (GST_CLOCK_TIME_IS_VALID(now))
      most_ = std::max<std::int64_t>(
          most_, GST_CLOCK_DIFF(GST_BUFFER_PTS(buffer), now) / GstClockTimeDiff{GST_MSECOND});
  }

  GstElement *element_;
  GstPad *pad_;
  gulong probe_ = 0;
  std::atomic<std::int64_t> most_{0};
};

class Talk {
 public:
  explicit Talk(const UnreadPeer &peer)
      : peer_(peer),
        server_(start_server(options())),
        pipeline_(std::string(Feed::kSource) + " is-live=true ! " +
                  sink_text(*server_, "max-backlog=" + std::to_string(peer.max_backlog.count()) +
                                          " " + peer.properties)),
        feed_(pipeline_),
        lateness_(pipeline_) {}

  UnreadPeerResult result() {
    pipeline_.set_state(GST_STATE_PLAYING);
    begun_ = Clock::now();
    play_until(peer_.before);
    const std::size_t heap = ProcessResources::now().heap;
    server_->stall_reading(true);
    play_until(peer_.before + peer_.stalled, heap);
    server_->stall_reading(false);
    play_until(peer_.talk());
    feed_.end();
    while (!over() && Clock::now() < begun_ + peer_.talk() + kDeadline)
      pipeline_.dwell(100ms);
    result_.lateness = lateness_.most();
    judge();
    pipeline_.set_state(GST_STATE_NULL);
    wait_all_closed(*server_);
    return result_;
  }

 private:
  static testserver::Options options() {
    testserver::Options options = coded_talk();
    options.proxied = true;
    options.proxy_buffer_bytes = 4096;
    options.keep_audio = false;
    return options;
  }
  bool over() const { return pipeline_.heard().eos || !pipeline_.heard().errors.empty(); }

  // Half a second ahead of the clock, so that nothing accumulates here. Reports the heap at the
  // start of the stall.
  void play_until(milliseconds end, std::size_t heap = 0) {
    constexpr milliseconds kAhead = 500ms;
    const Clock::time_point last = begun_ + end;
    while (Clock::now() < last && !over()) {
      const auto now = std::chrono::floor<milliseconds>(Clock::now() - begun_);
      const milliseconds to = std::min((now + kAhead) / 50ms * 50ms, peer_.talk());
      if (to > pushed_)
        feed_.push_talk(pushed_, to, pushed_);
      pushed_ = std::max(pushed_, to);
      pipeline_.dwell(100ms);
      result_.queued =
          std::max(result_.queued, milliseconds(pipeline_.stat("audio-queued") / GST_MSECOND));
      const std::size_t used = heap > 0 ? ProcessResources::now().heap : 0;
      result_.heap_growth = std::max(result_.heap_growth, used - std::min(used, heap));
    }
  }

  void judge() {
    pipeline_.drain_bus();
    if (!pipeline_.heard().errors.empty())
      result_.problem = pipeline_.heard().errors[0];
    else if (!pipeline_.heard().eos)
      result_.problem = "it hangs";
    result_.lost = milliseconds(pipeline_.stat("audio-lost") / GST_MSECOND);
    result_.words = pipeline_.words().size();
    result_.sessions = pipeline_.messages("assemblyai-session-begin").size();
    if (result_.problem.empty())
      compare();
  }

  // A word of which a part was lost may be recognized or not, and at the time of the remaining
  // part. Every other word is recognized.
  void compare() {
    const std::vector<Range> lost = lost_ranges();
    const std::vector<HeardWord> heard = pipeline_.words();
    auto next = heard.begin();
    for (const TimedText &word : words_of({{0ms, peer_.talk(), 0ms}})) {
      const bool whole = std::none_of(lost.begin(), lost.end(), [&](const Range &range) {
        return range.start < word.end && range.end > word.start;
      });
      const bool comes = next != heard.end() && same_letters(next->text, word.text);
      if (!comes && !whole)
        continue;
      const std::chrono::nanoseconds off =
          comes ? std::chrono::nanoseconds(next->start) - word.start : 0ns;
      if (!comes || (whole && std::chrono::abs(off) > 50ms)) {
        result_.problem = "\"" + word.text + "\" of " + std::to_string(word.start / 1ms) +
                          " ms: " + (comes ? "at another time" : "missing") + "; heard before " +
                          (next != heard.end() ? next->text : "the end");
        return;
      }
      ++next;
    }
    if (next != heard.end())
      result_.problem = "\"" + next->text + "\" too much";
  }

  std::vector<Range> lost_ranges() const {
    std::vector<Range> lost;
    for (const GstStructure *message : pipeline_.messages("assemblyai-audio-lost"))
      lost.push_back({std::chrono::nanoseconds(time_field(message, "running-time")),
                      std::chrono::nanoseconds(end_time(message))});
    return lost;
  }

  UnreadPeer peer_;
  std::unique_ptr<testserver::Server> server_;
  Pipeline pipeline_;
  Feed feed_;
  Lateness lateness_;
  UnreadPeerResult result_;
  milliseconds pushed_{};
  Clock::time_point begun_;
};

}  // namespace

UnreadPeerResult talk_to(const UnreadPeer &peer) {
  return Talk(peer).result();
}

}  // namespace testing
