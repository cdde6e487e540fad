# Tests with real peers in network namespaces. pytest runs them; these are their tools.
check_PROGRAMS += tests/netns/frame_sender tests/netns/vip_probe

tests_netns_frame_sender_SOURCES = %D%/frame_sender.c
tests_netns_vip_probe_SOURCES = %D%/vip_probe.c

netns_files = \
	%D%/conftest.py \
	%D%/daemons.py \
	%D%/frames.py \
	%D%/hostile.py \
	%D%/lab.py \
	%D%/operators.py \
	%D%/picture.py \
	%D%/probe.py \
	%D%/attacker.py \
	%D%/test_addresses.py \
	%D%/test_attack.py \
	%D%/test_both_daemons.py \
	%D%/test_checkd.py \
	%D%/test_crash.py \
	%D%/test_decode.py \
	%D%/test_disk.py \
	%D%/test_doctor.py \
	%D%/test_events.py \
	%D%/test_failover_command.py \
	%D%/test_frr.py \
	%D%/test_guard.py \
	%D%/test_handover.py \
	%D%/test_helper.py \
	%D%/test_json.py \
	%D%/test_junk.py \
	%D%/test_layers_command.py \
	%D%/test_links.py \
	%D%/test_live_edits.py \
	%D%/test_losing_adverts.py \
	%D%/test_maintenance_command.py \
	%D%/test_maintenance_windows.py \
	%D%/test_malformed.py \
	%D%/test_manual.py \
	%D%/test_many_addresses.py \
	%D%/test_metrics.py \
	%D%/test_move_all.py \
	%D%/test_move_fails.py \
	%D%/test_other_interval.py \
	%D%/test_pairs.py \
	%D%/test_peer.py \
	%D%/test_picture.py \
	%D%/test_privileges.py \
	%D%/test_refused_adverts.py \
	%D%/test_reload.py \
	%D%/test_reload_busy.py \
	%D%/test_rename.py \
	%D%/test_restart.py \
	%D%/test_roles.py \
	%D%/test_scripts_edit.py \
	%D%/test_scripts_events.py \
	%D%/test_scripts_reboot.py \
	%D%/test_scripts_run.py \
	%D%/test_stall.py \
	%D%/test_timing.py \
	%D%/test_watch.py \
	%D%/test_yield.py \
	%D%/wire.py
EXTRA_DIST += $(netns_files)

# Debian's python3 has Debian's pytest and scapy; another one in the PATH may not.
PYTEST = /usr/bin/python3 -B -m pytest -p no:cacheprovider
NETNS_TESTS = $(srcdir)/tests/netns

# First those that wait most of the time, several at once; then those that want quiet.
check-netns: all $(check_PROGRAMS)
	HAVEN_BUILD=$(abs_builddir) $(PYTEST) -n 4 -m "not alone" $(NETNS_TESTS)
	HAVEN_BUILD=$(abs_builddir) $(PYTEST) -m alone $(NETNS_TESTS)
.PHONY: check-netns
