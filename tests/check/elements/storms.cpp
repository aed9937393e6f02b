// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Several threads set and read all properties, and emit the action signals, while
// sessions run: the captions stay right, and the service accepts what it gets.

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <limits>
#include <map>
#include <random>
#include <thread>
#include <type_traits>

#include "support/check.h"
#include "support/pipeline.h"
#include "support/process_resources.h"

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr int kThreads = 4;

struct ValueCleared {
  GValue value = G_VALUE_INIT;
  ~ValueCleared() {
    if (G_IS_VALUE(&value))
      g_value_unset(&value);
  }
};

template <typename T>
T between(std::mt19937 &random, T low, T high) {
  return static_cast<T>(low + std::generate_canonical<double, 32>(random) *
                                  (static_cast<double>(high) - static_cast<double>(low)));
}

// The default, or a number from there up: no limit is over too early then. A type
// without limits is a parameter of the service's, with limits that the element knows: all
// of them allow the numbers from 5 to 10, or from 0 to 1.
template <typename Spec, typename Value>
void set_number(std::mt19937 &random, GParamSpec *spec, GValue *value,
                void (*set)(GValue *, Value)) {
  const auto *number = reinterpret_cast<Spec *>(spec);
  constexpr bool kReal = std::is_floating_point_v<Value>;
  const bool limited = number->maximum != std::numeric_limits<Value>::max();
  const Value low = limited ? number->default_value : Value{kReal ? 0 : 5};
  const Value high = limited ? number->maximum : Value{kReal ? 1 : 10};
  if (random() % 2 != 0)
    set(value, between(random, low, high));
}

// What the type allows. Text stays as it is: it names places, credentials and models.
void randomize(std::mt19937 &random, GParamSpec *spec, GValue *value) {
  switch (G_TYPE_FUNDAMENTAL(spec->value_type)) {
    case G_TYPE_BOOLEAN:
      return g_value_set_boolean(value, static_cast<gboolean>(random() % 2));
    case G_TYPE_INT:
      return set_number<GParamSpecInt>(random, spec, value, g_value_set_int);
    case G_TYPE_UINT:
      return set_number<GParamSpecUInt>(random, spec, value, g_value_set_uint);
    case G_TYPE_INT64:
      return set_number<GParamSpecInt64>(random, spec, value, g_value_set_int64);
    case G_TYPE_UINT64:
      return set_number<GParamSpecUInt64>(random, spec, value, g_value_set_uint64);
    case G_TYPE_FLOAT:
      return set_number<GParamSpecFloat>(random, spec, value, g_value_set_float);
    case G_TYPE_DOUBLE:
      return set_number<GParamSpecDouble>(random, spec, value, g_value_set_double);
    case G_TYPE_ENUM: {
      const GEnumClass *klass = G_PARAM_SPEC_ENUM(spec)->enum_class;
      return g_value_set_enum(value, klass->values[random() % klass->n_values].value);
    }
    default:
      return;
  }
}

std::string key_terms(std::size_t count) {
  std::string text = "<";
  for (std::size_t i = 0; i < count; i++)
    text += (i == 0 ? "" : ", ") + std::string("term") + std::to_string(i);
  return text + ">";
}

// Where the type does not say what is valid.
const std::map<std::string, std::vector<std::string>> kTexts{
    {"messages", {"session+partial+final+speech", "final", "final+raw"}},
    {"speech-model", {"u3-rt-pro", "universal-3-5-pro"}},
    {"keyterms-prompt", {"<>", "<GStreamer>", key_terms(100), key_terms(101)}},
    {"voice-focus", {"near-field", "far-field"}},
    {"extra-parameters", {"p", "p,turn_left_pad_ms=100"}},
};
// What the session needs, and what is refused without voice-focus.
const std::vector<std::string> kFixed{"endpoint", "api-key", "voice-focus-threshold"};

class Storm {
 public:
  // Forced ends of turns cut words in two, of which the server understands neither part.
  Storm(GstElement *sink, bool forces_endpoints)
      : sink_(G_OBJECT(sink)), forces_endpoints_(forces_endpoints) {
    guint count = 0;
    GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(sink), &count);
    specs_.assign(specs, specs + count);
    g_free(specs);
    guint signals = 0;
    guint *ids = g_signal_list_ids(G_OBJECT_TYPE(sink), &signals);
    signals_.assign(ids, ids + signals);
    g_free(ids);
    const guint32 seed = g_random_int();
    for (guint32 i = 0; i < kThreads; i++)
      threads_.emplace_back([this, seed, i] { blow(std::mt19937(seed + i)); });
  }
  Storm(const Storm &) = delete;
  Storm &operator=(const Storm &) = delete;
  ~Storm() {
    over_ = true;
    for (std::thread &thread : threads_)
      thread.join();
    g_print("%zu properties and %zu signals, %d times in %d threads\n", specs_.size(),
            signals_.size(), rounds_.load(), kThreads);
  }

 private:
  bool is_ours(const GParamSpec *spec) const {
    return spec->owner_type == G_OBJECT_TYPE(sink_) && (spec->flags & G_PARAM_WRITABLE) != 0 &&
           std::find(kFixed.begin(), kFixed.end(), spec->name) == kFixed.end();
  }

  void blow(std::mt19937 random) {
    while (!over_) {
      for (GParamSpec *spec : specs_)
        touch(random, spec);
      for (const guint id : signals_)
        emit(id);
      rounds_++;
      g_thread_yield();
    }
  }

  void touch(std::mt19937 &random, GParamSpec *spec) const {
    ValueCleared read;
    if ((spec->flags & G_PARAM_READABLE) != 0)
      g_object_get_property(sink_, spec->name, &read.value);
    if (!is_ours(spec))
      return;
    if (const auto texts = kTexts.find(spec->name); texts != kTexts.end()) {
      const std::string &text = texts->second[random() % texts->second.size()];
      gst_util_set_object_arg(sink_, spec->name, text.c_str());
      return;
    }
    ValueCleared value;
    g_value_init(&value.value, spec->value_type);
    g_value_copy(g_param_spec_get_default_value(spec), &value.value);
    randomize(random, spec, &value.value);
    g_object_set_property(sink_, spec->name, &value.value);
  }

  // Action signals take nothing or a structure of parameters.
  void emit(guint id) const {
    GSignalQuery query;
    g_signal_query(id, &query);
    const bool forces = g_str_equal(query.signal_name, "force-endpoint") != FALSE;
    if ((query.signal_flags & G_SIGNAL_ACTION) == 0 || (forces && !forces_endpoints_))
      return;
    std::array<ValueCleared, 2> values;
    ValueCleared result;
    g_value_init(&values[0].value, query.itype);
    g_value_set_object(&values[0].value, sink_);
    if (query.n_params == 1) {
      g_value_init(&values[1].value, GST_TYPE_STRUCTURE);
      g_value_take_boxed(&values[1].value,
                         gst_structure_new("update", "vad_threshold", G_TYPE_DOUBLE, 0.5, nullptr));
    }
    if (query.return_type != G_TYPE_NONE)
      g_value_init(&result.value, query.return_type);
    g_signal_emitv(&values[0].value, id, 0, &result.value);
  }

  GObject *sink_;
  bool forces_endpoints_;
  std::vector<GParamSpec *> specs_;
  std::vector<guint> signals_;
  std::vector<std::thread> threads_;
  std::atomic<bool> over_{false};
  std::atomic<int> rounds_{0};
};

// Only the words: turns and formatting depend on the properties.
std::string words_of(std::string text) {
  std::erase_if(text, [](char c) { return g_ascii_ispunct(c) != FALSE; });
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
  return text;
}

void expect_all_accepted(testserver::Server &server) {
  wait_all_closed(server);
  for (std::size_t i = 0; i < server.session_count(); i++)
    fail_unless_equals_text(server.session(i).error_text, "");
}

// The element refuses too many key terms, and nothing else. wavparse reports a flush that
// interrupts its reading of the header as an error, when the pipeline goes to READY just then.
bool is_expected(const GError *error) {
  return g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS) ||
         g_error_matches(error, GST_STREAM_ERROR, GST_STREAM_ERROR_DEMUX);
}

}  // namespace

GST_START_TEST(test_captions_are_right_in_a_storm) {
  const milliseconds length = kSanitized ? 3500ms : 7000ms;
  const TalkFile file(length);
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server(coded_talk());
    Pipeline pipeline(file_pipeline(file, *server));
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.wait_for_element_message("assemblyai-session-begin");
    {
      const Storm storm(pipeline.sink(), false);
      pipeline.wait_for_eos();
    }
    fail_unless(pipeline.heard().errors.empty());
    fail_unless_equals_text(words_of(pipeline.transcript()), words_of(talk_text(length)));
    fail_unless_equals_int(server->session_count(), 1);
    assert_received(server->session(0), talk_bytes(length));
    expect_all_accepted(*server);
  }
  settle(before);
}
GST_END_TEST

GST_START_TEST(test_a_storm_over_changing_states) {
  static constexpr GstState kStates[] = {GST_STATE_PLAYING, GST_STATE_PAUSED,  GST_STATE_PLAYING,
                                         GST_STATE_READY,   GST_STATE_PLAYING, GST_STATE_NULL};
  const TalkFile file(1s);
  const ProcessResources before = initial_resources();
  {
    const auto server = start_server(coded_talk());
    Pipeline pipeline(file_pipeline(file, *server));
    {
      const Storm storm(pipeline.sink(), true);
      for (int i = 0; i < 200; i++) {
        pipeline.set_state(kStates[static_cast<std::size_t>(i) % std::size(kStates)]);
        pipeline.dwell(milliseconds(i % 20));
      }
      pipeline.set_state(GST_STATE_NULL);
    }
    for (const GError *error : pipeline.heard().error_codes)
      fail_unless(is_expected(error), "%s", error->message);
    expect_all_accepted(*server);
    g_print("%zu sessions, %zu refusals\n", server->session_count(),
            pipeline.heard().errors.size());
    fail_unless(server->session_count() > 0);
  }
  settle(before);
}
GST_END_TEST

static Suite *storms_suite() {
  Suite *suite = suite_create("storms");
  TCase *tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_captions_are_right_in_a_storm);
  tcase_add_test(tests, test_a_storm_over_changing_states);
  return suite;
}

CHECK_SUITE(storms);
