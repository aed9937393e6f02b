// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes of settings, before and while a session runs.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "element/settings.h"
#include "stream/stream.h"

namespace assemblyai {

// What an update of a session must not say.
std::optional<Failure> refuse_update(const ParameterSet &changes);

// Takes back what the service refused, unless it was changed again meanwhile. Gives the names of
// those that it took back.
std::vector<std::string> restore_parameters(Settings &settings,
                                            const std::vector<RefusedChange> &changes);
// The WARNING about it.
std::string refused_in_words(const std::vector<std::string> &names, const Failure &failure);

// Makes settings, which have these changes, the shared ones, and gives back those
// before. A session that runs is told; what is wrong is refused then, because it would end
// that session or keep the next from beginning.
std::optional<Failure> accept_settings(const ParameterSet &changes, Settings &settings,
                                       SharedSettings &shared, Stream *stream);

}  // namespace assemblyai
