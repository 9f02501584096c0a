#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""scan.py WORDS PATH...: fails if a file below a PATH holds a line of WORDS, in any spelling.

A secret is looked for as it is, percent-encoded, in base64 wherever it stands in a longer text, and
in hexadecimal. Token stores are left out: their files may hold tokens, and nothing else may. What
was found is a secret, so that only its number in WORDS and the place are told.
"""
import base64
import os
import re
import sys
import urllib.parse

# Shorter ones would be found by chance.
LEAST = 8
CHUNK = 1 << 22
TOKEN_STORE = re.compile(r"^[0-9a-f]{64}\.token(\.[0-9a-f]{32}\.part)?$")


def spellings(word):
    """Every way in which `word` (bytes) may be written."""
    quoted = urllib.parse.quote(word, safe="").encode()
    lower = re.sub(rb"%[0-9A-F]{2}", lambda escape: escape.group().lower(), quoted)
    found = {word, quoted, lower, quoted.replace(b"%20", b"+"), lower.replace(b"%20", b"+"),
             word.hex().encode(), word.hex().upper().encode()}
    for skip in range(3):
        whole = (len(word) - skip) // 3 * 3
        inside = word[skip:skip + whole]
        found |= {base64.b64encode(inside), base64.urlsafe_b64encode(inside)}
    return {spelling for spelling in found if spelling == word or len(spelling) >= LEAST}


def files_below(path):
    if os.path.isfile(path):
        yield path
    for folder, _, names in os.walk(path):
        for name in names:
            file = os.path.join(folder, name)
            if os.path.isfile(file) and not os.path.islink(file) and not TOKEN_STORE.match(name):
                yield file


def numbers_in(path, pattern, number_of, overlap):
    """Which of the words are in the file."""
    found = set()
    kept = b""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            text = kept + chunk
            found |= {number_of[hit.group()] for hit in pattern.finditer(text)}
            kept = text[-overlap:]
    return found


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], "rb") as file:
        words = file.read().splitlines()
    if not words or not all(words):
        print("there are no words, or an empty one", file=sys.stderr)
        return 2
    number_of = {}
    for number, word in enumerate(words, 1):
        for spelling in spellings(word):
            number_of.setdefault(spelling, number)
    # The longest first, so that a word does not hide behind one that it begins with.
    pattern = re.compile(b"|".join(
        re.escape(spelling) for spelling in sorted(number_of, key=len, reverse=True)))
    overlap = max(map(len, number_of)) - 1
    count = bad = 0
    for path in arguments[1:]:
        if not os.path.exists(path):
            print("there is no", path, file=sys.stderr)
            return 2
        for file in files_below(path):
            count += 1
            for number in sorted(numbers_in(file, pattern, number_of, overlap)):
                bad += 1
                print(f"secret {number} is in {file}", file=sys.stderr)
    print(f"looked for {len(words)} secrets in {len(number_of)} spellings in {count} files")
    if count == 0:
        print("there was nothing to look at", file=sys.stderr)
        return 2
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
