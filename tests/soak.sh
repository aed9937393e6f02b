#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# tests/soak.sh [--minutes 60] [--seed N] [--calm]
#
# Plays a talk in real time, live with captions and not live, through local servers that fail, are
# killed and restarted at random moments. In the end every word must have come once, on the bus and
# on the text pad, and the process must hold no more memory, threads and descriptors than at the
# start. build-test/soak/soak.csv contains the figures, soak.svg the chart. The seed is printed;
# the same seed repeats the faults. --calm: no faults.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build-test/soak

while (($#)); do
  case $1 in
    --minutes) export SOAK_MINUTES=${2:?} && shift ;;
    --seed) export SOAK_SEED=${2:?} && shift ;;
    --calm) export SOAK_CALM=1 ;;
    *)
      echo "There is no option $1" >&2
      exit 2
      ;;
  esac
  shift
done

[[ -e $build/build.ninja ]] || meson setup "$build" "$root" -Dtests=enabled >/dev/null
ninja --quiet -C "$build" gst/assemblyai/libgstassemblyai.so \
  tests/server/assemblyai-test-server tests/benchmarks/soak

export GST_PLUGIN_PATH=$build/gst/assemblyai GST_REGISTRY=$build/soak.registry
export TEST_SERVER=$build/tests/server/assemblyai-test-server SOAK_CSV=$build/soak.csv
export ASSEMBLYAI_API_KEY='' GSETTINGS_BACKEND=memory GIO_USE_PROXY_RESOLVER=dummy
export CK_FORK=no G_SLICE=always-malloc GLIBC_TUNABLES=glibc.malloc.tcache_count=0

status=0
"$build/tests/benchmarks/soak" || status=$?
awk -f "$root/tests/benchmarks/soak/plot.awk" "$SOAK_CSV" >"$build/soak.svg"
echo "$SOAK_CSV and $build/soak.svg"
((status == 0)) && echo "PASSED" || echo "FAILED"
exit "$status"
