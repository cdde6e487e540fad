#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_pure.sh - pure code does no I/O: its archives need no clock, socket, file, process,
# environment or log, and nothing that an edge archive defines.
#
# Runs in the build directory.
set -u
: "${NM:=nm}"
pure="common/libha_pure.a vrrpd/libvrrp_pure.a hactl/libhactl_pure.a"
edge="common/libha_edge.a vrrpd/libvrrpd.a"
status=0

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# One a line, as the linker sees them; fortified functions go by other names.
cat >"$work/forbidden" <<'END'
clock_gettime|clock_nanosleep|gettimeofday|time|nanosleep|sleep|usleep|timerfd_.*|timer_.*
socket|socketpair|connect|bind|listen|accept4?|shutdown|[gs]etsockopt|getaddrinfo|if_.*
(__)?(send|recv)(to|from|msg|mmsg)?(_chk)?
(__)?p?poll(_chk)?|select|epoll_.*|inotify_.*|eventfd|ioctl|syscall
(__)?(f?open|openat|creat)(64)?(_2)?|fdopen|freopen(64)?|pipe2?|dup[23]?
(__)?p?(read|write)v?(64)?(_chk)?|close|fcntl(64)?|mmap(64)?|f?truncate(64)?|fsync|fdatasync
f?l?stat(64|at)?|fstatat(64)?|unlink(at)?|rename(at)?|mkdir(at)?|rmdir|opendir|readdir|access
fork|vfork|exec.*|posix_spawn.*|system|popen|wait(pid|id)?|kill|signal|sigaction|prctl|getpid
getenv|secure_getenv|setenv|unsetenv|gethostname|get(e?[ug]id|pw.*|gr.*)
rand|srand|random|srandom|getrandom|getentropy
v?syslog|openlog|sd_.*|(__)?v?printf(_chk)?|puts|putchar|perror|warnx?|errx?
nl_.*|nla_.*|nlmsg_.*|rtnl_.*|genl_.*|pthread_.*|dlopen
END
forbidden=$(tr '\n' '|' <"$work/forbidden")
forbidden="^(${forbidden%|})\$"

needs() {
	"$NM" -u "$1" 2>/dev/null | awk '$1 == "U" { print $2 }' | sed 's/@.*//' | sort -u
}

for archive in $edge; do
	"$NM" --defined-only "$archive" 2>/dev/null | awk 'NF == 3 && $2 ~ /[TDBR]/ { print $3 }'
done | sort -u >"$work/edges"

for archive in $pure; do
	needs "$archive" >"$work/needs"
	if [ ! -s "$work/needs" ]; then
		echo "$archive: not built, or nm does not read it"
		status=1
	fi
	for symbol in $(grep -xE "$forbidden" "$work/needs") \
	    $(comm -12 "$work/needs" "$work/edges"); do
		echo "$archive: pure code needs $symbol"
		status=1
	done
done

# The list is worth something only if it finds what the edges do.
if ! needs common/libha_edge.a | grep -qxE "$forbidden"; then
	echo "check_pure.sh: finds no I/O in the edges, so its list is broken"
	status=1
fi
exit $status
