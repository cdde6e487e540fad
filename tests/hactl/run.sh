#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - hactl against daemons made for the purpose. For `make check`: runs in the build
# directory, and is skipped where pytest is not there.
: "${srcdir:=.}"
if ! /usr/bin/python3 -c 'import pytest, pexpect' 2>/dev/null; then
	echo "python3-pytest or python3-pexpect is not installed"
	exit 77
fi
HAVEN_BUILD=$(pwd) exec /usr/bin/python3 -B -m pytest -p no:cacheprovider -q \
	"$srcdir/tests/hactl"
