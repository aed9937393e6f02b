#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
#
# Captions of real speech on this terminal, without an account or a network: PocketSphinx in
# the local server recognises two synthetic voices and two LibriVox readings. Then the two
# voices again as a movie, build/demo/captions.mkv, with captions in the picture and as a
# subtitle track. If ASSEMBLYAI_API_KEY is set, AssemblyAI recognises the speech instead.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
movie=$build/demo/captions.mkv
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$root/tests/packages.sh"

work=$(mktemp -d)
server_pid=
clean_up() {
  if [[ -n $server_pid ]]; then
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

files=() # the audio files, in the folder $work
said=()  # the text of each file

build_all() {
  echo "Building in $build"
  local again=()
  [[ ! -e $build/build.ninja ]] || again=(--reconfigure)
  if ! grep -qse -DHAVE_POCKETSPHINX=1 "$build/compile_commands.json"; then
    meson setup "${again[@]}" "$build" "$root" -Dtests=enabled -Dpocketsphinx=enabled \
      >"$work/meson.log" || { cat "$work/meson.log" >&2; return 1; }
  fi
  local quiet=()
  [[ -t 1 ]] || quiet=(--quiet)
  ninja "${quiet[@]}" -C "$build" gst/assemblyai/libgstassemblyai.so \
    tests/server/assemblyai-test-server tests/examples/live-captions
}

# speak VOICE SENTENCE... : synthesises the sentences, each followed by a second of silence.
speak() {
  local voice=$1 name=voice-$1 caps=audio/x-raw,format=S16LE,rate=16000,channels=1
  local pipeline=(concat name=all '!' wavenc '!' filesink "location=$work/$name.wav")
  shift
  local sentence number=0
  for sentence in "$@"; do
    number=$((number + 1))
    flite -voice "$voice" -t "$sentence" -o "$work/$name-$number.wav"
    pipeline+=(filesrc "location=$work/$name-$number.wav" '!' wavparse '!' audioconvert
      '!' audioresample '!' "$caps" '!' all.
      audiotestsrc wave=silence num-buffers=1 samplesperbuffer=16000 '!' "$caps" '!' all.)
  done
  gst-launch-1.0 -q "${pipeline[@]}"
  files+=("$name.wav")
  said+=("$*")
}

# read_book NUMBER : adds a LibriVox reading of pocketsphinx-testdata with its transcription.
read_book() {
  local folder=/usr/share/pocketsphinx/test/data/librivox
  local name=sense_and_sensibility_01_austen_64kb-$1
  ln -s "$folder/$name.wav" "$work/librivox-$1.wav"
  files+=("librivox-$1.wav")
  said+=("$(sed -n "s/^<s> \(.*\) <\/s> ($name)\$/\1/p" "$folder/transcription")")
}

# The server runs in a session of its own, so that Ctrl-C ends the captions before the server.
start_server() {
  setsid "$build/tests/server/assemblyai-test-server" --engine pocketsphinx \
    --print-ready "$work/endpoint" >"$work/server.log" 2>&1 &
  server_pid=$!
  local deadline=$((SECONDS + 30))
  until [[ -s $work/endpoint ]]; do
    if ((SECONDS >= deadline)) || ! kill -0 "$server_pid" 2>/dev/null; then
      echo "The local server did not start:" >&2
      cat "$work/server.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

# compare SAID HEARD : prints the number of words in SAID, the number of these that are in
# HEARD in the same order, and the number of words in HEARD.
compare() {
  awk -v said="$1" -v heard="$2" '
    function words(text, list) {
      gsub(/[^[:alnum:]\047 ]/, " ", text)
      return split(tolower(text), list, " ")
    }
    BEGIN {
      n = words(said, a); m = words(heard, b)
      for (i = 1; i <= n; i++)  # longest common subsequence
        for (j = 1; j <= m; j++)
          if (a[i] == b[j]) best[i, j] = best[i-1, j-1] + 1
          else best[i, j] = best[i-1, j] > best[i, j-1] ? best[i-1, j] : best[i, j-1]
      print n, best[n, m] + 0, m
    }'
}

# Prints the table. Fails if nothing was recognised.
show_comparison() {
  local heard=() total=0 found=0 i words right all
  mapfile -t heard <"$work/transcript"
  printf '\nRecognised words:\n'
  for i in "${!heard[@]}"; do # without the files that Ctrl-C skipped
    read -r words right all < <(compare "${said[i]}" "${heard[i]}")
    total=$((total + words)) found=$((found + right))
    heard[i]=${heard[i]% }
    printf '%4d %%  %2d of %2d words, %d wrong  %s\n' $((100 * right / words)) "$right" \
      "$words" $((all - right)) "${files[i]}"
    ((right == words && all == words)) ||
      printf '          said:  %s\n          heard: %s\n' "${said[i]}" "${heard[i]}"
  done
  ((found > 0)) || return 1
  printf '%4d %%  %d of %d words in all\n' $((100 * found / total)) "$found" "$total"
}

# seconds_of_audio FILE... : rounded up.
seconds_of_audio() {
  local bytes=0 file
  for file in "$@"; do
    bytes=$((bytes + $(stat -L -c %s "$work/$file")))
  done
  echo $(((bytes + 31999) / 32000))
}

# make_movie SECONDS FILE... : makes a movie of the files, one after the other, with a
# picture of the same length. The latency of 6 s is enough for whole sentences. Branches
# that wait for the captions have queues that hold more.
make_movie() {
  local seconds=$1 file
  local waits=(queue max-size-time=7000000000 max-size-buffers=0 max-size-bytes=0)
  local unlimited=(queue max-size-time=0 max-size-buffers=0 max-size-bytes=0)
  local pipeline=(matroskamux name=file '!' filesink "location=$movie"
    videotestsrc pattern=ball background-color=0xff204060 num-buffers=$((25 * seconds))
    '!' 'video/x-raw,width=640,height=360,framerate=25/1' '!' "${waits[@]}"
    '!' textoverlay name=screen '!' videoconvert '!' vp8enc deadline=1 cpu-used=8
    '!' "${unlimited[@]}" '!' file.video_0
    concat name=all '!' tee name=sound
    sound. '!' "${waits[@]}" '!' audioconvert '!' opusenc '!' "${unlimited[@]}" '!' file.audio_0
    sound. '!' queue '!' assemblyaisink name=captions latency=6000 "${sink_options[@]}"
    captions.src '!' tee name=text
    text. '!' queue '!' screen.text_sink
    text. '!' queue '!' file.subtitle_0)
  shift
  for file in "$@"; do
    pipeline+=(filesrc "location=$file" '!' wavparse '!' all.)
  done
  mkdir -p "${movie%/*}"
  gst-launch-1.0 -q "${pipeline[@]}"
}

# Prints the subtitle track. Fails if a track is missing.
show_movie() {
  local tracks
  tracks=$(ffprobe -v error -show_entries stream=codec_type -of csv=p=0 "$movie" | sort | tr '\n' ' ')
  [[ $tracks == "audio subtitle video " ]] || return 1
  printf '\nIts subtitle track:\n\n'
  ffmpeg -v error -i "$movie" -map 0:s -f srt - | tee "$work/subtitles"
  grep -q -e '-->' "$work/subtitles" || return 1
  printf 'The movie, with captions also in the picture, is %s\nPlay it with ffplay or any other player.\n' \
    "$movie"
}

show_next_steps() {
  local captions="GST_PLUGIN_PATH=$build/gst/assemblyai $build/tests/examples/live-captions"
  cat <<TEXT

Next, caption your own voice. With an AssemblyAI key in ASSEMBLYAI_API_KEY:

  $captions

Without a key, start the local server in another terminal:

  $build/tests/server/assemblyai-test-server --engine pocketsphinx --port 8080

and then:

  ASSEMBLYAI_API_KEY=any $captions --endpoint ws://127.0.0.1:8080/v3/ws
TEXT
}

install_packages demo
build_all
export GST_PLUGIN_PATH=$build/gst/assemblyai GST_REGISTRY=$work/registry.bin

speak slt "Good evening, and welcome to the program." \
  "The weather will be warm and sunny in the morning, with some rain in the afternoon."
speak rms "More than two hundred people came to the meeting last night." \
  "We will be back with more news after this short break."
spoken=("${files[@]}")
read_book 0920
read_book 0930

options=(--transcript "$work/transcript")
sink_options=()
if [[ -n ${ASSEMBLYAI_API_KEY-} ]]; then
  printf '\n%s\n%s\n\n' \
    "Captions from AssemblyAI, with the key in ASSEMBLYAI_API_KEY." \
    "The service bills the time for which a session is open: about $(seconds_of_audio "${files[@]}" "${spoken[@]}") seconds now."
else
  export ASSEMBLYAI_API_KEY=any
  start_server
  options+=(--endpoint "$(<"$work/endpoint")")
  sink_options+=("endpoint=$(<"$work/endpoint")")
  printf '\n%s\n%s\n\n' \
    "Captions from the local server with PocketSphinx, which recognises much less than the service." \
    "Set ASSEMBLYAI_API_KEY to use AssemblyAI."
fi

cd "$work"
"$build/tests/examples/live-captions" "${options[@]}" "${files[@]}"
show_comparison || { echo "Nothing was recognised." >&2; exit 1; }
seconds=$(seconds_of_audio "${spoken[@]}")
printf '\nThe two voices again, as a movie. It takes about %d seconds.\n' $((seconds + 7))
make_movie "$seconds" "${spoken[@]}"
show_movie || { echo "There are no captions in $movie" >&2; exit 1; }
show_next_steps
