#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# run.sh FUZZER DICTIONARY DIRECTORY... : fuzzes for FUZZ_SECONDS (10), from what is in the
# directories and from what earlier runs found. FUZZ_SEED=N repeats a run.
set -euo pipefail

fuzzer=$1
dictionary=$2
shift 2
found=$fuzzer.found
mkdir -p "$found"
# What libFuzzer ends with by itself, 77, means "skipped" to Meson.
# Each new input, and each word for the dictionary, is a line on standard error: too many.
"$fuzzer" -max_total_time="${FUZZ_SECONDS:-10}" -seed="${FUZZ_SEED:-0}" -dict="$dictionary" \
  -entropic=0 -max_len=4096 -timeout=20 -error_exitcode=1 -timeout_exitcode=1 -print_final_stats=1 \
  -artifact_prefix="$fuzzer." "$found" "$@" \
  2> >(grep --line-buffered -vE '^(#[0-9]+\s+(NEW|REDUCE|RELOAD) |\s+NEW_FUNC|#####|")' >&2)
