// SPDX-License-Identifier: LGPL-2.1-or-later
// The properties of the element, before it runs and from the keyboard while it runs.

#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

// "PROPERTY=VALUE", with the value written as for gst-launch-1.0. Returns what is wrong
// with it, or nothing.
std::string set_property(GstElement *captions, const std::string &assignment);

std::vector<std::string> keyterms(GstElement *captions);
void set_keyterms(GstElement *captions, const std::vector<std::string> &terms);

// Carries out a line of the keyboard and returns what to tell the user.
std::vector<std::string> run_command(GstElement *captions, const std::string &line);
