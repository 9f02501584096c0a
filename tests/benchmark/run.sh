#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# run.sh [RUNS]: builds the benchmarks in Release, starts a server on loopback, runs every peer in
# turn RUNS times (7 by default) and prints the medians as tables in Markdown.
# MDE_BENCHMARKS chooses some of: downloads memory calls codecs ranges scale compile.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
runs=${1:-7}
parts=${MDE_BENCHMARKS:-downloads memory calls codecs ranges scale compile}
build="$root/build/benchmark"

for part in $parts; do
    case $part in
    downloads | memory | calls | codecs | ranges | scale | compile) ;;
    *) echo "run.sh: there is no benchmark $part" >&2; exit 2 ;;
    esac
done
for tool in cmake nginx curl openssl sha256sum; do
    command -v "$tool" >/dev/null ||
        { echo "run.sh: $tool is missing; .ci/setup benchmark installs it" >&2; exit 2; }
done
pkg-config --exists libcurl ||
    { echo "run.sh: libcurl's headers are missing; .ci/setup benchmark installs them" >&2; exit 2; }
# Each of a thousand downloads takes a socket and three files.
# shellcheck disable=SC3045 # every shell of today has it
if ! ulimit -n 16384 2>/dev/null; then
    echo "run.sh: 16384 open files are not allowed" >&2
    exit 2
fi
# -O2 and not CMake's -O3: what the peers are made of was compiled like that too.
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" -DMDE_BUILD_EXAMPLES=OFF >&2
cmake --build "$build" --target mde_benchmarks >&2
bin="$build/tests"

# Everything lies in memory, so that no disk is measured.
parent=/dev/shm
[ -d "$parent" ] || parent=${TMPDIR:-/tmp}
work=$(mktemp -d "$parent/mde-benchmark.XXXXXX")
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
mkdir "$work/www" "$work/out" "$work/temp"

# An authority and a server's certificate, for this run only.
(
    cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=benchmark-ca \
        -keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=benchmark \
        -keyout server.key -out server.csr
    echo subjectAltName=IP:127.0.0.1 >extensions
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
        -extfile extensions -out server.pem
) 2>/dev/null

port=$("$bin/mde_benchmark_compare" port)
unfinished_port=$("$bin/mde_benchmark_compare" port)
cat >"$work/nginx.conf" <<CONF
daemon off;
master_process off;
pid $work/nginx.pid;
error_log $work/error.log;
events { worker_connections 4096; }
http {
    access_log off;
    types { application/zip zip; }
    default_type application/json;
    keepalive_requests 1000000000;
    keepalive_timeout 3600;
    open_file_cache max=64;
    output_buffers 2 256k;
    client_body_temp_path $work/temp;
    proxy_temp_path $work/temp;
    fastcgi_temp_path $work/temp;
    uwsgi_temp_path $work/temp;
    scgi_temp_path $work/temp;
    server {
        listen 127.0.0.1:$port ssl backlog=4096;
        ssl_certificate $work/server.pem;
        ssl_certificate_key $work/server.key;
        ssl_protocols TLSv1.3;
        root $work/www;
        location /slow/ { alias $work/www/; limit_rate 32k; }
    }
    server {
        listen 127.0.0.1:$unfinished_port ssl backlog=4096;
        ssl_certificate $work/server.pem;
        ssl_certificate_key $work/server.key;
        ssl_protocols TLSv1.3;
        root $work/www;
        open_file_cache off;
        location / { try_files /unfinished.json =404; }
    }
}
CONF

id=7327b54f-d718-525c-bca0-7dacde913b5a
mkdir -p "$work/www/api/machineactions"
cp "$here/machine_action.json" "$work/www/api/machineactions/$id"
cp "$here/machine_action.json" "$work/finished.json"
sed s/Succeeded/InProgress/ "$here/machine_action.json" >"$work/www/unfinished.json"
for size in 65536 67108864 1073741824 8589934592; do
    "$bin/mde_benchmark_compare" zip "$size" "$work/www/$size.zip"
done

nginx -p "$work" -e "$work/error.log" -c "$work/nginx.conf" &
server=$!
tries=0
until curl -s --cacert "$work/ca.pem" -o /dev/null "https://127.0.0.1:$port/65536.zip"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$work/error.log" >&2; exit 1; }
    sleep 0.1
done

url="https://127.0.0.1:$port"
compare() { "$bin/mde_benchmark_compare" "$@"; }

# download SIZE TITLE BAR BAR BAR: the bars of bare OpenSSL, openssl dgst and sha256sum.
download() {
    printf '### A package of %s\n\n' "$2"
    compare "$runs" 1 "$work/out" 2 \
        -- "SDK: file store, SHA-256, all checks, receipt" "$6" \
        "$bin/mde_benchmark_sdk" download "$work/ca.pem" "$port" "/$1.zip" "$work/out" \
        -- "bare OpenSSL + EVP (the yardstick)" "$3" \
        "$bin/mde_benchmark_openssl" "$port" "/$1.zip" "$work/ca.pem" "$work/out/bare" \
        -- "libcurl + EVP in the write callback" - \
        "$bin/mde_benchmark_libcurl" download "$work/ca.pem" "$url/$1.zip" "$work/out/libcurl" \
        -- "curl, then openssl dgst" "$4" \
        curl -sS --cacert "$work/ca.pem" -o "$work/out/curl" "$url/$1.zip" \
        + openssl dgst -sha256 "$work/out/curl" \
        -- "curl, then sha256sum" "$5" \
        curl -sS --cacert "$work/ca.pem" -o "$work/out/curl" "$url/$1.zip" \
        + sha256sum "$work/out/curl"
}

downloads() {
    download 1073741824 "1 GiB" "cpu<=1.05" "cpu<=0.92" "cpu<=0.40" "peak<=12"
    download 67108864 "64 MiB" - - - -
    download 65536 "64 KiB" - - - -
}

# What is downloaded lies in memory too.
memory() {
    available=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    [ "${available:-0}" -ge 10485760 ] ||
        { echo "run.sh: memory needs 10 GiB that are free" >&2; exit 2; }
    printf '### Memory: 64 MiB, 1 GiB and 8 GiB\n\n'
    set --
    for size in 67108864 1073741824 8589934592; do
        set -- "$@" -- "SDK, $size bytes" "peak<=12" \
            "$bin/mde_benchmark_sdk" download "$work/ca.pem" "$port" "/$size.zip" "$work/out"
    done
    compare 1 1 "$work/out" "$@"
}

# call TITLE MODE COUNT [PEER...]
call() {
    printf '### %s\n\n' "$1"
    mode=$2
    count=$3
    shift 3
    compare "$runs" "$count" "$work/out" -- "SDK: send, receive, decode" - \
        "$bin/mde_benchmark_sdk" "$mode" "$work/ca.pem" "$port" "$count" "$@"
}

calls() {
    curl_url="$url/api/machineactions/$id"
    call "Calls one after the other, kept connection" easy 20000 \
        -- "libcurl easy: send, receive" "cpu<=0.80" \
        "$bin/mde_benchmark_libcurl" easy "$work/ca.pem" "$curl_url" 20000
    call "64 calls at once on one thread" multi 40000 \
        -- "libcurl multi: send, receive" "cpu<=0.50" \
        "$bin/mde_benchmark_libcurl" multi "$work/ca.pem" "$curl_url" 40000
    call "A new connection for each call" fresh 1000 \
        -- "SDK without TLS session resumption" "cpu<=0.60" \
        "$bin/mde_benchmark_sdk" unresumed "$work/ca.pem" "$port" 1000 \
        -- "libcurl easy, a connection each" - \
        "$bin/mde_benchmark_libcurl" fresh "$work/ca.pem" "$curl_url" 1000
}

codecs() { "$bin/mde_benchmark_codec" "$root/tests/data/get-package-sas-uri.json"; }

ranges() { "$bin/mde_benchmark_ranges" "$runs"; }

scale() {
    printf '### Many at once on one thread, over TLS: heap of each\n\n| | heap | bar |\n|---|---|---|\n'
    "$bin/mde_benchmark_scale" watch "$work/ca.pem" "$unfinished_port" 10000 \
        "$work/www/unfinished.json" "$work/finished.json"
    "$bin/mde_benchmark_scale" downloads "$work/ca.pem" "$port" /slow/65536.zip "$work/many" 1000
    printf '\n'
}

compile() {
    mkdir "$work/compile"
    "$here/compile/run.sh" "$bin/mde_benchmark_compare" "$runs" "$work/compile"
}

printf 'Load of the machine before: %s\n\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
for part in $parts; do "$part"; done
