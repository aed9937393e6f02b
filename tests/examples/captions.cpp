// SPDX-License-Identifier: LGPL-2.1-or-later
// Captions of audio files: the caption grows on one line of the terminal, and stays
// as a numbered line, with its start time, once its turn is final.
//
//   captions talk.wav interview.mp3 --keyterm GStreamer
//
// The element reads the key from the environment variable ASSEMBLYAI_API_KEY.

#include <glib-unix.h>
#include <gst/gst.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct App {
  char **files = nullptr, **keyterms = nullptr;
  char *endpoint = nullptr, *model = nullptr, *transcript = nullptr;
  GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
  GstElement *pipeline = nullptr;
  unsigned interrupts = 0, turns = 0, words = 0;
  double audio_seconds = 0, billed_seconds = 0;
  std::vector<double> delays;  // seconds from the last word of a turn to its final text
  std::string texts;           // the final text, one line for each file
  bool failed = false;
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  const char *const erase = terminal ? "\r\033[K" : "";
};

// Text from outside may hold anything: here it becomes one line that does nothing
// to a terminal.
std::string printable(const char *text) {
  char *valid = g_utf8_make_valid(text != nullptr ? text : "", -1);
  std::string out = valid;
  g_free(valid);
  for (char *p = out.data(); *p != '\0'; p = g_utf8_next_char(p)) {
    if (g_unichar_iscntrl(g_utf8_get_char(p)) != FALSE)
      std::fill(p, g_utf8_next_char(p), ' ');
  }
  return out;
}

int columns_at(const char *p) {
  const gunichar c = g_utf8_get_char(p);
  return g_unichar_iszerowidth(c) != FALSE ? 0 : g_unichar_iswide(c) != FALSE ? 2 : 1;
}

// The end of the text, where it grows, as far as it fits into the terminal.
std::string fitting(const std::string &text, std::size_t indent) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    size.ws_col = 80;
  const int room = size.ws_col - static_cast<int>(indent) - 1;
  const char *from = text.c_str();
  int columns = 0;
  for (const char *p = from; *p != '\0'; p = g_utf8_next_char(p))
    columns += columns_at(p);
  if (columns <= room)
    return text;
  for (; *from != '\0' && (columns >= room || columns_at(from) == 0); from = g_utf8_next_char(from))
    columns -= columns_at(from);
  // From a whole word on, where there are blanks.
  if (const char *blank = std::strchr(from, ' '))
    from = blank;
  return std::string("…") + from;
}

void show_turn(App &app, const GstStructure *turn) {
  gboolean final = FALSE;
  guint64 start = 0, delay = 0;
  gst_structure_get(turn, "final", G_TYPE_BOOLEAN, &final, "start", G_TYPE_UINT64, &start, "delay",
                    G_TYPE_UINT64, &delay, nullptr);
  const std::string text = printable(gst_structure_get_string(turn, "transcript"));
  char head[64];
  g_snprintf(head, sizeof head, "%3u %7.1f s  ", app.turns + 1,
             GST_CLOCK_TIME_IS_VALID(start) ? static_cast<double>(start) / GST_SECOND : 0);
  std::fputs(app.erase, stdout);
  if (final == FALSE && app.terminal)
    std::printf("%s%s", head, fitting(text, std::strlen(head)).c_str());
  if (final == FALSE || text.empty())
    return;
  std::printf("%s%s\n", head, text.c_str());
  app.texts += text + ' ';
  app.turns++;
  app.words += gst_value_array_get_size(gst_structure_get_value(turn, "words"));
  if (GST_CLOCK_TIME_IS_VALID(delay))
    app.delays.push_back(static_cast<double>(delay) / GST_SECOND);
}

void show_error(App &app, GstMessage *message) {
  GError *error = nullptr;
  char *debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  std::fputs(app.erase, stdout);
  std::fflush(stdout);
  std::fprintf(stderr, "ERROR: %s\n", printable(error->message).c_str());
  // Its first line says where in the source; what follows, if anything, why.
  const char *why = debug != nullptr ? std::strchr(debug, '\n') : nullptr;
  if (why != nullptr && why[1] != '\0')
    std::fprintf(stderr, "  %s\n", printable(why + 1).c_str());
  g_error_free(error);
  g_free(debug);
  app.failed = true;
}

gboolean on_message(GstBus *, GstMessage *message, gpointer data) {
  App &app = *static_cast<App *>(data);
  const GstStructure *structure = gst_message_get_structure(message);
  if (gst_message_has_name(message, "assemblyai-turn") != FALSE)
    show_turn(app, structure);
  else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
    show_error(app, message);
  double audio = 0, billed = 0;
  if (gst_message_has_name(message, "assemblyai-session-end") != FALSE)
    gst_structure_get(structure, "audio-seconds", G_TYPE_DOUBLE, &audio, "session-seconds",
                      G_TYPE_DOUBLE, &billed, nullptr);
  app.audio_seconds += audio;
  app.billed_seconds += billed;
  std::fflush(stdout);
  if ((GST_MESSAGE_TYPE(message) & (GST_MESSAGE_EOS | GST_MESSAGE_ERROR)) != 0)
    g_main_loop_quit(app.loop);
  return G_SOURCE_CONTINUE;
}

// The first one ends the session in good order, with the last turn; the next at once.
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

void set_properties(const App &app, GstChildProxy *pipeline, const char *file) {
  gst_child_proxy_set(pipeline, "source::location", file, nullptr);
  if (app.endpoint != nullptr)
    gst_child_proxy_set(pipeline, "sink::endpoint", app.endpoint, nullptr);
  if (app.model != nullptr)
    gst_child_proxy_set(pipeline, "sink::speech-model", app.model, nullptr);
  GValue terms = G_VALUE_INIT;
  g_value_init(&terms, GST_TYPE_ARRAY);
  for (char **term = app.keyterms; term != nullptr && *term != nullptr; term++) {
    GValue item = G_VALUE_INIT;
    g_value_set_string(g_value_init(&item, G_TYPE_STRING), *term);
    gst_value_array_append_and_take_value(&terms, &item);
  }
  gst_child_proxy_set_property(pipeline, "sink::keyterms-prompt", &terms);
  g_value_unset(&terms);
}

void play(App &app, const char *file) {
  app.pipeline = gst_parse_launch(
      "filesrc name=source ! decodebin ! audioconvert ! audioresample ! assemblyaisink name=sink",
      nullptr);
  set_properties(app, GST_CHILD_PROXY(app.pipeline), file);
  std::printf("%s\n", printable(file).c_str());
  GstBus *bus = gst_element_get_bus(app.pipeline);
  gst_bus_add_watch(bus, on_message, &app);
  gst_element_set_state(app.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(app.loop);
  gst_element_set_state(app.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(app.pipeline);
  std::fputs(app.erase, stdout);
  app.texts += '\n';
}

void summarise(App &app) {
  std::printf("\nturns: %u, words: %u, seconds of audio: %.0f, seconds billed: %.0f\n", app.turns,
              app.words, app.audio_seconds, app.billed_seconds);
  if (app.delays.empty())
    return;
  std::sort(app.delays.begin(), app.delays.end());
  std::printf("from the last word of a turn to its final text: median %.2f s, longest %.2f s\n",
              app.delays[app.delays.size() / 2], app.delays.back());
}

bool parse_options(App &app, int *argc, char ***argv) {
  // As file names, byte by byte, so that no locale is needed.
  const GOptionArg text = G_OPTION_ARG_FILENAME, texts = G_OPTION_ARG_FILENAME_ARRAY;
  const GOptionEntry entries[] = {
      {"endpoint", 0, 0, text, &app.endpoint, "Address of the service", "URL"},
      {"model", 0, 0, text, &app.model, "Speech model", "NAME"},
      {"keyterm", 0, 0, texts, &app.keyterms, "Word to recognise better; repeatable", "TEXT"},
      {"transcript", 0, 0, text, &app.transcript, "Write final text, a line a file", "FILE"},
      {G_OPTION_REMAINING, 0, 0, texts, &app.files, nullptr, "AUDIOFILE…"},
      {}};
  GOptionContext *context = g_option_context_new("- captions of audio files");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  GError *error = nullptr;
  g_option_context_parse(context, argc, argv, &error);
  g_option_context_free(context);
  if (error == nullptr && app.files != nullptr)
    return true;
  std::fprintf(stderr, "%s\n",
               error != nullptr ? error->message : "Give an audio file, or --help.");
  g_clear_error(&error);
  return false;
}

}  // namespace

int main(int argc, char **argv) {
  static App app;
  std::setlocale(LC_ALL, "");
  if (!parse_options(app, &argc, &argv))
    return 2;
  std::FILE *const transcript =
      app.transcript != nullptr ? std::fopen(app.transcript, "w") : nullptr;
  if (app.transcript != nullptr && transcript == nullptr) {
    std::fprintf(stderr, "%s: %s\n", app.transcript, std::strerror(errno));
    return 2;
  }
  if (gst_registry_check_feature_version(gst_registry_get(), "assemblyaisink", 0, 1, 0) == FALSE) {
    std::fprintf(
        stderr, "There is no element assemblyaisink: set GST_PLUGIN_PATH to where it was built.\n");
    return 2;
  }
  g_unix_signal_add(SIGINT, on_interrupt, &app);
  g_unix_signal_add(SIGTERM, on_interrupt, &app);
  for (char **file = app.files; *file != nullptr && app.interrupts == 0; file++)
    play(app, *file);
  summarise(app);
  if (transcript != nullptr &&
      (std::fputs(app.texts.c_str(), transcript) < 0 || std::fclose(transcript) != 0)) {
    std::fprintf(stderr, "%s: %s\n", app.transcript, std::strerror(errno));
    app.failed = true;
  }
  return app.failed ? 1 : 0;
}
