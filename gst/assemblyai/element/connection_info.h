// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <optional>

#include "element/settings.h"
#include "stream/transport.h"

namespace assemblyai {

// What to connect to, with what the settings say now: the credential is looked for
// in fresh_token (what the application was asked for), token, api-key, the file
// api-key-file and the environment, in this order. Reads files. Fails on what can
// be seen to be wrong, in the words of the properties.
Result<ConnectionInfo> make_connection_info(const Settings &settings, const Secret &fresh_token,
                                            const Redaction &redaction);

// What is wrong with extra-parameters, but for what they do not go together with.
std::optional<Failure> check_extra_parameters(const Settings &settings);

// A failure that names a service parameter, in the words of whoever set it: by the
// property where there is one, else as a part of extra-parameters.
Failure in_property_names(Failure failure, const Settings &settings);

}  // namespace assemblyai
