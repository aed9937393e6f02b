#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# tests/builds.sh [NAME...]
#
# Builds the plugin in the ways of packagers and applications, each in build-test/builds/NAME:
# all of them, or the named ones. tests/run.sh has no time for them.
# shellcheck disable=SC2317,SC2329 # functions that are called by name
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
builds=$root/build-test/builds
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$root/tests/packages.sh"

# plugin NAME OPTION... : builds the plugin with warnings as errors.
plugin() {
  local directory=$builds/$1
  shift
  rm -rf "$directory"
  meson setup "$directory" "$root" -Dtests=disabled -Dwerror=true "$@" >/dev/null
  ninja --quiet -C "$directory"
}

# GCC 12 has false warnings at -O3.
release() { plugin release --buildtype=release -Dwerror=false; }
debug() { plugin debug --buildtype=debug; }
minsize() { plugin minsize --buildtype=minsize; }
lto() { plugin lto -Db_lto=true; }
no_rtti() { plugin no_rtti -Dcpp_rtti=false; }
cpp23() { plugin cpp23 -Dcpp_std=c++2b; }
# With the tests, because only they use precompiled headers.
no_pch() { plugin no_pch -Dtests=enabled -Db_pch=false; }
with_clang() { CXX=clang++ plugin with_clang; }
# Only if libc++ is installed: its package in Debian 12 (libc++-dev) conflicts with packages that GStreamer needs.
has_libcxx() { echo '#include <vector>' | clang++ -stdlib=libc++ -fsyntax-only -xc++ - 2>&1; }
libcxx() {
  has_libcxx >"$builds/libcxx.log" || { echo "libc++ is not installed: skipped"; return; }
  CXX=clang++ plugin libcxx -Dcpp_args=-stdlib=libc++ -Dcpp_link_args=-stdlib=libc++
}

hardened() {
  local compile=(-D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
    -fstack-clash-protection -fPIE -Wformat -Werror=format-security)
  plugin hardened -Dcpp_args="${compile[*]}" -Dcpp_link_args="-Wl,-z,relro,-z,now -Wl,-z,defs"
}

# In an application with static plugins.
static() {
  plugin static -Ddefault_library=static
  cat >"$builds/static/application.c" <<'END'
#include <gst/gst.h>

GST_PLUGIN_STATIC_DECLARE(assemblyai);

int main(int argc, char **argv) {
  gst_init(&argc, &argv);
  GST_PLUGIN_STATIC_REGISTER(assemblyai);
  GstElement *element = gst_element_factory_make("assemblyaisink", NULL);
  return element != NULL ? 0 : 1;
}
END
  local libraries=()
  read -ra libraries < <(pkg-config --cflags --libs gstreamer-base-1.0 libsoup-3.0 json-glib-1.0)
  cc -o "$builds/static/application" "$builds/static/application.c" \
    "$builds/static/gst/assemblyai/libgstassemblyai.a" "${libraries[@]}" -lstdc++ -lm
  GST_PLUGIN_PATH='' GST_REGISTRY=$builds/static/registry "$builds/static/application"
}

# Without the tests, which are only built in the project itself.
subproject() {
  local project=$builds/subproject
  rm -rf "$project"
  mkdir -p "$project/subprojects"
  ln -s "$root" "$project/subprojects/gst-assemblyai"
  printf "project('application', 'c')\nsubproject('gst-assemblyai')\n" >"$project/meson.build"
  meson setup "$project/build" "$project" >/dev/null
  ninja --quiet -C "$project/build"
  [[ $(meson introspect --tests "$project/build") == "[]" ]]
}

names=("$@")
((${#names[@]})) || names=(release debug minsize lto no_rtti cpp23 hardened static subproject no_pch with_clang libcxx)
install_packages builds
mkdir -p "$builds"
failed=()
for name in "${names[@]}"; do
  echo "== $name"
  # In a separate shell, which stops at the first failure.
  bash -euo pipefail -c "$(declare -p root builds); $(declare -f); $name" || failed+=("$name")
done
((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}"; exit 1; }
echo "${#names[@]} builds passed"
