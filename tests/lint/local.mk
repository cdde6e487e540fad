# Checks that hold the tree together: documentation, layers, spelling of the language.
check_PROGRAMS += tests/lint/dump_keywords
tests_lint_dump_keywords_SOURCES = %D%/dump_keywords.c
tests_lint_dump_keywords_LDADD = common/libha_pure.a $(JANSSON_LIBS)

TESTS += tests/lint/check_manual.sh
EXTRA_DIST += %D%/check_manual.sh

# The layers: pure code does no I/O, who may include whom, every header stands alone.
AM_TESTS_ENVIRONMENT = \
	CC='$(CC)'; export CC; \
	HEADER_FLAGS='$(DEFS) $(AM_CPPFLAGS)'; export HEADER_FLAGS;
TESTS += \
	tests/lint/check_headers.sh \
	tests/lint/check_includes.sh \
	tests/lint/check_pure.sh
EXTRA_DIST += \
	%D%/check_headers.sh \
	%D%/check_includes.sh \
	%D%/check_pure.sh
