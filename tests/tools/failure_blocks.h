// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The tables of close codes and HTTP statuses, from the code.

#pragma once

#include "markdown.h"

namespace docs {

std::map<std::string, Block> failure_blocks();

}  // namespace docs
