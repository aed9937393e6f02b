#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The gst-assemblyai authors
"""layers.py DIRECTORY: fails when a file of the plugin includes what its layer must not see, or when
files of a layer include one another in a circle. A .cpp file and its header count as one.
"""

import pathlib
import re
import sys

# What a layer may include of the others: folders, or single headers.
ALLOWED = {
    "base": [],
    "protocol": ["base"],
    "captions": ["base/characters.h", "base/glib_ptr.h", "base/words.h", "protocol/types.h"],
    "stream": ["base", "protocol"],
    "element": ["base", "protocol", "captions", "stream"],
}
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def includes(path):
    return INCLUDE.findall(path.read_text())


def unit(name):
    """stream/stream_loop_losses.cpp belongs to stream/stream_loop: it has no header of its own."""
    return re.sub(r"\.(h|cpp)$", "", name)


def forbidden(layer, name):
    folder = name.split("/")[0]
    return folder != layer and folder not in ALLOWED[layer] and name not in ALLOWED[layer]


def circle(graph):
    """The first circle that is found, as a list of names."""
    done = set()

    def visit(name, way):
        if name in way:
            return way[way.index(name):] + [name]
        if name in done:
            return None
        for other in sorted(graph.get(name, ())):
            found = visit(other, way + [name])
            if found:
                return found
        done.add(name)
        return None

    for name in sorted(graph):
        found = visit(name, [])
        if found:
            return found
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    faults = []
    graph = {}
    for layer in ALLOWED:
        for path in sorted((root / layer).glob("*.*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            name = f"{layer}/{path.name}"
            for other in includes(path):
                if "/" in other and forbidden(layer, other):
                    faults.append(f"{name} includes {other}, which {layer}/ must not see")
                if (root / other).exists() and unit(other) != unit(name):
                    graph.setdefault(unit(name), set()).add(unit(other))
    found = circle(graph)
    if found:
        faults.append("a circle: " + " -> ".join(found))
    print("\n".join(faults))
    if not graph:
        sys.exit("no includes found")
    sys.exit(1 if faults else 0)


main()
