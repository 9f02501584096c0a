#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh compiles FILE COMPILER FLAG...   FILE must compile.
# check.sh rejects FILE COMPILER FLAG...    with its bad line on, FILE must be rejected, with the
#                                           message that its first line expects (a regex of grep -E).
set -eu
LC_ALL=C
export LC_ALL
mode=$1
file=$2
shift 2

if [ "$mode" = compiles ]; then
    exec "$@" -fsyntax-only "$file"
fi

expected=$(sed -n '1s|^// EXPECT: ||p' "$file")
if [ -z "$expected" ] || ! grep -q '^#ifdef EXPECT_FAIL' "$file"; then
    echo "$file: no '// EXPECT: message' in its first line, or no bad line" >&2
    exit 2
fi
if output=$("$@" -fsyntax-only -DEXPECT_FAIL "$file" 2>&1); then
    echo "$file: the bad line was accepted" >&2
    exit 1
fi
# A note belongs to the error before it: clang names the reason of a refused literal there, g++ the
# part of a concept that is not met.
if ! printf '%s\n' "$output" |
    grep -Eq "(error:|note:|required for the satisfaction of) .*($expected)"; then
    printf '%s\n' "$output" >&2
    echo "$file: rejected, but not with the message: $expected" >&2
    exit 1
fi
