# What both daemons and the CLI need. Pure: no clock, no I/O. Edge: sockets, files, loop.
noinst_LIBRARIES += common/libha_pure.a common/libha_edge.a

common_libha_pure_a_SOURCES = \
	%D%/addr.c %D%/addr.h \
	%D%/checksum.c %D%/checksum.h \
	%D%/cmd_syntax.c %D%/cmd_syntax.h \
	%D%/cmdtree.c %D%/cmdtree.h \
	%D%/conf.h \
	%D%/conf_address.c %D%/conf_address.h \
	%D%/conf_chars.c %D%/conf_chars.h \
	%D%/conf_diag.c %D%/conf_diag.h \
	%D%/conf_diag_print.c \
	%D%/conf_entry.c \
	%D%/conf_hosts.c %D%/conf_hosts.h \
	%D%/conf_lex.c %D%/conf_lex.h \
	%D%/conf_lines.c %D%/conf_lines.h \
	%D%/conf_macro.c %D%/conf_macro.h \
	%D%/conf_parse.c \
	%D%/conf_parser.h \
	%D%/conf_print.c \
	%D%/conf_report.c %D%/conf_report.h \
	%D%/conf_rules.c %D%/conf_rules.h \
	%D%/conf_rules_address.c \
	%D%/conf_rules_vrrp.c %D%/conf_rules_vrrp.h \
	%D%/conf_schema.c %D%/conf_schema.h \
	%D%/conf_seen.c %D%/conf_seen.h \
	%D%/conf_seq.c %D%/conf_seq.h \
	%D%/conf_table.h \
	%D%/conf_table_checks.c \
	%D%/conf_table_global.c \
	%D%/conf_table_lines.c \
	%D%/conf_table_process.c \
	%D%/conf_table_root.c \
	%D%/conf_table_service.c \
	%D%/conf_table_track.c \
	%D%/conf_table_vrrp.c \
	%D%/conf_text.c %D%/conf_text.h \
	%D%/conf_tree.c %D%/conf_tree.h \
	%D%/conf_unknown.c \
	%D%/conf_utf8.c %D%/conf_utf8.h \
	%D%/conf_value.c %D%/conf_value.h \
	%D%/conf_vrrp.c %D%/conf_vrrp.h \
	%D%/ctl_call.c %D%/ctl_call.h \
	%D%/ctl_error.c %D%/ctl_error.h \
	%D%/ctl_findings.c %D%/ctl_findings.h \
	%D%/ctl_limits.h \
	%D%/ctl_line.c %D%/ctl_line.h \
	%D%/ctl_msg.c %D%/ctl_msg.h \
	%D%/ctl_ops.c %D%/ctl_ops.h \
	%D%/daemon_phase.c %D%/daemon_phase.h \
	%D%/denials.c %D%/denials.h \
	%D%/ctl_params.c %D%/ctl_params.h \
	%D%/ctl_ring.c %D%/ctl_ring.h \
	%D%/ctl_role.c %D%/ctl_role.h \
	%D%/hash_table.c %D%/hash_table.h \
	%D%/layers.c %D%/layers.h %D%/layers_internal.h \
	%D%/layers_change.c \
	%D%/layers_json.c \
	%D%/layers_lease.c \
	%D%/layers_rename.c \
	%D%/lease_json.c %D%/lease_json.h \
	%D%/live_field.c %D%/live_field.h \
	%D%/metrics.c %D%/metrics.h \
	%D%/names.c %D%/names.h \
	%D%/peer_mirror.c %D%/peer_mirror.h \
	%D%/peer_talk.c %D%/peer_talk.h \
	%D%/timer_heap.c %D%/timer_heap.h \
	%D%/units.c %D%/units.h \
	%D%/wire.c %D%/wire.h

common_libha_edge_a_SOURCES = \
	%D%/audit.c %D%/audit.h \
	%D%/clock.c %D%/clock.h \
	%D%/conf_load.c \
	%D%/conf_text_io.c \
	%D%/ctl_client.c %D%/ctl_client.h \
	%D%/ctl_common.c \
	%D%/ctl_config.c %D%/ctl_config.h \
	%D%/ctl_conn.c \
	%D%/ctl_describe.c \
	%D%/ctl_groups.c \
	%D%/ctl_events.h \
	%D%/ctl_listen.c %D%/ctl_listen.h \
	%D%/ctl_log_tail.c \
	%D%/ctl_metrics.c \
	%D%/ctl_plane.c %D%/ctl_plane.h \
	%D%/ctl_reload.c %D%/ctl_reload.h \
	%D%/ctl_request.c \
	%D%/ctl_server.c %D%/ctl_server.h \
	%D%/ctl_server_internal.h \
	%D%/ctl_subscribe.c \
	%D%/ctl_test.c %D%/ctl_test.h \
	%D%/daemon.c %D%/daemon.h \
	%D%/daemon_frame.c %D%/daemon_frame.h \
	%D%/daemon_options.c \
	%D%/edits.c %D%/edits.h \
	%D%/edits_apply.c %D%/edits_apply.h %D%/edits_check.c \
	%D%/edits_diff.c \
	%D%/edits_internal.h \
	%D%/edits_lease.c \
	%D%/edits_life.c \
	%D%/edits_log.c \
	%D%/edits_objects.c \
	%D%/edits_saved.c \
	%D%/edits_told.c \
	%D%/edits_undo.c \
	%D%/event.h \
	%D%/helper.c %D%/helper.h \
	%D%/helper_child.c \
	%D%/helper_groups.c \
	%D%/helper_load.c \
	%D%/helper_test.c \
	%D%/helper_wait.c %D%/helper_wait.h \
	%D%/helper_wire.h \
	%D%/lease_load.c \
	%D%/lease_store.c %D%/lease_store.h %D%/lease_store_internal.h \
	%D%/log.c %D%/log.h \
	%D%/nl_request.c %D%/nl_request.h \
	%D%/peer.c %D%/peer.h \
	%D%/peer_link.c %D%/peer_link.h \
	%D%/privileges.c \
	%D%/writer.c %D%/writer.h
