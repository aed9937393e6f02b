// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include <glib.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "base/glib_ptr.h"
#include "config.h"
#include "program.h"

namespace testserver {

namespace {

constexpr double kDay = 86400;

// Where GOption puts the values; strings are freed by the destructor.
struct Values {
  gint port = 0;
  gchar *engine = nullptr;
  gchar *scenario = nullptr;
  gboolean tls = FALSE;
  gchar *tls_directory = nullptr;
  gchar *certificate = nullptr;
  gchar *api_key = nullptr;
  gchar *finals = nullptr;
  gchar *word_times = nullptr;
  gint partial_interval = 0;
  gboolean strict_chunks = FALSE;
  gdouble max_ahead = kDay;  // no limit
  gdouble max_session = 3 * 3600;
  gint begin_delay = 0;
  gboolean proxy = FALSE;
  gboolean commands = FALSE;
  gchar *record = nullptr;
  gchar *ready = nullptr;
  gchar *talk = nullptr;
  gboolean verbose = FALSE;

  Values() = default;
  Values(const Values &) = delete;
  Values &operator=(const Values &) = delete;
  ~Values() {
    for (gchar *text : {engine, scenario, tls_directory, certificate, api_key, finals, word_times,
                        record, ready, talk})
      g_free(text);
  }
};

template <typename Choice>
struct Name {
  const char *name;
  Choice value;
};

template <typename Choice, std::size_t size>
bool choose(const char *given, const Name<Choice> (&names)[size], const char *option,
            Choice *choice, std::string *error) {
  if (given == nullptr)
    return true;
  std::string known;
  for (const auto &name : names) {
    if (g_strcmp0(given, name.name) == 0) {
      *choice = name.value;
      return true;
    }
    known += (known.empty() ? "" : ", ") + std::string(name.name);
  }
  *error = std::string(option) + " is one of " + known;
  return false;
}

const Name<EngineKind> kEngines[] = {{"script", EngineKind::script},
                                     {"coded", EngineKind::coded},
                                     {"pocketsphinx", EngineKind::pocketsphinx}};
const Name<Tls> kCertificates[] = {{"good", Tls::good},
                                   {"unknown-issuer", Tls::unknown_issuer},
                                   {"expired", Tls::expired},
                                   {"wrong-host", Tls::wrong_host}};
const Name<WordTimes> kWordTimes[] = {{"acoustic", WordTimes::acoustic},
                                      {"spread", WordTimes::spread}};
const Name<Finals> kFinals[] = {{"derived", Finals::derived},
                                {"single", Finals::single},
                                {"classical", Finals::classical},
                                {"unformatted", Finals::unformatted}};

// Exits, as GLib's --help does.
gboolean print_version(const gchar *, const gchar *, gpointer, GError **) {
  std::printf("assemblyai-test-server %s\n", VERSION);
  std::exit(0);
}

bool parse_options(int argc, char **argv, Values *values, std::string *error) {
  const GOptionEntry entries[] = {
      {"port", 'p', 0, G_OPTION_ARG_INT, &values->port, "Port to listen on (default: a free one)",
       "N"},
      {"engine", 'e', 0, G_OPTION_ARG_STRING, &values->engine,
       "Recogniser: script (default), coded, pocketsphinx", "NAME"},
      {"scenario", 's', 0, G_OPTION_ARG_FILENAME, &values->scenario,
       "Scenario for the script engine (default: an endless talk)", "FILE"},
      {"tls", 0, 0, G_OPTION_ARG_NONE, &values->tls, "Use TLS with the built-in certificates",
       nullptr},
      {"tls-directory", 0, 0, G_OPTION_ARG_FILENAME, &values->tls_directory,
       "Use TLS with server.pem, server-key.pem and ca.pem of a directory", "DIR"},
      {"certificate", 0, 0, G_OPTION_ARG_STRING, &values->certificate,
       "Use TLS with a certificate: good, unknown-issuer, expired, wrong-host", "NAME"},
      {"api-key", 'k', 0, G_OPTION_ARG_STRING, &values->api_key,
       "Accept only this key (default: any)", "KEY"},
      {"final", 0, 0, G_OPTION_ARG_STRING, &values->finals,
       "Finals: derived (default: as the model does), single, classical, unformatted", "KIND"},
      {"word-times", 0, 0, G_OPTION_ARG_STRING, &values->word_times,
       "Times of Universal-3's words: acoustic (default), spread over the turn", "KIND"},
      {"partial-interval", 0, 0, G_OPTION_ARG_INT, &values->partial_interval,
       "Least amount of audio between two partials of a turn", "MS"},
      {"strict-chunks", 0, 0, G_OPTION_ARG_NONE, &values->strict_chunks,
       "Refuse the first audio message outside 50 to 1000 ms", nullptr},
      {"max-ahead", 0, 0, G_OPTION_ARG_DOUBLE, &values->max_ahead,
       "Refuse audio that is further ahead of real time", "SECONDS"},
      {"max-session", 0, 0, G_OPTION_ARG_DOUBLE, &values->max_session,
       "End sessions after this time (default: 3 hours)", "SECONDS"},
      {"begin-delay", 0, 0, G_OPTION_ARG_INT, &values->begin_delay, "Delay Begin by this time",
       "MS"},
      {"proxy", 0, 0, G_OPTION_ARG_NONE, &values->proxy,
       "Put a TCP proxy in front, for the commands that stall or cut", nullptr},
      {"commands", 'c', 0, G_OPTION_ARG_NONE, &values->commands,
       "Read commands from standard input (\"help\" lists them); implies --proxy", nullptr},
      {"record", 'r', 0, G_OPTION_ARG_FILENAME, &values->record,
       "Record what each session sent and received: session-N.wav, session-N.json", "DIR"},
      {"print-ready", 0, 0, G_OPTION_ARG_FILENAME, &values->ready,
       "Write the endpoint to a file too, when ready", "FILE"},
      {"write-talk", 0, 0, G_OPTION_ARG_FILENAME, &values->talk,
       "Write speech for the coded engine to a WAV file, print its text, and exit", "FILE"},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &values->verbose, "Show partial turns too", nullptr},
      {"version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
       reinterpret_cast<gpointer>(print_version), "Print the version", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  GOptionContext *context = g_option_context_new("- AssemblyAI streaming v3 on this machine");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_set_summary(
      context, "Listens on the loopback interface only. Prints its address when ready.");
  assemblyai::OutError problem;
  bool good = g_option_context_parse(context, &argc, &argv, problem.out()) != FALSE;
  g_option_context_free(context);
  if (!good)
    *error = problem->message;
  else if (argc > 1)
    *error = std::string("what is \"") + argv[1] + "\"?";
  return error->empty();
}

bool read_file(const char *name, std::string *text, std::string *error) {
  gchar *bytes = nullptr;
  gsize size = 0;
  assemblyai::OutError problem;
  if (g_file_get_contents(name, &bytes, &size, problem.out()) == FALSE) {
    *error = problem->message;
    return false;
  }
  text->assign(bytes, size);
  g_free(bytes);
  return true;
}

Milliseconds from_seconds(double seconds) {
  return Milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

bool check_ranges(const Values &values, std::string *error) {
  const struct {
    const char *option;
    double value, least, most;
  } ranges[] = {{"--port", static_cast<double>(values.port), 0, 65535},
                {"--max-ahead", values.max_ahead, 0, kDay},
                {"--max-session", values.max_session, 0.001, kDay},
                {"--begin-delay", static_cast<double>(values.begin_delay), 0, kDay * 1000},
                {"--partial-interval", static_cast<double>(values.partial_interval), 0, kDay}};
  for (const auto &range : ranges) {
    if (range.value >= range.least && range.value <= range.most)
      continue;
    assemblyai::Owned<char> text(
        g_strdup_printf("%s is between %.12g and %.12g", range.option, range.least, range.most));
    *error = text.get();
    return false;
  }
  return true;
}

bool check_record(const char *directory, std::string *error) {
  if (directory == nullptr ||
      (g_file_test(directory, G_FILE_TEST_IS_DIR) != FALSE && access(directory, W_OK | X_OK) == 0))
    return true;
  *error = std::string("--record needs a directory that can be written to, not ") + directory;
  return false;
}

bool fill_choices(const Values &values, Options *options, std::string *error) {
  if (values.tls != FALSE || values.tls_directory != nullptr)
    options->tls = Tls::good;
  return choose(values.engine, kEngines, "--engine", &options->engine, error) &&
         choose(values.certificate, kCertificates, "--certificate", &options->tls, error) &&
         choose(values.finals, kFinals, "--final", &options->finals, error) &&
         choose(values.word_times, kWordTimes, "--word-times", &options->word_times, error);
}

bool fill(const Values &values, Arguments *arguments, std::string *error) {
  Options &options = arguments->options;
  if (!fill_choices(values, &options, error) || !check_ranges(values, error) ||
      !check_record(values.record, error))
    return false;
  if (values.scenario != nullptr && !read_file(values.scenario, &options.scenario, error))
    return false;
  options.port = static_cast<std::uint16_t>(values.port);
  options.tls_directory = values.tls_directory != nullptr ? values.tls_directory : "";
  options.api_key = values.api_key != nullptr ? values.api_key : "";
  options.strict_chunks = values.strict_chunks != FALSE;
  if (values.max_ahead < kDay)
    options.max_ahead_seconds = values.max_ahead;
  options.max_session = from_seconds(values.max_session);
  options.partial_interval = Milliseconds(values.partial_interval);
  options.begin_delay = from_seconds(values.begin_delay / 1000.0);
  options.proxied = values.proxy != FALSE || values.commands != FALSE;
  options.keep_audio = values.record != nullptr;
  arguments->commands = values.commands != FALSE;
  arguments->verbose = values.verbose != FALSE;
  arguments->record_directory = values.record != nullptr ? values.record : "";
  arguments->ready_file = values.ready != nullptr ? values.ready : "";
  arguments->talk_file = values.talk != nullptr ? values.talk : "";
  return true;
}

}  // namespace

bool parse_arguments(int argc, char **argv, Arguments *arguments, std::string *error) {
  std::setlocale(LC_ALL, "");
  Values values;
  return parse_options(argc, argv, &values, error) && fill(values, arguments, error);
}

}  // namespace testserver
