#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh alone K/N INCLUDE COMPILER FLAG...   each header under INCLUDE compiles as the only one, and
#                                               twice. Headers are compiled together where that comes
#                                               to the same (chains.awk); this is the K-th part of N.
# check.sh poisoned INCLUDE COMPILER FLAG...    all headers under INCLUDE compile together where
#                                               words that Windows' headers define are macros, and
#                                               without a warning that a consumer may have turned on.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mode=$1
shift

if [ "$mode" = alone ]; then
    part=${1%/*}
    parts=${1#*/}
    cd "$2"
    shift 2
    # shellcheck disable=SC2046 # no name holds a space
    chains=$(awk -f "$here/chains.awk" $(find mde -name '*.hpp' | LC_ALL=C sort))
    [ -n "$chains" ]
    printf '%s\n' "$chains" | awk -v part="$part" -v parts="$parts" 'NR % parts == part % parts' | {
        status=0
        while read -r chain; do
            for header in $chain; do
                printf '#include <%s>\n#include <%s>\n' "$header" "$header"
            done | "$@" -x c++ -fsyntax-only - || {
                echo "not all of these stand on their own: $chain" >&2
                status=1
            }
        done
        exit "$status"
    }
    exit
fi

subject=$1
shift
cd "$subject"
headers=$(find mde -name '*.hpp' | LC_ALL=C sort)
{
    # What is not ours comes first: it need not be proof against the macros.
    for header in $headers; do
        sed -n 's|^ *# *include <\([^>]*\)>.*|\1|p' "$header"
    done | grep -v '^mde/' | LC_ALL=C sort -u | while read -r foreign; do
        printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' "$foreign" "$foreign"
    done
    for word in 'min(a, b)' 'max(a, b)' small near far hyper interface cdecl pascal huge \
        IN OUT OPTIONAL CONST VOID CALLBACK STRICT TRUE FALSE ERROR NO_ERROR DELETE IGNORE INFINITE \
        ABSOLUTE RELATIVE OPAQUE TRANSPARENT DIFFERENCE PASSTHROUGH DOMAIN OVERFLOW UNDERFLOW \
        CreateFile DeleteFile MoveFile CopyFile GetMessage SendMessage GetObject GetCurrentTime \
        GetClassName GetTempPath Yield; do
        # No name, which would go well if it took the place of each use.
        printf '#undef %s\n#define %s ) poisoned (\n' "${word%(*}" "$word"
    done
    for header in $headers; do
        printf '#include <%s>\n' "$header"
    done
} | "$@" -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -x c++ -fsyntax-only -
