// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <optional>

namespace assemblyai {

// The running time to which the stream of a source pad has to come, so that a pipeline can preroll:
// where it meets other streams, as in an overlay or a muxer, that to which data of those has come;
// the least of them, as that is waited for first. Zero: any data will do, since a sink of the
// stream's own has not prerolled, or a stream beside it does not know its position. Nothing: no
// element waits for it now.
// Sends queries: not to be called with a lock that those may need.
std::optional<std::chrono::nanoseconds> needed_downstream(GstPad *source);

}  // namespace assemblyai
