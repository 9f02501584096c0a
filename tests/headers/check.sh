#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh alone HEADER COMPILER FLAG...        HEADER (mde/...) compiles as the only one, and twice.
# check.sh poisoned INCLUDE COMPILER FLAG...    all headers under INCLUDE compile together where
#                                               min, max and small are macros, as on Windows.
set -eu
mode=$1
subject=$2
shift 2

if [ "$mode" = alone ]; then
    printf '#include <%s>\n#include <%s>\n' "$subject" "$subject" |
        "$@" -x c++ -fsyntax-only -
    exit
fi

cd "$subject"
headers=$(find mde -name '*.hpp' | LC_ALL=C sort)
{
    # What is not ours comes first: it need not be proof against the macros.
    for header in $headers; do
        sed -n 's|^ *# *include <\([^>]*\)>.*|\1|p' "$header"
    done | grep -v '^mde/' | LC_ALL=C sort -u | while read -r foreign; do
        printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' "$foreign" "$foreign"
    done
    printf '#undef min\n#undef max\n#undef small\n'
    printf '#define min(a, b) poisoned\n#define max(a, b) poisoned\n#define small poisoned\n'
    for header in $headers; do
        printf '#include <%s>\n' "$header"
    done
} | "$@" -x c++ -fsyntax-only -
