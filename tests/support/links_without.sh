#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# links_without.sh READELF PROGRAM LIBRARY...: fails if PROGRAM asks for one of the libraries.
set -eu
readelf=$1
program=$2
shift 2
needed=$("$readelf" -d "$program" | grep NEEDED)
for library in "$@"; do
    if printf '%s\n' "$needed" | grep -F "$library"; then
        echo "$program needs $library" >&2
        exit 1
    fi
done
