// SPDX-License-Identifier: LGPL-2.1-or-later
// What comes of each fault in each phase: the rule that the fault matrix holds against the element.

#pragma once

#include "markdown.h"

namespace docs {

std::map<std::string, Block> fault_blocks();

}  // namespace docs
