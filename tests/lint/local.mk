# Checks that hold the tree together: documentation, layers, spelling of the language.
check_PROGRAMS += tests/lint/dump_keywords
tests_lint_dump_keywords_SOURCES = %D%/dump_keywords.c
tests_lint_dump_keywords_LDADD = common/libha_pure.a $(JANSSON_LIBS)

TESTS += tests/lint/check_manual.sh
EXTRA_DIST += %D%/check_manual.sh
