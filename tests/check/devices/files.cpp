// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Files as people have them, through decodebin: the text and the times of what is
// said in them, whatever the container and the codec.

#include <cmath>
#include <cstdlib>

#include "engine.h"
#include "support/check.h"
#include "support/pipeline.h"
#include "support/requirements.h"
#include "support/speech.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

// The movie's sound begins after its picture.
constexpr GstClockTimeDiff kSoundLater = 500 * GST_MSECOND;

// What makes a file of the format, from raw audio to bytes. An element named "late" delays it.
struct Format {
  const char *name;
  const char *encoder;
};

constexpr Format kLossless[] = {
    {"WAV", "wavenc"},
    {"FLAC", "flacenc"},
    {"PCM in Matroska", "matroskamux"},
};

constexpr Format kLossy[] = {
    {"Opus", "audio/x-raw,rate=48000 ! opusenc ! oggmux"},
    {"MP3", "audio/x-raw,rate=44100 ! lamemp3enc"},
};

constexpr Format kMovie{
    "movie",
    "audio/x-raw,rate=48000,channels=2 ! opusenc ! queue name=late ! matroskamux name=mux"
    "  videotestsrc num-buffers=30 ! video/x-raw,width=160,height=120,framerate=10/1 !"
    "  vp8enc deadline=1 ! queue ! mux.  mux."};

// A file of the format with the audio of a WAV file.
class MediaFile {
 public:
  MediaFile(const Format &format, const std::string &wav) {
    Pipeline encoder("filesrc location=" + wav + " ! wavparse ! audioconvert ! audioresample ! " +
                     format.encoder + " ! filesink name=sink location=" + path());
    if (GstElement *late = gst_bin_get_by_name(GST_BIN(encoder.element()), "late")) {
      GstPad *pad = gst_element_get_static_pad(late, "src");
      gst_pad_set_offset(pad, kSoundLater);
      gst_object_unref(pad);
      gst_object_unref(late);
    }
    encoder.set_state(GST_STATE_PLAYING);
    encoder.wait_for_eos();
    fail_unless(encoder.heard().errors.empty(), "%s", format.name);
  }
  std::string path() const { return directory_.file("media"); }

 private:
  TemporaryDirectory directory_;
};

// Captions of the file, until EOS.
std::unique_ptr<Pipeline> caption(const MediaFile &file, const testserver::Server &server) {
  auto pipeline = std::make_unique<Pipeline>("filesrc location=" + file.path() +
                                             " ! decodebin ! audioconvert ! audioresample ! " +
                                             sink_text(server, "sync=false"));
  pipeline->set_state(GST_STATE_PLAYING);
  pipeline->wait_for_eos();
  fail_unless(pipeline->heard().errors.empty());
  return pipeline;
}

// What was received is the speech, and what is heard in it has the time that it has in the file.
// The local server's words come by position: what a codec put before the speech shifts them.
void assert_in_time(const Pipeline &pipeline, const SpeechFile &speech,
                    const testserver::ReceivedSession &session, GstClockTimeDiff offset = 0) {
  const Alignment alignment = align(speech.samples(), samples_of(session.audio));
  fail_unless(alignment.likeness > 0.95, "%f", alignment.likeness);
  assert_word_times(pipeline, offset - alignment.delay * GstClockTimeDiff{GST_SECOND} / 16000);
}

// Most words, and from the first to the last of them the time that they have in the WAV file.
void assert_understood(const Pipeline &pipeline, const Pipeline &wav, GstClockTimeDiff offset) {
  constexpr GstClockTimeDiff kTolerance = 100 * GST_MSECOND;
  const std::string text = pipeline.transcript();
  fail_unless(10 * words_in_common(SpeechFile::kSentence, text) >=
                  8 * number_of_words(SpeechFile::kSentence),
              "%s", text.c_str());
  const GstClockTime start = wav.words().front().start + offset;
  const GstClockTime end = wav.words().back().end + offset;
  fail_unless(std::abs(GST_CLOCK_DIFF(start, pipeline.words().front().start)) <= kTolerance);
  fail_unless(std::abs(GST_CLOCK_DIFF(end, pipeline.words().back().end)) <= kTolerance);
}

}  // namespace

GST_START_TEST(test_a_lossless_file_arrives_exactly) {
  const TalkFile talk(4s);
  const MediaFile file(kLossless[__i__], talk.path());
  const auto server = start_server(coded_talk());
  const auto pipeline = caption(file, *server);
  fail_unless_equals_text(pipeline->transcript(), talk_text(4s));
  assert_word_times(*pipeline, 0);
  assert_received(server->session(0), talk_bytes(4s));
}
GST_END_TEST

GST_START_TEST(test_a_lossy_file_keeps_its_times) {
  const SpeechFile speech;
  const MediaFile file(kLossy[__i__], speech.path());
  const auto server = start_server();
  const auto pipeline = caption(file, *server);
  assert_in_time(*pipeline, speech, server->session(0));
}
GST_END_TEST

GST_START_TEST(test_a_movie_is_captioned_beside_its_picture) {
  const SpeechFile speech;
  const MediaFile movie(kMovie, speech.path());
  const auto server = start_server();
  Pipeline pipeline("filesrc location=" + movie.path() +
                    " ! decodebin name=d  d. ! queue ! videoconvert ! fakesink name=picture"
                    "  d. ! queue ! audioconvert ! audioresample ! " +
                    sink_text(*server));
  pipeline.set_state(GST_STATE_PLAYING);
  pipeline.wait_for_eos();
  assert_in_time(pipeline, speech, server->session(0), kSoundLater);
  GstElement *picture = gst_bin_get_by_name(GST_BIN(pipeline.element()), "picture");
  GstSample *sample = nullptr;
  g_object_get(picture, "last-sample", &sample, nullptr);
  fail_unless(sample != nullptr);
  gst_sample_unref(sample);
  gst_object_unref(picture);
}
GST_END_TEST

GST_START_TEST(test_speech_is_understood_in_every_format) {
  if (!testserver::have_pocketsphinx())
    return;
  const SpeechFile speech;
  testserver::Options options;
  options.engine = testserver::EngineKind::pocketsphinx;
  const auto server = start_server(options);
  const auto wav = caption(MediaFile(kLossless[0], speech.path()), *server);
  for (const Format &format : kLossy)
    assert_understood(*caption(MediaFile(format, speech.path()), *server), *wav, 0);
  assert_understood(*caption(MediaFile(kMovie, speech.path()), *server), *wav, kSoundLater);
}
GST_END_TEST

static Suite *files_suite() {
  Suite *suite = suite_create("files");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_a_lossless_file_arrives_exactly, 0, G_N_ELEMENTS(kLossless));
  tcase_add_loop_test(tests, test_a_lossy_file_keeps_its_times, 0, G_N_ELEMENTS(kLossy));
  tcase_add_test(tests, test_a_movie_is_captioned_beside_its_picture);
  tcase_add_test(tests, test_speech_is_understood_in_every_format);
  return suite;
}

CHECK_SUITE_NEEDS(files, {"flite"},
                  {"flacenc", "opusenc", "lamemp3enc", "mpg123audiodec", "vp8enc", "matroskamux",
                   "oggmux"});
