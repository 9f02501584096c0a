#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM [ARGUMENT...]: runs PROGRAM, which is mde_azurite, against a blob server that is not
# ours; the status is that of PROGRAM, or 1 if the server could not be had or a secret was printed.
# Everything is made in build/azurite; the server listens on loopback only and keeps blobs in memory.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work="$root/build/azurite"
# shellcheck source=tests/support/npm_server.sh
. "$root/tests/support/npm_server.sh"

install_packages owner.mjs

# An account of this run.
authority_and_server
AZURITE_ACCOUNTS="mdetests:$(openssl rand -base64 48)"
export AZURITE_ACCOUNTS

rm -f "$work/requests.log"
node "$work/node_modules/azurite/dist/src/blob/main.js" --blobHost 127.0.0.1 --blobPort 0 \
    --cert "$keys/server.pem" --key "$keys/server.key" --oauth basic --inMemoryPersistence \
    --disableTelemetry --skipApiVersionCheck --silent --debug "$work/requests.log" \
    >"$work/server.log" 2>&1 &
server=$!
running=$server
port_of server "$server" 'listens on https:\/\/127\.0\.0\.1:'
export MDE_AZURITE_PORT="$port"

NODE_EXTRA_CA_CERTS="$keys/ca.pem" node "$work/owner.mjs" "$keys" "$port" "$work/requests.log" \
    >"$work/owner.log" 2>&1 &
owner=$!
running="$running $owner"
port_of owner "$owner" 'listening on '
export MDE_AZURITE_OWNER_PORT="$port"
export MDE_AZURITE_KEYS="$keys"

run_program "server owner" "$@"
