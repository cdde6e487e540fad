# One program for each pure module; `make check` runs them all, each in well under a second.
unit_ldadd = vrrpd/libvrrp_pure.a common/libha_pure.a $(CMOCKA_LIBS) $(JANSSON_LIBS)

if HAVE_CMOCKA
unit_tests =
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

unit_tests += tests/unit/test_cmdtree
tests_unit_test_cmdtree_SOURCES = %D%/test_cmdtree.c
tests_unit_test_cmdtree_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_units
tests_unit_test_units_SOURCES = %D%/test_units.c
tests_unit_test_units_LDADD = $(unit_ldadd)
endif
