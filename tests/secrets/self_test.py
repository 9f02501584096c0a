#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whether scan.py finds what it is to find, and nothing else."""
import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

SCAN = pathlib.Path(__file__).with_name("scan.py")
SECRET = "pl4nted~s3cret/of+this test="
OTHER = "an0ther.s3cret"


def scan(words, *paths):
    run = subprocess.run([sys.executable, SCAN, words, *paths], capture_output=True, text=True)
    said = run.stdout + run.stderr
    assert SECRET not in said and OTHER not in said, "the scan itself shows a secret"
    return run.returncode


def spelled():
    raw = SECRET.encode()
    yield "as it is", raw
    yield "in a line", b"x" + raw + b"y\n"
    quoted = urllib.parse.quote(SECRET, safe="")
    yield "for a form", quoted.encode()
    yield "for a form, in lower case", re.sub("%..", lambda hit: hit.group().lower(), quoted).encode()
    yield "with a plus for a space", quoted.replace("%20", "+").encode()
    yield "in hexadecimal", raw.hex().encode()
    yield "in upper hexadecimal", raw.hex().upper().encode()
    for front in (b"", b"a", b"ab", b"user:"):
        yield f"in base64 behind {front!r}", base64.b64encode(front + raw + b"tail")
        yield f"in base64url behind {front!r}", base64.urlsafe_b64encode(front + raw)
    yield "across two pieces", b"." * ((1 << 22) - 5) + raw
    yield "among bytes", bytes(range(256)) + raw + bytes(range(256))


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        words = root / "words"
        words.write_text(f"{OTHER}\n{SECRET}\n")
        tree = root / "tree" / "deep"
        tree.mkdir(parents=True)
        planted = tree / "file"
        planted.write_bytes(b"nothing to be seen here, pl4nted s3cret\n" * 100)
        assert scan(words, root / "tree") == 0, "a clean tree is not clean"
        for name, content in spelled():
            planted.write_bytes(content)
            assert scan(words, root / "tree") == 1, f"not found {name}"
            assert scan(words, planted) == 1, f"not found {name} in a file of its own"
        planted.write_bytes(OTHER.encode())
        assert scan(words, root / "tree") == 1, "the first word was not looked for"
        # A token store may hold it; a file that is only called like one may not.
        planted.rename(tree / ("0" * 64 + ".token"))
        (tree / "clean").write_text("clean")
        assert scan(words, root / "tree") == 0, "a token store was looked at"
        (tree / "my.token").write_text(SECRET)
        assert scan(words, root / "tree") == 1, "a file was taken for a token store"
        # What cannot be looked at is no success.
        assert scan(words, root / "nowhere") == 2
        os.makedirs(root / "empty")
        assert scan(words, root / "empty") == 2
        words.write_text("")
        assert scan(words, root / "tree") == 2
        words.write_text("one\n\nthree\n")
        assert scan(words, root / "tree") == 2


if __name__ == "__main__":
    main()
