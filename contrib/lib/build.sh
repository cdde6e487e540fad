# SPDX-License-Identifier: Apache-2.0
# build.sh - what contrib/quickstart and contrib/check share: packages and the build.
# shellcheck shell=bash disable=SC2034 # for the scripts that read this

HAVEN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

BUILD_PACKAGES=(
	autoconf automake gcc make pkg-config libc6-dev
	libcap-dev libedit-dev libjansson-dev libnl-3-dev libnl-genl-3-dev
	libnl-route-3-dev libsystemd-dev
)

say() { printf '%s\n' "$*"; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Prints those of the packages that are not installed.
missing_packages() {
	local package
	for package in "$@"; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) printf '%s\n' "$package" ;;
		esac
	done
}

# Installs without starting the services that come with some of the packages: keepalived
# and FRR are wanted here as peers in namespaces, not on this host.
apt_install() {
	local policy=/usr/sbin/policy-rc.d made='' status=0
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1
	fi
	{
		apt-get update -q &&
			DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
	} >"${APT_LOG:=$(mktemp -t haven-apt.XXXXXX)}" 2>&1 || status=$?
	[ -z "$made" ] || rm -f "$policy"
	return "$status"
}

# Makes sure that the packages are there. Returns 1 when they cannot be installed.
need_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -eq 0 ] && return 0
	if ! is_root || ! command -v apt-get >/dev/null; then
		say "Missing packages: ${missing[*]}"
		return 1
	fi
	say "Installing ${missing[*]} ..."
	if ! apt_install "${missing[@]}"; then
		tail -5 "$APT_LOG" >&2
		return 1
	fi
	rm -f "$APT_LOG"
}

# Makes ./configure; what autoconf says is of interest only when it fails.
make_configure() {
	local said
	said=$("$HAVEN_ROOT/autogen.sh" 2>&1) && return 0
	printf '%s\n' "$said" >&2
	return 1
}

# configure_in DIR [OPTION...]: prepares an out-of-tree build, once for each set of options.
configure_in() {
	local dir=$1
	shift
	[ -x "$HAVEN_ROOT/configure" ] || make_configure || return 1
	mkdir -p "$dir"
	[ -f "$dir/Makefile" ] && [ "$(cat "$dir/.options" 2>/dev/null)" = "$*" ] && return 0
	(cd "$dir" && "$HAVEN_ROOT/configure" -q "$@") || return 1
	printf '%s\n' "$*" >"$dir/.options"
}
