#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
# Runs the suite where Node.js and the vendor's client are installed; skips it elsewhere.
# Meson takes 77 for "skipped".

skip() {
  echo "skipped: $1"
  exit 77
}

command -v node >/dev/null || skip "Node.js is not installed"
[ -d node_modules/assemblyai ] ||
  skip "the vendor's client is not installed: npm ci --prefix $PWD"
# The local server listens at IPv4 only, and older versions of Node.js try one address of a name.
exec node --dns-result-order=ipv4first streaming.test.mjs
