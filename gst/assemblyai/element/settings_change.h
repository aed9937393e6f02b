// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// Changes of settings before and during a session.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "element/settings.h"
#include "stream/stream.h"

namespace assemblyai {

// Refuses parameters and values that UpdateConfiguration cannot carry.
std::optional<Failure> refuse_update(const ParameterSet &changes);

// Restores the previous value of each change that the service refused, unless the application has
// changed it again meanwhile. Returns the names of the restored parameters.
std::vector<std::string> restore_parameters(Settings &settings,
                                            const std::vector<RefusedChange> &changes);
// The text of the WARNING about the restored parameters.
std::string refused_in_words(const std::vector<std::string> &names, const Failure &failure);

// Shares `settings`, which contain these changes, and leaves the previous ones in their place. If a
// stream is running, sends it the changes. Refuses wrong values then, because they would end the
// session or prevent the next one.
std::optional<Failure> accept_settings(const ParameterSet &changes, Settings &settings,
                                       SharedSettings &shared, Stream *stream);

}  // namespace assemblyai
