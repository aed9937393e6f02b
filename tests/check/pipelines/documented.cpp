// SPDX-License-Identifier: LGPL-2.1-or-later
// Every gst-launch-1.0 line of the README and the docs, run with the real
// gst-launch-1.0. What a reader has and this machine has not is put in its place:
// a live test source for a microphone, a talk for a file, the local server for the
// service.

#include <algorithm>
#include <optional>

#include "support/check.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

struct Line {
  std::string page;
  std::string command;
};

std::string read_page(const std::string &path) {
  gchar *text = nullptr;
  fail_unless(g_file_get_contents(path.c_str(), &text, nullptr, nullptr), "%s", path.c_str());
  std::string result = text;
  g_free(text);
  return result;
}

std::vector<std::string> split_lines(const std::string &text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  }
  return lines;
}

// The gst-launch-1.0 commands in the page's shell blocks, continued lines joined.
void collect(const std::string &root, const std::string &page, std::vector<Line> &found) {
  bool in_shell = false;
  std::optional<std::string> command;
  for (const std::string &line : split_lines(read_page(root + "/" + page))) {
    if (line.starts_with("```"))
      in_shell = line == "```sh";
    if (in_shell && !command && line.starts_with("gst-launch-1.0"))
      command = "";
    if (!command)
      continue;
    *command += line;
    if (command->ends_with("\\")) {
      command->back() = ' ';
      continue;
    }
    found.push_back({page, *command});
    command.reset();
  }
}

std::vector<Line> documented_lines() {
  const std::string root = g_getenv("SOURCE_ROOT");
  std::vector<Line> found;
  collect(root, "README.md", found);
  GDir *directory = g_dir_open((root + "/docs").c_str(), 0, nullptr);
  std::vector<std::string> pages;
  while (const gchar *name = g_dir_read_name(directory)) {
    if (g_str_has_suffix(name, ".md"))
      pages.push_back(std::string("docs/") + name);
  }
  g_dir_close(directory);
  std::ranges::sort(pages);
  for (const std::string &page : pages)
    collect(root, page, found);
  return found;
}

std::vector<std::string> words_of(const std::string &command) {
  gchar **words = nullptr;
  fail_unless(g_shell_parse_argv(command.c_str(), nullptr, &words, nullptr), "%s", command.c_str());
  std::vector<std::string> result;
  for (gchar **word = words; *word != nullptr; word++)
    result.emplace_back(*word);
  g_strfreev(words);
  return result;
}

bool is_microphone(const std::string &word) {
  return word == "pulsesrc" || word == "alsasrc" || word == "autoaudiosrc";
}

// An Ogg file with the audio of the talk.
void make_ogg(const TalkFile &file, const std::string &path) {
  GstLaunch launch(
      words_of("-q filesrc location=" + file.path() +
               " ! wavparse ! audioconvert ! vorbisenc ! oggmux ! filesink location=" + path));
  fail_unless(launch.wait(), "%s", launch.output().c_str());
}

struct Stage {
  std::unique_ptr<testserver::Server> server = start_server();
  TalkFile wav{4s};
  TemporaryDirectory directory;
  std::string ogg = directory.file("talk.ogg");

  Stage() { make_ogg(wav, ogg); }

  std::string location(const std::string &name) const {
    return "location=" + (name.ends_with(".ogg") ? ogg : wav.path());
  }

  std::vector<std::string> arguments_of(const std::string &command) const {
    std::vector<std::string> words = words_of(command);
    words.erase(words.begin());
    std::vector<std::string> arguments;
    const bool has_endpoint =
        std::ranges::any_of(words, [](const auto &w) { return w.starts_with("endpoint="); });
    bool skip = false;  // the properties of a replaced microphone
    for (const std::string &word : words) {
      skip = skip && word != "!";
      if (skip)
        continue;
      if (is_microphone(word)) {
        arguments.insert(arguments.end(), {"audiotestsrc", "is-live=true", "num-buffers=150"});
        skip = true;
      } else if (word.starts_with("location=")) {
        arguments.push_back(location(word));
      } else if (word.starts_with("endpoint=")) {
        arguments.push_back("endpoint=" + server->endpoint());
      } else {
        arguments.push_back(word);
      }
      if (word == "assemblyaisink" && !has_endpoint)
        arguments.push_back("endpoint=" + server->endpoint());
    }
    return arguments;
  }
};

}  // namespace

GST_START_TEST(test_every_documented_pipeline_gives_captions) {
  const std::vector<Line> lines = documented_lines();
  fail_unless(lines.size() >= 4, "%zu lines found", lines.size());
  const Stage stage;
  for (const Line &line : lines) {
    const std::size_t sessions = stage.server->session_count();
    GstLaunch launch(stage.arguments_of(line.command), {{"ASSEMBLYAI_API_KEY", kKey}});
    fail_unless(launch.wait(), "%s: %s\n%s", line.page.c_str(), line.command.c_str(),
                launch.output().c_str());
    const std::string output = launch.output();
    fail_unless(output.find("final=(boolean)true") != std::string::npos, "%s: %s\n%s",
                line.page.c_str(), line.command.c_str(), output.c_str());
    fail_unless(output.find("ERROR") == std::string::npos, "%s", output.c_str());
    fail_unless_equals_uint64(stage.server->session_count(), sessions + 1);
    fail_unless(stage.server->session(sessions).terminated);
  }
}
GST_END_TEST

static Suite *documented_suite() {
  Suite *suite = suite_create("documented");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 300);
  tcase_add_test(tests, test_every_documented_pipeline_gives_captions);
  return suite;
}

GST_CHECK_MAIN(documented)
