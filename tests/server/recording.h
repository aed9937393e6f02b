// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// What a session sent and got, as files.

#pragma once

#include <string>

#include "received.h"

namespace testserver {

// session-N.wav (as received; the header says 16-bit mono at the session's rate) and
// session-N.json. Credentials are left out.
bool record_session(const std::string &directory, std::size_t index, const ReceivedSession &session,
                    std::string *error);

}  // namespace testserver
