#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh lto INCLUDE BUILD COMPILER FLAG...       every header in both orders, in one order with what
#                                                   is compiled once only declared, and its source:
#                                                   linked with -Wodr, all definitions agree.
# check.sh mixed INCLUDE BUILD COMPILER FLAG...     single and many headers in one translation unit, in
#                                                   both orders.
set -eu
mode=$1
include=$2
build=$3
shift 3
mkdir -p "$build"
headers=$(cd "$include" && find mde -name '*.hpp' | LC_ALL=C sort)
[ -n "$headers" ]
singles=$(cd "$include/single" && find mde -name '*.hpp' | LC_ALL=C sort)
[ -n "$singles" ]

includes_of() {
    for header in $1; do
        printf '#include "%s%s"\n' "$2" "$header"
    done
}

many=$(includes_of "$headers" "$include/")
single=$(includes_of "$singles" "$include/single/")
case $mode in
lto)
    printf '%s\nint one();\nint main() { return one(); }\n' "$many" >"$build/main.cpp"
    printf '%s\nint one() { return 0; }\n' "$(printf '%s\n' "$many" | LC_ALL=C sort -r)" >"$build/one.cpp"
    printf '#include <mde/https.ipp>\n' >"$build/source.cpp"
    "$@" -flto -c "$build/main.cpp" -o "$build/main.o"
    for unit in one source; do
        "$@" -DMDE_SEPARATE_COMPILATION -flto -c "$build/$unit.cpp" -o "$build/$unit.o"
    done
    "$@" -flto -Wodr -Werror "$build/main.o" "$build/one.o" "$build/source.o" -o "$build/program" \
        -lboost_json -lssl -lcrypto
    "$build/program"
    ;;
mixed)
    printf '%s\n%s\n' "$many" "$single" | "$@" -x c++ -fsyntax-only -
    printf '%s\n%s\n' "$single" "$many" | "$@" -x c++ -fsyntax-only -
    ;;
*)
    echo "no such mode: $mode" >&2
    exit 2
    ;;
esac
