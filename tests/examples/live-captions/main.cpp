// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Shows live captions of a microphone or of audio files on the terminal. The caption grows
// in the last line. When its turn is final it becomes a numbered line with its start time.
// live-captions --help lists the options.

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>

#include "options.h"
#include "settings.h"
#include "terminal.h"

namespace {

constexpr guint kRecordingSeconds = 3;  // time to complete the recording after an error

struct Totals {
  unsigned captions = 0, words = 0;
  double audio_seconds = 0, billed_seconds = 0;
  unsigned sessions = 0, accounted = 0;  // started; ended with figures of the service
  std::vector<double> delays;            // seconds from the last word of a turn to its final text
};

struct App {
  Options options;
  Terminal terminal;
  Totals totals;
  GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
  GstElement *captions = nullptr;  // the same element for all files, with its properties
  GstElement *pipeline = nullptr;
  std::FILE *transcript = nullptr;
  std::string typed;  // an incomplete line
  unsigned interrupts = 0;
  bool failed = false;

  App() = default;
  App(const App &) = delete;
  App &operator=(const App &) = delete;
  ~App() {
    gst_clear_object(&captions);
    g_main_loop_unref(loop);
  }
};

std::string text_of(const GstStructure *structure, const char *field) {
  const char *text = gst_structure_get_string(structure, field);
  return text != nullptr ? text : "";
}

double seconds_of(const GstStructure *structure, const char *field) {
  guint64 time = GST_CLOCK_TIME_NONE;
  gst_structure_get_uint64(structure, field, &time);
  return GST_CLOCK_TIME_IS_VALID(time) ? static_cast<double>(time) / GST_SECOND : 0;
}

std::string formatted(const char *format, ...) G_GNUC_PRINTF(1, 2);
std::string formatted(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return text;
}

// Messages from the bus

void on_turn(App &app, const GstStructure *turn) {
  gboolean final = FALSE;
  gst_structure_get_boolean(turn, "final", &final);
  const std::string text = text_of(turn, "transcript");
  const std::string head =
      formatted("%3u %7.1f s  ", app.totals.captions + 1, seconds_of(turn, "running-time"));
  if (final == FALSE || text.empty()) {
    app.terminal.grow(head, text);
    return;
  }
  app.terminal.settle(head + text);
  if (app.transcript != nullptr) {
    std::fprintf(app.transcript, "%s ", printable(text).c_str());
    std::fflush(app.transcript);
  }
  app.totals.captions++;
  app.totals.words += gst_value_array_get_size(gst_structure_get_value(turn, "words"));
  if (const double delay = seconds_of(turn, "delay"); delay > 0)
    app.totals.delays.push_back(delay);
}

void on_element_message(App &app, const GstStructure *message) {
  const std::string name = gst_structure_get_name(message);
  if (name == "assemblyai-turn") {
    on_turn(app, message);
  } else if (name == "assemblyai-session-begin") {
    app.totals.sessions++;
    app.terminal.note("session " + text_of(message, "session-id") + "  " +
                      text_of(message, "model"));
  } else if (name == "assemblyai-session-end") {
    gboolean confirmed = FALSE;
    gst_structure_get_boolean(message, "confirmed", &confirmed);
    app.totals.accounted += confirmed != FALSE ? 1 : 0;
  } else if (name == "assemblyai-connection") {
    if (text_of(message, "state") == "reconnecting")
      app.terminal.note(formatted("reconnecting in %.1f s", seconds_of(message, "delay")));
  } else if (name == "assemblyai-warning") {
    app.terminal.note("WARNING: " + text_of(message, "text"));
  } else if (name == "assemblyai-audio-lost") {
    app.terminal.note(formatted("%.1f s of audio lost: the network is too slow",
                                seconds_of(message, "duration")));
  }
}

void show_problem(App &app, const char *kind, const GError *error, const char *debug) {
  app.terminal.note(std::string(kind) + ": " + error->message);
  // The first line is the place in the source code; the rest, if any, is the reason.
  const char *why = debug != nullptr ? std::strchr(debug, '\n') : nullptr;
  if (why != nullptr && why[1] != '\0')
    app.terminal.note(std::string("  ") + (why + 1));
}

gboolean give_up(gpointer data) {
  g_main_loop_quit(static_cast<App *>(data)->loop);
  return G_SOURCE_REMOVE;
}

void on_error(App &app) {
  // Only EOS completes a recording; after an error of the source it may not arrive.
  if (app.options.record.empty() || GST_STATE(app.pipeline) != GST_STATE_PLAYING) {
    g_main_loop_quit(app.loop);
  } else if (!app.failed) {
    gst_element_send_event(app.pipeline, gst_event_new_eos());
    g_timeout_add_seconds(kRecordingSeconds, give_up, &app);
  }
  app.failed = true;
}

void on_warning(App &app, const GError *error, const char *debug) {
  if (g_error_matches(error, GST_PARSE_ERROR, GST_PARSE_ERROR_DELAYED_LINK) != FALSE) {
    app.terminal.note("ERROR: There is no audio in the file.");
    on_error(app);
  } else {
    show_problem(app, "WARNING", error, debug);
  }
}

gboolean on_message(GstBus *, GstMessage *message, gpointer data) {
  App &app = *static_cast<App *>(data);
  g_autoptr(GError) error = nullptr;
  g_autofree char *debug = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
      on_element_message(app, gst_message_get_structure(message));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, &debug);
      on_warning(app, error, debug);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, &debug);
      show_problem(app, "ERROR", error, debug);
      on_error(app);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit(app.loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

// Input from the user

// The first Ctrl-C ends the session with its last turn, the second quits at once.
gboolean on_interrupt(gpointer data) {
  App &app = *static_cast<App *>(data);
  if (app.interrupts++ > 0) {
    app.failed = true;
    g_main_loop_quit(app.loop);
  } else {
    gst_element_send_event(app.pipeline, gst_event_new_eos());
  }
  return G_SOURCE_CONTINUE;
}

void on_line(App &app, const std::string &line) {
  app.terminal.line_typed();
  if (line.empty() && !app.terminal.has_prompt()) {
    app.terminal.open_prompt();
    return;
  }
  app.terminal.close_prompt();
  if (line.empty())
    return;
  for (const std::string &answer : run_command(app.captions, line))
    app.terminal.note(answer);
}

gboolean on_input(gint input, GIOCondition, gpointer data) {
  App &app = *static_cast<App *>(data);
  char bytes[512];
  const ssize_t count = read(input, bytes, sizeof bytes);
  if (count < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  // On a terminal Ctrl-D ends the line, not the input.
  if (count == 0 && isatty(input) != 0) {
    app.terminal.line_typed();
    app.terminal.close_prompt();
    return G_SOURCE_CONTINUE;
  }
  if (count <= 0) {
    if (!app.typed.empty())
      on_line(app, std::exchange(app.typed, {}));
    return G_SOURCE_REMOVE;
  }
  app.typed.append(bytes, static_cast<std::size_t>(count));
  for (std::size_t end; (end = app.typed.find('\n')) != std::string::npos;) {
    on_line(app, app.typed.substr(0, end));
    app.typed.erase(0, end + 1);
  }
  return G_SOURCE_CONTINUE;
}

// Opens the terminal, or returns -1. Ctrl-C discards typed text even after poll() has
// reported it, and a blocking read() would then stop everything. The terminal is opened a
// second time, because O_NONBLOCK on standard input would affect the shell, too.
int open_keyboard() {
  // A background process that reads from the terminal is stopped.
  if (isatty(STDIN_FILENO) == 0 || tcgetpgrp(STDIN_FILENO) != getpgrp())
    return -1;
  return open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

void watch_user(App &app) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    g_unix_signal_add(signal, on_interrupt, &app);
  if (const int keyboard = open_keyboard(); keyboard >= 0) {
    app.terminal.note("Ctrl-C ends. Enter opens a prompt for commands: ? lists them.");
    g_unix_fd_add(keyboard, G_IO_IN, on_input, &app);
  } else if (app.options.commands) {
    g_unix_fd_add(STDIN_FILENO, G_IO_IN, on_input, &app);
  }
}

// The pipeline

// Everything before assemblyaisink. With a recording there are two branches:
//
//   SOURCE ! convert ! tee ! queue ! assemblyaisink
//                      tee ! queue ! wavenc ! filesink
GstElement *make_pipeline(const Options &options, const char *file, GError **error) {
  std::string text = file != nullptr ? "filesrc name=file ! decodebin" : options.source;
  text += " ! audioconvert ! audioresample ! ";
  text += "capsfilter name=audio caps=audio/x-raw,format=S16LE,rate=16000,channels=1";
  if (!options.record.empty())
    text += " ! tee name=tee ! queue name=branch  tee. ! queue ! wavenc ! filesink name=recording";
  GstElement *pipeline = gst_parse_launch(text.c_str(), error);
  if (*error != nullptr) {
    gst_clear_object(&pipeline);
    return nullptr;
  }
  GstChildProxy *children = GST_CHILD_PROXY(pipeline);
  if (file != nullptr)
    gst_child_proxy_set(children, "file::location", file, nullptr);
  if (!options.record.empty())
    gst_child_proxy_set(children, "recording::location", options.record.c_str(), nullptr);
  return pipeline;
}

void add_captions(App &app) {
  gst_bin_add(GST_BIN(app.pipeline), app.captions);
  g_autoptr(GstElement) last =
      gst_bin_get_by_name(GST_BIN(app.pipeline), app.options.record.empty() ? "audio" : "branch");
  gst_element_link(last, app.captions);
}

void add_up(App &app) {
  g_autoptr(GstStructure) stats = nullptr;
  g_object_get(app.captions, "stats", &stats, nullptr);
  double audio = 0, billed = 0;
  gst_structure_get(stats, "audio-seconds", G_TYPE_DOUBLE, &audio, "session-seconds", G_TYPE_DOUBLE,
                    &billed, nullptr);
  app.totals.audio_seconds += audio;
  app.totals.billed_seconds += billed;
}

bool play(App &app, const char *file) {
  g_autoptr(GError) error = nullptr;
  app.pipeline = make_pipeline(app.options, file, &error);
  if (app.pipeline == nullptr) {
    app.terminal.note(std::string("ERROR: ") + error->message);
    return false;
  }
  add_captions(app);
  g_autoptr(GstBus) bus = gst_element_get_bus(app.pipeline);
  gst_bus_add_watch(bus, on_message, &app);
  gst_element_set_state(app.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(app.loop);
  add_up(app);
  gst_element_set_state(app.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch(bus);
  gst_bin_remove(GST_BIN(app.pipeline), app.captions);
  gst_clear_object(&app.pipeline);
  app.terminal.drop_growing();
  if (app.transcript != nullptr)
    std::fputc('\n', app.transcript);
  return true;
}

bool play_all(App &app) {
  const std::vector<std::string> &files = app.options.files;
  if (files.empty())
    return play(app, nullptr);
  for (auto file = files.begin(); file != files.end() && app.interrupts == 0; file++) {
    if (files.size() > 1)
      app.terminal.note(*file);
    if (!play(app, file->c_str()))
      return false;
  }
  return true;
}

// Start and end

bool make_captions(App &app) {
  app.captions = gst_element_factory_make("assemblyaisink", nullptr);
  if (app.captions == nullptr) {
    app.terminal.note(
        "There is no element assemblyaisink: set GST_PLUGIN_PATH to the folder of the plugin.");
    return false;
  }
  gst_object_ref_sink(app.captions);
  for (const std::string &setting : app.options.settings) {
    const std::string why = set_property(app.captions, setting);
    if (!why.empty()) {
      app.terminal.note(why);
      return false;
    }
  }
  if (!app.options.keyterms.empty())
    set_keyterms(app.captions, app.options.keyterms);
  return true;
}

bool open_transcript(App &app) {
  if (app.options.transcript.empty())
    return true;
  app.transcript = std::fopen(app.options.transcript.c_str(), "w");
  if (app.transcript == nullptr)
    app.terminal.note(app.options.transcript + ": " + g_strerror(errno));
  return app.transcript != nullptr;
}

// A recording must not overwrite its own source.
bool may_record(App &app) {
  GStatBuf recording, file;
  if (app.options.record.empty() || g_stat(app.options.record.c_str(), &recording) != 0)
    return true;
  for (const std::string &name : app.options.files) {
    if (g_stat(name.c_str(), &file) == 0 && file.st_dev == recording.st_dev &&
        file.st_ino == recording.st_ino) {
      app.terminal.note("--record would overwrite " + name + ": choose another file.");
      return false;
    }
  }
  return true;
}

void close_transcript(App &app) {
  if (app.transcript == nullptr)
    return;
  const bool written = std::ferror(app.transcript) == 0;
  if (std::fclose(app.transcript) == 0 && written)
    return;
  app.terminal.note(app.options.transcript + ": " + g_strerror(errno));
  app.failed = true;
}

// The service reports the billed time only when a session ends normally.
std::string bill(const Totals &totals) {
  if (totals.accounted < totals.sessions)
    return formatted("seconds billed: about %.0f, because a session was lost",
                     totals.billed_seconds);
  return formatted("seconds of audio: %.0f, seconds billed: %.0f", totals.audio_seconds,
                   totals.billed_seconds);
}

void summarise(App &app) {
  Totals &totals = app.totals;
  app.terminal.note("");
  app.terminal.note(formatted("captions: %u, words: %u, ", totals.captions, totals.words) +
                    bill(totals));
  if (totals.delays.empty())
    return;
  std::ranges::sort(totals.delays);
  app.terminal.note(
      formatted("from the last word of a turn to its final text: median %.2f s, longest %.2f s",
                totals.delays[totals.delays.size() / 2], totals.delays.back()));
}

}  // namespace

int main(int argc, char **argv) {
  std::setlocale(LC_ALL, "");
  std::optional<Options> options = parse_options(argc, argv);
  if (!options)
    return 2;
  App app;
  app.options = std::move(*options);
  if (!make_captions(app) || !may_record(app) || !open_transcript(app))
    return 2;
  watch_user(app);
  if (!play_all(app))
    return 2;
  close_transcript(app);
  app.terminal.close_prompt();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    app.terminal.note("The captions could not be written.");
    app.failed = true;
  }
  summarise(app);
  return app.failed ? 1 : 0;
}
