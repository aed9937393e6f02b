// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Sets properties of the element before it runs, and from the keyboard while it runs.

#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

// Sets "PROPERTY=VALUE", with the value written as for gst-launch-1.0. Returns an error text,
// or an empty string.
std::string set_property(GstElement *captions, const std::string &assignment);

std::vector<std::string> keyterms(GstElement *captions);
void set_keyterms(GstElement *captions, const std::vector<std::string> &terms);

// Runs a command from the keyboard and returns the answer for the user.
std::vector<std::string> run_command(GstElement *captions, const std::string &line);
