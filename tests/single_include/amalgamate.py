#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""amalgamate.py [--line] INCLUDE OUT              writes the single headers below OUT/mde
amalgamate.py --check INCLUDE OUT               says whether they are what would be written
amalgamate.py --forward SINGLES INCLUDE OUT     writes below OUT, for each header of INCLUDE, one of that
                                                name that includes the first of SINGLES that holds it

A single header is its umbrella with every header of ours in the place of its first #include, guards
and all: single and many headers may meet in one translation unit. #include lines of others stay
where they come first. With --line each part says where it is from, for compilers and debuggers. What
compiles the SDK once (*.ipp) is copied. The same input gives the same bytes everywhere."""

import argparse
import pathlib
import re
import sys

SINGLES = ["mde/mde.hpp", "mde/https.hpp", "mde/emulator.hpp"]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
CONDITION = re.compile(r"^\s*#\s*(if|ifdef|ifndef|endif)\b")


class Amalgamation:
    def __init__(self, root, lines_marked):
        self.root = root
        self.lines_marked = lines_marked
        self.parts = []
        self.done = set()
        self.foreign = set()

    def add(self, name):
        """Puts `name` and what it needs at the end, if that is not there yet."""
        if name in self.done:
            return
        self.done.add(name)
        lines = (self.root / name).read_text(encoding="utf-8").split("\n")
        depth = 0
        blank = True
        self.mark(2, name)
        # The first line is the licence's, which stands above everything.
        for number, line in enumerate(lines[1:], start=2):
            include = INCLUDE.match(line)
            if include and include[1].startswith("mde/"):
                if include[1] not in self.done:
                    self.add(include[1])
                    self.mark(number + 1, name)
                else:
                    self.leave_out()
                continue
            # What was included under the guard alone is there for all that follows.
            if include and depth == 1:
                if include[1] in self.foreign:
                    self.leave_out()
                    continue
                self.foreign.add(include[1])
            condition = CONDITION.match(line)
            if condition:
                depth += -1 if condition[1] == "endif" else 1
            if not line and blank and not self.lines_marked:
                continue
            blank = not line
            self.parts.append(line)

    def mark(self, number, name):
        if self.lines_marked:
            self.parts.append(f'#line {number} "{name}"')

    def leave_out(self):
        """Lines below keep their numbers."""
        if self.lines_marked:
            self.parts.append("")

    def text(self):
        return "\n".join(self.parts).rstrip("\n") + "\n"


def single_header(root, name, lines_marked):
    licence = (root / "mde/LICENSE_1_0.txt").read_text(encoding="utf-8").strip()
    head = ["// SPDX-License-Identifier: BSL-1.0", "//"]
    head += [f"// {name} of mde as one file. Written by a tool: change the many headers instead.", "//"]
    head += [("// " + line).rstrip() for line in licence.split("\n")]
    amalgamation = Amalgamation(root, lines_marked)
    amalgamation.add(name)
    return "\n".join(head) + "\n\n" + amalgamation.text()


def holders(root):
    """The single header that holds each of ours, the first if several do; None if there is none."""
    held = dict.fromkeys(header.relative_to(root).as_posix() for header in sorted(root.glob("mde/**/*.hpp")))
    for single in reversed(SINGLES):
        amalgamation = Amalgamation(root, False)
        amalgamation.add(single)
        held.update(dict.fromkeys(amalgamation.done, single))
    return held


def left_out(root):
    names = [name for name, single in holders(root).items() if single is None]
    for name in names:
        print(f"{name} is in no single header: include it in one of {', '.join(SINGLES)}", file=sys.stderr)
    return names


def sources(root):
    return [source.relative_to(root).as_posix() for source in sorted(root.glob("mde/*.ipp"))]


def forward(root, singles, out):
    for name, single in (holders(root) | {name: name for name in sources(root)}).items():
        target = out / name
        text = f'#include "{(singles / single).resolve().as_posix()}"\n'
        # What is the same stays as old as it is.
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--line", action="store_true", help="write #line directives")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    parser.add_argument("--forward", metavar="SINGLES", type=pathlib.Path, help="write forwarding headers")
    parser.add_argument("include", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    if left_out(arguments.include):
        return 1
    if arguments.forward:
        forward(arguments.include, arguments.forward, arguments.out)
        return 0
    stale = []
    texts = {name: single_header(arguments.include, name, arguments.line).encode("utf-8") for name in SINGLES}
    texts |= {name: (arguments.include / name).read_bytes() for name in sources(arguments.include)}
    for name, text in texts.items():
        target = arguments.out / name
        if arguments.check:
            if not target.is_file() or target.read_bytes() != text:
                stale.append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    for name in stale:
        print(f"{name} is not what the headers make today: run amalgamate.py INCLUDE OUT", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
