// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "soak/stream.h"

#include "support/check.h"
#include "support/pipeline.h"

namespace testing {

namespace {

constexpr std::int64_t kBufferMs = 50;

std::string description(const std::string &endpoint, bool live) {
  std::string text =
      "appsrc name=source format=time "
      "caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved ";
  const std::string element =
      " endpoint=" + endpoint + " api-key=" + kKey + " messages=session+final ";
  // An outage comes before the last one is made up for: so much audio that nothing is lost.
  if (live)
    text +=
        "is-live=true ! clocksync ! assemblyaitranscriber max-backlog=600000 "
        "retry-delay-max=10000" +
        element + " ! fakesink name=text sync=false async=false signal-handoffs=true";
  else
    text += "! assemblyaisink sync=false" + element;
  return text;
}

}  // namespace

SoakStream::SoakStream(const std::string &endpoint, bool live) : live_(live) {
  GError *error = nullptr;
  pipeline_ = gst_parse_launch(description(endpoint, live).c_str(), &error);
  fail_unless(error == nullptr, "%s", error != nullptr ? error->message : "");
  bus_ = gst_element_get_bus(pipeline_);
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline_), "source");
  g_signal_connect(source, "need-data", G_CALLBACK(on_need_data), this);
  gst_object_unref(source);
  if (GstElement *text = gst_bin_get_by_name(GST_BIN(pipeline_), "text")) {
    g_signal_connect(text, "handoff", G_CALLBACK(on_text), this);
    gst_object_unref(text);
  }
  fail_unless(gst_element_set_state(pipeline_, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
}

SoakStream::~SoakStream() {
  gst_element_set_state(pipeline_, GST_STATE_NULL);
  gst_object_unref(bus_);
  gst_object_unref(pipeline_);
}

void SoakStream::on_need_data(GstElement *source, guint, gpointer data) {
  SoakStream &self = *static_cast<SoakStream *>(data);
  GstFlowReturn flow = GST_FLOW_OK;
  const std::int64_t from = self.said_ms_;
  // The end of a sentence: no word is cut.
  if (self.ending_ && from % 3500 == 0) {
    g_signal_emit_by_name(source, "end-of-stream", &flow);
    return;
  }
  const auto bytes = testserver::coded_bytes(from, from + kBufferMs);
  GstBuffer *buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(from) * GST_MSECOND;
  self.said_ms_ = from + kBufferMs;
  g_signal_emit_by_name(source, "push-buffer", buffer, &flow);
  gst_buffer_unref(buffer);
}

void SoakStream::on_text(GstElement *, GstBuffer *text, GstPad *, gpointer data) {
  SoakStream &self = *static_cast<SoakStream *>(data);
  GstMapInfo map;
  if (gst_buffer_map(text, &map, GST_MAP_READ) == FALSE)
    return;
  const std::string words(reinterpret_cast<const char *>(map.data), map.size);
  gst_buffer_unmap(text, &map);
  const std::lock_guard lock(self.mutex_);
  self.shown_words_.take(words);
}

void SoakStream::read_bus(GstClockTime time) {
  constexpr auto kWanted =
      static_cast<GstMessageType>(GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  GstMessage *message = gst_bus_timed_pop_filtered(bus_, time, kWanted);
  if (message == nullptr)
    return;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT) {
    take(*gst_message_get_structure(message));
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError *error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    error_ = error->message;
    g_error_free(error);
  } else {
    eos_ = true;
  }
  gst_message_unref(message);
}

void SoakStream::take(const GstStructure &message) {
  if (gst_structure_has_name(&message, "assemblyai-turn") && bool_field(&message, "final"))
    take_turn(message);
  else if (gst_structure_has_name(&message, "assemblyai-audio-lost"))
    lost_audio_++;
  else if (gst_structure_has_name(&message, "assemblyai-connection") &&
           string_field(&message, "state") == "reconnecting")
    losses_++;
}

void SoakStream::take_turn(const GstStructure &turn) {
  const GValue *words = gst_structure_get_value(&turn, "words");
  for (guint i = 0; i < gst_value_array_get_size(words); i++) {
    const GstStructure *word = gst_value_get_structure(gst_value_array_get_value(words, i));
    bus_words_.take_timed(
        string_field(word, "text"),
        static_cast<std::int64_t>(time_field(word, "running-time") / GST_MSECOND));
  }
}

std::size_t SoakStream::shown_words() const {
  const std::lock_guard lock(mutex_);
  return shown_words_.count();
}

std::string SoakStream::fault_of(const char *where, const WordCount &words) const {
  const std::size_t said = testserver::expected_words(said_ms_, false).size();
  std::string fault;
  if (words.faults() > 0)
    fault = std::to_string(words.faults()) + " faults: " + words.story();
  if (words.count() != said)
    fault += std::to_string(words.count()) + " words of " + std::to_string(said) + " came";
  return fault.empty() ? ""
                       : std::string(live_ ? "live, " : "file, ") + where + ": " + fault + "\n";
}

std::string SoakStream::fault() const {
  const std::lock_guard lock(mutex_);
  std::string fault = error_.empty() ? "" : "ERROR: " + error_ + "\n";
  if (!ended())
    fault += "it does not end\n";
  if (lost_audio_ > 0)
    fault += "audio was lost\n";
  fault += fault_of("bus", bus_words_);
  return live_ ? fault + fault_of("text pad", shown_words_) : fault;
}

}  // namespace testing
