#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM [ARGUMENT...]: runs PROGRAM, which is mde_azurite, against a blob server that is not
# ours; the status is that of PROGRAM, or 1 if the server could not be had or a secret was printed.
# Everything is made in build/azurite; the server listens on loopback only and keeps blobs in memory.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work="$root/build/azurite"
program=$1
shift
mkdir -p "$work"

# Exactly what the lock file says, or nothing.
if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$work/"
    (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund)
    cp "$here/package-lock.json" "$work/installed.json"
fi
# The packages are looked for beside the script.
cp "$here/owner.mjs" "$work/"

# An authority, the server's certificate, and an account, all of this run.
keys="$work/keys"
rm -rf "$keys"
(umask 077 && mkdir "$keys")
certificate() {
    name=$1
    shift
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=mde test $name" \
        -keyout "$keys/$name.key" -out "$keys/$name.pem" "$@" 2>"$keys/openssl.log" || {
        cat "$keys/openssl.log" >&2
        exit 1
    }
}
certificate ca
certificate server -CA "$keys/ca.pem" -CAkey "$keys/ca.key" \
    -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1
AZURITE_ACCOUNTS="mdetests:$(openssl rand -base64 48)"
export AZURITE_ACCOUNTS

running=
# shellcheck disable=SC2317 # the trap reaches it
stop() {
    for process in $running; do
        if kill "$process" 2>/dev/null; then wait "$process" 2>/dev/null || :; fi
    done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# port_of NAME PROCESS PATTERN: what PROCESS writes into NAME.log once it listens.
port_of() {
    port=
    tries=0
    while [ -z "$port" ]; do
        if ! kill -0 "$2" 2>/dev/null || [ "$tries" -ge 150 ]; then
            echo "the $1 does not start:" >&2
            cat "$work/$1.log" >&2
            exit 1
        fi
        sleep 0.2
        tries=$((tries + 1))
        port=$(sed -n "s/^.*$3\\([0-9][0-9]*\\)\$/\\1/p" "$work/$1.log")
    done
}

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

status=0
"$program" "$@" >"$work/program.log" 2>&1 || status=$?
cat "$work/program.log"
if [ "$status" -ne 0 ]; then
    echo "what the server and the owner of the blobs wrote:" >&2
    cat "$work/server.log" "$work/owner.log" >&2
fi
sh "$root/tests/support/no_secrets.sh" "$work/program.log" "$root/tests/data/secrets.txt" || status=1
exit "$status"
