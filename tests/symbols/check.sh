#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What the core puts into a program, by its symbols.
# check.sh core READELF NM INCLUDES COMPILER FLAG...   an object that uses all of the core: no
#         constructor runs before main, nothing is kept between two calls, no thread, file, socket
#         or clock is asked for
# check.sh program READELF PROGRAM    a program of the core's tests: nothing of ours is kept
# check.sh self_test READELF NM COMPILER FLAG...       each of these is found where it is
set -eu
LC_ALL=C
export LC_ALL
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# Objects of ours that can be written to, and all that a thread has for itself. The categories of
# errors are constants, but Boost keeps a note in them: which std::error_category stands for which.
state() {
    "$readelf" -SsW "$1" | awk '
        /^ *\[ *[0-9]+\]/ {
            line = $0
            sub(/^ *\[ */, "", line)
            split(line, field, /[\] ]+/)
            section[field[1]] = field[2]
        }
        $4 == "TLS" && $8 ~ /3mde/ { print $8 }
        $4 == "OBJECT" && $8 ~ /^_Z(GV)?(ZN|N)K?3mde/ {
            where = section[$7]
            if (where ~ /^\.(data|bss)/ && where !~ /^\.data\.rel\.ro/) print $8
        }' | grep -Ev '(error|condition)_category_instanceE$' || true
}

before_main() { "$readelf" -SW "$1" | grep -oE '\.(init_array|ctors)[^ ]*' || true; }

# Boost takes a lock where it turns a category of errors into one of the standard library.
asks_for() {
    "$nm" -u "$1" | grep -Ev 'pthread_mutex_(un)?lock$' | grep -oE '(pthread_|thrd_|sem_|__cxa_guard|__cxa_thread_atexit|__cxa_atexit|__tls_).*|_ZN?K?St(6thread|6chrono.*3now|13random_device).*|_ZNSo.*|_ZNSi.*|_ZSt4c(out|err|in)| (f?open(at)?|read|write|socket|connect|getenv|clock_gettime|nanosleep|time|rand)$' || true
}

nothing() {
    [ -z "$2" ] && return
    echo "$1:" "$2" >&2
    exit 1
}

# Optimised a little: what Boost sets up before main otherwise is nothing then.
compile() {
    to=$1
    from=$2
    shift 2
    "$@" -O1 -fno-exceptions -fno-rtti -c "$from" -o "$to"
}

case $1 in
core)
    readelf=$2
    nm=$3
    includes=$4
    shift 4
    for layer in base model wire request port flow; do
        (cd "$includes" && find "mde/$layer" -name '*.hpp') | sort | sed 's/.*/#include <&>/'
    done >"$work/core.cpp"
    [ "$(wc -l <"$work/core.cpp")" -gt 50 ]
    echo "#include \"$here/core.cpp\"" >>"$work/core.cpp"
    compile "$work/core.o" "$work/core.cpp" "$@"
    "$nm" -C "$work/core.o" | grep -q 'mde::.*::flow::CollectToStore'
    nothing "runs before main" "$(before_main "$work/core.o")"
    nothing "is kept between calls" "$(state "$work/core.o")"
    nothing "is asked for" "$(asks_for "$work/core.o")"
    ;;
program)
    readelf=$2
    "$readelf" -sW "$3" | grep -q error_category_instance
    nothing "is kept between calls" "$(state "$3")"
    ;;
self_test)
    readelf=$2
    nm=$3
    shift 3
    cat >"$work/bad.cpp" <<'END'
#include <string>
#include <thread>
namespace mde::inline v0_0 {
int counted();
inline int begun = counted();
inline int count = 0;
inline thread_local int own = 0;
inline std::string& kept() { static std::string text; return text; }
}
unsigned use() { std::thread([] { ++mde::count; ++mde::own; }).join(); return mde::kept().size() + mde::begun; }
END
    compile "$work/bad.o" "$work/bad.cpp" "$@"
    [ -n "$(before_main "$work/bad.o")" ]
    found=$(state "$work/bad.o")
    for name in begun count own text; do
        case $found in *$name*) ;; *) echo "$name was not found" >&2 && exit 1 ;; esac
    done
    case $(asks_for "$work/bad.o") in *thread*guard* | *guard*thread*) ;; *) exit 1 ;; esac
    ;;
*)
    echo "core, program or self_test" >&2
    exit 2
    ;;
esac
