// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/pipeline.h"

#include <glib/gstdio.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "talk.h"
#include "wav.h"

namespace testing {

std::unique_ptr<testserver::Server> start_server(testserver::Options options) {
  std::string error;
  auto server = testserver::Server::start(std::move(options), &error);
  fail_unless(server != nullptr, "%s", error.c_str());
  return server;
}

testserver::Options coded_talk() {
  testserver::Options options;
  options.engine = testserver::EngineKind::coded;
  return options;
}

void poll_until(const std::function<bool()> &condition) {
  const gint64 end = g_get_monotonic_time() + std::chrono::microseconds(kDeadline).count();
  while (!condition()) {
    fail_unless(g_get_monotonic_time() < end, "the deadline is over");
    g_usleep(1000);
  }
}

void wait_all_closed(testserver::Server &server) {
  fail_unless(server.wait_for(
      [](testserver::Server &s) {
        bool closed = s.open_sessions() == 0;
        for (std::size_t i = 0; closed && i < s.session_count(); i++)
          s.inspect(i, [&](const auto &session) { closed = session.closed; });
        return closed;
      },
      kDeadline));
}

TalkFile::TalkFile(milliseconds duration) {
  gchar *path = nullptr;
  const int file = g_file_open_tmp("talk-XXXXXX.wav", &path, nullptr);
  fail_unless(file >= 0);
  g_close(file, nullptr);
  path_ = path;
  g_free(path);
  const std::string wav = testserver::wav_file(talk_bytes(duration), 16000);
  fail_unless(
      g_file_set_contents(path_.c_str(), wav.data(), static_cast<gssize>(wav.size()), nullptr));
}

TalkFile::~TalkFile() {
  g_unlink(path_.c_str());
}

Pipeline::Pipeline(const std::string &description) {
  GError *error = nullptr;
  pipeline_ = gst_parse_launch(description.c_str(), &error);
  fail_unless(error == nullptr, "%s", error != nullptr ? error->message : "");
  sink_ = gst_bin_get_by_name(GST_BIN(pipeline_), "sink");
  fail_unless(sink_ != nullptr);
  bus_ = gst_element_get_bus(pipeline_);
}

Pipeline::~Pipeline() {
  gst_element_set_state(pipeline_, GST_STATE_NULL);
  for (GError *error : heard_.error_codes)
    g_error_free(error);
  for (GError *warning : heard_.warning_codes)
    g_error_free(warning);
  gst_object_unref(bus_);
  gst_object_unref(sink_);
  gst_object_unref(pipeline_);
}

void Pipeline::set_state(GstState state) {
  fail_unless(gst_element_set_state(pipeline_, state) != GST_STATE_CHANGE_FAILURE);
}

void Pipeline::wait_for_state(GstState state) {
  set_state(state);
  const GstStateChangeReturn result = gst_element_get_state(
      pipeline_, nullptr, nullptr,
      std::chrono::duration_cast<std::chrono::nanoseconds>(kDeadline).count());
  fail_unless(result == GST_STATE_CHANGE_SUCCESS || result == GST_STATE_CHANGE_NO_PREROLL, "%s",
              gst_element_state_change_return_get_name(result));
}

namespace {

Structure details_of(GstMessage *message) {
  const GstStructure *details = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
    gst_message_parse_error_details(message, &details);
  else
    gst_message_parse_warning_details(message, &details);
  return Structure(details != nullptr ? gst_structure_copy(details) : nullptr);
}

}  // namespace

void Pipeline::take(GstMessage *message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC(message) == GST_OBJECT(sink_))
        heard_.elements.emplace_back(gst_structure_copy(gst_message_get_structure(message)));
      break;
    case GST_MESSAGE_ERROR: {
      GError *error = nullptr;
      gchar *debug = nullptr;
      gst_message_parse_error(message, &error, &debug);
      heard_.errors.emplace_back(error->message);
      heard_.error_codes.push_back(error);
      heard_.debugs.emplace_back(debug != nullptr ? debug : "");
      g_free(debug);
      heard_.error_details.push_back(details_of(message));
      break;
    }
    case GST_MESSAGE_WARNING: {
      GError *error = nullptr;
      gst_message_parse_warning(message, &error, nullptr);
      heard_.warnings.emplace_back(error->message);
      heard_.warning_codes.push_back(error);
      heard_.warning_details.push_back(details_of(message));
      break;
    }
    case GST_MESSAGE_EOS:
      heard_.eos = true;
      heard_.elements_before_eos = heard_.elements.size();
      break;
    default:
      break;
  }
  gst_message_unref(message);
}

void Pipeline::wait_for(const std::function<bool(const Heard &)> &condition,
                        milliseconds deadline) {
  const gint64 end = g_get_monotonic_time() + deadline.count() * 1000;
  while (!condition(heard_)) {
    const gint64 left = end - g_get_monotonic_time();
    GstMessage *message =
        left > 0 ? gst_bus_timed_pop(bus_, static_cast<GstClockTime>(left) * 1000) : nullptr;
    fail_unless(message != nullptr, "the deadline is over; errors: %s",
                heard_.errors.empty() ? "none" : heard_.errors[0].c_str());
    take(message);
  }
}

void Pipeline::wait_for_element_message(const char *name) {
  wait_for([&](const Heard &heard) {
    return !heard.elements.empty() && gst_structure_has_name(heard.elements.back().get(), name);
  });
}

void Pipeline::drain_bus() {
  while (GstMessage *message = gst_bus_pop(bus_))
    take(message);
}

void Pipeline::dwell(std::chrono::microseconds duration) {
  const gint64 end = g_get_monotonic_time() + duration.count();
  for (gint64 left = duration.count(); left > 0; left = end - g_get_monotonic_time()) {
    if (GstMessage *message = gst_bus_timed_pop(bus_, static_cast<GstClockTime>(left) * 1000))
      take(message);
  }
}

std::vector<const GstStructure *> Pipeline::messages(const char *name) const {
  std::vector<const GstStructure *> found;
  for (const Structure &structure : heard_.elements) {
    if (gst_structure_has_name(structure.get(), name))
      found.push_back(structure.get());
  }
  return found;
}

std::string Pipeline::transcript() const {
  std::string text;
  for (const GstStructure *turn : messages("assemblyai-turn")) {
    if (!bool_field(turn, "final"))
      continue;
    text += text.empty() ? "" : " ";
    text += string_field(turn, "transcript");
  }
  return text;
}

std::vector<HeardWord> Pipeline::words() const {
  std::vector<HeardWord> found;
  for (const GstStructure *turn : messages("assemblyai-turn")) {
    if (!bool_field(turn, "final"))
      continue;
    const GValue *words = gst_structure_get_value(turn, "words");
    for (guint i = 0; i < gst_value_array_get_size(words); i++) {
      const GstStructure *word = gst_value_get_structure(gst_value_array_get_value(words, i));
      found.push_back(
          {string_field(word, "text"), time_field(word, "running-time"), end_time(word)});
    }
  }
  return found;
}

Structure Pipeline::stats() const {
  GstStructure *stats = nullptr;
  g_object_get(sink_, "stats", &stats, nullptr);
  return Structure(stats);
}

guint64 Pipeline::stat(const char *field) const {
  return time_field(stats().get(), field);
}

std::string sink_text(const testserver::Server &server, const std::string &properties) {
  return "assemblyaisink name=sink endpoint=" + server.endpoint() + " api-key=" + kKey + " " +
         properties;
}

std::string file_pipeline(const TalkFile &file, const testserver::Server &server,
                          const std::string &properties) {
  return "filesrc location=" + file.path() + " ! wavparse ! audioconvert ! audioresample ! " +
         sink_text(server, properties);
}

std::string talk_text(milliseconds duration) {
  std::string text;
  for (const std::string &word : testserver::expected_words(duration.count(), true)) {
    text += text.empty() ? "" : " ";
    text += word;
  }
  return text;
}

void assert_word_times(const Pipeline &pipeline, GstClockTimeDiff offset) {
  const auto assert_near = [](GstClockTime heard, std::int64_t said_ms, GstClockTimeDiff off) {
    const GstClockTimeDiff wrong = GST_CLOCK_DIFF(said_ms * GST_MSECOND + off, heard);
    fail_unless(std::abs(wrong) <= GstClockTimeDiff{50 * GST_MSECOND}, "wrong by %" G_GINT64_FORMAT,
                wrong);
  };
  const std::vector<HeardWord> words = pipeline.words();
  fail_if(words.empty());
  for (std::size_t i = 0; i < words.size(); i++) {
    const testserver::TalkWord said = testserver::talk_word(i);
    fail_unless_equals_text(words[i].text, said.formatted);
    assert_near(words[i].start, said.start_ms, offset);
    assert_near(words[i].end, said.end_ms, offset);
  }
}

std::vector<std::uint8_t> talk_bytes(milliseconds duration) {
  return testserver::coded_bytes(0, duration.count());
}

void assert_received(const testserver::ReceivedSession &session,
                     const std::vector<std::uint8_t> &audio, std::size_t message_bytes) {
  fail_unless(session.audio.size() >= audio.size(), "%zu of %zu bytes", session.audio.size(),
              audio.size());
  fail_unless(std::equal(audio.begin(), audio.end(), session.audio.begin()));
  for (std::size_t i = audio.size(); i < session.audio.size(); i++)
    fail_unless(session.audio[i] == 0);
  fail_unless(session.audio.size() - audio.size() < 1600);
  for (std::size_t i = 0; i + 1 < session.message_sizes.size(); i++)
    fail_unless_equals_uint64(session.message_sizes[i], message_bytes);
  fail_if(session.audio_after_terminate);
}

std::string string_field(const GstStructure *structure, const char *field) {
  const char *text = gst_structure_get_string(structure, field);
  fail_unless(text != nullptr, "%s is missing", field);
  return text;
}

guint64 time_field(const GstStructure *structure, const char *field) {
  guint64 time = 0;
  fail_unless(gst_structure_get_uint64(structure, field, &time), "%s is missing", field);
  return time;
}

guint64 end_time(const GstStructure *structure) {
  return time_field(structure, "running-time") + time_field(structure, "duration");
}

bool bool_field(const GstStructure *structure, const char *field) {
  gboolean value = FALSE;
  fail_unless(gst_structure_get_boolean(structure, field, &value), "%s is missing", field);
  return value != FALSE;
}

}  // namespace testing
