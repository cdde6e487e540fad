# The edges against a real kernel: sockets, processes, privileges. Each program makes its own
# network namespaces; what needs root is skipped without it.
edge_ldadd = vrrpd/libvrrpd.a vrrpd/libvrrp_pure.a common/libha_edge.a \
	common/libha_pure.a $(CMOCKA_LIBS) $(LIBNL_LIBS) $(SYSTEMD_LIBS) $(JANSSON_LIBS) $(LIBCAP_LIBS)
two_hosts = %D%/two_hosts.c %D%/two_hosts.h
adv_fixture = %D%/adv_fixture.c %D%/adv_fixture.h $(two_hosts)
kernel_host = %D%/kernel_host.c %D%/kernel_host.h $(two_hosts)
vip_sets = %D%/vip_sets.c %D%/vip_sets.h $(kernel_host)

if HAVE_CMOCKA
edge_tests =
check_PROGRAMS += $(edge_tests)
TESTS += $(edge_tests)

edge_tests += tests/edge/test_adv_flood
tests_edge_test_adv_flood_SOURCES = %D%/test_adv_flood.c $(adv_fixture)
tests_edge_test_adv_flood_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_adv_receive
tests_edge_test_adv_receive_SOURCES = %D%/test_adv_receive.c $(adv_fixture)
tests_edge_test_adv_receive_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_adv_socket
tests_edge_test_adv_socket_SOURCES = %D%/test_adv_socket.c $(adv_fixture)
tests_edge_test_adv_socket_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_announce
tests_edge_test_announce_SOURCES = %D%/test_announce.c $(two_hosts)
tests_edge_test_announce_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_helper
tests_edge_test_helper_SOURCES = %D%/test_helper.c
tests_edge_test_helper_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_helper_tasks
tests_edge_test_helper_tasks_SOURCES = %D%/test_helper_tasks.c
tests_edge_test_helper_tasks_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_link_mon
tests_edge_test_link_mon_SOURCES = %D%/test_link_mon.c $(kernel_host)
tests_edge_test_link_mon_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_nl_request
tests_edge_test_nl_request_SOURCES = %D%/test_nl_request.c $(kernel_host)
tests_edge_test_nl_request_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_privileges
tests_edge_test_privileges_SOURCES = %D%/test_privileges.c $(two_hosts)
tests_edge_test_privileges_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_vip
tests_edge_test_vip_SOURCES = %D%/test_vip.c $(vip_sets)
tests_edge_test_vip_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_vip_survey
tests_edge_test_vip_survey_SOURCES = %D%/test_vip_survey.c $(vip_sets)
tests_edge_test_vip_survey_LDADD = $(edge_ldadd)

edge_tests += tests/edge/test_vip_time
tests_edge_test_vip_time_SOURCES = %D%/test_vip_time.c $(vip_sets)
tests_edge_test_vip_time_LDADD = $(edge_ldadd)

# Figures, no test: see its first comment.
EXTRA_PROGRAMS += tests/edge/measure_addresses
CLEANFILES += tests/edge/measure_addresses
tests_edge_measure_addresses_SOURCES = %D%/measure_addresses.c $(kernel_host)
tests_edge_measure_addresses_LDADD = $(edge_ldadd)
endif
