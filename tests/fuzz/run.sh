#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh [SECONDS] [TARGET...]: builds the fuzzers with clang and runs them one after the other, each
# for so many seconds (300 if none are given), from the corpus beside this script; all if none is named.
# What a run adds lies in build/fuzz/work/TARGET, and what breaks a promise in build/fuzz/found/.
# `run.sh minimise [TARGET...]` makes the few files of both that reach most the new corpus. The status is
# the number of targets that found something.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
build="$root/build/fuzz"
export UBSAN_OPTIONS=print_stacktrace=1

seconds=300
case ${1:-} in
minimise | [0-9]*)
    seconds=$1
    shift
    ;;
esac

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DMDE_BUILD_EXAMPLES=OFF \
    -DCMAKE_BUILD_TYPE=Fuzz -DCMAKE_CXX_FLAGS_FUZZ="-O1 -g1" >"$build.log"
cmake --build "$build" --target mde_fuzz
mkdir -p "$build/found"

# Longer inputs only make slower what shorter ones reach as well.
longest() {
    case $1 in
    transfer | api_flows | zip_end | dates) echo 256 ;;
    links | link_answers | chunked_body | journals) echo 1024 ;;
    *) echo 2048 ;;
    esac
}

fuzz() {
    target=$1
    shift
    MDE_FUZZ_TARGET=$target nice -n 10 "$build/tests/mde_fuzz" -max_len="$(longest "$target")" \
        -artifact_prefix="$build/found/$target-" "$@"
}

# What one corpus has at most: all of them are replayed as a test.
files_each=40

minimise() {
    rm -rf "$build/smallest" "$build/smallest.control"
    mkdir "$build/smallest"
    fuzz "$1" -merge=1 -use_counters=0 -merge_control_file="$build/smallest.control" \
        "$build/smallest" "$here/corpus/$1" "$build/work/$1"
    rm -rf "$build/chosen"
    mkdir "$build/chosen"
    python3 "$here/smallest.py" "$build/smallest.control" "$files_each" "$build/chosen"
    rm -rf "$here/corpus/$1"
    mv "$build/chosen" "$here/corpus/$1"
}

if [ $# -eq 0 ]; then
    for folder in "$here"/corpus/*; do set -- "$@" "${folder##*/}"; done
fi
failures=0
for target; do
    mkdir -p "$build/work/$target"
    echo "== $target"
    if [ "$seconds" = minimise ]; then
        minimise "$target" >"$build/$target.log" 2>&1
    elif fuzz "$target" -max_total_time="$seconds" -print_final_stats=1 "$build/work/$target" \
        "$here/corpus/$target" >"$build/$target.log" 2>&1; then
        grep -a -e DONE -e number_of_executed "$build/$target.log"
    else
        failures=$((failures + 1))
        tail -n 40 "$build/$target.log"
    fi
done
exit "$failures"
