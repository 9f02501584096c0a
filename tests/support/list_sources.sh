#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# list_sources.sh FOLDER SUFFIX: the files below FOLDER, one a line, for Meson, which has no globs.
set -eu
[ -d "$1" ] || exit 0
cd "$1"
find . -name "*$2" | sed 's|^\./||' | LC_ALL=C sort
