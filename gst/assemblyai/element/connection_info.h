// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <optional>

#include "element/settings.h"
#include "stream/transport.h"

namespace assemblyai {

// The connection for the present settings. The credential is the first of: fresh_token (from the
// application), token, api-key, the file api-key-file, the environment. Reads files. Fails if a
// setting is invalid; the failure names the property.
Result<ConnectionInfo> make_connection_info(const Settings &settings, const Secret &fresh_token,
                                            const Redaction &redaction);

// What is wrong with extra-parameters, apart from conflicts with other properties.
std::optional<Failure> check_extra_parameters(const Settings &settings);

// Replaces the names of service parameters in a failure by those of properties, or by
// extra-parameters where there is no property.
Failure in_property_names(Failure failure, const Settings &settings);

}  // namespace assemblyai
