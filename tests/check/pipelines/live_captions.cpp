// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The example live-captions as users start it, with pipes. The service's five quick
// starts have their equivalents here: captioning with key terms and recording, the
// quick start itself, choice of the model, key terms, formatted turns.

#include "support/check.h"
#include "support/examples.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"
#include "talk.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

// As fast as the session takes it.
const char *const kFast = "--set=sync=false";

void assert_printed(const std::string &text, const std::string &part) {
  fail_unless(text.find(part) != std::string::npos, "\"%s\" is not in:\n%s", part.c_str(),
              text.c_str());
}

void wait_for_text_messages(testserver::Server &server, std::size_t count) {
  fail_unless(server.wait_for(
      [&](auto &s) { return s.session_count() == 1 && s.session(0).text_messages.size() >= count; },
      kDeadline));
}

void wait_for_terminate(testserver::Server &server) {
  fail_unless(server.wait_for(
      [](auto &s) { return s.session_count() == 1 && s.session(0).terminated; }, kDeadline));
}

milliseconds duration_of(const testserver::ReceivedSession &session) {
  return milliseconds(session.audio_bytes / 32);
}

std::string count(unsigned number, const char *what) {
  return std::string(what) + ": " + std::to_string(number) + ",";
}

// What a program told that is not run at all.
struct Refused {
  int status;
  std::string output, errors;
};

Refused run(const Lines &arguments) {
  Lines words{example_program("live-captions")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Child program(words, key_environment());
  const int status = program.wait_for_status();
  return {status, program.output(), program.errors()};
}

}  // namespace

// Microphone, key terms, recording, Ctrl-C.
GST_START_TEST(test_quick_start_captioning) {
  const auto server = start_server();
  const TemporaryDirectory directory;
  LiveCaptions program(
      *server, {"--source", kMicrophone, "--model=u3-rt-pro", "--set=format-turns=true",
                "--keyterm=AssemblyAI", "--keyterm=Universal-3 Pro", "--keyterm=LLM Gateway",
                "--keyterm=speech-to-text", "--record", directory.file("talk.wav")});
  program.wait_for_output("\n");
  program.interrupt();
  fail_unless(program.wait(), "%s", program.errors().c_str());

  const testserver::ReceivedSession session = server->session(0);
  fail_unless_equals_text(session.query.at("speech_model"), "u3-rt-pro");
  fail_unless_equals_text(session.query.at("sample_rate"), "16000");
  fail_unless_equals_text(session.query.at("format_turns"), "true");
  fail_unless_equals_text(session.query.at("keyterms_prompt"),
                          R"(["AssemblyAI","Universal-3 Pro","LLM Gateway","speech-to-text"])");
  fail_unless_equals_text(session.headers.at("authorization"), kKey);
  fail_unless(session.terminated);
  assert_received(session, wav_samples(directory.read("talk.wav")));
  fail_unless_equals_text(captions_of(program.output()), talk_text(duration_of(session)));
  assert_printed(program.errors(), session.id);
  assert_printed(program.errors(), "seconds billed: ");
}
GST_END_TEST

// A recording, the session's name and its figures; every line as it is printed.
GST_START_TEST(test_quick_start) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4500ms);
  const TemporaryDirectory directory;
  LiveCaptions program(*server, {file.path(), kFast, "--record", directory.file("talk.wav")});
  fail_unless(program.wait(), "%s", program.errors().c_str());

  const testserver::ReceivedSession session = server->session(0);
  fail_unless_equals_text(session.query.at("speech_model"), "u3-rt-pro");
  fail_if(session.query.contains("keyterms_prompt"));
  assert_received(session, talk_bytes(4500ms));
  fail_unless(wav_samples(directory.read("talk.wav")) == talk_bytes(4500ms));
  fail_unless_equals_text(program.output(),
                          "  1     0.2 s  Ban ken lin mon nun ran sen tin.\n"
                          "  2     3.7 s  Von dan\n");
  const std::string summary = program.errors();
  assert_printed(summary, "session " + session.id + "  u3-rt-pro\n");
  assert_printed(summary, "captions: 2, words: 10, seconds of audio: 5, seconds billed: ");
  assert_printed(summary, "to its final text: median ");
}
GST_END_TEST

GST_START_TEST(test_a_recording_does_not_write_over_its_input) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1s);
  const std::vector<std::uint8_t> before = talk_bytes(1s);
  LiveCaptions program(*server, {file.path(), "--record", file.path()});
  fail_if(program.wait());
  assert_printed(program.errors(), "--record would overwrite " + file.path());
  gchar *bytes = nullptr;
  gsize size = 0;
  fail_unless(g_file_get_contents(file.path().c_str(), &bytes, &size, nullptr));
  const std::string wav(bytes, size);
  g_free(bytes);
  fail_unless(wav_samples(wav) == before);
  fail_unless_equals_uint64(server->handshake_attempts(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_session_that_breaks_off_has_no_known_price) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone, "--set", "max-retries=0"});
  program.wait_for_errors("session ");
  server->command("drop");
  fail_if(program.wait());
  assert_printed(program.errors(), "because a session was lost");
}
GST_END_TEST

GST_START_TEST(test_a_session_that_breaks_off_is_replaced) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone, "--set", "retry-delay-min=10"});
  program.wait_for_errors("session ");
  server->command("drop");
  program.wait_for_errors("reconnecting in 0.0 s");
  fail_unless(
      server->wait_for([](testserver::Server &s) { return s.open_sessions() == 1; }, kDeadline));
  program.interrupt();
  fail_unless(program.wait(), "%s", program.errors().c_str());
  assert_printed(program.errors(), "; retrying");
}
GST_END_TEST

GST_START_TEST(test_captions_that_cannot_be_written_are_a_failure) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1s);
  Environment environment = key_environment();
  environment["ENDPOINT"] = server->endpoint();
  environment["TALK"] = file.path();
  Child shell({"sh", "-c",
               example_program("live-captions") +
                   " --endpoint \"$ENDPOINT\" \"$TALK\" --set sync=false >/dev/full"},
              environment);
  fail_if(shell.wait());
  assert_printed(shell.errors(), "The captions could not be written.");
}
GST_END_TEST

GST_START_TEST(test_quick_start_model_selection) {
  const auto server = start_server(coded_talk());
  const TalkFile file(1s);
  const char *const models[] = {"u3-rt-pro", "universal-streaming-english",
                                "universal-streaming-multilingual", "whisper-rt"};
  for (std::size_t i = 0; i < std::size(models); i++) {
    LiveCaptions program(*server, {file.path(), kFast, "--model", models[i],
                                   "--set=min-turn-silence=100", "--set=max-turn-silence=1000"});
    fail_unless(program.wait(), "%s", program.errors().c_str());
    const testserver::ReceivedSession session = server->session(i);
    fail_unless_equals_text(session.query.at("speech_model"), models[i]);
    fail_unless_equals_text(session.query.at("min_turn_silence"), "100");
    fail_unless_equals_text(session.query.at("max_turn_silence"), "1000");
    assert_printed(program.errors(), models[i]);
    assert_printed(program.output(), "ken");
  }
}
GST_END_TEST

// Key terms at the start; replaced, added to, reduced and cleared while it runs.
GST_START_TEST(test_quick_start_keyterms) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone, "--commands", "--keyterm=Keanu Reeves"});
  program.wait_for_errors("session ");
  const struct {
    const char *command, *answer, *message;
  } changes[] = {
      {"=Universal-3, LLM Gateway", "key terms: Universal-3, LLM Gateway\n",
       R"({"type":"UpdateConfiguration","keyterms_prompt":["Universal-3","LLM Gateway"]})"},
      {"+ Zürich", "key terms: Universal-3, LLM Gateway, Zürich\n",
       R"({"type":"UpdateConfiguration","keyterms_prompt":["Universal-3","LLM Gateway","Zürich"]})"},
      {"-LLM Gateway", "key terms: Universal-3, Zürich\n",
       R"({"type":"UpdateConfiguration","keyterms_prompt":["Universal-3","Zürich"]})"},
      {"=", "no key terms\n", R"({"type":"UpdateConfiguration","keyterms_prompt":[]})"},
  };
  std::size_t messages = 0;
  for (const auto &change : changes) {
    program.write(std::string(change.command) + "\n");
    program.wait_for_errors(change.answer);
    wait_for_text_messages(*server, ++messages);
  }
  program.interrupt();
  fail_unless(program.wait(), "%s", program.errors().c_str());
  const testserver::ReceivedSession session = server->session(0);
  fail_unless_equals_text(session.query.at("keyterms_prompt"), R"(["Keanu Reeves"])");
  fail_unless_equals_int(session.text_messages.size(), 5);
  for (std::size_t i = 0; i < std::size(changes); i++)
    fail_unless_equals_text(session.text_messages[i], changes[i].message);
  fail_unless_equals_text(session.text_messages[4], R"({"type":"Terminate"})");
}
GST_END_TEST

// Of an unformatted and a formatted final one line remains.
GST_START_TEST(test_quick_start_formatted_turns) {
  const auto server = start_server(coded_talk());
  const TalkFile file(4500ms);
  LiveCaptions program(*server, {file.path(), kFast, "--model=universal-streaming-english",
                                 "--set=format-turns=true"});
  fail_unless(program.wait(), "%s", program.errors().c_str());
  fail_unless_equals_text(server->session(0).query.at("format_turns"), "true");
  fail_unless_equals_text(captions_of(program.output()), talk_text(4500ms));
  assert_printed(program.errors(), count(2, "captions"));
}
GST_END_TEST

GST_START_TEST(test_other_commands) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone, "--commands"});
  program.wait_for_errors("session ");
  program.write("+" + std::string(51, 'x') + "\n");
  program.wait_for_errors("no key terms\n");
  program.wait_for_errors("WARNING: keyterms-prompt has an item");
  for (const auto &[command, answer] : std::map<std::string, std::string>{
           {"?", "-TERM  remove a key term"},
           {"nonsense", "nonsense is not PROPERTY=VALUE."},
           {"connect-timeout=200", "connect-timeout cannot be changed while captions run."},
           {"api-key=abc", "Do not write a secret where others can read it"},
           {"max-turn-silence=700", "max-turn-silence=700\n"}}) {
    program.write(command + "\n");
    program.wait_for_errors(answer);
  }
  wait_for_text_messages(*server, 1);
  program.write(".\n");
  program.wait_for_errors("end of turn requested\n");
  wait_for_text_messages(*server, 2);
  program.write("\n \n");  // nothing
  program.interrupt();
  fail_unless(program.wait(), "%s", program.errors().c_str());
  const testserver::ReceivedSession session = server->session(0);
  fail_unless_equals_int(session.text_messages.size(), 3);
  fail_unless_equals_text(session.text_messages[0],
                          R"({"type":"UpdateConfiguration","max_turn_silence":700})");
  fail_unless_equals_text(session.text_messages[1], R"({"type":"ForceEndpoint"})");
}
GST_END_TEST

GST_START_TEST(test_standard_input_is_left_alone_unless_asked_for) {
  const auto server = start_server();
  LiveCaptions program(*server, {"--source", kMicrophone});
  program.write("=Universal-3\n");
  program.wait_for_output("\n");
  program.send_signal(SIGTERM);
  fail_unless(program.wait());
  fail_unless_equals_int(server->session(0).text_messages.size(), 1);
  fail_unless(program.errors().find("key terms") == std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_a_second_interrupt_leaves_at_once) {
  testserver::Options options;
  options.terminate_answer = testserver::TerminateAnswer::silent;
  const auto server = start_server(options);
  LiveCaptions program(*server, {"--source", kMicrophone, "--set=drain-timeout=600000"});
  program.wait_for_errors("session ");
  program.interrupt();
  wait_for_terminate(*server);
  program.interrupt();
  fail_unless_equals_int(program.wait_for_status(), 1);
}
GST_END_TEST

GST_START_TEST(test_several_files_one_of_them_bad) {
  const auto server = start_server(coded_talk());
  const TalkFile first(1s), second(2s);
  const TemporaryDirectory directory;
  LiveCaptions program(*server, {first.path(), directory.file("missing\033.wav"), second.path(),
                                 kFast, "--transcript", directory.file("text")});
  fail_unless_equals_int(program.wait_for_status(), 1);
  fail_unless_equals_text(captions_of(program.output()), talk_text(1s) + " " + talk_text(2s));
  fail_unless_equals_text(directory.read("text"), talk_text(1s) + " \n\n" + talk_text(2s) + " \n");
  fail_unless_equals_int(server->session_count(), 2);
  assert_printed(program.errors(), first.path() + "\n");
  assert_printed(program.errors(), "ERROR: Resource not found.\n");
  assert_printed(program.errors(), count(2, "captions"));
  fail_unless(program.errors().find('\033') == std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_a_file_without_audio) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("silent.ogg");
  GstLaunch maker({"videotestsrc", "num-buffers=1", "!", "video/x-raw,width=64,height=64", "!",
                   "theoraenc", "!", "oggmux", "!", "filesink", "location=" + path});
  fail_unless(maker.wait(), "%s", maker.output().c_str());
  const auto server = start_server();
  LiveCaptions program(*server, {path});
  fail_unless_equals_int(program.wait_for_status(), 1);
  assert_printed(program.errors(), "ERROR: There is no audio in the file.\n");
  fail_unless_equals_int(server->session_count(), 0);
}
GST_END_TEST

GST_START_TEST(test_a_refused_key) {
  testserver::Options options;
  options.api_key = "another";
  const auto server = start_server(options);
  const TemporaryDirectory directory;
  LiveCaptions program(*server, {"--source", kMicrophone, "--record", directory.file("talk.wav")});
  fail_unless_equals_int(program.wait_for_status(), 1);
  fail_unless_equals_text(program.output(), "");
  assert_printed(program.errors(), "ERROR: ");
  assert_printed(program.errors(), "\n  close code 1008 (not authorized): Unauthorized");
  assert_printed(program.errors(), count(0, "captions"));
  fail_unless(program.errors().find(kKey) == std::string::npos);
  // What was said is not lost.
  fail_if(wav_samples(directory.read("talk.wav")).empty());
}
GST_END_TEST

GST_START_TEST(test_a_wrong_command_line_is_an_error) {
  const struct {
    Lines arguments;
    const char *text;
  } cases[] = {
      {{"--nonsense"}, "Unknown option --nonsense"},
      {{"talk.wav", "--source", "pulsesrc"}, "Give files or --source, not both."},
      {{"a.wav", "b.wav", "--record", "c.wav"}, "--record accepts one source only."},
      {{"--source", "nosuchsrc"}, "no element \"nosuchsrc\""},
      {{"--source", "fakesink"}, "could not link"},
      {{"--set", "nonsense"}, "nonsense is not PROPERTY=VALUE."},
      {{"--set", "nonsense=1"}, "assemblyaisink has no property nonsense"},
      {{"--set", "stats=1"}, "assemblyaisink has no property stats that can be set"},
      {{"--set", "max-backlog=much"}, "\"much\" is not a valid value of max-backlog"},
      {{"--set", "max-backlog=1"}, "\"1\" is not a valid value of max-backlog"},
      {{"--set", "api-key=abc"}, "Do not write a secret where others can read it"},
      {{"--transcript", "/nosuchdirectory/text"}, "/nosuchdirectory/text: No such file"},
  };
  for (const auto &wrong : cases) {
    const Refused refused = run(wrong.arguments);
    fail_unless_equals_int(refused.status, 2);
    fail_unless_equals_text(refused.output, "");
    assert_printed(refused.errors, wrong.text);
  }
  const Refused help = run({"--help"});
  fail_unless_equals_int(help.status, 0);
  assert_printed(help.output, "--keyterm");
  const Refused version = run({"--version"});
  fail_unless_equals_int(version.status, 0);
  fail_unless(version.output.starts_with("live-captions "), "%s", version.output.c_str());
}
GST_END_TEST

static Suite *live_captions_suite() {
  Suite *suite = suite_create("live_captions");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_quick_start_captioning);
  tcase_add_test(tests, test_quick_start);
  tcase_add_test(tests, test_a_recording_does_not_write_over_its_input);
  tcase_add_test(tests, test_a_session_that_breaks_off_has_no_known_price);
  tcase_add_test(tests, test_a_session_that_breaks_off_is_replaced);
  tcase_add_test(tests, test_captions_that_cannot_be_written_are_a_failure);
  tcase_add_test(tests, test_quick_start_model_selection);
  tcase_add_test(tests, test_quick_start_keyterms);
  tcase_add_test(tests, test_quick_start_formatted_turns);
  tcase_add_test(tests, test_other_commands);
  tcase_add_test(tests, test_standard_input_is_left_alone_unless_asked_for);
  tcase_add_test(tests, test_a_second_interrupt_leaves_at_once);
  tcase_add_test(tests, test_several_files_one_of_them_bad);
  tcase_add_test(tests, test_a_file_without_audio);
  tcase_add_test(tests, test_a_refused_key);
  tcase_add_test(tests, test_a_wrong_command_line_is_an_error);
  return suite;
}

CHECK_SUITE(live_captions);
