include tests/bench/local.mk
include tests/hactl/local.mk
include tests/lint/local.mk
include tests/netns/local.mk
include tests/sim/local.mk
include tests/unit/local.mk
