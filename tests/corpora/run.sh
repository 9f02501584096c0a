#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM [ARGUMENT...]: runs PROGRAM, which is mde_corpora, on a public corpus of JSON texts that
# npm gets; the status is that of PROGRAM. Everything is made in build/corpora.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work="$root/build/corpora"
# shellcheck source=tests/support/npm_server.sh
. "$root/tests/support/npm_server.sh"

install_packages write.mjs
rm -rf "$work/json"
mkdir "$work/json"
node "$work/write.mjs" "$work/json"
export MDE_JSON_CORPUS="$work/json"
run_program "" "$@"
