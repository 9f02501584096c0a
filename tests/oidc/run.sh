#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh PROGRAM [ARGUMENT...]: runs PROGRAM, which is mde_oidc, against an OpenID provider that is
# not ours; the status is that of PROGRAM, or 1 if the provider could not be had or a secret was
# printed. Everything is made in build/oidc; the provider listens on loopback only.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
work="$root/build/oidc"
# shellcheck source=tests/support/npm_server.sh
. "$root/tests/support/npm_server.sh"

install_packages provider.mjs browser.mjs

# The application's certificate, and somebody else's.
authority_and_server
certificate client
certificate other
cat "$keys/client.pem" "$keys/client.key" >"$keys/client-with-key.pem"

export MDE_OIDC_KEYS="$keys"
export MDE_OIDC_TENANT=11111111-2222-4333-8444-555555555555
export MDE_OIDC_AUDIENCE=https://api.securitycenter.microsoft.com
# What a form must encode is in it.
export MDE_OIDC_SECRET='Pr0vider~secret +&=%/value'

NODE_EXTRA_CA_CERTS="$keys/ca.pem" node "$work/provider.mjs" "$keys" >"$work/provider.log" 2>&1 &
running=$!
port_of provider "$running" 'listening on '
export MDE_OIDC_URL="https://127.0.0.1:$port"

run_program provider "$@"
