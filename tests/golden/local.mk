# What a user sees, compared with what is written down. `make update-golden` writes it down
# anew: read the difference before you commit it.
check_PROGRAMS += tests/golden/conf_golden
tests_golden_conf_golden_SOURCES = %D%/conf_golden.c
tests_golden_conf_golden_LDADD = common/libha_edge.a common/libha_pure.a $(JANSSON_LIBS)

TESTS += tests/golden/conf.sh
EXTRA_DIST += %D%/conf.sh %D%/conf

.PHONY: update-golden
update-golden: tests/golden/conf_golden
	srcdir=$(srcdir) UPDATE=1 $(srcdir)/tests/golden/conf.sh
