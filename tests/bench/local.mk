# Measures Haven and keepalived in one run: `make bench`, or tests/bench/run. Not a test.
bench_programs = \
	tests/bench/addr_batch \
	tests/bench/addr_watch \
	tests/bench/advert_log \
	tests/bench/crowd \
	tests/bench/frame_player
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)

tests_bench_addr_batch_SOURCES = %D%/addr_batch.c
tests_bench_addr_watch_SOURCES = %D%/addr_watch.c
tests_bench_addr_watch_LDADD = $(LIBNL_LIBS)
tests_bench_advert_log_SOURCES = %D%/advert_log.c
tests_bench_crowd_SOURCES = %D%/crowd.c
tests_bench_frame_player_SOURCES = %D%/frame_player.c

EXTRA_DIST += \
	%D%/addresses.py \
	%D%/budgets.py \
	%D%/clients.py \
	%D%/files.py \
	%D%/load.py \
	%D%/measure.py \
	%D%/moves.py \
	%D%/rig.py \
	%D%/run \
	%D%/steady.py

bench-programs: $(bench_programs) tests/netns/vip_probe
bench: all bench-programs
	HAVEN_BUILD=$(abs_builddir) $(srcdir)/%D%/run $(BENCH_FLAGS)
.PHONY: bench bench-programs
