#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# conf.sh - compares what the configuration reader says of each file in conf/ with the
# .ok file beside it; and the canonical form of what runs must parse back to itself.
# With UPDATE=1 the .ok files are written anew.
set -u
cases=$(cd "${srcdir:-.}/tests/golden/conf" && pwd) || exit 1
program=$(pwd)/tests/golden/conf_golden
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0
count=0

canonical() {
	sed '1,/^-- canonical form --$/d' "$1"
}

round_trip() {
	canonical "$1" >"$scratch/first.conf"
	"$program" "$scratch/first.conf" >"$scratch/again" || return 1
	canonical "$scratch/again" | cmp -s - "$scratch/first.conf"
}

cd "$cases" || exit 1
for conf in *.conf; do
	name=${conf%.conf}
	count=$((count + 1))
	"$program" "$conf" >"$scratch/out" 2>&1 || echo "(exit $?)" >>"$scratch/out"
	if [ -n "${UPDATE:-}" ]; then
		cp "$scratch/out" "$name.ok" || exit 1
	elif ! diff -u "$name.ok" "$scratch/out"; then
		echo "FAIL $name"
		failed=$((failed + 1))
	fi
	if grep -q '^runs' "$scratch/out" && ! round_trip "$scratch/out"; then
		echo "FAIL $name: the canonical form does not parse back to itself"
		failed=$((failed + 1))
	fi
done
echo "$count configurations, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
