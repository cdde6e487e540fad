# Fuzz targets: with --enable-fuzzers and clang for searching, and always as a test that
# feeds them what was found worth keeping.
#
#	make tests/fuzz/fuzz_conf && tests/fuzz/fuzz_conf -dict=.../conf.dict corpus
EXTRA_DIST += %D%/fuzz.h %D%/replay.sh %D%/conf.dict %D%/corpus
check_PROGRAMS += tests/fuzz/replay_conf tests/fuzz/replay_ctl \
	tests/fuzz/replay_packet tests/fuzz/replay_peer
TESTS += tests/fuzz/replay.sh

tests_fuzz_replay_conf_SOURCES = %D%/fuzz_conf.c %D%/replay.c
tests_fuzz_replay_conf_LDADD = vrrpd/libvrrp_pure.a common/libha_pure.a $(JANSSON_LIBS)

tests_fuzz_replay_ctl_SOURCES = %D%/fuzz_ctl.c %D%/replay.c
tests_fuzz_replay_ctl_LDADD = common/libha_pure.a $(JANSSON_LIBS)

tests_fuzz_replay_packet_SOURCES = %D%/fuzz_packet.c %D%/replay.c
tests_fuzz_replay_packet_LDADD = vrrpd/libvrrp_pure.a common/libha_pure.a

tests_fuzz_replay_peer_SOURCES = %D%/fuzz_peer.c %D%/replay.c
tests_fuzz_replay_peer_LDADD = common/libha_pure.a $(JANSSON_LIBS)

if FUZZERS
EXTRA_PROGRAMS += tests/fuzz/fuzz_conf tests/fuzz/fuzz_ctl tests/fuzz/fuzz_packet \
	tests/fuzz/fuzz_peer
tests_fuzz_fuzz_conf_SOURCES = %D%/fuzz_conf.c
tests_fuzz_fuzz_conf_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_conf_LDADD = $(tests_fuzz_replay_conf_LDADD)
tests_fuzz_fuzz_ctl_SOURCES = %D%/fuzz_ctl.c
tests_fuzz_fuzz_ctl_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_ctl_LDADD = $(tests_fuzz_replay_ctl_LDADD)
tests_fuzz_fuzz_packet_SOURCES = %D%/fuzz_packet.c
tests_fuzz_fuzz_packet_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_packet_LDADD = $(tests_fuzz_replay_packet_LDADD)
tests_fuzz_fuzz_peer_SOURCES = %D%/fuzz_peer.c
tests_fuzz_fuzz_peer_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_peer_LDADD = $(tests_fuzz_replay_peer_LDADD)
endif
