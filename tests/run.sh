#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# Builds the plugin from a fresh clone and runs the whole test suite, in these stages:
#
#   build   only the programs that the stage plain runs
#   plain   every suite, the documented pipelines, the installation
#   asan    AddressSanitizer and UndefinedBehaviorSanitizer: every suite; the unit suite also for leaks
#   tsan    ThreadSanitizer: the suites with several threads
#   clang   the warnings of the other compiler; the fuzzers, for 10 s each
#
# tests/run.sh STAGE... runs only the named stages. Builds are kept in build-test/.
# shellcheck disable=SC2317,SC2329 # functions that count() calls
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
builds=$root/build-test
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$root/tests/packages.sh"

passed=0
failed=0
skipped=0
failures=$(mktemp)  # names of failed steps, printed last
trap 'rm -f "$failures"' EXIT

heading() {
  printf '\n== %s\n' "$*"
}

# configure NAME OPTION... : runs meson setup once. Compiling takes longer than the tests, so the builds use little
# optimisation, and only the debug information that stack traces need.
configure() {
  local directory=$builds/$1
  shift
  if [[ ! -e $directory/build.ninja ]]; then
    meson setup "$directory" "$root" -Dwerror=true -Dtests=enabled -Dpocketsphinx=enabled "$@" >/dev/null
  fi
}

# Most tests above the unit suite wait for real time.
waiting=(--num-processes "$(($(nproc) * 3))")

# run NAME OPTION... : runs meson test and counts the results.
run() {
  local directory=$builds/$1 log=testlog status=0
  shift
  [[ ${1-} != --setup ]] || log=testlog-$2
  log=$directory/meson-logs/$log.json
  meson test -C "$directory" --no-rebuild --print-errorlogs "$@" || status=$?
  passed=$((passed + $(grep -c '"result": "OK"' "$log" || true)))
  skipped=$((skipped + $(grep -c '"result": "SKIP"' "$log" || true)))
  failed=$((failed + $(grep -cvE '"result": "(OK|SKIP)"' "$log" || true)))
  python3 - "$log" >>"$failures" <<'END'
import json
import sys

for test in map(json.loads, open(sys.argv[1])):
    if test["result"] not in ("OK", "SKIP"):
        print("\nfailed:", test["name"], test["result"])
        print(*(test.get("stdout", "") + test.get("stderr", "")).splitlines()[-40:], sep="\n")
END
  ((status == 0)) || exit_status=1
}

count() {
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $1" >>"$failures"
    exit_status=1
  fi
}

# Versions of clang-format differ in some lines. The one of Debian 12 is used.
formatted() {
  local version
  version=$(clang-format --version)
  if [[ $version != *"version 14."* ]]; then
    echo "The format is not checked: the check needs clang-format 14, and this is $version"
    return
  fi
  git -C "$root" ls-files -z '*.c' '*.cpp' '*.h' |
    (cd "$root" && xargs -0 clang-format --dry-run -Werror)
}

# The installed plugin is found and complete. (Not "| grep -q": it stops reading early, and the
# writer then fails.)
installed() {
  local target=$builds/installed
  rm -rf "$target"
  meson install -C "$builds/plain" --no-rebuild --destdir "$target" >/dev/null
  local plugin
  plugin=$(find "$target" -name libgstassemblyai.so)
  [[ $(GST_PLUGIN_PATH=$(dirname "$plugin") GST_REGISTRY=$builds/installed.registry \
    gst-inspect-1.0 assemblyaisink) == *api-key* ]]
}

# Only the descriptor and the registration of the plugin are visible.
hidden() {
  local visible
  visible=$(nm -D --defined-only "$builds/plain/gst/assemblyai/libgstassemblyai.so" |
    awk '{print $3}' | sort | tr '\n' ' ')
  echo "visible symbols: $visible"
  [[ $visible == "gst_plugin_assemblyai_get_desc gst_plugin_assemblyai_register " ]]
}

in_devenv() {
  [[ $(meson devenv -C "$builds/plain" gst-inspect-1.0 assemblyaisink) == *api-key* ]]
}

scripts_checked() {
  (cd "$root" && shellcheck tests/*.sh tests/examples/*.sh tests/fuzz/*.sh tests/vendor/*.sh .ci/run)
}

# For the suite vendor. Debian's npm needs 355 packages, so npm is used only if it is installed. A failed
# installation of the client is a failure, unless the registry is out of reach.
install_vendor_client() {
  if ! command -v npm >/dev/null; then
    echo "npm is not installed: the suite vendor is skipped"
    return
  fi
  local quick=(--fetch-retries=0 --fetch-timeout=30000)
  npm ci --prefix "$builds/plain/tests/vendor" --ignore-scripts --no-audit --no-fund \
    --loglevel=error --prefer-offline "${quick[@]}" && return
  npm view assemblyai version "${quick[@]}" >/dev/null 2>&1 && return 1
  echo "The npm registry is out of reach: the suite vendor is skipped"
}

build_plain() {
  configure plain -Dcpp_args=-g1
  ninja --quiet -C "$builds/plain"
}

build_asan() {
  # UndefinedBehaviorSanitizer opens a pipe to check whether an object can be read. Without a free descriptor
  # it reports every object as bad. AddressSanitizer detects dead objects anyway.
  configure asan -Doptimization=0 -Db_sanitize=address,undefined "-Dcpp_args=-g1 -fno-sanitize=vptr"
  ninja --quiet -C "$builds/asan" meson-test-prereq
}

build_tsan() {
  configure tsan -Doptimization=0 -Db_sanitize=thread -Dcpp_args=-g1
  ninja --quiet -C "$builds/tsan" gst/assemblyai/libgstassemblyai.so \
    tests/server/assemblyai-test-server tests/check/check-{base,stream,network,elements}
}

build_clang() {
  CXX=clang++ configure fuzz -Doptimization=1 -Dcpp_args=-g1 -Dfuzzing=enabled -Db_sanitize=address,undefined -Db_lundef=false
  ninja --quiet -C "$builds/fuzz" gst/assemblyai/libgstassemblyai.so \
    tests/server/assemblyai-test-server tests/examples/live-captions fuzzers
}

build_release() {
  # The build of a packager. GCC 12 has false warnings at -O3, so warnings are not errors.
  configure release -Dwerror=false -Dtests=disabled --buildtype=release
  ninja --quiet -C "$builds/release"
}

# The tests of a stage wait more than they compute. The builds therefore run one after the other in parallel with
# the tests, with a lower priority, and report on a pipe: NAME STATUS.
build_all() {
  local name status
  renice -n 19 -p "$BASHPID" >/dev/null
  for name in "$@"; do
    status=0
    "build_$name" >&2 || status=$?
    echo "$name $status"
  done
}

# built NAME : waits for the build. The builds end in the order in which the stages need them.
built() {
  local name status
  read -r -u "$build_reports" name status
  [[ $name == "$1" ]] || { echo "the build $name ended, not $1" >&2; exit 2; }
  return "$status"
}

stage_build() {
  heading "build"
  built plain || exit
}

stage_plain() {
  stage_build
  heading "plain"
  count install_vendor_client
  run plain "${waiting[@]}"
  heading "format, scripts, symbols, installation, development environment"
  count formatted
  count scripts_checked
  count built release
  count hidden
  count installed
  count in_devenv
}

stage_asan() {
  heading "AddressSanitizer, UndefinedBehaviorSanitizer"
  built asan || exit
  run asan --setup lsan --suite unit
  run asan --setup asan "${waiting[@]}" --suite network --suite server --suite elements --suite devices --suite consumers
}

stage_tsan() {
  heading "ThreadSanitizer"
  built tsan || exit
  run tsan --setup tsan "${waiting[@]}" --suite threads
}

stage_clang() {
  heading "clang, fuzzers"
  count built clang
  run fuzz --suite fuzzing --verbose
}

exit_status=0
export PACKAGES_INSTALLED=yes # a test that misses one then fails; otherwise it is skipped
stages=("$@")
((${#stages[@]})) || stages=(plain asan tsan clang)
needed=()
for stage in "${stages[@]}"; do
  case $stage in
    build) needed+=(plain) ;;
    plain) needed+=(plain release) ;;
    asan | tsan | clang) needed+=("$stage") ;;
    *)
      echo "There is no stage $stage" >&2
      exit 2
      ;;
  esac
done
install_packages plain
[[ " ${stages[*]} " != *" clang "* ]] || install_packages clang
exec {build_reports}< <(build_all "${needed[@]}")
for stage in "${stages[@]}"; do
  "stage_$stage"
done

cat "$failures"
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
exit "$exit_status"
