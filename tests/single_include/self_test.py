#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""self_test.py INCLUDE       amalgamate.py writes the same bytes wherever and however it is run, its
#line directives tell the truth, and it finds what is stale and what was forgotten."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOOL = pathlib.Path(__file__).resolve().with_name("amalgamate.py")


def run(*arguments, cwd=None, **environment):
    command = [sys.executable, str(TOOL), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    return done.returncode, done.stderr


def singles(out):
    return {path.name: path.read_bytes() for path in sorted((out / "mde").glob("*.hpp"))}


def expect(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def same_bytes_everywhere(include, work):
    shutil.copytree(include / "mde", work / "elsewhere/mde")
    expect(run(include, work / "one", PYTHONHASHSEED="1", LC_ALL="C")[0] == 0, "headers are written")
    run("elsewhere", "two", cwd=work, PYTHONHASHSEED="2", LC_ALL="C.UTF-8")
    expect(len(singles(work / "one")) == 3, "there are three single headers")
    expect(singles(work / "one") == singles(work / "two"), "the same headers make the same bytes")
    expect(b"\r" not in b"".join(singles(work / "one").values()), "lines end in one byte")


def lines_are_true(include, work):
    run("--line", include, work / "lines")
    told = 0
    for text in singles(work / "lines").values():
        source, number = None, 0
        for line in text.decode("utf-8").split("\n"):
            mark = re.fullmatch(r'#line (\d+) "(.*)"', line)
            if mark:
                source, number = (include / mark[2]).read_text(encoding="utf-8").split("\n"), int(mark[1])
            elif source:
                # An include that is there already leaves an empty line.
                expect(line in ("", source[number - 1]), f"'{line}' is line {number} of its header")
                number += 1
                told += line != ""
    expect(told > 10_000, "most lines were looked at")


def flaws_are_found(include, work):
    tree = work / "tree"
    shutil.copytree(include / "mde", tree / "mde")
    run(tree, work / "fresh")
    expect(run("--check", tree, work / "fresh") == (0, ""), "what is fresh passes")
    with open(tree / "mde/base/version.hpp", "a", encoding="utf-8") as version:
        version.write("// one line more\n")
    status, said = run("--check", tree, work / "fresh")
    expect(status == 1 and "mde/https.hpp is not what the headers make" in said, "what is stale is refused")
    run(tree, work / "fresh")
    (tree / "mde/base/forgotten.hpp").write_text("// nobody includes it\n", encoding="utf-8")
    status, said = run("--check", tree, work / "fresh")
    expect(status == 1 and "mde/base/forgotten.hpp is in no single header" in said, "each header is in one")


def main():
    include = pathlib.Path(sys.argv[1]).resolve()
    for test in (same_bytes_everywhere, lines_are_true, flaws_are_found):
        with tempfile.TemporaryDirectory() as work:
            test(include, pathlib.Path(work))
    return 0


if __name__ == "__main__":
    sys.exit(main())
