// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The pocketsphinx engine understands speech. Left out of builds without it,
// and skipped where its test recordings are not installed.

#include <fstream>
#include <iterator>

#include "engine.h"
#include "raw_client.h"

#include "expect.h"

using servertest::field;
using servertest::RawClient;
using servertest::start;
using testserver::Options;
using testserver::Server;

namespace {

const char kRecording[] =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0930.wav";

std::string samples_of(const char *file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  return bytes.size() > 44 ? bytes.substr(44) : std::string();
}

void send_speech(RawClient *client, const std::string &samples) {
  for (std::size_t i = 0; i < samples.size(); i += 3200) {
    std::string chunk = samples.substr(i, 3200);
    chunk.resize(3200, '\0');
    client->send_binary(chunk);
  }
}

}  // namespace

GST_START_TEST(test_a_recording_is_understood_twice_in_one_session) {
  std::string samples = samples_of(kRecording);
  if (samples.empty() || !testserver::have_pocketsphinx())
    return;
  Options options;
  options.engine = testserver::EngineKind::pocketsphinx;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint() + "?speech_model=u3-rt-pro"));
  send_speech(&client, samples);
  client.send_silence(1000);
  send_speech(&client, samples);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait([&] { return client.closed; }, 25000));
  auto finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 2);
  for (const std::string &text : finals)
    fail_unless(text.find("might even have been made amiable himself") != std::string::npos, "%s",
                text.c_str());
  fail_unless(client.transcripts(false).size() > 8);
  // The second time is as much later as its audio.
  std::string words = field(client.of_type("Turn").back(), "words");
  std::int64_t first = g_ascii_strtoll(words.c_str() + words.find(':') + 1, nullptr, 10);
  std::int64_t length = static_cast<std::int64_t>(samples.size()) / 32 + 1000;
  fail_unless(first > length && first < length + 1000, "%s", words.c_str());
}
GST_END_TEST

GST_START_TEST(test_a_client_may_leave_in_the_middle_of_speech) {
  std::string samples = samples_of(kRecording);
  if (samples.empty() || !testserver::have_pocketsphinx())
    return;
  Options options;
  options.engine = testserver::EngineKind::pocketsphinx;
  std::string error;
  auto server = Server::start(options, &error);
  {
    RawClient client;
    fail_unless(client.connect(server->endpoint()));
    send_speech(&client, samples);
    fail_unless(client.wait([&] { return !client.transcripts(false).empty(); }, 10000));
  }
  fail_unless(server->wait_for([](Server &s) { return s.open_sessions() == 0; },
                               testserver::Milliseconds(5000)));
}
GST_END_TEST

static Suite *server_speech_suite(void) {
  Suite *suite = suite_create("server speech");
  TCase *speech = tcase_create("speech");
  suite_add_tcase(suite, speech);
  tcase_set_timeout(speech, 60);
  tcase_add_test(speech, test_a_recording_is_understood_twice_in_one_session);
  tcase_add_test(speech, test_a_client_may_leave_in_the_middle_of_speech);
  return suite;
}

CHECK_SUITE(server_speech);
