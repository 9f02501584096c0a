#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM [ARGUMENT...]: runs PROGRAM, which is mde_oidc, against an OpenID provider that is
# not ours; the status is that of PROGRAM, or 1 if the provider could not be had or a secret was
# printed. Everything is made in build/oidc; the provider listens on loopback only.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work="$root/build/oidc"
program=$1
shift
mkdir -p "$work"

# Exactly what the lock file says, or nothing.
if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$work/"
    (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund)
    cp "$here/package-lock.json" "$work/installed.json"
fi
# The provider's package is looked for beside the script.
cp "$here/provider.mjs" "$here/browser.mjs" "$work/"

# Keys of this run: an authority, the provider's own, the application's, and somebody else's.
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
certificate client
certificate other
cat "$keys/client.pem" "$keys/client.key" >"$keys/client-with-key.pem"

export MDE_OIDC_KEYS="$keys"
export MDE_OIDC_TENANT=11111111-2222-4333-8444-555555555555
export MDE_OIDC_AUDIENCE=https://api.securitycenter.microsoft.com
# What a form must encode is in it.
export MDE_OIDC_SECRET='Pr0vider~secret +&=%/value'

log="$work/provider.log"
NODE_EXTRA_CA_CERTS="$keys/ca.pem" node "$work/provider.mjs" "$keys" >"$log" 2>&1 &
provider=$!
trap 'kill "$provider" 2>/dev/null && wait "$provider" 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=
tries=0
while [ -z "$port" ]; do
    if ! kill -0 "$provider" 2>/dev/null || [ "$tries" -ge 150 ]; then
        echo "the provider does not start:" >&2
        cat "$log" >&2
        exit 1
    fi
    sleep 0.2
    tries=$((tries + 1))
    port=$(sed -n 's/^listening on \([0-9][0-9]*\)$/\1/p' "$log")
done
export MDE_OIDC_URL="https://127.0.0.1:$port"

status=0
"$program" "$@" >"$work/program.log" 2>&1 || status=$?
cat "$work/program.log"
if [ "$status" -ne 0 ]; then
    echo "what the provider wrote:" >&2
    cat "$log" >&2
fi
sh "$root/tests/support/no_secrets.sh" "$work/program.log" "$root/tests/data/secrets.txt" || status=1
exit "$status"
