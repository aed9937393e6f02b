#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# tests/debian.sh RELEASE [ARCHITECTURE [STAGE...]]
#
# Runs stages of tests/run.sh (default: plain) in a fresh Debian of another release or architecture:
#
#   tests/debian.sh trixie
#   tests/debian.sh sid amd64 build
#   tests/debian.sh bookworm i386 build
#
# Makes a chroot with debootstrap in /var/tmp/gst-assemblyai (or in DEBIAN_CHROOTS) and keeps it:
# the next run builds only what has changed. Downloads Debian from the mirror of apt on this
# machine, or from DEBIAN_MIRROR. Needs root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$root/tests/packages.sh"

(($#)) || { sed -n '2,12s/^# \?//p' "$0" >&2; exit 2; }
((EUID == 0)) || { echo "Only root can make a chroot: run it with sudo" >&2; exit 2; }
release=$1
architecture=${2-$(dpkg --print-architecture)}
stages=("${@:3}")
((${#stages[@]})) || stages=(plain)
chroot=${DEBIAN_CHROOTS:-/var/tmp/gst-assemblyai}/$release-$architecture

# The mirror that apt uses.
mirror() {
  # shellcheck disable=SC2016 # apt replaces these
  apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    sed -n 's#^Debian/Debian ##p' | head -n 1
}

make_chroot() {
  local from=${DEBIAN_MIRROR:-$(mirror)}
  [[ -n $from ]] || { echo "apt has no Debian mirror here: set DEBIAN_MIRROR to the URL of one" >&2; return 1; }
  rm -rf "$chroot.new"
  mkdir -p "$chroot.new"
  debootstrap --variant=minbase --arch="$architecture" "$release" "$chroot.new" "$from"
  mv "$chroot.new" "$chroot"
}

# Copies the files in git, and new ones. Builds are kept. A changed file gets the time of the copy,
# because an object may be newer than an edit that it does not contain.
copy_source() {
  local target=$chroot/root/gst-assemblyai file
  mkdir -p "$target"
  git init --quiet "$target"
  git -C "$target" ls-files -z | while read -rd '' file; do
    [[ -e $root/$file ]] || rm -f "$target/$file"
  done
  git -C "$root" ls-files -z --cached --others --exclude-standard |
    rsync --links --perms --checksum --from0 --files-from=- --ignore-missing-args "$root" "$target"
  git -C "$target" add --all
}

# Mounts and processes end with the command. The scripts of packages run as root in the chroot: they get
# their own devices and cannot change the kernel.
in_chroot() {
  # shellcheck disable=SC2016 # for the shell in the namespace
  unshare --mount --pid --ipc --uts --fork --kill-child bash -euc '
    mount -t tmpfs -o mode=755 devices "$0/dev"
    for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
      read -r name major minor <<<"$device"
      mknod -m 666 "$0/dev/$name" c "$major" "$minor"
    done
    mkdir "$0/dev/pts" "$0/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
    mount -t tmpfs -o mode=1777 shared "$0/dev/shm"
    ln -s pts/ptmx "$0/dev/ptmx"
    ln -s /proc/self/fd "$0/dev/fd"
    ln -s /proc/self/fd/0 "$0/dev/stdin"
    ln -s /proc/self/fd/1 "$0/dev/stdout"
    ln -s /proc/self/fd/2 "$0/dev/stderr"
    mount -t proc proc "$0/proc"
    mount --bind "$0/proc/sys" "$0/proc/sys"
    mount -o remount,bind,ro "$0/proc/sys"
    mount -t sysfs -o ro sysfs "$0/sys"
    exec chroot "$0" "$@"' "$chroot" "$@"
}

http_proxy=${http_proxy-}
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
export http_proxy
install_packages chroot
[[ -d $chroot ]] || make_chroot
# Accept a mirror that was not updated for some weeks.
echo 'Acquire::Check-Valid-Until "false";' >"$chroot/etc/apt/apt.conf.d/mirror"
cp /etc/resolv.conf "$chroot/etc/resolv.conf"
copy_source
in_chroot env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
  http_proxy="$http_proxy" /root/gst-assemblyai/tests/run.sh "${stages[@]}"
