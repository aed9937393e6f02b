// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The expected result of each fault in each phase, which the fault matrix tests.

#pragma once

#include "markdown.h"

namespace docs {

std::map<std::string, Block> fault_blocks();

}  // namespace docs
