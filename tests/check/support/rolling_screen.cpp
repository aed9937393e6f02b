// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "support/rolling_screen.h"

#include <algorithm>
#include <condition_variable>
#include <sstream>

#include "json.h"

namespace testing {

namespace {

std::string caps_of(int frame_rate) {
  return "video/x-raw,format=I420,width=480,height=64,framerate=" + std::to_string(frame_rate) +
         "/1";
}

// The service recognizes nothing by itself.
testserver::Options silent_service() {
  testserver::Options options;
  options.scenario = R"({"turns": [{"text": "never", "start": 1000000000}]})";
  options.keep_audio = false;
  return options;
}

std::string description(const testserver::Server &server, const RollingScreen::Options &options) {
  const std::string text_path =
      options.linked ? "  sink.src ! " + options.text_path + " overlay.text_sink" : "";
  return "videotestsrc is-live=true pattern=black ! " + caps_of(options.frame_rate) + " ! queue " +
         options.video_queue + " ! textoverlay name=overlay " + TextPictures::kFont +
         " ! fakesink name=screen sync=true  "
         "audiotestsrc name=microphone is-live=true samplesperbuffer=800 ! "
         "audio/x-raw,rate=16000 ! " +
         sink_text(server, "text-mode=rolling " + options.properties) + text_path;
}

}  // namespace

std::string turn_json(const SaidTurn &turn) {
  testserver::JsonWriter json;
  std::string text;
  json.begin_object().key("type").string("Turn").key("turn_order").integer(turn.order);
  json.key("turn_is_formatted").boolean(true).key("end_of_turn").boolean(turn.final);
  json.key("end_of_turn_confidence").number(turn.final ? 1 : 0).key("words").begin_array();
  for (std::size_t i = 0; i < turn.words.size(); i++) {
    const auto start = static_cast<std::int64_t>(i) * 300;
    text += (text.empty() ? "" : " ") + turn.words[i];
    json.begin_object().key("start").integer(start).key("end").integer(start + 250);
    json.key("text").string(turn.words[i]).key("confidence").number(0.9);
    json.key("word_is_final").boolean(turn.final || i < turn.stable).end_object();
  }
  json.end_array().key("transcript").string(text);
  json.key("utterance").string(turn.final ? text : "").end_object();
  return json.text();
}

std::vector<std::string> words_in(const std::string &text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

struct RollingScreen::State {
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<Caption> captions;

  void take(GstElement *sink) {
    gchar *text = nullptr;
    g_object_get(sink, "current-caption", &text, nullptr);
    const std::lock_guard lock(mutex);
    captions.push_back({text, gst_element_get_current_running_time(sink)});
    g_free(text);
    changed.notify_all();
  }
};

RollingScreen::RollingScreen(const Options &options)
    : server_(start_server(silent_service())),
      pipeline_(description(*server_, options)),
      pictures_(caps_of(options.frame_rate), TextPictures::kFont, options.format),
      frames_(std::make_unique<FrameRecorder>(pipeline_, "screen")),
      state_(std::make_shared<State>()),
      set_latency_(options.set_latency) {
  using Shared = std::shared_ptr<State>;
  const auto take = +[](GstElement *sink, GParamSpec *, gpointer data) {
    (*static_cast<Shared *>(data))->take(sink);
  };
  const auto release = +[](gpointer data, GClosure *) { delete static_cast<Shared *>(data); };
  handler_ = g_signal_connect_data(pipeline_.sink(), "notify::current-caption", G_CALLBACK(take),
                                   new Shared(state_), release, G_CONNECT_DEFAULT);
  if (set_latency_ > milliseconds::zero())
    gst_pipeline_set_latency(GST_PIPELINE(pipeline_.element()),
                             static_cast<GstClockTime>(set_latency_.count()) * GST_MSECOND);
  pipeline_.set_state(GST_STATE_PLAYING);
  wait_for_session();
  // Nothing can be shown before running time 0.
  wait_for_frames(5);
}

RollingScreen::~RollingScreen() {
  g_signal_handler_disconnect(pipeline_.sink(), handler_);
  const std::lock_guard lock(state_->mutex);  // a handler may still be running
}

GstClockTime RollingScreen::running_time() const {
  return gst_element_get_current_running_time(pipeline_.element());
}

GstClockTime RollingScreen::latency() const {
  if (set_latency_ > milliseconds::zero())
    return static_cast<GstClockTime>(set_latency_.count()) * GST_MSECOND;
  GstQuery *query = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline_.element(), query));
  GstClockTime latency = 0;
  gst_query_parse_latency(query, nullptr, &latency, nullptr);
  gst_query_unref(query);
  return latency;
}

// The spoken audio must have been received.
void RollingScreen::wait_for_session(std::size_t count) {
  const auto has_audio = [count](testserver::Server &server) {
    std::size_t bytes = 0;
    if (server.session_count() >= count)
      server.inspect(count - 1, [&](const auto &session) { bytes = session.audio_bytes; });
    return bytes > 0;
  };
  fail_unless(server_->wait_for(has_audio, kDeadline));
}

void RollingScreen::say(const SaidTurn &turn) {
  fail_unless(server_->send_text(turn_json(turn)));
}

void RollingScreen::wait_until_shown(const std::string &text) {
  const Picture expected = pictures_.of(text);
  frames_->wait_for([&](const std::vector<Frame> &frames) {
    return !frames.empty() && *frames.back().picture == *expected;
  });
}

void RollingScreen::wait_for_frames(std::size_t more) {
  const std::size_t count = frames_->frames().size() + more;
  frames_->wait_for([count](const std::vector<Frame> &frames) { return frames.size() >= count; });
}

std::vector<Shown> RollingScreen::shown(const std::vector<std::string> &texts) {
  std::vector<Shown> list = testing::shown(frames_->frames(), pictures_, texts);
  for (const Shown &one : list)
    fail_unless(one.known, "%s", testing::description(list).c_str());
  return list;
}

std::vector<RollingScreen::Caption> RollingScreen::captions() const {
  const std::lock_guard lock(state_->mutex);
  return state_->captions;
}

void RollingScreen::wait_for_caption(const std::string &text) {
  std::unique_lock lock(state_->mutex);
  fail_unless(state_->changed.wait_for(lock, kDeadline, [&] {
    return !state_->captions.empty() && state_->captions.back().text == text;
  }));
}

}  // namespace testing
