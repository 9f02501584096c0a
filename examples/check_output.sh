#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# check_output.sh EXPECTED PROGRAM: PROGRAM succeeds and prints what stands in the file EXPECTED.
set -eu
expected=$1
printed=$("$2"; echo "status $?")
wanted=$(cat "$expected"; echo "status 0")
[ "$printed" = "$wanted" ] && exit
printf 'expected:\n%s\nprinted:\n%s\n' "$wanted" "$printed"
exit 1
