// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#include "settings.h"

#include <algorithm>

namespace {

std::string trimmed(const std::string &text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string::npos)
    return "";
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> items;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    if (const std::string item = trimmed(text.substr(from, comma - from)); !item.empty())
      items.push_back(item);
    from = comma + 1;
  }
  return items;
}

std::string joined(const std::vector<std::string> &items) {
  std::string text;
  for (const std::string &item : items)
    text += (text.empty() ? "" : ", ") + item;
  return text;
}

// Why the user cannot set the property now; empty if it can be set.
std::string obstacle(GstElement *captions, const std::string &name, const GParamSpec *spec) {
  if (name == "api-key" || name == "token")
    return "Do not write a secret where others can read it: use ASSEMBLYAI_API_KEY or "
           "api-key-file.";
  if (spec == nullptr || (spec->flags & G_PARAM_WRITABLE) == 0)
    return "assemblyaisink has no property " + name +
           " that can be set: gst-inspect-1.0 assemblyaisink lists them.";
  if (GST_STATE_TARGET(captions) > GST_STATE_READY &&
      (spec->flags & GST_PARAM_MUTABLE_PLAYING) == 0)
    return name + " cannot be changed while captions run.";
  return "";
}

// Returns the key terms in use: the element refuses wrong ones, and a WARNING says why.
std::vector<std::string> change_keyterms(GstElement *captions,
                                         const std::vector<std::string> &terms) {
  set_keyterms(captions, terms);
  const std::string now = joined(keyterms(captions));
  return {now.empty() ? "no key terms" : "key terms: " + now};
}

}  // namespace

std::string set_property(GstElement *captions, const std::string &assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos)
    return assignment + " is not PROPERTY=VALUE.";
  const std::string name = trimmed(assignment.substr(0, equals));
  const std::string text = trimmed(assignment.substr(equals + 1));
  GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(captions), name.c_str());
  if (const std::string why = obstacle(captions, name, spec); !why.empty())
    return why;
  g_auto(GValue) value = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  if (gst_value_deserialize_with_pspec(&value, text.c_str(), spec) == FALSE ||
      g_param_value_validate(spec, &value) != FALSE)
    return "\"" + text + "\" is not a valid value of " + name + " (" +
           g_param_spec_get_blurb(spec) + ").";
  g_object_set_property(G_OBJECT(captions), name.c_str(), &value);
  return "";
}

std::vector<std::string> keyterms(GstElement *captions) {
  g_auto(GValue) array = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(captions), "keyterms-prompt", &array);
  std::vector<std::string> terms;
  for (guint i = 0; i < gst_value_array_get_size(&array); i++)
    terms.emplace_back(g_value_get_string(gst_value_array_get_value(&array, i)));
  return terms;
}

// While a session is open, the element sends each change to the service, in one message.
void set_keyterms(GstElement *captions, const std::vector<std::string> &terms) {
  g_auto(GValue) array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const std::string &term : terms) {
    GValue item = G_VALUE_INIT;
    g_value_set_string(g_value_init(&item, G_TYPE_STRING), term.c_str());
    gst_value_array_append_and_take_value(&array, &item);
  }
  g_object_set_property(G_OBJECT(captions), "keyterms-prompt", &array);
}

std::vector<std::string> run_command(GstElement *captions, const std::string &line) {
  const std::string command = trimmed(line);
  const std::string rest = command.empty() ? "" : trimmed(command.substr(1));
  std::vector<std::string> terms = keyterms(captions);
  gboolean sent = FALSE;
  switch (command[0]) {
    case '\0':
      return {};
    case '+':
      std::erase(terms, rest);
      terms.push_back(rest);
      return change_keyterms(captions, terms);
    case '-':
      std::erase(terms, rest);
      return change_keyterms(captions, terms);
    case '=':
      return change_keyterms(captions, split(rest));
    case '.':
      g_signal_emit_by_name(captions, "force-endpoint", &sent);
      return {sent != FALSE ? "end of turn requested" : "there is no session"};
    case '?':
      return {"+TERM  add a key term       =A, B  replace all key terms    .  end the turn now",
              "-TERM  remove a key term    =      remove all key terms     PROPERTY=VALUE  set"};
    default:
      const std::string why = set_property(captions, command);
      return {why.empty() ? command : why};
  }
}
