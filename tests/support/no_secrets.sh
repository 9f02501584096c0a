#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# no_secrets.sh LOG WORDS: fails if LOG, the output of all tests so far, holds a line of WORDS.
set -eu
log=$1
words=$2
[ -s "$log" ] && [ -s "$words" ] || {
    echo "nothing to look at" >&2
    exit 2
}
# The search must be able to find each word.
found=$(grep -c -F -f "$words" "$words")
[ "$found" -eq "$(wc -l <"$words")" ] || {
    echo "the words cannot be searched for" >&2
    exit 2
}
# Line numbers only: what was found is a secret.
lines=$(grep -n -F -f "$words" "$log" | cut -d : -f 1)
[ -z "$lines" ] || {
    echo "secrets in lines of $log:" $lines >&2
    exit 1
}
