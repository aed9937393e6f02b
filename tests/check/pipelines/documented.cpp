// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Runs every gst-launch-1.0 and live-captions line of the README and the docs with the real
// programs. Devices and networks are replaced: a microphone or a camera by a live test source,
// a file or a stream by a talk, screen and loudspeaker by fakesink, the service by the local
// server.

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "support/check.h"
#include "support/cues.h"
#include "support/examples.h"
#include "support/gst_launch.h"
#include "support/pipeline.h"
#include "support/requirements.h"

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

std::string page_path(const std::string &page) {
  return std::string(g_getenv("SOURCE_ROOT")) + "/" + page;
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

// Collects the commands of the program in the shell blocks of a page. Continued lines are
// joined. A command may be the condition of a loop.
void collect(const std::string &program, const std::string &page, std::vector<Line> &found) {
  bool in_shell = false;
  std::optional<std::string> command;
  for (std::string line : split_lines(read_page(page_path(page)))) {
    if (line.starts_with("```"))
      in_shell = line == "```sh";
    if (line.starts_with("until "))
      line = line.substr(6, line.find("; do") - 6);
    if (in_shell && !command && (line + " ").starts_with(program + " "))
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

// README.md and all pages in docs/, at any depth.
std::vector<std::string> all_pages() {
  const std::string root = std::string(g_getenv("SOURCE_ROOT")) + "/";
  std::vector<std::string> pages{"README.md", "tests/examples/README.md"};
  for (const auto &entry : std::filesystem::recursive_directory_iterator(root + "docs")) {
    const std::string path = entry.path().string();
    if (path.ends_with(".md"))
      pages.push_back(path.substr(root.size()));
  }
  std::ranges::sort(pages);
  return pages;
}

std::vector<Line> documented_lines(const std::string &program) {
  std::vector<Line> found;
  for (const std::string &page : all_pages())
    collect(program, page, found);
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

// Replacements for elements that need a device or a network, and for their properties.
const std::map<std::string, std::string> kStandIns{
    {"pulsesrc", "audiotestsrc is-live=true num-buffers=150"},
    {"alsasrc", "audiotestsrc is-live=true num-buffers=150"},
    // Longer than the microphone: every caption needs a picture.
    {"v4l2src",
     "videotestsrc is-live=true num-buffers=110 ! video/x-raw,width=64,height=48,framerate=10/1"},
    {"udpsrc", "audiotestsrc is-live=true num-buffers=150 ! opusenc ! rtpopuspay"},
    {"autovideosink", "fakesink sync=true"},
    {"autoaudiosink", "fakesink sync=true"},
};

// Not in Debian 12. Lines with these elements are run where they are installed.
const std::set<std::string> kOfRustPlugins{"cea608overlay", "textwrap", "tttocea608"};

bool is_here(const std::string &element) {
  return gst_registry_check_feature_version(gst_registry_get(), element.c_str(), 1, 0, 0) != FALSE;
}

bool can_run(const Line &line) {
  for (const std::string &word : words_of(line.command)) {
    if (!kOfRustPlugins.contains(word) || is_here(word))
      continue;
    g_print("Not run, there is no %s: %s\n", word.c_str(), line.command.c_str());
    return false;
  }
  return true;
}

// Checks the captions in a file that a line has written.
void check_captions(const std::string &path) {
  if (path.ends_with(".wav"))
    return;
  const bool pictures = path.ends_with(".ts");
  const std::vector<Cue> cues = pictures ? probe_pictures(path) : read_cues(path);
  fail_unless(!cues.empty(), "no captions in %s", path.c_str());
  // The talk's first words.
  fail_unless(pictures || cues[0].text.starts_with("Ban ken"), "%s", description(cues).c_str());
  fail_unless(cues[0].start < 500 * GST_MSECOND, "%s", description(cues).c_str());
}

// The files in the lines.
struct Files {
  TalkFile wav{4s};
  TemporaryDirectory directory;
  std::string ogg = directory.file("talk.ogg");
  std::string movie = directory.file("movie.mkv");

  Files() {
    make("filesrc location=" + wav.path() +
         " ! wavparse ! audioconvert ! vorbisenc ! oggmux ! filesink location=" + ogg);
    make(
        "videotestsrc num-buffers=40 ! video/x-raw,width=64,height=48,framerate=10/1 ! jpegenc"
        " ! matroskamux name=mux ! filesink location=" +
        movie + " filesrc location=" + wav.path() +
        " ! wavparse ! audioconvert ! vorbisenc ! mux.");
  }

  static void make(const std::string &pipeline) {
    GstLaunch launch(words_of("-q " + pipeline));
    fail_unless(launch.wait(), "%s", launch.output().c_str());
  }

  std::string named(const std::string &name) const {
    return name.ends_with(".ogg") ? ogg : name.ends_with(".mkv") ? movie : wav.path();
  }
};

// Characters to show of the output of a failed line.
constexpr std::size_t kShown = 1500;

// A running line with its own server.
class Run {
 public:
  Run(const Line &line, const Files &files)
      : line_(line), launch_(arguments(files), {{"ASSEMBLYAI_API_KEY", kKey}}) {}

  void check() {
    const bool good = launch_.wait();
    const std::string output = launch_.output();
    const bool captioned = output.find("final=(boolean)true") != std::string::npos;
    const bool clean = output.find("ERROR") == std::string::npos;
    fail_unless(good && captioned && clean, "%s: %s\n%s", line_.page.c_str(), line_.command.c_str(),
                output.substr(output.size() - std::min(output.size(), kShown)).c_str());
    fail_unless_equals_uint64(server_->session_count(), sinks_);
    for (std::size_t i = 0; i < sinks_; i++)
      fail_unless(server_->session(i).terminated, "%s", line_.command.c_str());
    for (const std::string &name : directory_.names()) {
      fail_unless(!directory_.read(name).empty(), "nothing written: %s", line_.command.c_str());
      check_captions(directory_.file(name));
    }
  }

 private:
  // Replaces a word that names a file or an address.
  static std::string replaced(const std::string &word, bool written, const Files &files,
                              const TemporaryDirectory &directory) {
    if (word.starts_with("uri="))
      return "uri=file://" + files.movie;
    if (word.starts_with("location="))
      return "location=" +
             (written ? directory.file(word.substr(word.find('=') + 1)) : files.named(word));
    return word;
  }

  std::vector<std::string> arguments(const Files &files) {
    std::vector<std::string> result{"-m"};  // prints final turns
    const std::vector<std::string> words = words_of(line_.command);
    bool skip = false;  // the properties of a replaced element
    for (std::size_t i = 1; i < words.size(); i++) {
      const std::string &word = words[i];
      skip = skip && word.find('=') != std::string::npos;
      if (skip || word.starts_with("endpoint="))
        continue;
      const auto stand_in = kStandIns.find(word);
      skip = stand_in != kStandIns.end();
      if (skip)
        std::ranges::copy(words_of(stand_in->second), std::back_inserter(result));
      else
        result.push_back(replaced(word, words[i - 1] == "filesink", files, directory_));
      if (word == "assemblyaisink" || word == "assemblyaitranscriber") {
        result.push_back("endpoint=" + server_->endpoint());
        sinks_++;
      }
    }
    return result;
  }

  Line line_;
  std::unique_ptr<testserver::Server> server_ = start_server();
  TemporaryDirectory directory_;
  std::size_t sinks_ = 0;
  GstLaunch launch_;
};

// The arguments of live-captions, with other files and another microphone.
std::vector<std::string> live_arguments(const std::string &command, const Files &files) {
  const std::vector<std::string> words = words_of(command);
  std::vector<std::string> arguments;
  bool file = false;
  for (std::size_t i = 1; i < words.size(); i++) {
    if (words[i] == "--source") {
      i++;
    } else if (words[i - 1] == "--record" || words[i - 1] == "--transcript") {
      arguments.push_back(files.directory.file(words[i]));
    } else if (words[i].ends_with(".wav")) {
      arguments.push_back(files.wav.path());
      file = true;
    } else {
      arguments.push_back(words[i]);
    }
  }
  if (!file)
    arguments.push_back(std::string("--source=") + kMicrophone + " num-buffers=30");
  return arguments;
}

// True if a heading of the page has this anchor, formed as on GitHub.
bool has_anchor(const std::string &path, const std::string &anchor) {
  for (const std::string &line : split_lines(read_page(path))) {
    std::string made;
    for (const char c : line.starts_with("#") ? line.substr(line.find(' ') + 1) : "") {
      if (c == ' ' || c == '-' || g_ascii_isalnum(c))
        made += c == ' ' ? '-' : g_ascii_tolower(c);
    }
    if (!made.empty() && made == anchor)
      return true;
  }
  return false;
}

}  // namespace

GST_START_TEST(test_every_documented_pipeline_gives_captions) {
  const std::vector<Line> lines = documented_lines("gst-launch-1.0");
  fail_unless(lines.size() >= 42, "%zu lines found", lines.size());
  const Files files;
  // All at the same time: each takes as long as its audio.
  std::vector<std::unique_ptr<Run>> runs;
  for (const Line &line : lines) {
    if (can_run(line))
      runs.push_back(std::make_unique<Run>(line, files));
  }
  for (const auto &run : runs)
    run->check();
}
GST_END_TEST

GST_START_TEST(test_every_documented_use_of_live_captions_gives_captions) {
  const std::vector<Line> lines = documented_lines("live-captions");
  fail_unless(lines.size() >= 9, "%zu lines found", lines.size());
  const Files files;
  for (const Line &line : lines) {
    const auto server = start_server();
    LiveCaptions program(*server, live_arguments(line.command, files));
    fail_unless(program.wait(), "%s: %s\n%s", line.page.c_str(), line.command.c_str(),
                program.errors().c_str());
    fail_unless(program.output().starts_with("  1  "), "%s: %s\n%s", line.page.c_str(),
                line.command.c_str(), program.output().c_str());
    fail_unless(server->session(0).terminated);
  }
}
GST_END_TEST

// Checks links to files of the project, not those to other sites.
GST_START_TEST(test_links_lead_to_files_and_the_index_has_every_page) {
  const std::string root = g_getenv("SOURCE_ROOT");
  const std::string index = read_page(root + "/docs/index.md");
  for (const std::string &page : all_pages()) {
    const std::string text = read_page(root + "/" + page);
    const std::string folder = root + "/" + page.substr(0, page.rfind('/') + 1);
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::string link = text.substr(at + 2, text.find(')', at) - at - 2);
      if (link.find("://") != std::string::npos)
        continue;
      const std::size_t hash = std::min(link.find('#'), link.size());
      const std::string path = hash == 0 ? root + "/" + page : folder + link.substr(0, hash);
      fail_unless(g_file_test(path.c_str(), G_FILE_TEST_EXISTS), "%s: %s", page.c_str(),
                  link.c_str());
      fail_unless(hash == link.size() || has_anchor(path, link.substr(hash + 1)), "%s: %s",
                  page.c_str(), link.c_str());
    }
    const std::string name = page.substr(page.find('/') + 1);
    fail_unless(name == "index.md" || index.find(name) != std::string::npos, "%s", name.c_str());
  }
}
GST_END_TEST

static Suite *documented_suite() {
  Suite *suite = suite_create("documented");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_set_timeout(tests, 300);
  tcase_add_test(tests, test_every_documented_pipeline_gives_captions);
  tcase_add_test(tests, test_every_documented_use_of_live_captions_gives_captions);
  tcase_add_test(tests, test_links_lead_to_files_and_the_index_has_every_page);
  return suite;
}

CHECK_SUITE_NEEDS(documented, {"ffprobe"},
                  {"textoverlay", "textrender", "srtenc", "webvttenc", "dvbsubenc", "mpegtsmux",
                   "voaacenc", "aacparse", "x264enc", "mp4mux"});
