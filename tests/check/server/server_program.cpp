// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The options of assemblyai-test-server.

#include "program.h"

#include <glib/gstdio.h>

#include "raw_client.h"

#include "expect.h"

using servertest::RawClient;
using servertest::start;
using servertest::Strings;
using testserver::Arguments;
using testserver::Milliseconds;
using testserver::Options;

namespace {

// What the program says to its options; "" if it takes them.
std::string parse(Strings options, Arguments *arguments) {
  options.insert(options.begin(), "assemblyai-test-server");
  std::vector<char *> argv;
  for (std::string &option : options)
    argv.push_back(option.data());
  argv.push_back(nullptr);
  std::string error;
  bool good =
      testserver::parse_arguments(static_cast<int>(options.size()), argv.data(), arguments, &error);
  fail_unless(good == error.empty());
  return error;
}

struct Wrong {
  Strings options;
  const char *complaint;
};

const Wrong kWrong[] = {
    {{"--port", "70000"}, "--port is between 0 and 65535"},
    {{"--max-session", "-1"}, "--max-session is between 0.001 and 86400"},
    {{"--max-session", "0"}, "--max-session is between 0.001 and 86400"},
    {{"--max-session", "nan"}, "--max-session is between 0.001 and 86400"},
    {{"--max-ahead", "-1"}, "--max-ahead is between 0 and 86400"},
    {{"--begin-delay", "-1"}, "--begin-delay is between 0 and 86400000"},
    {{"--partial-interval", "-1"}, "--partial-interval is between 0 and 86400"},
    {{"--word-times", "true"}, "--word-times is one of acoustic, spread"},
    {{"--engine", "ear"}, "--engine is one of script, coded, pocketsphinx"},
    {{"--record", "/nonexistent"},
     "--record needs a directory that can be written to, not /nonexistent"},
    {{"--record", "/proc/self/exe"},
     "--record needs a directory that can be written to, not /proc/self/exe"},
    {{"more"}, "what is \"more\"?"},
};

}  // namespace

GST_START_TEST(test_wrong_options_are_refused) {
  const Wrong &wrong = kWrong[__i__];
  Arguments arguments;
  EXPECT_TEXT(parse(wrong.options, &arguments), wrong.complaint);
}
GST_END_TEST

GST_START_TEST(test_right_options_are_taken) {
  Arguments arguments;
  EXPECT_TEXT(parse({}, &arguments), "");
  fail_unless(arguments.options.max_session == Options().max_session);
  fail_unless(!arguments.options.max_ahead_seconds);
  EXPECT_TEXT(parse({"--max-session", "0.5", "--max-ahead", "2", "--begin-delay", "30", "--record",
                     g_get_tmp_dir()},
                    &arguments),
              "");
  fail_unless(arguments.options.max_session == Milliseconds(500));
  fail_unless(arguments.options.max_ahead_seconds == 2.0);
  fail_unless(arguments.options.begin_delay == Milliseconds(30));
  EXPECT_TEXT(arguments.record_directory, g_get_tmp_dir());
  EXPECT_TEXT(parse({"--word-times", "spread", "--partial-interval", "1200"}, &arguments), "");
  fail_unless(arguments.options.word_times == testserver::WordTimes::spread);
  fail_unless(arguments.options.partial_interval == Milliseconds(1200));
}
GST_END_TEST

GST_START_TEST(test_the_written_talk_is_understood) {
  assemblyai::Owned<char> directory(g_dir_make_tmp("talk-XXXXXX", nullptr));
  std::string file = std::string(directory.get()) + "/talk.wav";
  Arguments arguments;
  EXPECT_TEXT(parse({"--write-talk", file}, &arguments), "");
  EXPECT_NUMBER(testserver::run_program(arguments), 0);
  gchar *bytes = nullptr;
  gsize size = 0;
  fail_unless(g_file_get_contents(file.c_str(), &bytes, &size, nullptr));
  g_unlink(file.c_str());
  g_rmdir(directory.get());
  EXPECT_NUMBER(testserver::run_program(arguments), 1);  // nowhere to write

  Options options;
  options.engine = testserver::EngineKind::coded;
  auto server = start(options);
  RawClient client;
  fail_unless(client.connect(server->endpoint()));
  constexpr gsize kHeader = 44;
  for (gsize i = kHeader; i < size; i += 3200)
    client.send_binary(std::string(bytes + i, MIN(size - i, 3200)));
  g_free(bytes);
  client.send_text(R"({"type":"Terminate"})");
  fail_unless(client.wait_closed());
  Strings finals = client.transcripts(true);
  EXPECT_NUMBER(finals.size(), 10);
  std::string heard;
  for (const std::string &text : finals)
    heard += text + " ";
  std::string said;
  for (const std::string &word : testserver::expected_words(35000, true))
    said += word + " ";
  EXPECT_TEXT(heard, said);
}
GST_END_TEST

static Suite *server_program_suite(void) {
  Suite *suite = suite_create("server program");
  TCase *program = tcase_create("program");
  suite_add_tcase(suite, program);
  tcase_add_loop_test(program, test_wrong_options_are_refused, 0, G_N_ELEMENTS(kWrong));
  tcase_add_test(program, test_right_options_are_taken);
  tcase_add_test(program, test_the_written_talk_is_understood);
  return suite;
}

CHECK_SUITE(server_program);
