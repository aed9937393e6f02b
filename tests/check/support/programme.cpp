// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/programme.h"

#include <algorithm>
#include <utility>

#include "support/child.h"

namespace testing {

namespace {

using namespace std::chrono_literals;

constexpr char kTurns[] = R"("turns": [
  {"text": "good evening and welcome", "start": 500, "word_ms": 350,
   "formatted": "Good evening and welcome."},
  {"text": "tonight fish & chips", "start": 2500, "word_ms": 375,
   "formatted": "Tonight: fish & chips."},
  {"text": "and now the weather", "start": 4600, "word_ms": 350,
   "formatted": "And now the weather."}])";

std::string scenario(Service service) {
  const std::string turns = kTurns;
  switch (service) {
    case Service::healthy:
      break;
    case Service::slow:
      return "{\"recognition_delay_ms\": 2000, \"end_of_turn_silence_ms\": 2000, " + turns + "}";
    case Service::silent:
      return "{\"turns\": []}";
    case Service::dropping:
      return "{" + turns + ", \"steps\": [{\"at\": 5600, \"do\": \"drop\"}]}";
  }
  return "{" + turns + "}";
}

testserver::Options options_of(Service service) {
  testserver::Options options;
  options.scenario = scenario(service);
  options.keep_audio = false;
  if (service == Service::slow)
    options.begin_delay = 2s;
  return options;
}

std::vector<Cue> cues_of(Service service) {
  if (service == Service::silent)
    return {};
  std::vector<Cue> cues{
      {"Good evening and welcome.", 500 * GST_MSECOND, 1900 * GST_MSECOND},
      {"Tonight: fish & chips.", 2500 * GST_MSECOND, 4000 * GST_MSECOND},
      {"And now the weather.", 4600 * GST_MSECOND, 6000 * GST_MSECOND},
  };
  // The recognized part of the sentence, for as long as it takes to read.
  if (service == Service::dropping)
    cues.back() = {"And now", 4600 * GST_MSECOND, 5600 * GST_MSECOND};
  return cues;
}

GstPadProbeReturn note_begin(GstPad *pad, GstPadProbeInfo *info, gpointer begin) {
  *static_cast<std::atomic<GstClockTime> *>(begin) =
      running_time_of(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_REMOVE;
}

constexpr int kBright = 50;  // black is at most 16

// How bright the brightest pixel of each frame is.
std::vector<int> brightness(const std::string &path, Screen screen) {
  constexpr std::size_t kPixels = std::size_t{160} * 120;
  const TemporaryDirectory directory;
  std::vector<std::string> command{"ffmpeg", "-v", "fatal", "-i", path};
  if (screen == Screen::video_and_pictures) {
    command.insert(command.end(),
                   {"-filter_complex", "[0:s]scale=160:120[pictures];[0:v][pictures]overlay"});
  } else {
    command.insert(command.end(), {"-map", "0:v"});
  }
  command.insert(command.end(), {"-r", "10", "-frames:v", "70", "-pix_fmt", "gray", "-f",
                                 "rawvideo", directory.file("frames")});
  Child ffmpeg(command);
  fail_unless(ffmpeg.wait(), "%s", ffmpeg.errors().c_str());
  const std::string frames = directory.read("frames");
  fail_unless_equals_uint64(frames.size() % kPixels, 0);
  std::vector<int> brightest;
  for (std::size_t at = 0; at < frames.size(); at += kPixels) {
    const auto *begin = reinterpret_cast<const unsigned char *>(frames.data()) + at;
    brightest.push_back(*std::max_element(begin, begin + kPixels));
  }
  return brightest;
}

}  // namespace

GstClockTime running_time_of(GstPad *pad, GstBuffer *buffer) {
  GstEvent *event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const GstClockTime time =
      gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  gst_event_unref(event);
  return time;
}

Production::Production(const std::string &description, std::string path)
    : path_(std::move(path)),
      pipeline_(description + "filesink location=" + path_),
      recorder_(pipeline_, "sink", "src") {
  // Otherwise each session would receive the programme from its beginning.
  g_object_set(pipeline_.sink(), "max-retries", 0, nullptr);
  GstPad *pad = gst_element_get_static_pad(pipeline_.sink(), "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note_begin, &begin_, nullptr);
  gst_object_unref(pad);
  watch_muxer();
}

void Production::watch_muxer() {
  GstElement *muxer = gst_bin_get_by_name(GST_BIN(pipeline_.element()), "mux");
  if (muxer == nullptr)
    return;
  const auto note = [](GstElement *, GstPad *pad, gpointer data) -> gboolean {
    auto *self = static_cast<Production *>(data);
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note_first, self, nullptr);
    return TRUE;
  };
  gst_element_foreach_sink_pad(muxer, note, this);
  gst_object_unref(muxer);
}

GstPadProbeReturn Production::note_first(GstPad *pad, GstPadProbeInfo *info, gpointer data) {
  auto *self = static_cast<Production *>(data);
  GstCaps *caps = gst_pad_get_current_caps(pad);
  const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  const GstClockTime time = running_time_of(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  if (g_str_has_prefix(name, "video/"))
    self->first_picture_ = time;
  else if (g_str_has_prefix(name, "audio/"))
    self->first_sound_ = time;
  gst_caps_unref(caps);
  return GST_PAD_PROBE_REMOVE;
}

GstClockTime Production::begin_of_file() const {
  return std::min(first_picture_.load(), first_sound_.load());
}

void Production::finish(std::size_t errors) {
  pipeline_.wait_for_eos();
  pipeline_.drain_bus();
  const Heard &heard = pipeline_.heard();
  fail_unless_equals_uint64(heard.errors.size(), errors);
  fail_unless(heard.warnings.empty(), "%s: %s", path_.c_str(),
              heard.warnings.empty() ? "" : heard.warnings[0].c_str());
  fail_unless_equals_text(recorder_.violations(), "");
  fail_unless(recorder_.eos());
}

std::vector<Cue> Production::sent() const {
  std::vector<Cue> cues = recorder_.cues();
  for (Cue &cue : cues) {
    if (recorder_.markup())
      cue.text = plain_text(cue.text).value();
  }
  return cues;
}

std::string Production::sent_text() const {
  std::string text;
  for (const Cue &cue : sent())
    text += (text.empty() ? "" : " ") + cue.text;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool Production::ends_with_gap() const {
  const std::vector<PadRecorder::Item> items = recorder_.items();
  return !items.empty() && items.back().gap;
}

milliseconds Production::longest_wait() const {
  GstClockTimeDiff longest = 0;
  for (const PadRecorder::Item &item : recorder_.items())
    longest = std::max(longest, GST_CLOCK_DIFF(item.cue.start, item.sent_at));
  return std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(longest));
}

void Run::finish() const {
  production->finish(service == Service::dropping ? 1 : 0);
  std::vector<Cue> expected = cues_of(service);
  for (Cue &cue : expected) {
    cue.start += production->begin();
    cue.end += production->begin();
  }
  // One chunk, and the jitter of timestamps of live buffers on a busy machine.
  assert_cues(production->sent(), expected, 80 * GST_MSECOND);
  fail_unless_equals_text(production->sent_text(), production->pipeline().transcript());
}

std::vector<Run> prepare_runs(const TemporaryDirectory &directory, const std::string &name,
                              const Description &description) {
  static constexpr std::pair<Service, const char *> kServices[] = {
      {Service::healthy, "healthy-"},
      {Service::slow, "slow-"},
      {Service::silent, "silent-"},
      {Service::dropping, "dropping-"}};
  std::vector<Run> runs;
  for (const auto &[service, prefix] : kServices) {
    auto server = start_server(options_of(service));
    auto production =
        std::make_unique<Production>(description(*server), directory.file(prefix + name));
    runs.push_back({service, std::move(server), std::move(production)});
  }
  return runs;
}

void assert_seen(const std::string &path, Screen screen, const std::vector<Cue> &cues) {
  constexpr GstClockTime kFrame = 100 * GST_MSECOND;
  const std::vector<int> frames = brightness(path, screen);
  fail_unless_equals_uint64(frames.size(), kProgramme / 100ms);
  for (std::size_t i = 0; i < frames.size(); i++) {
    const GstClockTime time = i * kFrame;
    bool within = false;
    bool near = false;
    for (const Cue &cue : cues) {
      within = within || (time >= cue.start + kFrame && time + 2 * kFrame <= cue.end);
      near = near || (time + 2 * kFrame >= cue.start && time <= cue.end + kFrame);
    }
    fail_if(within && frames[i] < kBright, "%s: nothing is seen in frame %zu", path.c_str(), i);
    fail_if(!near && frames[i] >= kBright, "%s: something is seen in frame %zu", path.c_str(), i);
  }
}

}  // namespace testing
