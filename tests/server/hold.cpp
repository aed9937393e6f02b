// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#include "hold.h"

#include "json.h"

namespace testserver {

namespace {

Moment moment_of(const std::string &message) {
  JsonText json;
  if (!json.parse(message) || json_string(json.object(), "type") != "Turn")
    return Moment::none;
  if (!json_boolean(json.object(), "end_of_turn", false))
    return Moment::partial;
  return json_boolean(json.object(), "turn_is_formatted", false) ? Moment::final
                                                                 : Moment::unformatted_final;
}

}  // namespace

bool Hold::begins_before(std::string_view received) {
  return at_ == Moment::terminate && received.find("\"Terminate\"") != std::string_view::npos &&
         reached(Moment::terminate);
}

bool Hold::begins_after(const std::string &sent) {
  return at_ != Moment::none && reached(moment_of(sent));
}

bool Hold::reached(Moment moment) {
  if (moment == Moment::none || moment != at_ || left_ == 0 || --left_ > 0)
    return false;
  active_ = true;
  return true;
}

}  // namespace testserver
