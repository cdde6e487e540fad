# Virtual routers. Pure: packet, state machine, configuration. Edge and glue: the rest.
noinst_LIBRARIES += vrrpd/libvrrp_pure.a vrrpd/libvrrpd.a

vrrpd_libvrrp_pure_a_SOURCES = \
	%D%/vrrp_frame.c %D%/vrrp_frame.h \
	%D%/vrrp_fsm.c %D%/vrrp_fsm.h \
	%D%/vrrp_fsm_names.c \
	%D%/vrrp_packet.c %D%/vrrp_packet.h

vrrpd_libvrrpd_a_SOURCES = \
	%D%/engine.h
