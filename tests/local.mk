include tests/netns/local.mk
include tests/unit/local.mk
