#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# compile/run.sh COMPARE RUNS SCRATCH [COMPILER]: what including the SDK costs a translation unit, beside
# what it is like and what it is made of: as headers, and where the program compiles the SDK once. Prints
# medians of CPU time, at -O0 and -O2, and the size of the objects. SCRATCH is an empty folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../../.." && pwd)
compare=$1
runs=$2
scratch=$3
compiler=${4:-g++}

printf '#include <nlohmann/json.hpp>\nint main() {}\n' >"$scratch/nlohmann.cpp"
"$compiler" -std=c++20 -E "$scratch/nlohmann.cpp" >/dev/null || {
    echo "compile/run.sh: nlohmann/json.hpp is missing; .ci/setup benchmark installs it" >&2
    exit 2
}
for header in "$root"/include/mde/request/*.hpp; do
    printf '#include <mde/request/%s>\n' "${header##*/}"
done >"$scratch/request.cpp"
printf 'int main() {}\n' >>"$scratch/request.cpp"
printf '#include <mde/mde.hpp>\nint main() {}\n' >"$scratch/umbrella.cpp"
cp "$here/boost_parts.cpp" "$here/https_client.cpp" "$here/beast_client.cpp" "$scratch"

mkdir "$scratch/emptied"
objects() {
    printf '| object | bytes |\n|---|---|\n'
    for name in request nlohmann umbrella boost_parts https_client beast_client compiled_once; do
        printf '| %s | %s |\n' "$name" "$(wc -c <"$scratch/$name.o")"
    done
    printf '\n'
}

# pair LEVEL OURS TITLE PEER TITLE BAR [FLAG]; the bar is set for -O0.
pair() {
    "$compare" "$runs" 1 "$scratch/emptied" \
        -- "$3" - "$compiler" -std=c++20 "$1" ${7:+"$7"} "-I$root/include" -c "$scratch/$2.cpp" -o "$scratch/$2.o" \
        -- "$5" "$6" "$compiler" -std=c++20 "$1" -c "$scratch/$4.cpp" -o "$scratch/$4.o"
}

# three LEVEL BAR BAR BAR HOW [FLAG]
three() {
    pair "$1" request "all of mde/request/$5" nlohmann "nlohmann/json.hpp" "$2" ${6:+"$6"}
    pair "$1" umbrella "mde/mde.hpp$5" boost_parts "the Boost headers that it must have" "$3" ${6:+"$6"}
    pair "$1" https_client "mde/https.hpp and a client$5" \
        beast_client "a minimal client with Beast and TLS" "$4" ${6:+"$6"}
}

printf '#include <mde/https.ipp>\n' >"$scratch/compiled_once.cpp"
for level in -O0 -O2; do
    printf '### Compiling, %s at %s\n\n' "$("$compiler" --version | head -n 1)" "$level"
    if [ "$level" = -O0 ]; then
        bars="cpu<=0.60 cpu<=1.10 cpu<=1.15"
    else
        bars="- - -"
    fi
    # shellcheck disable=SC2086 # three words
    three "$level" $bars ""
    # shellcheck disable=SC2086 # three words
    three "$level" $bars ", compiled once" -DMDE_SEPARATE_COMPILATION
    "$compiler" -std=c++20 "$level" "-I$root/include" -c "$scratch/compiled_once.cpp" \
        -o "$scratch/compiled_once.o"
    objects
done
