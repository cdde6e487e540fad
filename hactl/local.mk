# The operator's command line. Pure: tables, layout, texts. The rest talks to daemons and
# to the terminal.
noinst_LIBRARIES += hactl/libhactl_pure.a
bin_PROGRAMS += hactl/hactl

hactl_libhactl_pure_a_SOURCES = \
	%D%/cmd_table.c %D%/cmd_table.h \
	%D%/brief.c %D%/brief.h \
	%D%/check_rules.c %D%/check_rules.h \
	%D%/columns.c %D%/columns.h \
	%D%/complete.c %D%/complete.h \
	%D%/doctor_finding.c %D%/doctor_finding.h \
	%D%/doctor_legacy.c %D%/doctor_legacy.h \
	%D%/doctor_ruleset.c %D%/doctor_ruleset.h \
	%D%/escape.c %D%/escape.h \
	%D%/lease_text.c %D%/lease_text.h \
	%D%/members_text.c %D%/members_text.h \
	%D%/field_text.c %D%/field_text.h \
	%D%/meant.c %D%/meant.h \
	%D%/must.c %D%/must.h \
	%D%/nodes_rules.c %D%/nodes_rules.h \
	%D%/options.c %D%/options.h \
	%D%/order.c %D%/order.h \
	%D%/peer_text.c %D%/peer_text.h \
	%D%/render.c %D%/render.h \
	%D%/render_json.c \
	%D%/render_text.c \
	%D%/request.c %D%/request.h \
	%D%/request_service.c \
	%D%/request_words.c %D%/request_words.h \
	%D%/roles_named.c %D%/roles_named.h \
	%D%/event_changed.c %D%/event_changed.h \
	%D%/event_daemon.c %D%/event_daemon.h \
	%D%/style.c %D%/style.h \
	%D%/value_text.c %D%/value_text.h \
	%D%/view.c %D%/view.h \
	%D%/view_audit.c \
	%D%/view_change.c \
	%D%/view_reload.c \
	%D%/view_check.c \
	%D%/view_describe.c \
	%D%/view_event.c \
	%D%/view_doctor.c \
	%D%/view_explain.c \
	%D%/view_instance.c \
	%D%/view_metrics.c \
	%D%/view_move.c \
	%D%/view_layers.c \
	%D%/view_lease.c \
	%D%/view_object.c \
	%D%/view_peer.c \
	%D%/view_service.c \
	%D%/view_stats.c \
	%D%/view_status.c \
	%D%/when.c %D%/when.h \
	%D%/words.c %D%/words.h

hactl_hactl_SOURCES = \
	%D%/ask.c %D%/ask.h \
	%D%/atomic.c %D%/atomic.h \
	%D%/atomic_both.c %D%/atomic_both.h \
	%D%/batch.c %D%/batch.h \
	%D%/check.c %D%/check.h \
	%D%/config_cmd.c %D%/config_cmd.h \
	%D%/daemons.c %D%/daemons.h \
	%D%/doctor.c %D%/doctor.h \
	%D%/doctor_answers.c %D%/doctor_answers.h \
	%D%/doctor_arp.c \
	%D%/doctor_firewall.c \
	%D%/doctor_host.c \
	%D%/doctor_namespace.c \
	%D%/doctor_nd.c \
	%D%/doctor_process.c \
	%D%/doctor_route.c \
	%D%/doctor_wire.c %D%/doctor_wire.h \
	%D%/feed.c %D%/feed.h \
	%D%/follow.c %D%/follow.h \
	%D%/help.c %D%/help.h \
	%D%/keys.c %D%/keys.h \
	%D%/line.c %D%/line.h \
	%D%/main.c \
	%D%/known.c %D%/known.h \
	%D%/log_cmd.c %D%/log_cmd.h \
	%D%/metrics_cmd.c %D%/metrics_cmd.h \
	%D%/maintenance.c %D%/maintenance.h \
	%D%/maintenance_run.c %D%/maintenance_run.h \
	%D%/move.c %D%/move.h \
	%D%/names.c %D%/names.h \
	%D%/nodes.c %D%/nodes.h \
	%D%/remote.c %D%/remote.h \
	%D%/others.c %D%/others.h \
	%D%/question.c %D%/question.h \
	%D%/release.c %D%/release.h \
	%D%/reload.c %D%/reload.h \
	%D%/repeat.c %D%/repeat.h \
	%D%/pager.c %D%/pager.h \
	%D%/program.c %D%/program.h \
	%D%/pages.c %D%/pages.h \
	%D%/people.c %D%/people.h \
	%D%/run.c %D%/run.h \
	%D%/session.c %D%/session.h \
	%D%/shell.c %D%/shell.h \
	%D%/stream.c %D%/stream.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/wait.c %D%/wait.h \
	%D%/watch.c %D%/watch.h

hactl_hactl_LDADD = hactl/libhactl_pure.a common/libha_edge.a common/libha_pure.a \
	$(LIBEDIT_LIBS) $(JANSSON_LIBS) $(SYSTEMD_LIBS)
