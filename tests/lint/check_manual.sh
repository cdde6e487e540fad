#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_manual.sh - the manual says what the programs do: the keyword tables are those of
# the language, every option and every method of the control protocol has its entry.
#
# Runs in the build directory; $srcdir is the source tree.
set -u
: "${srcdir:=.}"
status=0

fail() {
	echo "$*"
	status=1
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

tests/lint/dump_keywords >"$work/table" || fail "dump_keywords failed"
awk -f "$srcdir/man/keywords.awk" "$work/table" "$srcdir/man/haven.conf.5.in" >"$work/page"
diff -u "$srcdir/man/haven.conf.5" "$work/page" ||
	fail "man/haven.conf.5 is not up to date: run make update-man"

cut -f2 "$work/table" | sort -u | while read -r keyword; do
	# As the page writes it: backslashes doubled, quotes named.
	grep -qF -- "$keyword" "$srcdir/man/haven.conf.5" || echo "$keyword"
done >"$work/missing"
[ ! -s "$work/missing" ] || fail "not in man/haven.conf.5: $(tr '\n' ' ' <"$work/missing")"

for daemon in vrrpd checkd; do
	[ -x "$daemon/$daemon" ] || continue
	"$daemon/$daemon" --help | sed -n 's/^ .*--\([a-z-]*\).*/\1/p' >"$work/options"
	[ -s "$work/options" ] || fail "$daemon --help shows no options"
	while read -r option; do
		grep -q -- "Fl Fl $option" "$srcdir/man/$daemon.8" ||
			fail "man/$daemon.8 does not name --$option"
	done <"$work/options"
done
exit $status
