# Virtual routers. Pure: packet, state machine, configuration. Edge and glue: the rest.
noinst_LIBRARIES += vrrpd/libvrrp_pure.a vrrpd/libvrrpd.a

vrrpd_libvrrp_pure_a_SOURCES = \
	%D%/vrrp_frame.c %D%/vrrp_frame.h \
	%D%/vrrp_fsm.c %D%/vrrp_fsm.h \
	%D%/vrrp_fsm_names.c \
	%D%/vrrp_packet.c %D%/vrrp_packet.h

vrrpd_libvrrpd_a_SOURCES = \
	%D%/engine.c %D%/engine.h \
	%D%/engine_reload.c \
	%D%/vrouter.c %D%/vrouter.h \
	%D%/vrouter_internal.h \
	%D%/vrouter_move.c \
	%D%/vrouter_reason.c \
	%D%/vrouter_receive.c \
	%D%/vrouter_send.c
