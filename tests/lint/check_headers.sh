#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_headers.sh - every header compiles alone, so that no file depends on the order of
# its includes; and every header has its guard, named after its path.
#
# Needs $srcdir; $CC and $HEADER_FLAGS come from the Makefile.
set -u
: "${srcdir:=.}" "${CC:=cc}" "${HEADER_FLAGS:=-I$srcdir -D_GNU_SOURCE}"
status=0

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

(cd "$srcdir" && find common vrrpd checkd hactl tests -name '*.h' | sort) >"$work/headers"
while read -r header; do
	guard=$(echo "$header" | tr 'a-z/.' 'A-Z__')
	if ! grep -q "^#ifndef $guard\$" "$srcdir/$header"; then
		echo "$header: the guard is not $guard"
		status=1
	fi
	# Twice: the guard works.
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$work/alone.c"
	echo "typedef int not_empty;" >>"$work/alone.c"
	# shellcheck disable=SC2086 # CC and flags are lists of words
	if ! $CC -std=gnu17 $HEADER_FLAGS -Wall -Werror -fsyntax-only "$work/alone.c"; then
		echo "$header: does not compile alone"
		status=1
	fi
done <"$work/headers"
exit $status
