// SPDX-License-Identifier: LGPL-2.1-or-later
// What libsoup and what is below it say of a failed attempt, as a failure.

#pragma once

#include <libsoup/soup.h>

#include <string>

#include "base/result.h"

namespace assemblyai {

// proxy: as it may be shown; empty = none that we were told to use.
Failure connect_failure(SoupMessage *message, const GError *error, const std::string &proxy);

}  // namespace assemblyai
