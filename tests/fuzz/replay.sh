#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay.sh - feeds every fuzz target its corpus; the configuration reader also gets the
# golden files.
set -u
here=${srcdir:-.}/tests
status=0
tests/fuzz/replay_conf "$here"/fuzz/corpus/conf/* "$here"/golden/conf/*.conf || status=1
tests/fuzz/replay_ctl "$here"/fuzz/corpus/ctl/* || status=1
tests/fuzz/replay_packet "$here"/fuzz/corpus/packet/* || status=1
tests/fuzz/replay_peer "$here"/fuzz/corpus/peer/* || status=1
exit $status
