// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What gst-inspect-1.0 shows is enough to use each property: what it is, in which
// unit and range, and when it may be set.

#include <gio/gio.h>
#include <gst/gst.h>

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/check.h"

namespace {

GstElement *element = nullptr;

void setup(const char *factory) {
  element = gst_element_factory_make(factory, nullptr);
  fail_unless(element != nullptr);
}

void setup_sink() {
  setup("assemblyaisink");
}

void setup_transcriber() {
  setup("assemblyaitranscriber");
}

void teardown() {
  gst_object_unref(element);
}

// Without those of the base classes.
std::vector<GParamSpec *> own_properties() {
  guint count = 0;
  GParamSpec **list = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  std::vector<GParamSpec *> own;
  for (GParamSpec *spec : std::span(list, count)) {
    if (spec->owner_type == G_OBJECT_TYPE(element))
      own.push_back(spec);
  }
  g_free(list);
  fail_unless(own.size() > 40, "%zu", own.size());
  return own;
}

// How the blurb of a number tells unit and range; those of unsigned ones are GObject's.
// -1 leaves the others to the service: what else they may be is beyond GObject's range.
const char *form_of(GType type) {
  if (type == G_TYPE_UINT)
    return "^Maximum number of | in milliseconds";
  if (type == G_TYPE_INT)
    return "^Number |\\([0-9]+ to [0-9]+ (milliseconds|seconds|speakers), -1 = the service's "
           "default\\)$";
  if (type == G_TYPE_DOUBLE)
    return "\\(0 to 1, -1 = the service's default\\)$";
  return nullptr;
}

}  // namespace

GST_START_TEST(test_each_property_says_what_it_is) {
  for (GParamSpec *spec : own_properties()) {
    const char *blurb = g_param_spec_get_blurb(spec);
    fail_unless(blurb != nullptr && strlen(blurb) > 10, "%s", spec->name);
    fail_unless(g_ascii_isupper(blurb[0]), "%s: %s", spec->name, blurb);
    fail_if(g_str_has_suffix(blurb, "."), "%s: %s", spec->name, blurb);
    fail_unless_equals_int(g_str_equal(g_param_spec_get_nick(spec), spec->name), FALSE);
  }
}
GST_END_TEST

GST_START_TEST(test_each_number_has_a_unit_and_a_range) {
  std::size_t numbers = 0;
  for (GParamSpec *spec : own_properties()) {
    fail_if(spec->value_type == G_TYPE_INT64 || spec->value_type == G_TYPE_UINT64);
    const char *form = form_of(spec->value_type);
    if (form == nullptr)
      continue;
    numbers++;
    const char *blurb = g_param_spec_get_blurb(spec);
    fail_unless(g_regex_match_simple(form, blurb, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT), "%s: %s",
                spec->name, blurb);
    const bool writable = (spec->flags & G_PARAM_WRITABLE) != 0;
    if (writable && spec->value_type == G_TYPE_UINT)
      fail_unless(G_PARAM_SPEC_UINT(spec)->maximum < G_MAXUINT, "%s", spec->name);
  }
  fail_unless(numbers > 10);
}
GST_END_TEST

GST_START_TEST(test_each_property_says_when_it_may_be_set) {
  constexpr guint kMutable =
      GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PAUSED | GST_PARAM_MUTABLE_PLAYING;
  for (GParamSpec *spec : own_properties()) {
    const bool writable = (spec->flags & G_PARAM_WRITABLE) != 0;
    fail_unless_equals_int((spec->flags & kMutable) != 0, writable);
    const bool readable = (spec->flags & G_PARAM_READABLE) != 0;
    const std::string blurb = g_param_spec_get_blurb(spec);
    fail_unless_equals_int(blurb.find("write-only") != std::string::npos, !readable);
  }
}
GST_END_TEST

GST_START_TEST(test_each_value_of_an_enumeration_is_explained) {
  for (const GParamSpec *spec : own_properties()) {
    if (!G_TYPE_IS_ENUM(spec->value_type) && !G_TYPE_IS_FLAGS(spec->value_type))
      continue;
    // The classes of both begin alike up to their values.
    const auto *klass = static_cast<GEnumClass *>(g_type_class_ref(spec->value_type));
    const auto *flags = reinterpret_cast<const GFlagsClass *>(klass);
    const bool is_enum = G_TYPE_IS_ENUM(spec->value_type);
    const guint count = is_enum ? klass->n_values : flags->n_values;
    fail_unless(count > 1);
    for (guint i = 0; i < count; i++) {
      const std::string name = is_enum ? klass->values[i].value_name : flags->values[i].value_name;
      const std::string nick = is_enum ? klass->values[i].value_nick : flags->values[i].value_nick;
      fail_if(name.empty() || name == nick || name.starts_with("GST_"), "%s: %s", spec->name,
              name.c_str());
    }
  }
}
GST_END_TEST

GST_START_TEST(test_the_element_and_its_pads_are_described) {
  GstElementClass *klass = GST_ELEMENT_GET_CLASS(element);
  for (const char *key : {GST_ELEMENT_METADATA_LONGNAME, GST_ELEMENT_METADATA_KLASS,
                          GST_ELEMENT_METADATA_DESCRIPTION, GST_ELEMENT_METADATA_AUTHOR})
    fail_unless(gst_element_class_get_metadata(klass, key) != nullptr, "%s", key);
  GstPadTemplate *pad = gst_element_class_get_pad_template(klass, "sink");
  fail_unless(pad != nullptr);
  GstCaps *caps = gst_pad_template_get_caps(pad);
  gchar *text = gst_caps_to_string(caps);
  fail_unless_equals_text(text,
                          "audio/x-raw, format=(string)S16LE, rate=(int)16000, channels=(int)1, "
                          "layout=(string)interleaved");
  g_free(text);
  gst_caps_unref(caps);
  caps = gst_pad_template_get_caps(gst_element_class_get_pad_template(klass, "src"));
  text = gst_caps_to_string(caps);
  fail_unless_equals_text(text, "text/x-raw, format=(string){ utf8, pango-markup }");
  g_free(text);
  gst_caps_unref(caps);
  const bool is_sink = g_str_equal(G_OBJECT_TYPE_NAME(element), "GstAssemblyAISink") != FALSE;
  fail_unless_equals_int(GST_OBJECT_FLAG_IS_SET(element, GST_ELEMENT_FLAG_SINK), is_sink);
}
GST_END_TEST

static bool is_setting(const GParamSpec *spec) {
  return (spec->flags & G_PARAM_READWRITE) == G_PARAM_READWRITE;
}

GST_START_TEST(test_a_new_element_has_the_documented_defaults) {
  std::size_t compared = 0;
  for (GParamSpec *spec : own_properties()) {
    if (!is_setting(spec))
      continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element), spec->name, &value);
    fail_unless(g_param_value_defaults(spec, &value), "%s", spec->name);
    g_value_unset(&value);
    compared++;
  }
  fail_unless(compared > 40);
}
GST_END_TEST

// A different value, of the kind that the property accepts.
static void change(GParamSpec *spec, GValue *value) {
  if (G_IS_PARAM_SPEC_BOOLEAN(spec))
    g_value_set_boolean(value, !g_value_get_boolean(value));
  else if (G_IS_PARAM_SPEC_UINT(spec))
    g_value_set_uint(value, G_PARAM_SPEC_UINT(spec)->maximum);
  else if (G_IS_PARAM_SPEC_INT(spec))
    g_value_set_int(value, G_PARAM_SPEC_INT(spec)->maximum);
  else if (G_IS_PARAM_SPEC_DOUBLE(spec))
    g_value_set_double(value, G_PARAM_SPEC_DOUBLE(spec)->maximum);
  else if (G_IS_PARAM_SPEC_ENUM(spec))
    g_value_set_enum(value, g_value_get_enum(value) == 1 ? 0 : 1);
  else if (G_IS_PARAM_SPEC_FLAGS(spec))
    g_value_set_flags(value, 1);
  else if (G_IS_PARAM_SPEC_STRING(spec))
    g_value_set_static_string(value, "wss://other.example.com/v3/ws");
  else if (spec->value_type == GST_TYPE_ARRAY)
    fail_unless(gst_value_deserialize(value, "<other>"));
  else if (spec->value_type == GST_TYPE_STRUCTURE)
    g_value_take_boxed(value,
                       gst_structure_new(spec->name, "other", G_TYPE_STRING, "value", nullptr));
  else
    g_value_take_object(value, g_tls_backend_get_default_database(g_tls_backend_get_default()));
}

using Values = std::map<std::string, std::string>;

static std::string text_of(const GValue *value) {
  if (G_VALUE_HOLDS_OBJECT(value))
    return g_value_get_object(value) != nullptr ? "object" : "";
  if (GST_VALUE_HOLDS_STRUCTURE(value) && gst_value_get_structure(value) == nullptr)
    return "";
  gchar *text = gst_value_serialize(value);
  std::string copy = text != nullptr ? text : "";
  g_free(text);
  return copy;
}

static Values read_settings() {
  Values values;
  for (GParamSpec *spec : own_properties()) {
    if (!is_setting(spec))
      continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element), spec->name, &value);
    values.emplace(spec->name, text_of(&value));
    g_value_unset(&value);
  }
  return values;
}

// No two properties share a value, but for the alias.
GST_START_TEST(test_setting_a_property_changes_this_one_alone) {
  for (const auto &[name, before] : read_settings()) {
    const Values settings = read_settings();
    GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(element), name.c_str(), &value);
    change(spec, &value);
    const std::string set = text_of(&value);
    g_object_set_property(G_OBJECT(element), name.c_str(), &value);
    g_value_unset(&value);
    for (const auto &[other, now] : read_settings()) {
      const bool is_same = other == name || (name == "latency" && other == "transcribe-latency");
      fail_unless(now == (is_same ? set : settings.at(other)), "%s=%s: %s is %s", name.c_str(),
                  set.c_str(), other.c_str(), now.c_str());
    }
    fail_unless(set != before, "%s", name.c_str());
  }
}
GST_END_TEST

static void add_tests(Suite *suite, const char *element_name, SFun setup_element) {
  TCase *tests = tcase_create(element_name);
  suite_add_tcase(suite, tests);
  tcase_add_checked_fixture(tests, setup_element, teardown);
  tcase_add_test(tests, test_each_property_says_what_it_is);
  tcase_add_test(tests, test_each_number_has_a_unit_and_a_range);
  tcase_add_test(tests, test_each_property_says_when_it_may_be_set);
  tcase_add_test(tests, test_each_value_of_an_enumeration_is_explained);
  tcase_add_test(tests, test_the_element_and_its_pads_are_described);
  tcase_add_test(tests, test_a_new_element_has_the_documented_defaults);
  tcase_add_test(tests, test_setting_a_property_changes_this_one_alone);
}

static Suite *introspection_suite() {
  Suite *suite = suite_create("introspection");
  add_tests(suite, "sink", setup_sink);
  add_tests(suite, "transcriber", setup_transcriber);
  return suite;
}

CHECK_SUITE(introspection);
