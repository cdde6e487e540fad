#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay.sh - feeds every fuzz target its corpus; the configuration reader also gets the
# golden files.
set -u
here=${srcdir:-.}/tests
tests/fuzz/replay_conf "$here"/fuzz/corpus/conf/* "$here"/golden/conf/*.conf
