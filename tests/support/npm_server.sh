# SPDX-License-Identifier: BSL-1.0
# npm_server.sh: what run.sh of each server that is not ours begins with. To be sourced, with `here`,
# `root` and `work` set: the folder of run.sh, that of the repository, and one to make everything in.
# shellcheck shell=sh disable=SC2154
mkdir -p "$work"
keys="$work/keys"
rm -rf "$keys"
(umask 077 && mkdir "$keys")

# Exactly what the lock file says, or nothing; SCRIPTs look for their packages beside them.
# install_packages SCRIPT...
install_packages() {
    if ! cmp -s "$here/package-lock.json" "$work/installed.json"; then
        cp "$here/package.json" "$here/package-lock.json" "$work/"
        (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund)
        cp "$here/package-lock.json" "$work/installed.json"
    fi
    for script in "$@"; do
        cp "$here/$script" "$work/"
    done
}

# certificate NAME [ARGUMENT...]: NAME.key and NAME.pem of this run, signed by itself unless the
# arguments for openssl say otherwise.
certificate() {
    name=$1
    shift
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=mde test $name" \
        -keyout "$keys/$name.key" -out "$keys/$name.pem" "$@" 2>"$keys/openssl.log" || {
        cat "$keys/openssl.log" >&2
        exit 1
    }
}

# An authority, and what a server on loopback shows.
authority_and_server() {
    certificate ca
    certificate server -CA "$keys/ca.pem" -CAkey "$keys/ca.key" \
        -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1
}

# Processes that end with the script: `running="$running $!"`.
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

# port_of NAME PROCESS PATTERN: sets `port` to what PROCESS writes behind PATTERN into NAME.log once
# it listens.
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

# run_program WRITERS PROGRAM [ARGUMENT...]: ends the script with the status of PROGRAM, or 1 if it
# printed a secret; after a failure with what the WRITERS wrote into their logs.
run_program() {
    writers=$1
    shift
    status=0
    "$@" >"$work/program.log" 2>&1 || status=$?
    cat "$work/program.log"
    if [ "$status" -ne 0 ]; then
        for writer in $writers; do
            echo "what the $writer wrote:" >&2
            cat "$work/$writer.log" >&2
        done
    fi
    python3 "$root/tests/secrets/scan.py" "$root/tests/data/secrets.txt" "$work/program.log" ||
        status=1
    exit "$status"
}
