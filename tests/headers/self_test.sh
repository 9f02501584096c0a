#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# self_test.sh COMPILER FLAG...   check.sh finds the header that does not stand on its own, wherever
#                                 it is, and nothing else.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

header() {
    name=$(basename "$1" .hpp)
    {
        printf '#ifndef GUARD_%s\n#define GUARD_%s\n' "$name" "$name"
        cat
        printf '#endif\n'
    } >"$tree/$1"
}

# Three headers of a chain and two beside it.
plant() {
    rm -rf "$tree/mde"
    mkdir "$tree/mde"
    printf '#include <string>\ninline std::string f_low() { return "";  }\n' | header mde/low.hpp
    printf '#include <mde/low.hpp>\ninline auto f_middle() { return f_low(); }\n' |
        header mde/middle.hpp
    printf '#include <mde/middle.hpp>\ninline auto f_top() { return f_middle(); }\n' |
        header mde/top.hpp
    printf '#include <string>\ninline std::string f_left() { return ""; }\n' | header mde/left.hpp
    printf '#include <vector>\ninline std::vector<int> f_right() { return {}; }\n' |
        header mde/right.hpp
}

passes() {
    for part in 1 2; do
        "$here/check.sh" alone "$part/2" "$tree" "$@" "-I$tree" >"$tree/log" 2>&1 || return 1
    done
}

expect() {
    wanted=$1
    what=$2
    shift 2
    if passes "$@"; then found=passes; else found=fails; fi
    if [ "$found" != "$wanted" ]; then
        cat "$tree/log" >&2
        echo "$what: $found" >&2
        exit 1
    fi
}

plant
expect passes "sound headers" "$@"

plant
printf 'inline auto f_right() { return f_left(); }\n' | header mde/right.hpp
expect fails "a header that uses another one without including it" "$@"

plant
printf 'inline std::string f_low() { return ""; }\n' | header mde/low.hpp
expect fails "the lowest header of a chain without what it needs" "$@"

plant
printf 'inline auto f_middle() { return f_low(); }\n' | header mde/middle.hpp
expect fails "a header in the middle of a chain that includes nothing" "$@"

plant
printf '#include <mde/low.hpp>\ninline auto f_top() { return f_middle(); }\n' | header mde/top.hpp
expect fails "the last header of a chain that includes too little" "$@"

plant
printf 'inline int f_left() { return 1; }\n' >"$tree/mde/left.hpp"
expect fails "a header without a guard" "$@"

# Names that Windows' headers take.
plant
"$here/check.sh" poisoned "$tree" "$@" "-I$tree"
for name in near GetMessage ERROR; do
    plant
    printf 'inline int %s() { return 1; }\n' "$name" | header mde/left.hpp
    if "$here/check.sh" poisoned "$tree" "$@" "-I$tree" >"$tree/log" 2>&1; then
        echo "a header that uses $name: passes" >&2
        exit 1
    fi
done
