#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# core.sh PARTS OUT RUNNER COMPILER FLAG...     builds tests of the core for a machine that has nothing but
# a compiler, and runs them by RUNNER, which may be empty; with `compile` as RUNNER they are not linked.
# PARTS are words of `unit` and `flow`. Boost is taken as headers, its compiled parts as source.
set -eu
parts=$1
out=$2
runner=$3
compiler=$4
shift 4
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
mkdir -p "$out/include"

# The build machine's own headers but for Boost and doctest are none of the other machine's.
for name in boost doctest; do
    found=
    for folder in $MDE_HEADER_FOLDERS; do
        [ -e "$folder/$name" ] && found="$folder/$name"
    done
    ln -sfn "${found:?$name is not in $MDE_HEADER_FOLDERS}" "$out/include/$name"
done

# Several sources in one, as many as go together: see tests/CMakeLists.txt.
unity() {
    part=$1
    most=$2
    find "$root/tests/$part" -name '*.cpp' ! -path '*/unit/adapter/*' | LC_ALL=C sort |
        awk -v prefix="$out/$part" -v most="$most" '
            { file = prefix int((NR - 1) / most) ".cpp" }
            (NR - 1) % most == 0 { print "#include \"pch/tests.hpp\"" >file }
            { print "#include \"" $0 "\"" >file }'
}
printf '#include <boost/json/src.hpp>\n#include <boost/url/src.hpp>\n' >"$out/boost.cpp"
printf '#include "%s/tests/main.cpp"\n' "$root" >"$out/main.cpp"
sources="boost main"
for part in $parts; do
    case $part in
    unit) unity unit 8 ;;
    *) unity "$part" 1000 ;;
    esac
    for file in "$out/$part"*.cpp; do
        sources="$sources $(basename "$file" .cpp)"
    done
done

# What is not ours is compiled without warnings, since it is read as a system's header.
launcher=$(command -v ccache || :)
# shellcheck disable=SC2086 # there may be no launcher
for source in $sources; do
    printf '%s\n' "$source"
done | xargs -P "${MDE_JOBS:-2}" -I '{}' $launcher "$compiler" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    "-I$root/include" "-I$root/tests" -isystem "$out/include" "-DMDE_TEST_DATA=\"$root/tests/data\"" "$@" \
    -c "$out/{}.cpp" -o "$out/{}.o"
objects=
for source in $sources; do
    objects="$objects $out/$source.o"
done
[ "$runner" != compile ] || exit 0
# shellcheck disable=SC2086 # objects, libraries and the runner are words
"$compiler" "$@" $objects -o "$out/program"
cd "$root"
# shellcheck disable=SC2086
$runner "$out/program"
