# One program for each pure module; `make check` runs them all, each in well under a second.
unit_ldadd = vrrpd/libvrrp_pure.a common/libha_pure.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
vrrp_samples = %D%/vrrp_samples.c %D%/vrrp_samples.h
conf_fixture = %D%/conf_fixture.c %D%/conf_fixture.h
fsm_fixture = %D%/fsm_fixture.c %D%/fsm_fixture.h
remove_tree = %D%/remove_tree.c %D%/remove_tree.h
ctl_talk = %D%/ctl_talk.c %D%/ctl_talk.h
ctl_server_fixture = %D%/ctl_server_fixture.c %D%/ctl_server_fixture.h
lease_store_fixture = %D%/lease_store_fixture.c %D%/lease_store_fixture.h $(remove_tree)
things_daemon = %D%/things_daemon.c %D%/things_daemon.h %D%/picture.c %D%/picture.h \
	$(ctl_talk) $(remove_tree)
explain_fixture = %D%/explain_fixture.c %D%/explain_fixture.h
vrrp_view_fixture = %D%/vrrp_view_fixture.c %D%/vrrp_view_fixture.h
vrrp_ctl_fixture = %D%/vrrp_ctl_fixture.c %D%/vrrp_ctl_fixture.h $(ctl_talk) $(remove_tree)
vrrp_ctl_ldadd = vrrpd/libvrrpd.a vrrpd/libvrrp_pure.a common/libha_edge.a $(unit_ldadd) \
	$(SYSTEMD_LIBS) $(LIBNL_LIBS) $(LIBCAP_LIBS) -lpthread

EXTRA_DIST += %D%/unit.h

if HAVE_CMOCKA
unit_tests =
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

unit_tests += tests/unit/test_addr
tests_unit_test_addr_SOURCES = %D%/test_addr.c
tests_unit_test_addr_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_adv_facts
tests_unit_test_adv_facts_SOURCES = %D%/test_adv_facts.c
tests_unit_test_adv_facts_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_checksum
tests_unit_test_checksum_SOURCES = %D%/test_checksum.c
tests_unit_test_checksum_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_clock
tests_unit_test_clock_SOURCES = %D%/test_clock.c
tests_unit_test_clock_LDADD = common/libha_edge.a $(unit_ldadd)

unit_tests += tests/unit/test_cmd_table
tests_unit_test_cmd_table_SOURCES = %D%/test_cmd_table.c
tests_unit_test_cmd_table_LDADD = hactl/libhactl_pure.a $(unit_ldadd)

unit_tests += tests/unit/test_cmdtree
tests_unit_test_cmdtree_SOURCES = %D%/test_cmdtree.c
tests_unit_test_cmdtree_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_check_rules
tests_unit_test_check_rules_SOURCES = %D%/test_check_rules.c
tests_unit_test_check_rules_LDADD = hactl/libhactl_pure.a $(unit_ldadd)

unit_tests += tests/unit/test_columns
tests_unit_test_columns_SOURCES = %D%/test_columns.c
tests_unit_test_columns_LDADD = hactl/libhactl_pure.a $(unit_ldadd)

unit_tests += tests/unit/test_conf_diag
tests_unit_test_conf_diag_SOURCES = %D%/test_conf_diag.c
tests_unit_test_conf_diag_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_lines
tests_unit_test_conf_lines_SOURCES = %D%/test_conf_lines.c $(conf_fixture)
tests_unit_test_conf_lines_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_parse
tests_unit_test_conf_parse_SOURCES = %D%/test_conf_parse.c $(conf_fixture)
tests_unit_test_conf_parse_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_rules
tests_unit_test_conf_rules_SOURCES = %D%/test_conf_rules.c $(conf_fixture)
tests_unit_test_conf_rules_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_schema
tests_unit_test_conf_schema_SOURCES = %D%/test_conf_schema.c
tests_unit_test_conf_schema_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_seq
tests_unit_test_conf_seq_SOURCES = %D%/test_conf_seq.c
tests_unit_test_conf_seq_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_conf_text
tests_unit_test_conf_text_SOURCES = %D%/test_conf_text.c $(conf_fixture)
tests_unit_test_conf_text_LDADD = common/libha_edge.a $(unit_ldadd)

unit_tests += tests/unit/test_conf_value
tests_unit_test_conf_value_SOURCES = %D%/test_conf_value.c
tests_unit_test_conf_value_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_ctl_call
tests_unit_test_ctl_call_SOURCES = %D%/test_ctl_call.c
tests_unit_test_ctl_call_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_ctl_client
tests_unit_test_ctl_client_SOURCES = %D%/test_ctl_client.c
tests_unit_test_ctl_client_LDADD = common/libha_edge.a $(unit_ldadd)

unit_tests += tests/unit/test_ctl_common
tests_unit_test_ctl_common_SOURCES = %D%/test_ctl_common.c $(ctl_server_fixture)
tests_unit_test_ctl_common_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_ctl_listen
tests_unit_test_ctl_listen_SOURCES = %D%/test_ctl_listen.c
tests_unit_test_ctl_listen_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_ctl_msg
tests_unit_test_ctl_msg_SOURCES = %D%/test_ctl_msg.c
tests_unit_test_ctl_msg_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_ctl_ops
tests_unit_test_ctl_ops_SOURCES = %D%/test_ctl_ops.c
tests_unit_test_ctl_ops_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_denials
tests_unit_test_denials_SOURCES = %D%/test_denials.c
tests_unit_test_denials_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_ctl_ring
tests_unit_test_ctl_ring_SOURCES = %D%/test_ctl_ring.c
tests_unit_test_ctl_ring_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_ctl_server
tests_unit_test_ctl_server_SOURCES = %D%/test_ctl_server.c $(ctl_server_fixture)
tests_unit_test_ctl_server_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_ctl_server_bytes
tests_unit_test_ctl_server_bytes_SOURCES = %D%/test_ctl_server_bytes.c $(ctl_server_fixture)
tests_unit_test_ctl_server_bytes_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_ctl_server_end
tests_unit_test_ctl_server_end_SOURCES = %D%/test_ctl_server_end.c $(ctl_server_fixture)
tests_unit_test_ctl_server_end_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_daemon_options
tests_unit_test_daemon_options_SOURCES = %D%/test_daemon_options.c
tests_unit_test_daemon_options_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) \
	$(LIBCAP_LIBS)

unit_tests += tests/unit/test_doctor_ruleset
tests_unit_test_doctor_ruleset_SOURCES = %D%/test_doctor_ruleset.c
tests_unit_test_doctor_ruleset_LDADD = hactl/libhactl_pure.a $(unit_ldadd)

unit_tests += tests/unit/test_edits_property
tests_unit_test_edits_property_SOURCES = %D%/test_edits_property.c $(things_daemon)
tests_unit_test_edits_property_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) \
	$(LIBCAP_LIBS) -lpthread

unit_tests += tests/unit/test_edits_reload
tests_unit_test_edits_reload_SOURCES = %D%/test_edits_reload.c $(things_daemon)
tests_unit_test_edits_reload_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) \
	$(LIBCAP_LIBS) -lpthread

# Its clock jumps.
unit_tests += tests/unit/test_engine_repair
tests_unit_test_engine_repair_SOURCES = %D%/test_engine_repair.c
tests_unit_test_engine_repair_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_now_us
tests_unit_test_engine_repair_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_hactl_words
tests_unit_test_hactl_words_SOURCES = %D%/test_hactl_words.c
tests_unit_test_hactl_words_LDADD = hactl/libhactl_pure.a $(unit_ldadd)

unit_tests += tests/unit/test_hash_table
tests_unit_test_hash_table_SOURCES = %D%/test_hash_table.c
tests_unit_test_hash_table_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_layers
tests_unit_test_layers_SOURCES = %D%/test_layers.c
tests_unit_test_layers_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_lease_store
tests_unit_test_lease_store_SOURCES = %D%/test_lease_store.c $(lease_store_fixture)
tests_unit_test_lease_store_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) \
	-lpthread

unit_tests += tests/unit/test_lease_store_kill
tests_unit_test_lease_store_kill_SOURCES = %D%/test_lease_store_kill.c $(lease_store_fixture)
tests_unit_test_lease_store_kill_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) \
	-lpthread -ldl

unit_tests += tests/unit/test_link_table
tests_unit_test_link_table_SOURCES = %D%/test_link_table.c
tests_unit_test_link_table_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_log
tests_unit_test_log_SOURCES = %D%/test_log.c
tests_unit_test_log_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_names
tests_unit_test_names_SOURCES = %D%/test_names.c
tests_unit_test_names_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_peer_link
tests_unit_test_peer_link_SOURCES = %D%/test_peer_link.c %D%/peer_fixture.c \
	%D%/peer_fixture.h
tests_unit_test_peer_link_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS)

unit_tests += tests/unit/test_peer_mirror
tests_unit_test_peer_mirror_SOURCES = %D%/test_peer_mirror.c
tests_unit_test_peer_mirror_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_runstate
tests_unit_test_runstate_SOURCES = %D%/test_runstate.c
tests_unit_test_runstate_LDADD = vrrpd/libvrrpd.a common/libha_edge.a $(unit_ldadd)

unit_tests += tests/unit/test_timer_heap
tests_unit_test_timer_heap_SOURCES = %D%/test_timer_heap.c
tests_unit_test_timer_heap_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_units
tests_unit_test_units_SOURCES = %D%/test_units.c
tests_unit_test_units_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vip_order
tests_unit_test_vip_order_SOURCES = %D%/test_vip_order.c %D%/vip_kernel.c %D%/vip_kernel.h
tests_unit_test_vip_order_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vip_plan
tests_unit_test_vip_plan_SOURCES = %D%/test_vip_plan.c
tests_unit_test_vip_plan_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_conf
tests_unit_test_vrrp_conf_SOURCES = %D%/test_vrrp_conf.c $(conf_fixture)
tests_unit_test_vrrp_conf_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_ctl
tests_unit_test_vrrp_ctl_SOURCES = %D%/test_vrrp_ctl.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_daemon
tests_unit_test_vrrp_ctl_daemon_SOURCES = %D%/test_vrrp_ctl_daemon.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_daemon_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_edits
tests_unit_test_vrrp_ctl_edits_SOURCES = %D%/test_vrrp_ctl_edits.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_edits_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_hold
tests_unit_test_vrrp_ctl_hold_SOURCES = %D%/test_vrrp_ctl_hold.c $(vrrp_ctl_fixture) \
	$(conf_fixture)
tests_unit_test_vrrp_ctl_hold_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_kept
tests_unit_test_vrrp_ctl_kept_SOURCES = %D%/test_vrrp_ctl_kept.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_kept_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_leases
tests_unit_test_vrrp_ctl_leases_SOURCES = %D%/test_vrrp_ctl_leases.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_leases_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_maintenance
tests_unit_test_vrrp_ctl_maintenance_SOURCES = %D%/test_vrrp_ctl_maintenance.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_maintenance_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_move
tests_unit_test_vrrp_ctl_move_SOURCES = %D%/test_vrrp_ctl_move.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_move_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_ctl_move_all
tests_unit_test_vrrp_ctl_move_all_SOURCES = %D%/test_vrrp_ctl_move_all.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_ctl_move_all_LDADD = $(vrrp_ctl_ldadd)

# Its clock jumps.
unit_tests += tests/unit/test_vrrp_op
tests_unit_test_vrrp_op_SOURCES = %D%/test_vrrp_op.c $(vrrp_ctl_fixture)
tests_unit_test_vrrp_op_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_now_us
tests_unit_test_vrrp_op_LDADD = $(vrrp_ctl_ldadd)

unit_tests += tests/unit/test_vrrp_brief
tests_unit_test_vrrp_brief_SOURCES = %D%/test_vrrp_brief.c
tests_unit_test_vrrp_brief_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_diff
tests_unit_test_vrrp_diff_SOURCES = %D%/test_vrrp_diff.c $(conf_fixture)
tests_unit_test_vrrp_diff_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_frame
tests_unit_test_vrrp_frame_SOURCES = %D%/test_vrrp_frame.c
tests_unit_test_vrrp_frame_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_doctor
tests_unit_test_vrrp_doctor_SOURCES = %D%/test_vrrp_doctor.c
tests_unit_test_vrrp_doctor_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_announce
tests_unit_test_vrrp_fsm_announce_SOURCES = %D%/test_vrrp_fsm_announce.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_announce_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_backup
tests_unit_test_vrrp_fsm_backup_SOURCES = %D%/test_vrrp_fsm_backup.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_backup_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_intervals
tests_unit_test_vrrp_fsm_intervals_SOURCES = %D%/test_vrrp_fsm_intervals.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_intervals_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_master
tests_unit_test_vrrp_fsm_master_SOURCES = %D%/test_vrrp_fsm_master.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_master_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_move
tests_unit_test_vrrp_fsm_move_SOURCES = %D%/test_vrrp_fsm_move.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_move_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_params
tests_unit_test_vrrp_fsm_params_SOURCES = %D%/test_vrrp_fsm_params.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_params_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_stall
tests_unit_test_vrrp_fsm_stall_SOURCES = %D%/test_vrrp_fsm_stall.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_stall_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_start
tests_unit_test_vrrp_fsm_start_SOURCES = %D%/test_vrrp_fsm_start.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_start_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_fsm_yield
tests_unit_test_vrrp_fsm_yield_SOURCES = %D%/test_vrrp_fsm_yield.c $(fsm_fixture)
tests_unit_test_vrrp_fsm_yield_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_explain
tests_unit_test_vrrp_explain_SOURCES = %D%/test_vrrp_explain.c $(explain_fixture) \
	$(vrrp_view_fixture)
tests_unit_test_vrrp_explain_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_explain_leases
tests_unit_test_vrrp_explain_leases_SOURCES = %D%/test_vrrp_explain_leases.c \
	$(explain_fixture) $(vrrp_view_fixture)
tests_unit_test_vrrp_explain_leases_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_json
tests_unit_test_vrrp_json_SOURCES = %D%/test_vrrp_json.c $(vrrp_view_fixture)
tests_unit_test_vrrp_json_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_offender
tests_unit_test_vrrp_offender_SOURCES = %D%/test_vrrp_offender.c
tests_unit_test_vrrp_offender_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_packet_check
tests_unit_test_vrrp_packet_check_SOURCES = %D%/test_vrrp_packet_check.c $(vrrp_samples)
tests_unit_test_vrrp_packet_check_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_packet_decode
tests_unit_test_vrrp_packet_decode_SOURCES = %D%/test_vrrp_packet_decode.c $(vrrp_samples)
tests_unit_test_vrrp_packet_decode_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_packet_encode
tests_unit_test_vrrp_packet_encode_SOURCES = %D%/test_vrrp_packet_encode.c $(vrrp_samples)
tests_unit_test_vrrp_packet_encode_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_vrrp_packet_ipv4
tests_unit_test_vrrp_packet_ipv4_SOURCES = %D%/test_vrrp_packet_ipv4.c $(vrrp_samples)
tests_unit_test_vrrp_packet_ipv4_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_wire
tests_unit_test_wire_SOURCES = %D%/test_wire.c
tests_unit_test_wire_LDADD = $(unit_ldadd)

unit_tests += tests/unit/test_writer
tests_unit_test_writer_SOURCES = %D%/test_writer.c
tests_unit_test_writer_LDADD = common/libha_edge.a $(unit_ldadd) $(SYSTEMD_LIBS) -lpthread
endif
