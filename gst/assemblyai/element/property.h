// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// One of the element's own properties: a row of the tables in properties.cpp. Its GObject type,
// its default and whether it is readable and writable follow from the member of Settings.

#pragma once

#include <gst/gst.h>

#include <string>
#include <type_traits>

#include "element/settings.h"

namespace assemblyai {

struct Property;

// How GObject reaches the member. Without `get` the property is write-only. Without both it is
// read-only: its value is no setting, and the element itself reads it.
struct Field {
  GParamSpec *(*spec)(const Property &property, const Settings &defaults) = nullptr;
  void (*set)(Settings &settings, const GValue *value) = nullptr;
  void (*get)(const Settings &settings, GValue *value) = nullptr;
};

struct Range {
  constexpr Range() = default;
  constexpr Range(gint64 least, gint64 most) : minimum(least), maximum(most) {}

  gint64 minimum = 0;
  gint64 maximum = 0;
};

struct Property {
  const char *name;
  const char *nick;
  const char *blurb;
  Field field;
  guint mutability = 0;  // GST_PARAM_MUTABLE_*
  Range range;           // of a number

  GParamFlags flags() const {
    guint flags = mutability | G_PARAM_STATIC_STRINGS;
    if (field.set != nullptr)
      flags |= G_PARAM_WRITABLE;
    if (field.get != nullptr || field.set == nullptr)
      flags |= G_PARAM_READABLE;
    return static_cast<GParamFlags>(flags);
  }
};

// For each type of a member: its specification, and how to set and to read it. There is no
// store() for a Secret or for Headers, so a property of these types is write-only.
GParamSpec *make_spec(const Property &property, bool initial);
GParamSpec *make_spec(const Property &property, gint initial);
GParamSpec *make_spec(const Property &property, guint initial);
GParamSpec *make_spec(const Property &property, MessageFlags initial);
GParamSpec *make_spec(const Property &property, const std::string &initial);
GParamSpec *make_spec(const Property &property, const Secret &initial);
GParamSpec *make_spec(const Property &property, const GstStructure *initial);
GParamSpec *make_spec(const Property &property, const Headers &initial);
GParamSpec *make_spec(const Property &property, const ParameterSet &initial);
GParamSpec *make_spec(const Property &property, const Ref<GTlsDatabase> &initial);

void assign(bool &member, const GValue *value);
void assign(gint &member, const GValue *value);
void assign(guint &member, const GValue *value);
void assign(MessageFlags &member, const GValue *value);
void assign(std::string &member, const GValue *value);
void assign(Secret &member, const GValue *value);
void assign(Headers &member, const GValue *value);
void assign(ParameterSet &member, const GValue *value);
void assign(Ref<GTlsDatabase> &member, const GValue *value);

void store(bool member, GValue *value);
void store(gint member, GValue *value);
void store(guint member, GValue *value);
void store(MessageFlags member, GValue *value);
void store(const std::string &member, GValue *value);
void store(const ParameterSet &member, GValue *value);
void store(const Ref<GTlsDatabase> &member, GValue *value);

GType enum_type_of(TextMode);
GType enum_type_of(LateText);

template <typename T>
concept Enumeration = std::is_enum_v<T>;

template <Enumeration T>
GParamSpec *make_spec(const Property &property, T initial) {
  return g_param_spec_enum(property.name, property.nick, property.blurb, enum_type_of(initial),
                           static_cast<gint>(initial), property.flags());
}
template <Enumeration T>
void assign(T &member, const GValue *value) {
  member = static_cast<T>(g_value_get_enum(value));
}
template <Enumeration T>
void store(T member, GValue *value) {
  g_value_set_enum(value, static_cast<gint>(member));
}

// The member to which these pointers to members lead, one after the other.
template <auto kFirst, auto... kRest>
auto &member_of(auto &object) {
  if constexpr (sizeof...(kRest) == 0)
    return object.*kFirst;
  else
    return member_of<kRest...>(object.*kFirst);
}

template <auto... kPath>
struct MemberAccess {
  static GParamSpec *spec(const Property &property, const Settings &defaults) {
    return make_spec(property, member_of<kPath...>(defaults));
  }
  static void set(Settings &settings, const GValue *value) {
    assign(member_of<kPath...>(settings), value);
  }
  static void get(const Settings &settings, GValue *value) {
    store(member_of<kPath...>(settings), value);
  }
  static constexpr Field field() {
    Field access{.spec = spec, .set = set};
    if constexpr (requires(const Settings &s, GValue *v) { store(member_of<kPath...>(s), v); })
      access.get = get;
    return access;
  }
};

template <auto... kPath>
inline constexpr Field kMember = MemberAccess<kPath...>::field();

}  // namespace assemblyai
