#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
# Captions and a recording at the same time. A tee gives each branch the same buffers, so
# the file contains exactly the audio that the service gets. The queues let each branch
# run at its own pace. -e turns Ctrl-C into EOS: the last caption arrives, and the file
# gets its final header.
#
#   record.sh talk.wav
#   record.sh talk.wav 'alsasrc device=default'
#   record.sh talk.wav pulsesrc speech-model=universal-streaming-english
#
# Set the key in the environment variable ASSEMBLYAI_API_KEY.
set -euo pipefail

if (($# == 0)); then
  echo "usage: record.sh FILE.wav [SOURCE [PROPERTY=VALUE...]]" >&2
  exit 2
fi
file=$1
read -ra source <<<"${2-pulsesrc}"
properties=("${@:3}")

exec gst-launch-1.0 -e -m "${source[@]}" ! audioconvert ! audioresample \
  ! audio/x-raw,format=S16LE,rate=16000,channels=1 ! tee name=audio \
  audio. ! queue ! assemblyaisink messages=final "${properties[@]}" \
  audio. ! queue ! wavenc ! filesink location="$file"
