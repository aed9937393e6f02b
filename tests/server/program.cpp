// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "program.h"

#include <glib-unix.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "base/glib_ptr.h"
#include "console.h"
#include "recording.h"
#include "wav.h"

namespace testserver {

namespace {

struct Program {
  assemblyai::Owned<GMainLoop> loop;
  std::unique_ptr<Console> console;
};

gboolean on_signal(gpointer data) {
  g_main_loop_quit(static_cast<Program *>(data)->loop.get());
  return G_SOURCE_CONTINUE;
}

gboolean on_line(GIOChannel *channel, GIOCondition, gpointer data) {
  auto *program = static_cast<Program *>(data);
  gchar *line = nullptr;
  gsize end = 0;
  GIOStatus status = g_io_channel_read_line(channel, &line, nullptr, &end, nullptr);
  if (status == G_IO_STATUS_AGAIN)
    return G_SOURCE_CONTINUE;
  if (status != G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;  // end of input: the server goes on
  std::string answer = program->console->run(std::string(line, end));
  g_free(line);
  std::fputs(answer.c_str(), stdout);
  std::fflush(stdout);
  if (program->console->wants_to_quit())
    g_main_loop_quit(program->loop.get());
  return G_SOURCE_CONTINUE;
}

// Commands may hold any bytes: no encoding is checked.
void read_commands(Program *program) {
  GIOChannel *input = g_io_channel_unix_new(0);
  g_io_channel_set_encoding(input, nullptr, nullptr);
  auto condition = static_cast<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_io_add_watch(input, condition, on_line, program);
  g_io_channel_unref(input);
}

void print_line(const std::string &line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

// Writes the sessions that have closed since the last time, or at the end all.
class Recorder {
 public:
  Recorder(const Server *server, std::string directory)
      : server_(server), directory_(std::move(directory)) {}

  void record(bool all) {
    written_.resize(server_->session_count(), false);
    for (std::size_t i = 0; i < written_.size() && !directory_.empty(); i++) {
      bool closed = false;
      server_->inspect(i, [&](const ReceivedSession &session) { closed = session.closed; });
      std::string error;
      if (written_[i] || (!closed && !all))
        continue;
      written_[i] = true;
      if (!record_session(directory_, i, server_->session(i), &error))
        print_line("cannot record: " + error);
    }
  }

 private:
  const Server *server_;
  std::string directory_;
  std::vector<bool> written_;
};

gboolean on_record(gpointer data) {
  static_cast<Recorder *>(data)->record(false);
  return G_SOURCE_CONTINUE;
}

// Ten sentences, and on standard output what they say.
int write_talk(const std::string &file) {
  constexpr std::int64_t kMilliseconds = 35000;
  std::string bytes = wav_file(coded_bytes(0, kMilliseconds), 16000);
  assemblyai::OutError problem;
  if (g_file_set_contents(file.c_str(), bytes.data(), static_cast<gssize>(bytes.size()),
                          problem.out()) == FALSE) {
    print_line(std::string("assemblyai-test-server: ") + problem->message);
    return 1;
  }
  for (const std::string &word : expected_words(kMilliseconds, true))
    std::printf("%s%c", word.c_str(), word.back() == '.' ? '\n' : ' ');
  return 0;
}

bool announce(const Server &server, const std::string &ready_file) {
  std::printf("assemblyai-test-server listening at %s\n", server.endpoint().c_str());
  std::fflush(stdout);
  if (!server.ca_file().empty())
    print_line("clients must trust " + server.ca_file());
  std::string text = server.endpoint() + "\n";
  return ready_file.empty() ||
         g_file_set_contents(ready_file.c_str(), text.c_str(), -1, nullptr) != FALSE;
}

}  // namespace

int run_program(const Arguments &arguments) {
  if (!arguments.talk_file.empty())
    return write_talk(arguments.talk_file);
  Options options = arguments.options;
  bool verbose = arguments.verbose;
  options.log = [verbose](const std::string &line, bool detail) {
    if (verbose || !detail)
      print_line(line);
  };
  std::string error;
  auto server = Server::start(options, &error);
  if (server == nullptr) {
    print_line("assemblyai-test-server: " + error);
    return 1;
  }
  if (!announce(*server, arguments.ready_file)) {
    print_line("assemblyai-test-server: cannot write " + arguments.ready_file);
    return 1;
  }
  Program program;
  program.loop.reset(g_main_loop_new(nullptr, FALSE));
  program.console = std::make_unique<Console>(server.get());
  g_unix_signal_add(SIGINT, on_signal, &program);
  g_unix_signal_add(SIGTERM, on_signal, &program);
  if (arguments.commands)
    read_commands(&program);
  Recorder recorder(server.get(), arguments.record_directory);
  if (!arguments.record_directory.empty())
    g_timeout_add(500, on_record, &recorder);
  g_main_loop_run(program.loop.get());
  recorder.record(true);
  return 0;
}

}  // namespace testserver
