// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

namespace assemblyai {

// Makes what the layers below log appear in the debug category
// "assemblyai-session". Called once, when the plugin is loaded.
void install_log_bridge();

}  // namespace assemblyai
