// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "element/property.h"

#include <array>

#include "element/parameter_values.h"

namespace assemblyai {

namespace {

GType for_plugins(GType type) {
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

GType messages_type() {
  static const std::array<GFlagsValue, 6> values{{
      {kMessageSession,
       "Connection states, begin and end of sessions, lost audio, warnings, heartbeats", "session"},
      {kMessagePartial, "Partial turns", "partial"},
      {kMessageFinal, "Final turns, revisions of their speakers, responses of an LLM", "final"},
      {kMessageSpeech, "Start of speech, silence", "speech"},
      {kMessageRaw, "Each message from the service, as JSON", "raw"},
      {0, nullptr, nullptr},
  }};
  static const GType type =
      for_plugins(g_flags_register_static("GstAssemblyAIMessages", values.data()));
  return type;
}

GParamSpec *string_spec(const Property &property, const char *initial) {
  return g_param_spec_string(property.name, property.nick, property.blurb, initial,
                             property.flags());
}

std::string string_of(const GValue *value) {
  const char *text = g_value_get_string(value);
  return text != nullptr ? text : "";
}

}  // namespace

GType enum_type_of(TextMode) {
  static const std::array values = [] {
    std::array<GEnumValue, kTextModes.size() + 1> rows{};
    for (std::size_t i = 0; i < kTextModes.size(); i++)
      rows[i] = {static_cast<gint>(i), kTextModes[i].blurb, kTextModes[i].nick};
    return rows;
  }();
  static const GType type =
      for_plugins(g_enum_register_static("GstAssemblyAITextMode", values.data()));
  return type;
}

GType enum_type_of(LateText) {
  static const std::array<GEnumValue, 4> values{{
      {static_cast<gint>(LateText::kShift),
       "Show it as soon as possible, for a shorter time than normal", "shift"},
      {static_cast<gint>(LateText::kKeep),
       "Push it with its own timestamp, although gaps have passed that time", "keep"},
      {static_cast<gint>(LateText::kDrop), "Discard it", "drop"},
      {0, nullptr, nullptr},
  }};
  static const GType type =
      for_plugins(g_enum_register_static("GstAssemblyAILateText", values.data()));
  return type;
}

GParamSpec *make_spec(const Property &property, bool initial) {
  return g_param_spec_boolean(property.name, property.nick, property.blurb,
                              static_cast<gboolean>(initial), property.flags());
}

GParamSpec *make_spec(const Property &property, gint initial) {
  return g_param_spec_int(property.name, property.nick, property.blurb,
                          static_cast<gint>(property.range.minimum),
                          static_cast<gint>(property.range.maximum), initial, property.flags());
}

GParamSpec *make_spec(const Property &property, guint initial) {
  return g_param_spec_uint(property.name, property.nick, property.blurb,
                           static_cast<guint>(property.range.minimum),
                           static_cast<guint>(property.range.maximum), initial, property.flags());
}

GParamSpec *make_spec(const Property &property, MessageFlags initial) {
  return g_param_spec_flags(property.name, property.nick, property.blurb, messages_type(), initial,
                            property.flags());
}

GParamSpec *make_spec(const Property &property, const std::string &initial) {
  return string_spec(property, initial.empty() ? nullptr : initial.c_str());
}

GParamSpec *make_spec(const Property &property, const Secret &) {
  return string_spec(property, nullptr);
}

GParamSpec *make_spec(const Property &property, const GstStructure *) {
  return g_param_spec_boxed(property.name, property.nick, property.blurb, GST_TYPE_STRUCTURE,
                            property.flags());
}

GParamSpec *make_spec(const Property &property, const Headers &) {
  return make_spec(property, static_cast<const GstStructure *>(nullptr));
}

GParamSpec *make_spec(const Property &property, const ParameterSet &) {
  return make_spec(property, static_cast<const GstStructure *>(nullptr));
}

GParamSpec *make_spec(const Property &property, const Ref<GTlsDatabase> &) {
  return g_param_spec_object(property.name, property.nick, property.blurb, G_TYPE_TLS_DATABASE,
                             property.flags());
}

void assign(bool &member, const GValue *value) {
  member = g_value_get_boolean(value) != FALSE;
}

void assign(gint &member, const GValue *value) {
  member = g_value_get_int(value);
}

void assign(guint &member, const GValue *value) {
  member = g_value_get_uint(value);
}

void assign(MessageFlags &member, const GValue *value) {
  member = static_cast<MessageFlags>(g_value_get_flags(value));
}

void assign(std::string &member, const GValue *value) {
  member = string_of(value);
}

void assign(Secret &member, const GValue *value) {
  member = Secret(string_of(value));
}

void assign(Headers &member, const GValue *value) {
  const GstStructure *structure = gst_value_get_structure(value);
  member.clear();
  const int count = structure != nullptr ? gst_structure_n_fields(structure) : 0;
  for (int i = 0; i < count; i++) {
    const char *name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    member.emplace_back(name, Secret(text_of(gst_structure_get_value(structure, name))));
  }
}

void assign(ParameterSet &member, const GValue *value) {
  member = normalized(from_structure(gst_value_get_structure(value)));
}

void assign(Ref<GTlsDatabase> &member, const GValue *value) {
  member = adopt(G_TLS_DATABASE(g_value_dup_object(value)));
}

void store(bool member, GValue *value) {
  g_value_set_boolean(value, static_cast<gboolean>(member));
}

void store(gint member, GValue *value) {
  g_value_set_int(value, member);
}

void store(guint member, GValue *value) {
  g_value_set_uint(value, member);
}

void store(MessageFlags member, GValue *value) {
  g_value_set_flags(value, member);
}

void store(const std::string &member, GValue *value) {
  g_value_set_string(value, member.empty() ? nullptr : member.c_str());
}

void store(const ParameterSet &member, GValue *value) {
  g_value_take_boxed(value, to_structure(member).release());
}

void store(const Ref<GTlsDatabase> &member, GValue *value) {
  g_value_set_object(value, member.get());
}

}  // namespace assemblyai
