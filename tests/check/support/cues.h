// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Captions as other readers find them in subtitle files and movies.

#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>
#include <vector>

namespace testing {

struct Cue {
  std::string text;
  GstClockTime start = GST_CLOCK_TIME_NONE;
  GstClockTime end = GST_CLOCK_TIME_NONE;
  bool operator==(const Cue &) const = default;
};

// For messages: one line for each cue.
std::string description(const std::vector<Cue> &cues);

// The same texts, and the same times within a tolerance. Fails the test otherwise.
void assert_cues(const std::vector<Cue> &got, const std::vector<Cue> &expected,
                 GstClockTime tolerance = GST_MSECOND);

// The text that markup shows: without tags, entities resolved. Nothing if it is not well-formed.
std::optional<std::string> plain_text(const std::string &markup);

// The cues that GStreamer's reader finds in a file: SubRip (.srt), WebVTT (.vtt), Matroska (.mkv),
// MP4 (.mp4). Times are running times.
std::vector<Cue> read_cues(const std::string &path);

// The cues that FFmpeg finds in the text track of a movie. FFmpeg 5.1 has a wrong end for the last
// cue of an MP4 file whose first cue does not begin at 0.
std::vector<Cue> probe_cues(const std::string &path);

struct ProbedStream {
  std::string type;  // "video", "audio", "subtitle"
  std::string codec;
  std::string language;  // empty: none
};
std::vector<ProbedStream> probe_streams(const std::string &path);

// The end of the last packet of the first stream of a type: 'v', 'a', 's'. Nothing: no packet.
GstClockTime probe_end(const std::string &path, char type);

// The times of the pictures of a DVB subtitle track, relative to the first picture of the video.
// The cues have no text.
std::vector<Cue> probe_pictures(const std::string &path);

}  // namespace testing
