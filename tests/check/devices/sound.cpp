// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Real devices: a PulseAudio daemon with null sinks, and ALSA's file device. What is
// played into them comes out as captions, and trouble with them ends in good order.

#include <algorithm>
#include <atomic>

#include "engine.h"
#include "support/check.h"
#include "support/pipeline.h"
#include "support/pulse_daemon.h"
#include "support/requirements.h"
#include "support/speech.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kTalk = 3s;
constexpr GstClockTime kFirstWord = 200 * GST_MSECOND;

// Room for a machine with more to do than this: a device waits for nobody.
constexpr char kRoom[] = " buffer-time=2000000";

constexpr char kPulse[] = "pulsesrc device=speaker.monitor";

// A configuration of the test's own for ALSA in this process.
class AlsaDevices {
 public:
  // "monitor" hears the null sink; "recording" is a talk at the pace of the null sink and then
  // silence; "unpaced" gives noise as fast as it is read.
  AlsaDevices() {
    std::vector<std::uint8_t> audio = talk_bytes(kTalk);
    audio.resize(audio.size() + kSilence);
    write("talk", {audio.begin(), audio.end()});
    write("asound.conf",
          "pcm_type.pulse { lib libasound_module_pcm_pulse.so }\n"
          "pcm.monitor { type pulse device speaker.monitor }\n"
          "pcm.recording { type file slave.pcm monitor file /dev/null format raw infile " +
              directory_.file("talk") +
              " }\n"
              "pcm.nothing { type null }\n"
              "pcm.unpaced { type file slave.pcm nothing file /dev/null format raw"
              " infile /dev/urandom }\n");
    g_setenv("ALSA_CONFIG_PATH", directory_.file("asound.conf").c_str(), TRUE);
  }

 private:
  static constexpr std::size_t kSilence = 60 * 32000;  // alsasrc does not survive the file's end

  void write(const std::string &name, const std::string &content) {
    fail_unless(g_file_set_contents(directory_.file(name).c_str(), content.data(),
                                    static_cast<gssize>(content.size()), nullptr));
  }

  TemporaryDirectory directory_;
};

std::string capture(const std::string &source, const testserver::Server &server,
                    const std::string &properties = "") {
  return source + " ! audioconvert ! audioresample ! " + sink_text(server, properties);
}

std::unique_ptr<Pipeline> play(const std::string &path, const std::string &device) {
  auto player = std::make_unique<Pipeline>(
      "filesrc location=" + path +
      " ! wavparse ! audioconvert ! audioresample ! pulsesink name=sink device=" + device + kRoom);
  player->set_state(GST_STATE_PLAYING);
  return player;
}

// A second of it: at first the clock of a device that is woken up runs ahead of its audio.
void wait_for_audio(testserver::Server &server) {
  const auto arrived = [](testserver::Server &s) {
    return s.session_count() == 1 && s.session(0).audio_bytes >= 32000;
  };
  fail_unless(server.wait_for(arrived, kDeadline));
}

void wait_for_text(Pipeline &pipeline, const std::string &text) {
  pipeline.wait_for([&](const Heard &) { return pipeline.transcript().size() >= text.size(); });
}

// As Ctrl-C with gst-launch-1.0 -e does.
void end(Pipeline &pipeline) {
  gst_element_send_event(pipeline.element(), gst_event_new_eos());
  pipeline.wait_for_eos();
}

GstClockTime running_time(const Pipeline &pipeline) {
  GstClock *clock = gst_element_get_clock(pipeline.element());
  fail_unless(clock != nullptr);
  const GstClockTime now = gst_clock_get_time(clock);
  gst_object_unref(clock);
  return now - gst_element_get_base_time(pipeline.element());
}

bool is_sound(std::uint8_t byte) {
  return byte != 0;
}

// The running time of the first sound that reaches the element.
class FirstSound {
 public:
  explicit FirstSound(const Pipeline &pipeline) {
    GstPad *pad = gst_element_get_static_pad(pipeline.sink(), "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, look, &time_, nullptr);
    gst_object_unref(pad);
  }
  GstClockTime time() const { return time_; }

 private:
  static GstPadProbeReturn look(GstPad *, GstPadProbeInfo *info, gpointer time) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstMapInfo map;
    fail_unless(gst_buffer_map(buffer, &map, GST_MAP_READ));
    const auto samples =
        static_cast<guint64>(std::find_if(map.data, map.data + map.size, is_sound) - map.data) / 2;
    const bool found = samples < map.size / 2;
    gst_buffer_unmap(buffer, &map);
    if (!found)
      return GST_PAD_PROBE_OK;
    // A live source's segment begins at 0.
    *static_cast<std::atomic<GstClockTime> *>(time) =
        GST_BUFFER_PTS(buffer) + samples * GST_SECOND / 16000;
    return GST_PAD_PROBE_REMOVE;
  }

  std::atomic<GstClockTime> time_{GST_CLOCK_TIME_NONE};
};

// The samples that are not silence.
std::vector<std::int16_t> sounds_in(const std::vector<std::uint8_t> &audio) {
  std::vector<std::int16_t> samples = samples_of(audio);
  std::erase(samples, 0);
  return samples;
}

// The words as they were said, from the first sound on, and silence around them.
void assert_heard_exactly(const std::vector<std::uint8_t> &received) {
  const std::vector<std::uint8_t> talk = talk_bytes(kTalk);
  const auto said = std::ranges::find_if(talk, is_sound);
  const auto heard = std::ranges::find_if(received, is_sound);
  fail_unless(received.end() - heard >= talk.end() - said);
  fail_unless(std::equal(said, talk.end(), heard));
  fail_unless(std::none_of(heard + (talk.end() - said), received.end(), is_sound));
}

void assert_ended_well(const Pipeline &pipeline, testserver::Server &server) {
  fail_unless(pipeline.heard().errors.empty());
  fail_unless(pipeline.heard().warnings.empty(), "%s", pipeline.heard().warnings[0].c_str());
  fail_unless_equals_uint64(pipeline.stat("audio-lost"), 0);
  fail_unless(server.session(0).terminated);
  fail_unless(
      server.wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
}

}  // namespace

GST_START_TEST(test_what_is_played_is_captioned) {
  static constexpr const char *kSources[] = {kPulse, "alsasrc device=monitor"};
  const PulseDaemon daemon;
  const AlsaDevices alsa;
  const TalkFile talk(kTalk);
  const auto server = start_server(coded_talk());
  Pipeline pipeline(capture(kSources[__i__] + std::string(kRoom), *server));
  const FirstSound first_sound(pipeline);
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_audio(*server);
  const auto player = play(talk.path(), "speaker");
  wait_for_text(pipeline, talk_text(kTalk));
  const GstClockTime now = running_time(pipeline);
  end(pipeline);

  fail_unless_equals_text(pipeline.transcript(), talk_text(kTalk));
  assert_word_times(pipeline, GST_CLOCK_DIFF(kFirstWord, first_sound.time()));
  fail_unless(pipeline.words().back().end <= now);
  assert_heard_exactly(server->session(0).audio);
  assert_ended_well(pipeline, *server);
}
GST_END_TEST

GST_START_TEST(test_an_alsa_file_is_captioned_from_its_first_sample) {
  const PulseDaemon daemon;
  const AlsaDevices alsa;
  const auto server = start_server(coded_talk());
  Pipeline pipeline(capture(std::string("alsasrc device=recording") + kRoom, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_text(pipeline, talk_text(kTalk));
  end(pipeline);

  fail_unless_equals_text(pipeline.transcript(), talk_text(kTalk));
  assert_word_times(pipeline, 0);
  assert_heard_exactly(server->session(0).audio);
  assert_ended_well(pipeline, *server);
}
GST_END_TEST

// alsasrc loses what is not read in time, and says so; its clock runs with what it reads. That is
// more than can be sent. What is sent is in order, and what is not is reported.
GST_START_TEST(test_a_device_without_a_pace_is_cut_down) {
  const AlsaDevices alsa;
  const TemporaryDirectory directory;
  const auto server = start_server();
  Pipeline pipeline("alsasrc device=unpaced num-buffers=50 ! tee name=t  t. ! queue ! " +
                    sink_text(*server, "max-backlog=1000") +
                    "  t. ! queue ! filesink location=" + directory.file("captured"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  fail_unless(pipeline.heard().errors.empty());
  fail_unless(server->session(0).terminated);
  const std::string file = directory.read("captured");
  const std::vector<std::int16_t> captured = sounds_in({file.begin(), file.end()});
  const std::vector<std::int16_t> sent = sounds_in(server->session(0).audio);
  fail_if(sent.empty());
  auto rest = captured.begin();
  for (const std::int16_t sample : sent) {
    rest = std::find(rest, captured.end(), sample);
    fail_unless(rest != captured.end());
    ++rest;
  }
  fail_unless(sent.size() == captured.size() ||
              !pipeline.messages("assemblyai-audio-lost").empty());
}
GST_END_TEST

GST_START_TEST(test_a_stalled_network_does_not_hold_up_the_device) {
  const PulseDaemon daemon;
  testserver::Options options;
  options.proxied = true;
  options.proxy_buffer_bytes = 4096;
  const auto server = start_server(options);
  Pipeline pipeline(
      capture(std::string(kPulse) + kRoom, *server, "max-backlog=1000 keepalive-interval=3600000"));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  server->stall_reading(true);
  pipeline.wait_for_element_message("assemblyai-audio-lost");
  server->stall_reading(false);
  const std::size_t turns = pipeline.messages("assemblyai-turn").size();
  pipeline.wait_for(
      [&](const Heard &) { return pipeline.messages("assemblyai-turn").size() > turns; });
  end(pipeline);
  fail_unless(pipeline.heard().errors.empty());
  fail_unless_equals_uint64(pipeline.heard().warnings.size(), 1);
  fail_unless(pipeline.heard().warnings[0].find("max-backlog is full") != std::string::npos, "%s",
              pipeline.heard().warnings[0].c_str());
  fail_unless(server->session(0).terminated);
}
GST_END_TEST

GST_START_TEST(test_a_device_that_vanishes_ends_the_session) {
  PulseDaemon daemon;
  const auto server = start_server();
  Pipeline pipeline(capture(kPulse, *server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_element_message("assemblyai-turn");
  daemon.crash();
  pipeline.wait_for_error();
  pipeline.wait_for_state(GST_STATE_NULL);
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.open_sessions() == 0; }, kDeadline));
  fail_unless(server->session(0).terminated);
  // The device's error, and none of the element's.
  fail_unless_equals_uint64(pipeline.heard().errors.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_speech_from_a_sound_card_is_understood) {
  if (!testserver::have_pocketsphinx())
    return;
  const PulseDaemon daemon;
  const SpeechFile speech;
  testserver::Options options;
  options.engine = testserver::EngineKind::pocketsphinx;
  const auto server = start_server(options);
  Pipeline pipeline(capture(
      std::string("pulsesrc device=card.monitor") + kRoom + " ! audio/x-raw,rate=48000,channels=2",
      *server));
  pipeline.set_state(GST_STATE_PLAYING);
  wait_for_audio(*server);
  const auto player = play(speech.path(), "card");
  pipeline.wait_for([&](const Heard &) { return !pipeline.words().empty(); });
  end(pipeline);
  fail_unless(10 * words_in_common(SpeechFile::kSentence, pipeline.transcript()) >=
                  8 * number_of_words(SpeechFile::kSentence),
              "%s", pipeline.transcript().c_str());
  assert_ended_well(pipeline, *server);
}
GST_END_TEST

static Suite *sound_suite() {
  Suite *suite = suite_create("sound");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_what_is_played_is_captioned, 0, 2);
  tcase_add_test(tests, test_an_alsa_file_is_captioned_from_its_first_sample);
  tcase_add_test(tests, test_a_device_without_a_pace_is_cut_down);
  tcase_add_test(tests, test_a_stalled_network_does_not_hold_up_the_device);
  tcase_add_test(tests, test_a_device_that_vanishes_ends_the_session);
  tcase_add_test(tests, test_speech_from_a_sound_card_is_understood);
  return suite;
}

CHECK_SUITE_NEEDS(sound, {"pulseaudio", "flite"}, {"pulsesrc", "pulsesink", "alsasrc"});
