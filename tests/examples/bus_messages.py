#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
"""Reads captions from the bus of a pipeline.

    bus_messages.py pulsesrc ! audioconvert ! audioresample ! assemblyaisink

Set the key in the environment variable ASSEMBLYAI_API_KEY. Install the Debian packages
python3-gi and gir1.2-gstreamer-1.0.
"""

import signal
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def printable(text):
    """Replaces characters that control a terminal: the text comes from the service unchanged."""
    return "".join(c if c.isprintable() else " " for c in text)


class App:
    def __init__(self, words):
        self.pipeline = Gst.parse_launchv(words)
        self.loop = GLib.MainLoop()
        self.failed = False

    def run(self):
        bus = self.pipeline.get_bus()
        bus.add_watch(GLib.PRIORITY_DEFAULT, self.on_message)
        signal.signal(signal.SIGINT, self.on_interrupt)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        bus.remove_watch()

    def on_message(self, _bus, message):
        if message.has_name("assemblyai-turn"):
            self.show_turn(message.get_structure())
        elif message.type == Gst.MessageType.ERROR:
            error, debug = message.parse_error()
            print(f"ERROR: {error.message}\n{debug}", file=sys.stderr)
            self.failed = True
            self.loop.quit()
        elif message.type == Gst.MessageType.EOS:
            self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def show_turn(self, turn):
        """Each turn has exactly one message with final = True."""
        if turn.get_value("final"):
            seconds = turn.get_value("running-time") / Gst.SECOND
            print(f'{seconds:.1f} s  {printable(turn.get_value("transcript"))}', flush=True)

    def on_interrupt(self, _signal, _frame):
        """Ctrl-C sends EOS, which ends the session with its last turn. The next one kills."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.pipeline.send_event(Gst.Event.new_eos())


def main():
    Gst.init(None)
    try:
        app = App(sys.argv[1:])
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 2
    app.run()
    return 1 if app.failed else 0


if __name__ == "__main__":
    sys.exit(main())
