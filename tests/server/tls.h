// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
// The server's certificates: files in certificates/, or a directory given.

#pragma once

#include <string>

#include "base/glib_ptr.h"
#include "options.h"

namespace testserver {

// null and *error if the files cannot be read.
assemblyai::Ref<GTlsCertificate> load_certificate(const Options &options, std::string *error);
std::string authority_file(const Options &options);

}  // namespace testserver
