# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# The Debian packages for the scripts in this folder. Source this file, then call:
#
#   install_packages demo     for tests/demo.sh
#   install_packages plain    for the stages plain, asan and tsan of tests/run.sh
#   install_packages clang    for its stage clang
#   install_packages builds   for tests/builds.sh
#   install_packages chroot   for tests/debian.sh
#
# This installs missing packages, with sudo unless run by root, and removes nothing. The names are valid in Debian 12,
# 13 and sid.
# shellcheck shell=bash

packages_build=(
  g++ meson ninja-build pkg-config
  libgstreamer1.0-dev # core, base and check
  libsoup-3.0-dev libjson-glib-dev
  libpocketsphinx-dev # brings libsphinxbase-dev
)

packages_run=(
  gstreamer1.0-tools
  gstreamer1.0-plugins-base # audioconvert, audioresample, audiotestsrc, decodebin, Ogg, Opus, Vorbis
  gstreamer1.0-plugins-good # wavparse, FLAC, MP3, Matroska, VP8, pulsesrc
  glib-networking           # TLS
  ca-certificates
  pocketsphinx-en-us # the local server's English model
)

packages_demo=(
  flite                 # two voices
  pocketsphinx-testdata # LibriVox readings
  gstreamer1.0-x        # textoverlay
  fonts-dejavu-core
  ffmpeg # ffprobe
)

packages_plain=(
  flite
  pocketsphinx-testdata
  clang-format
  shellcheck
  git      # lists the files that are checked
  binutils # nm
  pulseaudio
  gstreamer1.0-alsa
  libasound2-plugins # ALSA through PulseAudio
  python3-gi gir1.2-gstreamer-1.0 # the example in Python
  gstreamer1.0-x                  # textoverlay, textrender
  gstreamer1.0-plugins-bad        # srtenc, webvttenc, dvbsubenc, mpegtsmux, h264parse
  gstreamer1.0-plugins-ugly       # x264enc
  fonts-dejavu-core
  ffmpeg # ffprobe
)

packages_for() {
  case $1 in
    demo) printf '%s\n' "${packages_build[@]}" "${packages_run[@]}" "${packages_demo[@]}" ;;
    plain) printf '%s\n' "${packages_build[@]}" "${packages_run[@]}" "${packages_plain[@]}" ;;
    clang) printf '%s\n' "${packages_build[@]}" clang ;;
    builds) printf '%s\n' "${packages_build[@]}" clang ;;
    chroot) printf '%s\n' debootstrap debian-archive-keyring git rsync ;;
    *) return 1 ;;
  esac
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_packages() {
  local wanted=() version
  mapfile -t wanted < <(packages_for "$1")
  if ! command -v apt-get >/dev/null; then
    echo "This is not Debian. Install these packages, which have these names in Debian: ${wanted[*]}" >&2
    return 0
  fi
  install_missing "${wanted[@]}"
  [[ $1 == clang ]] || return 0
  # The sanitizers and the fuzzer; the name of the package contains the version.
  version=$(clang -dumpversion)
  install_missing "libclang-rt-${version%%.*}-dev"
}

install_missing() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local as_root=(env)
  ((EUID == 0)) || as_root=(sudo)
  echo "Installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null
}
