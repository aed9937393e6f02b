// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "options.h"

#include <gst/gst.h>

#include <cstdio>
#include <cstdlib>

#include "config.h"

namespace {

constexpr char kSummary[] =
    "Shows captions of a microphone or of audio files, with AssemblyAI.\n\n"
    "  live-captions --keyterm GStreamer --record talk.wav\n"
    "  live-captions --source 'pulsesrc device=NAME' --set min-turn-silence=400\n"
    "  live-captions talk.wav interview.mp3 --model universal-streaming-english";
constexpr char kMore[] =
    "Set the key in the environment variable ASSEMBLYAI_API_KEY or with --set\n"
    "api-key-file=FILE, never on the command line, which other users can read.\n\n"
    "Ctrl-C ends the session after the last caption; a second Ctrl-C quits at once. While\n"
    "captions run, Enter opens a prompt for commands: ? lists them.";

std::vector<std::string> strings(char **list) {
  std::vector<std::string> result;
  for (char **item = list; item != nullptr && *item != nullptr; item++)
    result.emplace_back(*item);
  return result;
}

std::string string_or(const char *text, const std::string &otherwise) {
  return text != nullptr ? text : otherwise;
}

bool refuse(const char *why) {
  std::fprintf(stderr, "%s\nlive-captions --help shows all options.\n", why);
  return false;
}

// The values that GLib's parser writes.
struct Raw {
  char *source = nullptr, *endpoint = nullptr, *model = nullptr;
  char *record = nullptr, *transcript = nullptr;
  char **files = nullptr, **keyterms = nullptr, **settings = nullptr;
  gboolean commands = FALSE;

  Raw() = default;
  Raw(const Raw &) = delete;
  Raw &operator=(const Raw &) = delete;
  ~Raw() {
    for (char *text : {source, endpoint, model, record, transcript})
      g_free(text);
    for (char **list : {files, keyterms, settings})
      g_strfreev(list);
  }
};

// Exits, as GLib's --help does.
gboolean print_version(const gchar *, const gchar *, gpointer, GError **) {
  std::printf("live-captions %s\n", VERSION);
  std::exit(0);
}

bool parse(Raw &raw, int argc, char **argv) {
  // File names are passed byte by byte, so they need no locale.
  const GOptionArg text = G_OPTION_ARG_FILENAME, texts = G_OPTION_ARG_FILENAME_ARRAY;
  const GOptionEntry entries[] = {
      {"source", 's', 0, text, &raw.source,
       "Live source, written as for gst-launch-1.0: pulsesrc, 'alsasrc device=hw:1', … (default: "
       "autoaudiosrc)",
       "ELEMENT"},
      {"endpoint", 'e', 0, text, &raw.endpoint, "Address of the service", "URL"},
      {"model", 'm', 0, text, &raw.model, "Speech model", "NAME"},
      {"keyterm", 'k', 0, texts, &raw.keyterms, "Name or word to recognise better; repeatable",
       "TEXT"},
      {"set", 'p', 0, texts, &raw.settings, "Any property of assemblyaisink; repeatable",
       "PROPERTY=VALUE"},
      {"record", 'r', 0, text, &raw.record, "Record the audio that is sent", "FILE.wav"},
      {"transcript", 't', 0, text, &raw.transcript,
       "Write the final text, one line for each source", "FILE"},
      {"commands", 'c', 0, G_OPTION_ARG_NONE, &raw.commands,
       "Read commands from standard input even if it is not a terminal", nullptr},
      {"version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
       reinterpret_cast<gpointer>(print_version), "Print the version", nullptr},
      {G_OPTION_REMAINING, 0, 0, texts, &raw.files, nullptr, "[AUDIOFILE…]"},
      {}};
  g_autoptr(GOptionContext) context = g_option_context_new(nullptr);
  g_option_context_set_summary(context, kSummary);
  g_option_context_set_description(context, kMore);
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  g_autoptr(GError) error = nullptr;
  return g_option_context_parse(context, &argc, &argv, &error) != FALSE || refuse(error->message);
}

}  // namespace

std::optional<Options> parse_options(int argc, char **argv) {
  Raw raw;
  if (!parse(raw, argc, argv))
    return std::nullopt;
  Options options;
  options.files = strings(raw.files);
  options.keyterms = strings(raw.keyterms);
  options.settings = strings(raw.settings);
  if (raw.endpoint != nullptr)
    options.settings.push_back(std::string("endpoint=") + raw.endpoint);
  if (raw.model != nullptr)
    options.settings.push_back(std::string("speech-model=") + raw.model);
  options.source = string_or(raw.source, options.source);
  options.record = string_or(raw.record, "");
  options.transcript = string_or(raw.transcript, "");
  options.commands = raw.commands != FALSE;
  if (!options.files.empty() && raw.source != nullptr)
    refuse("Give files or --source, not both.");
  else if (options.files.size() > 1 && raw.record != nullptr)
    refuse("--record accepts one source only.");
  else
    return options;
  return std::nullopt;
}
