// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "interface_blocks.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/glib_ptr.h"
#include "element/gstassemblyaisink.h"
#include "element/gstassemblyaitranscriber.h"

namespace docs {

namespace {

using assemblyai::adopt;
using assemblyai::Owned;

// The table of the page that has these properties, in this order. Properties in no group come last.
struct Group {
  const char *block;
  std::vector<std::string_view> properties;
};

const std::vector<Group> &groups() {
  static const std::vector<Group> all{
      {"connection",
       {"endpoint", "allow-insecure", "ssl-ca-file", "tls-database", "proxy", "proxy-id",
        "proxy-pw", "extra-headers"}},
      {"credentials", {"api-key", "api-key-file", "token"}},
      {"recognition",
       {"speech-model", "mode", "format-turns", "keyterms-prompt", "prompt", "agent-context",
        "domain", "language-codes", "language-code", "language-detection", "speaker-labels",
        "max-speakers", "voice-focus", "voice-focus-threshold", "filter-profanity", "redact-pii",
        "redact-pii-policies", "redact-pii-sub", "extra-parameters"}},
      {"turn-detection",
       {"min-turn-silence", "max-turn-silence", "end-of-turn-confidence-threshold", "vad-threshold",
        "interruption-delay", "continuous-partials", "include-partial-turns"}},
      {"captions",
       {"text-mode", "latency", "transcribe-latency", "lateness", "late-text", "max-line-length",
        "max-lines", "min-cue-duration", "max-cue-duration", "speaker-prefix", "stable-only",
        "sound-tags", "max-observed-delay", "current-caption"}},
      {"retries", {"max-retries", "retry-delay-min", "retry-delay-max", "idle-timeout"}},
      {"operation",
       {"messages", "stats", "chunk-duration", "max-backlog", "connect-timeout", "drain-timeout",
        "keepalive-interval", "inactivity-timeout"}},
  };
  return all;
}

GObjectClass *class_of(GType type) {
  return static_cast<GObjectClass *>(g_type_class_ref(type));
}

GObjectClass *element_class() {
  return class_of(GST_TYPE_ASSEMBLYAI_SINK);
}

std::vector<GParamSpec *> properties_of(GType owner) {
  guint count = 0;
  g_autofree GParamSpec **list = g_object_class_list_properties(element_class(), &count);
  std::vector<GParamSpec *> found;
  std::copy_if(list, list + count, std::back_inserter(found),
               [owner](const GParamSpec *spec) { return spec->owner_type == owner; });
  return found;
}

bool is_grouped(std::string_view property) {
  return std::ranges::any_of(groups(), [property](const Group &group) {
    return std::ranges::find(group.properties, property) != group.properties.end();
  });
}

std::vector<GParamSpec *> properties_of(const Group &group) {
  std::vector<GParamSpec *> found;
  for (const std::string_view name : group.properties)
    found.push_back(g_object_class_find_property(element_class(), std::string(name).c_str()));
  if (&group != &groups().back())
    return found;
  for (GParamSpec *spec : properties_of(GST_TYPE_ASSEMBLYAI_SINK)) {
    if (!is_grouped(spec->name))
      found.push_back(spec);
  }
  return found;
}

std::string flags_of(const GValue *value) {
  const auto *klass = static_cast<GFlagsClass *>(g_type_class_ref(G_VALUE_TYPE(value)));
  std::string nicks;
  for (const GFlagsValue &flag : std::span(klass->values, klass->n_values)) {
    if ((g_value_get_flags(value) & flag.value) != 0)
      nicks += (nicks.empty() ? "" : "+") + std::string(flag.value_nick);
  }
  return nicks;
}

std::string text_of(const GValue *value) {
  if (G_VALUE_HOLDS_STRING(value))
    return g_value_get_string(value) != nullptr ? g_value_get_string(value) : "";
  if (G_VALUE_HOLDS_FLAGS(value))
    return flags_of(value);
  const Owned<char> text(gst_value_serialize(value));
  return text ? text.get() : "";
}

std::string default_of(GParamSpec *spec) {
  if (spec->value_type == GST_TYPE_ARRAY || spec->value_type == GST_TYPE_STRUCTURE ||
      G_TYPE_IS_OBJECT(spec->value_type))
    return "";
  const std::string text = text_of(g_param_spec_get_default_value(spec));
  return text.empty() ? "" : code(text);
}

// The values of an enumeration or of flags, which have the same members.
template <typename Class>
std::string nicks_of(GType type, const char *joint) {
  const auto *klass = static_cast<Class *>(g_type_class_ref(type));
  std::string nicks;
  for (const auto &value : std::span(klass->values, klass->n_values))
    nicks += (nicks.empty() ? "" : joint) + code(value.value_nick);
  return nicks;
}

// The range of a parameter of the service is in its blurb: that of the property includes -1.
std::string type_of(const GParamSpec *spec) {
  const GType type = spec->value_type;
  if (type == G_TYPE_UINT) {
    const auto *number = reinterpret_cast<const GParamSpecUInt *>(spec);
    return "uint, " + std::to_string(number->minimum) + " to " + std::to_string(number->maximum);
  }
  if (type == GST_TYPE_ARRAY)
    return "array of strings";
  if (type == GST_TYPE_STRUCTURE)
    return "structure";
  if (G_TYPE_IS_ENUM(type))
    return nicks_of<GEnumClass>(type, ", ");
  if (G_TYPE_IS_FLAGS(type))
    return nicks_of<GFlagsClass>(type, " + ");
  const std::string name = g_type_name(type);
  return name.starts_with("gchar") ? "string" : name.starts_with("g") ? name.substr(1) : name;
}

std::string when_set(const GParamSpec *spec) {
  if ((spec->flags & G_PARAM_WRITABLE) == 0)
    return "read-only";
  return (spec->flags & GST_PARAM_MUTABLE_PLAYING) != 0 ? "any time" : "NULL, READY";
}

std::string properties_block(const Group &group) {
  std::string table = header({"property", "type", "default", "may be set", "meaning"});
  for (GParamSpec *spec : properties_of(group))
    table += row({code(spec->name), type_of(spec), default_of(spec), when_set(spec),
                  g_param_spec_get_blurb(spec)});
  return table;
}

std::string messages_block() {
  GParamSpec *spec = g_object_class_find_property(element_class(), "messages");
  const auto *klass = static_cast<GFlagsClass *>(g_type_class_ref(spec->value_type));
  std::string table = header({"flag", "messages"});
  for (const GFlagsValue &value : std::span(klass->values, klass->n_values))
    table += row({code(value.value_nick), value.value_name});
  return table;
}

std::string inherited_block() {
  const auto element =
      adopt(static_cast<GObject *>(g_object_new(GST_TYPE_ASSEMBLYAI_SINK, nullptr)));
  std::string table = header({"property", "default here", "default of the base class"});
  for (GParamSpec *spec : properties_of(GST_TYPE_BASE_SINK)) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(element.get(), spec->name, &value);
    const bool writable = (spec->flags & G_PARAM_WRITABLE) != 0;
    if (writable && g_param_value_defaults(spec, &value) == FALSE)
      table += row({code(spec->name), code(text_of(&value)), default_of(spec)});
    g_value_unset(&value);
  }
  return table;
}

// The differences between the elements.
std::string differences_block() {
  GObjectClass *transcriber = class_of(GST_TYPE_ASSEMBLYAI_TRANSCRIBER);
  std::string table = header({"property", "`assemblyaisink`", "`assemblyaitranscriber`"});
  for (GParamSpec *spec : properties_of(GST_TYPE_ASSEMBLYAI_SINK)) {
    GParamSpec *other = g_object_class_find_property(transcriber, spec->name);
    const std::string there = other != nullptr ? default_of(other) : "not there";
    if (there != default_of(spec))
      table += row({code(spec->name), default_of(spec), there});
  }
  return table;
}

std::string pads_of(const char *name, GType type) {
  static const std::map<GstPadPresence, const char *> presences{
      {GST_PAD_ALWAYS, "always"}, {GST_PAD_SOMETIMES, "sometimes"}, {GST_PAD_REQUEST, "request"}};
  auto *element = GST_ELEMENT_CLASS(class_of(type));
  std::string rows;
  for (GList *item = gst_element_class_get_pad_template_list(element); item != nullptr;
       item = item->next) {
    auto *pad = static_cast<GstPadTemplate *>(item->data);
    const Owned<char> caps(gst_caps_to_string(GST_PAD_TEMPLATE_CAPS(pad)));
    rows += row({code(name), code(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad)),
                 presences.at(GST_PAD_TEMPLATE_PRESENCE(pad)), code(caps.get())});
  }
  return rows;
}

std::string pads_block() {
  return header({"element", "pad", "when", "caps"}) +
         pads_of("assemblyaisink", GST_TYPE_ASSEMBLYAI_SINK) +
         pads_of("assemblyaitranscriber", GST_TYPE_ASSEMBLYAI_TRANSCRIBER);
}

std::string signature_of(const GSignalQuery &signal) {
  std::string parameters;
  for (const GType type : std::span(signal.param_types, signal.n_params))
    parameters += (parameters.empty() ? "" : ", ") + std::string(g_type_name(type));
  return std::string(signal.signal_name) + " (" + parameters + ") → " +
         g_type_name(signal.return_type);
}

std::string signals_block() {
  guint count = 0;
  g_autofree guint *ids = g_signal_list_ids(GST_TYPE_ASSEMBLYAI_SINK, &count);
  std::string table = header({"signature", "kind"});
  for (const guint id : std::span(ids, count)) {
    GSignalQuery signal;
    g_signal_query(id, &signal);
    const bool is_action = (signal.signal_flags & G_SIGNAL_ACTION) != 0;
    table += row({code(signature_of(signal)), is_action ? "action" : "signal"});
  }
  return table;
}

}  // namespace

std::map<std::string, Block> interface_blocks() {
  element_class();  // registers the signals
  std::map<std::string, Block> blocks{{"pads", pads_block},
                                      {"messages", messages_block},
                                      {"inherited", inherited_block},
                                      {"differences", differences_block},
                                      {"signals", signals_block}};
  for (const Group &group : groups())
    blocks.emplace(group.block, [&group] { return properties_block(group); });
  return blocks;
}

}  // namespace docs
