# Virtual routers. Pure: packet, state machine, configuration. Edge and glue: the rest.
sbin_PROGRAMS += vrrpd/vrrpd

vrrpd_vrrpd_SOURCES = %D%/main.c
vrrpd_vrrpd_LDADD = vrrpd/libvrrpd.a vrrpd/libvrrp_pure.a \
	common/libha_edge.a common/libha_pure.a \
	$(JANSSON_LIBS) $(SYSTEMD_LIBS) $(LIBNL_LIBS) $(LIBCAP_LIBS) -lpthread

noinst_LIBRARIES += vrrpd/libvrrp_pure.a vrrpd/libvrrpd.a

vrrpd_libvrrp_pure_a_SOURCES = \
	%D%/adv_facts.c %D%/adv_facts.h \
	%D%/link_table.c %D%/link_table.h \
	%D%/vip_plan.c %D%/vip_plan.h \
	%D%/vrrp_brief.c %D%/vrrp_brief.h \
	%D%/vrrp_conf.c %D%/vrrp_conf.h \
	%D%/vrrp_diff.c %D%/vrrp_diff.h \
	%D%/vrrp_doctor.c %D%/vrrp_doctor.h \
	%D%/vrrp_explain.c %D%/vrrp_explain.h \
	%D%/vrrp_explain_lines.c \
	%D%/vrrp_explain_need.c \
	%D%/vrrp_fields.c %D%/vrrp_fields.h \
	%D%/vrrp_frame.c %D%/vrrp_frame.h \
	%D%/vrrp_fsm.c %D%/vrrp_fsm.h \
	%D%/vrrp_fsm_backup.c \
	%D%/vrrp_fsm_internal.h \
	%D%/vrrp_fsm_intervals.c \
	%D%/vrrp_fsm_master.c \
	%D%/vrrp_fsm_move.c \
	%D%/vrrp_fsm_names.c \
	%D%/vrrp_fsm_stall.c \
	%D%/vrrp_json.c %D%/vrrp_json.h \
	%D%/vrrp_json_values.c %D%/vrrp_json_values.h \
	%D%/vrrp_lateness.c %D%/vrrp_lateness.h \
	%D%/vrrp_metrics.c %D%/vrrp_metrics.h \
	%D%/vrrp_offender.c %D%/vrrp_offender.h \
	%D%/vrrp_packet.c %D%/vrrp_packet.h \
	%D%/vrrp_reload_told.c %D%/vrrp_reload_told.h \
	%D%/vrrp_view.c %D%/vrrp_view.h \
	%D%/vrrp_why.c %D%/vrrp_why.h

vrrpd_libvrrpd_a_SOURCES = \
	%D%/adv_receive.c \
	%D%/adv_send.c \
	%D%/adv_socket.c %D%/adv_socket.h \
	%D%/adv_socket_internal.h \
	%D%/announce.c %D%/announce.h \
	%D%/engine.c %D%/engine.h \
	%D%/engine_reload.c \
	%D%/engine_repair.c %D%/engine_repair.h \
	%D%/engine_stop.c \
	%D%/link_filter.c %D%/link_filter.h \
	%D%/link_mon.c %D%/link_mon.h \
	%D%/link_msg.c %D%/link_msg.h \
	%D%/neighbour.c %D%/neighbour.h \
	%D%/runstate.c %D%/runstate.h \
	%D%/vip.c %D%/vip.h \
	%D%/vip_cleanup.c \
	%D%/vip_event.c \
	%D%/vip_internal.h \
	%D%/vip_msg.c %D%/vip_msg.h \
	%D%/vip_survey.c %D%/vip_survey.h \
	%D%/vip_work.c \
	%D%/vrouter.c %D%/vrouter.h \
	%D%/vrouter_host.c \
	%D%/vrouter_internal.h \
	%D%/vrouter_move.c \
	%D%/vrouter_params.c \
	%D%/vrouter_reason.c \
	%D%/vrouter_receive.c \
	%D%/vrouter_send.c \
	%D%/vrouter_step.c \
	%D%/vrrp_ctl.c %D%/vrrp_ctl.h \
	%D%/vrrp_ctl_diagnose.c %D%/vrrp_ctl_diagnose.h \
	%D%/vrrp_ctl_edits.c \
	%D%/vrrp_ctl_garp.c \
	%D%/vrrp_ctl_hold.c \
	%D%/vrrp_ctl_internal.h \
	%D%/vrrp_ctl_lease.c \
	%D%/vrrp_ctl_maintenance.c \
	%D%/vrrp_ctl_move.c \
	%D%/vrrp_ctl_rename.c \
	%D%/vrrp_ctl_view.c \
	%D%/vrrp_events.c %D%/vrrp_events.h \
	%D%/vrrp_maintenance.c \
	%D%/vrrp_move.c %D%/vrrp_move.h \
	%D%/vrrp_move_answer.c \
	%D%/vrrp_news.c %D%/vrrp_news.h \
	%D%/vrrp_peer.c %D%/vrrp_peer.h \
	%D%/vrrp_op.c %D%/vrrp_op.h \
	%D%/vrrp_op_json.c \
	%D%/vrrp_pending.c %D%/vrrp_pending.h \
	%D%/vrrp_scope.c \
	%D%/vrrp_update.c \
	%D%/vrrp_window.c %D%/vrrp_window.h \
	%D%/vrrp_window_answer.c
