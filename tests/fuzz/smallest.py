# SPDX-License-Identifier: BSL-1.0
"""smallest.py CONTROL COUNT FOLDER: copies into FOLDER at most COUNT of the files that libFuzzer's merge
looked at, each time the one that reaches most that none before it did. CONTROL is the merge's control
file. Names are by content, so that nothing is there twice."""

import hashlib
import os
import sys


def read_control(path):
    """Files, and for each the edges and the features that it reaches. COV names the edges that no file
    before it reached, FT all features."""
    with open(path, encoding="utf-8") as control:
        lines = control.read().splitlines()
    names = lines[2 : 2 + int(lines[0])]
    reached = {}
    for line in lines[2 + len(names) :]:
        kind, index, *rest = line.split()
        if kind in ("FT", "COV"):
            reached.setdefault(int(index), set()).update((kind, one) for one in rest)
    return [(names[index], what) for index, what in sorted(reached.items())]


def choose(files, count):
    seen, chosen = set(), []
    while len(chosen) < count:
        best = max(files, key=lambda file: (len(file[1] - seen), -os.path.getsize(file[0])))
        if not best[1] - seen:
            break
        seen |= best[1]
        chosen.append(best[0])
    return chosen


def main():
    control, count, folder = sys.argv[1:]
    for name in choose(read_control(control), int(count)):
        with open(name, "rb") as source:
            data = source.read()
        with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:12]), "wb") as target:
            target.write(data)


main()
