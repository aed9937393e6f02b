// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The element's interface, from its introspection.

#pragma once

#include "markdown.h"

namespace docs {

std::map<std::string, Block> interface_blocks();

}  // namespace docs
