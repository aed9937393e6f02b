// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/parameter_values.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace assemblyai {

namespace {

// Of a number or a switch.
constexpr gint kUnset = -1;

void boolean_to_switch(const GValue *from, GValue *to) {
  g_value_set_enum(to, g_value_get_boolean(from) != FALSE ? 1 : 0);
}

// A boolean with a third state: "default" sends nothing. Boolean values are converted, so
// applications can set TRUE and FALSE.
GType switch_type() {
  static const GType type = [] {
    static const std::array<GEnumValue, 4> values{{
        {kUnset, "Default of the service", "default"},
        {0, "No", "false"},
        {1, "Yes", "true"},
        {0, nullptr, nullptr},
    }};
    const GType made = g_enum_register_static("GstAssemblyAISwitch", values.data());
    gst_type_mark_as_plugin_api(made, static_cast<GstPluginAPIFlags>(0));
    g_value_register_transform_func(G_TYPE_BOOLEAN, made, boolean_to_switch);
    return made;
  }();
  return type;
}

std::vector<std::string> strings_of(const GValue *list, guint size,
                                    const GValue *(*item)(const GValue *, guint)) {
  std::vector<std::string> strings;
  for (guint i = 0; i < size; i++)
    strings.push_back(text_of(item(list, i)));
  return strings;
}

struct Writer {
  GValue *value;

  void operator()(const std::string &text) const { g_value_set_string(value, text.c_str()); }
  void operator()(const JsonText &json) const { g_value_set_string(value, json.text.c_str()); }
  void operator()(double number) const { g_value_set_double(value, number); }
  void operator()(bool boolean) const {
    if (G_VALUE_HOLDS_ENUM(value))
      g_value_set_enum(value, boolean ? 1 : 0);
    else
      g_value_set_boolean(value, static_cast<gboolean>(boolean));
  }
  void operator()(std::int64_t number) const {
    if (G_VALUE_HOLDS_INT(value))
      g_value_set_int(value, static_cast<gint>(number));
    else
      g_value_set_int64(value, number);
  }
  void operator()(const std::vector<std::string> &strings) const {
    for (const std::string &text : strings) {
      GValue item = G_VALUE_INIT;
      g_value_init(&item, G_TYPE_STRING);
      g_value_set_string(&item, text.c_str());
      gst_value_array_append_and_take_value(value, &item);
    }
  }
};

// The types of a structure's fields, as gst-launch-1.0 guesses them.
struct FieldType {
  GType operator()(const std::string &) const { return G_TYPE_STRING; }
  GType operator()(const JsonText &) const { return G_TYPE_STRING; }
  GType operator()(double) const { return G_TYPE_DOUBLE; }
  GType operator()(bool) const { return G_TYPE_BOOLEAN; }
  GType operator()(std::int64_t) const { return G_TYPE_INT64; }
  GType operator()(const std::vector<std::string> &) const { return GST_TYPE_ARRAY; }
};

gboolean add_field(GQuark field, const GValue *value, gpointer parameters) {
  static_cast<ParameterSet *>(parameters)
      ->insert_or_assign(g_quark_to_string(field), from_gvalue(value));
  return TRUE;
}

}  // namespace

GParamSpec *parameter_spec(const Parameter &parameter, const char *name, const char *nick,
                           const char *blurb, const std::string &initial, GParamFlags flags) {
  switch (parameter.type) {
    case ParameterType::kInteger:
      return g_param_spec_int(name, nick, blurb, kUnset, static_cast<gint>(parameter.maximum),
                              kUnset, flags);
    case ParameterType::kNumber:
      return g_param_spec_double(name, nick, blurb, kUnset, parameter.maximum, kUnset, flags);
    case ParameterType::kBoolean:
      return g_param_spec_enum(name, nick, blurb, switch_type(), kUnset, flags);
    case ParameterType::kStringList:
      return gst_param_spec_array(
          name, nick, blurb,
          g_param_spec_string("item", "Item", "Item of the list", nullptr, flags), flags);
    case ParameterType::kString:
    case ParameterType::kJson:
      break;
  }
  return g_param_spec_string(name, nick, blurb, initial.empty() ? nullptr : initial.c_str(), flags);
}

std::string text_of(const GValue *value) {
  const Owned<char> text(G_VALUE_HOLDS_STRING(value) ? g_value_dup_string(value)
                                                     : gst_value_serialize(value));
  return text ? text.get() : "";
}

ParameterValue from_gvalue(const GValue *value) {
  if (G_VALUE_HOLDS_INT(value))
    return std::int64_t{g_value_get_int(value)};
  if (G_VALUE_HOLDS_UINT(value))
    return std::int64_t{g_value_get_uint(value)};
  if (G_VALUE_HOLDS_INT64(value))
    return std::int64_t{g_value_get_int64(value)};
  if (G_VALUE_HOLDS_DOUBLE(value))
    return g_value_get_double(value);
  if (G_VALUE_HOLDS_BOOLEAN(value))
    return g_value_get_boolean(value) != FALSE;
  if (G_VALUE_HOLDS(value, switch_type()) && g_value_get_enum(value) != kUnset)
    return g_value_get_enum(value) != 0;
  if (GST_VALUE_HOLDS_ARRAY(value))
    return strings_of(value, gst_value_array_get_size(value), gst_value_array_get_value);
  if (GST_VALUE_HOLDS_LIST(value))
    return strings_of(value, gst_value_list_get_size(value), gst_value_list_get_value);
  return text_of(value);
}

bool is_unset(const GValue *value) {
  return (G_VALUE_HOLDS_INT(value) && g_value_get_int(value) == kUnset) ||
         (G_VALUE_HOLDS_DOUBLE(value) && g_value_get_double(value) == kUnset) ||
         (G_VALUE_HOLDS_ENUM(value) && g_value_get_enum(value) == kUnset);
}

void to_gvalue(const ParameterValue &parameter, GValue *value) {
  std::visit(Writer{value}, parameter);
}

void to_unset(GValue *value) {
  if (G_VALUE_HOLDS_INT(value))
    g_value_set_int(value, kUnset);
  else if (G_VALUE_HOLDS_DOUBLE(value))
    g_value_set_double(value, kUnset);
  else if (G_VALUE_HOLDS_ENUM(value))
    g_value_set_enum(value, kUnset);
  else
    g_value_reset(value);
}

ParameterSet from_structure(const GstStructure *structure) {
  ParameterSet parameters;
  if (structure != nullptr)
    gst_structure_foreach(structure, add_field, &parameters);
  return parameters;
}

GstOwned<GstStructure> to_structure(const ParameterSet &parameters) {
  GstOwned<GstStructure> structure;
  if (parameters.empty())
    return structure;
  structure.reset(gst_structure_new_empty("extra-parameters"));
  for (const auto &[name, parameter] : parameters) {
    if (is_secret(name))
      continue;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, std::visit(FieldType{}, parameter));
    to_gvalue(parameter, &value);
    gst_structure_take_value(structure.get(), name.c_str(), &value);
  }
  return structure;
}

}  // namespace assemblyai
