#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# one_file.sh SOURCE BUILD COMPILER PROGRAM     does to the letter what the README says to somebody new:
# in a folder that holds the single header and the program alone, one command builds it, and it fetches
# a package from `PROGRAM serve`. Only the port is another one. BUILD is made anew.
set -eu
source=$1
build=$2
compiler=$3
program=$4
rm -rf "$build"
mkdir -p "$build/bin" "$build/folder/mde"
cp "$source/include/single/mde/https.hpp" "$build/folder/mde"
cp "$source/examples/one_file/fetch.cpp" "$build/folder"
cd "$build/folder"

# The shell block below `<!-- run: NAME -->` in the README.
block() {
    text=$(sed -n "/^<!-- run: $1 -->\$/,/^\`\`\`\$/p" "$source/README.md" | sed '1,2d;$d')
    [ -n "$text" ] || {
        echo "the README has no block '$1'" >&2
        exit 1
    }
    printf '%s\n' "$text"
}

# What the README calls by its usual name is the compiler and the program under test.
printf '#!/bin/sh\nexec %s "$@"\n' "$compiler" >"$build/bin/g++"
printf '#!/bin/sh\necho $$ >"%s"\nexec "%s" "$@"\n' "$build/pid" "$program" >"$build/bin/mde-package"
chmod +x "$build/bin/g++" "$build/bin/mde-package"
PATH="$build/bin:$PATH"
export PATH

sh -euc "$(block build)"

end_server() {
    [ ! -s "$build/pid" ] || kill "$(cat "$build/pid")" 2>/dev/null || :
    wait
}
trap end_server EXIT
mkfifo "$build/served"
serve=$(block serve | sed 's/--port 8443/--port 0/')
sh -euc "$serve" >"$build/served" &
read -r line <"$build/served"
port=${line#*--endpoint https://127.0.0.1:}
port=${port%% *}

said=$(sh -euc "$(block fetch | sed "s/8443/$port/g")")
echo "$said"
digest=$(sha256sum packages/7327b54f-d718-525c-bca0-7dacde913b5a.zip | cut -d ' ' -f 1)
length=$(wc -c <packages/7327b54f-d718-525c-bca0-7dacde913b5a.zip)
[ "$said" = "$length bytes, SHA-256 $digest" ]
