// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/cues.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "json.h"
#include "support/child.h"
#include "support/pad_recorder.h"

namespace testing {

namespace {

bool near(GstClockTime one, GstClockTime other, GstClockTime tolerance) {
  if (!GST_CLOCK_TIME_IS_VALID(one) || !GST_CLOCK_TIME_IS_VALID(other))
    return one == other;
  return (one > other ? one - other : other - one) <= tolerance;
}

std::string seconds(GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time))
    return "?";
  const GstClockTime ms = (time + GST_MSECOND / 2) / GST_MSECOND;
  const std::string part = std::to_string(1000 + ms % 1000);
  return std::to_string(ms / 1000) + "." + part.substr(1);
}

// FFmpeg's decimals, or nothing where it says "N/A".
GstClockTime time_member(JsonObject *object, const char *name) {
  const std::string text = testserver::json_string(object, name);
  char *end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str())
    return GST_CLOCK_TIME_NONE;
  return static_cast<GstClockTime>(std::llround(value * 1e6)) * GST_USECOND;
}

// The objects of one list in the output of ffprobe.
void for_each_probed(const std::string &path, const std::vector<std::string> &options,
                     const char *list, const std::function<void(JsonObject *)> &take) {
  std::vector<std::string> command{"ffprobe", "-v", "error", "-of", "json"};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back(path);
  Child ffprobe(command);
  fail_unless(ffprobe.wait(), "%s", ffprobe.errors().c_str());
  testserver::JsonText json;
  fail_unless(json.parse(ffprobe.output()), "%s", ffprobe.output().c_str());
  JsonArray *array = testserver::json_array(json.object(), list);
  for (guint i = 0; array != nullptr && i < json_array_get_length(array); i++)
    take(json_array_get_object_element(array, i));
}

// The bytes of a hex dump: "00000000: 616c 6c20 ...  all ...", 16 on a line.
std::string undump(const std::string &dump) {
  constexpr std::size_t kAddress = 10, kDigits = 40;
  std::string bytes;
  for (std::size_t begin = 0; begin < dump.size();) {
    const std::size_t end = std::min(dump.find('\n', begin), dump.size());
    std::string digits;
    for (std::size_t i = begin + kAddress; i < std::min(end, begin + kAddress + kDigits); i++) {
      if (g_ascii_isxdigit(dump[i]))
        digits += dump[i];
    }
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
      bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    begin = end + 1;
  }
  return bytes;
}

// An MP4 text sample begins with its length. A sample without text ends the one before.
std::string timed_text(const std::string &sample) {
  fail_unless(sample.size() >= 2);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sample[i]); };
  return sample.substr(2, byte(0) * 256u + byte(1));
}

bool ends_with(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string reader_for(const std::string &path) {
  if (ends_with(path, ".mkv"))
    return "matroskademux name=demuxer  demuxer.subtitle_0";
  if (ends_with(path, ".mp4"))
    return "qtdemux name=demuxer  demuxer.subtitle_0";
  return "subparse";
}

}  // namespace

std::string description(const std::vector<Cue> &cues) {
  std::string lines;
  for (const Cue &cue : cues)
    lines += seconds(cue.start) + " to " + seconds(cue.end) + " \"" + cue.text + "\"\n";
  return lines;
}

void assert_cues(const std::vector<Cue> &got, const std::vector<Cue> &expected,
                 GstClockTime tolerance) {
  bool equal = got.size() == expected.size();
  for (std::size_t i = 0; equal && i < got.size(); i++) {
    equal = got[i].text == expected[i].text && near(got[i].start, expected[i].start, tolerance) &&
            near(got[i].end, expected[i].end, tolerance);
  }
  fail_unless(equal, "got:\n%sexpected:\n%s", description(got).c_str(),
              description(expected).c_str());
}

std::optional<std::string> plain_text(const std::string &markup) {
  std::string text;
  GMarkupParser parser{};
  parser.text = [](GMarkupParseContext *, const gchar *part, gsize size, gpointer into, GError **) {
    static_cast<std::string *>(into)->append(part, size);
  };
  GMarkupParseContext *context =
      g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &text, nullptr);
  const std::string whole = "<markup>" + markup + "</markup>";
  const bool valid = g_markup_parse_context_parse(context, whole.c_str(),
                                                  static_cast<gssize>(whole.size()), nullptr) &&
                     g_markup_parse_context_end_parse(context, nullptr);
  g_markup_parse_context_free(context);
  return valid ? std::optional(text) : std::nullopt;
}

std::vector<Cue> read_cues(const std::string &path) {
  Pipeline pipeline("filesrc location=" + path + " ! " + reader_for(path) +
                    " ! fakesink name=sink sync=false");
  const PadRecorder recorder(pipeline, "sink", "sink");
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  std::vector<Cue> cues = recorder.cues();
  for (Cue &cue : cues) {
    if (recorder.markup()) {
      const auto text = plain_text(cue.text);
      fail_unless(text.has_value(), "%s", cue.text.c_str());
      cue.text = *text;
    }
  }
  return cues;
}

std::vector<Cue> probe_cues(const std::string &path) {
  std::vector<Cue> cues;
  for_each_probed(path, {"-select_streams", "s", "-show_packets", "-show_data"}, "packets",
                  [&](JsonObject *packet) {
                    Cue cue;
                    cue.text = undump(testserver::json_string(packet, "data").substr(1));
                    if (ends_with(path, ".mp4"))
                      cue.text = timed_text(cue.text);
                    cue.start = time_member(packet, "pts_time");
                    const GstClockTime duration = time_member(packet, "duration_time");
                    if (GST_CLOCK_TIME_IS_VALID(duration))
                      cue.end = cue.start + duration;
                    if (!cue.text.empty())
                      cues.push_back(std::move(cue));
                  });
  return cues;
}

std::vector<ProbedStream> probe_streams(const std::string &path) {
  std::vector<ProbedStream> streams;
  for_each_probed(path, {"-show_streams"}, "streams", [&](JsonObject *stream) {
    ProbedStream found{testserver::json_string(stream, "codec_type"),
                       testserver::json_string(stream, "codec_name"),
                       {}};
    if (json_object_has_member(stream, "tags")) {
      found.language =
          testserver::json_string(json_object_get_object_member(stream, "tags"), "language");
    }
    streams.push_back(std::move(found));
  });
  return streams;
}

GstClockTime probe_end(const std::string &path, char type) {
  GstClockTime last = GST_CLOCK_TIME_NONE;
  for_each_probed(path, {"-select_streams", std::string(1, type) + ":0", "-show_packets"},
                  "packets", [&](JsonObject *packet) {
                    const GstClockTime start = time_member(packet, "pts_time");
                    const GstClockTime duration = time_member(packet, "duration_time");
                    const GstClockTime end =
                        start + (GST_CLOCK_TIME_IS_VALID(duration) ? duration : 0);
                    if (!GST_CLOCK_TIME_IS_VALID(last) || end > last)
                      last = end;
                  });
  return last;
}

std::vector<Cue> probe_pictures(const std::string &path) {
  GstClockTime begin = GST_CLOCK_TIME_NONE;
  for_each_probed(path, {"-select_streams", "v", "-show_entries", "stream=start_time"}, "streams",
                  [&](JsonObject *stream) { begin = time_member(stream, "start_time"); });
  fail_unless(GST_CLOCK_TIME_IS_VALID(begin));
  std::vector<Cue> cues;
  for_each_probed(path, {"-select_streams", "s", "-show_entries", "subtitle"}, "frames",
                  [&](JsonObject *subtitle) {
                    const GstClockTime time = time_member(subtitle, "pts_time") - begin;
                    if (!cues.empty() && !GST_CLOCK_TIME_IS_VALID(cues.back().end))
                      cues.back().end = time;
                    if (testserver::json_integer(subtitle, "num_rects", 0) > 0)
                      cues.push_back({"", time, GST_CLOCK_TIME_NONE});
                  });
  return cues;
}

}  // namespace testing
