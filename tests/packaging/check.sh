#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check.sh WAY SOURCE BUILD COMPILER      takes the SDK into a consumer's project in that way, builds
# and runs it. BUILD is made anew.
set -eu
way=$1
source=$2
build=$3
compiler=$4
here="$source/tests/packaging"
export CXX="$compiler"
rm -rf "$build"
mkdir -p "$build"

# The SDK as it is installed, without what it needs only itself.
install_sdk() {
    cmake -S "$source" -B "$build/sdk" -DMDE_BUILD_TESTS=OFF -DMDE_BUILD_EXAMPLES=OFF \
        -DCMAKE_INSTALL_PREFIX="$build/prefix" -DCMAKE_INSTALL_LIBDIR=lib >/dev/null
    cmake --install "$build/sdk" >/dev/null
}

by_cmake() {
    cmake -S "$here/cmake" -B "$build/consumer" -DWAY="$way" -DMDE_SOURCE="$source" \
        -DCMAKE_PREFIX_PATH="$build/prefix" -DCMAKE_INSTALL_PREFIX="$build/prefix" \
        -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror" >/dev/null
    cmake --build "$build/consumer"
    program="$build/consumer/consumer"
}

by_meson() {
    mkdir -p "$build/project/subprojects"
    cp "$here/meson/meson.build" "$here/consumer.cpp" "$build/project"
    "$@"
    meson setup "$build/consumer" "$build/project" >/dev/null
    meson compile -C "$build/consumer"
    program="$build/consumer/consumer"
}

# The compiler alone, in a folder that holds nothing else.
by_hand() {
    cp "$here/consumer.cpp" "$build"
    program="$build/consumer"
    # shellcheck disable=SC2086 # the compiler may be several words
    (cd "$build" && $compiler -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror consumer.cpp -o consumer "$@")
}

case $way in
find_package)
    install_sdk
    by_cmake
    cmake --install "$build/consumer" >/dev/null
    cmake -S "$here/dependant" -B "$build/dependant" -DCMAKE_PREFIX_PATH="$build/prefix" >/dev/null
    cmake --build "$build/dependant"
    "$build/dependant/dependant"
    cmake -S "$here/core" -B "$build/core" -DCMAKE_PREFIX_PATH="$build/prefix" >/dev/null
    cmake --build "$build/core"
    "$build/core/core"
    cmake -S "$here/siblings" -B "$build/siblings" -DCMAKE_PREFIX_PATH="$build/prefix" \
        -DMDE_SOURCE="$source" >/dev/null
    ;;
add_subdirectory | fetch_content) by_cmake ;;
pkg_config)
    install_sdk
    # shellcheck disable=SC2046 # the flags are words
    by_hand $(PKG_CONFIG_PATH="$build/prefix/lib/pkgconfig" pkg-config --cflags --libs mde)
    ;;
meson_subproject)
    subproject() { ln -s "$source" "$build/project/subprojects/mde"; }
    by_meson subproject
    ;;
meson_installed)
    install_sdk
    installed() {
        PKG_CONFIG_PATH="$build/prefix/lib/pkgconfig"
        export PKG_CONFIG_PATH
    }
    by_meson installed
    ;;
vendored)
    mkdir "$build/third_party"
    cp -r "$source/include/mde" "$build/third_party/mde"
    by_hand -Ithird_party -lboost_json -lssl -lcrypto
    ;;
single_include)
    mkdir "$build/mde"
    cp "$source/include/single/mde/emulator.hpp" "$build/mde"
    # Without any library of Boost, as the README says.
    instead="\`-include boost/json/src.hpp\` in the place of"
    grep -q -F "$instead" "$source/README.md"
    by_hand -I. -include boost/json/src.hpp -lssl -lcrypto
    ;;
*)
    echo "no such way: $way" >&2
    exit 2
    ;;
esac

version=$(sed -n 's/^#define MDE_VERSION_STRING "\(.*\)"$/\1/p' "$source/include/mde/base/version.hpp")
said=$("$program")
echo "$said"
case $said in
"mde $version: stored "*" bytes, SHA-256 "*) ;;
*) exit 1 ;;
esac
