#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_includes.sh - who may include whom.
#
#   - "dir/file.h" from the root of the tree, never "file.h" or "../file.h"
#   - x.c includes its own x.h (or x_internal.h, which does) before anything else
#   - common/ includes common/; vrrpd/, checkd/ and hactl/ themselves and common/
#   - pure code includes pure headers, and no header of the system that is for I/O
#   - edges of vrrpd include no glue: they decide nothing
#
# Takes the tree as an argument, or $srcdir.
set -u
cd "${1:-${srcdir:-.}}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

edges='^vrrpd/(adv_(receive|send|socket)|announce|link_|runstate|vip)[a-z_]*\.[ch]$'
glue='^vrrpd/(engine|vrouter|vrrp_ctl)[a-z_]*\.h$'
impure='^<(unistd|fcntl|poll|syslog|signal|pthread|dirent|sys/(time|timerfd|stat|ioctl|un|epoll|inotify|mman|wait|uio|resource|prctl)|systemd/.*|netlink/.*|editline/.*|histedit)(\.h)?>$'

# The files of the pure archives, from the fragments of the Makefile.
for dir in common vrrpd checkd hactl; do
	awk -v dir="$dir" '
		/_pure_a_SOURCES/ { on = 1 }
		on { gsub("%D%", dir); for (i = 1; i <= NF; i++) if ($i ~ /\.[ch]$/) print $i }
		!/\\$/ { on = 0 }' "$dir/local.mk"
done | sort -u >"$work/pure"

find common vrrpd checkd hactl tests -name '*.[ch]' | sort >"$work/files"

# Every include as: file, line, what.
xargs grep -nE '^[[:space:]]*#[[:space:]]*include' <"$work/files" |
	sed -E 's/^([^:]+):([0-9]+):[^"<]*(["<][^">]*[">]).*/\1 \2 \3/' >"$work/includes"

awk -v edges="$edges" -v glue="$glue" -v impure="$impure" '
	function bad(why) { print file ":" line ": " what ": " why; failed = 1 }
	FILENAME ~ /pure$/ { pure[$1] = 1; next }
	FILENAME ~ /files$/ { exists[$1] = 1; next }
	{
		file = $1; line = $2; what = $3
		first = !(file in seen)
		seen[file] = 1
		own = file
		internal = file
		sub(/\.c$/, "_internal.h", internal)
		if (first && sub(/\.c$/, ".h", own) && (own in exists) &&
		    what != "\"" own "\"" && what != "\"" internal "\"")
			bad("the own header \"" own "\" comes first")
		if (what ~ /^</) {
			if ((file in pure) && what ~ impure)
				bad("pure code does no I/O")
			next
		}
		header = substr(what, 2, length(what) - 2)
		if (header == "config.h")
			next
		if (!(header in exists)) {
			bad("no such file below the root of the tree")
			next
		}
		from = file; to = header
		sub(/\/.*/, "", from); sub(/\/.*/, "", to)
		if (from != "tests" && to != from && to != "common")
			bad(from "/ must not include " to "/")
		if ((file in pure) && !(header in pure))
			bad("pure code includes only pure headers")
		if (file ~ edges && header ~ glue)
			bad("an edge includes no glue")
	}
	END { exit failed }
' "$work/pure" "$work/files" "$work/includes"
