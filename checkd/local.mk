# Health checks and IPVS.
sbin_PROGRAMS += checkd/checkd

checkd_checkd_SOURCES = \
	%D%/checkd.c %D%/checkd.h \
	%D%/checkd_ctl.c %D%/checkd_ctl.h \
	%D%/checkd_peer.c %D%/checkd_peer.h \
	%D%/checkd_reload.c %D%/checkd_reload.h \
	%D%/main.c

checkd_checkd_LDADD = common/libha_edge.a common/libha_pure.a \
	$(JANSSON_LIBS) $(SYSTEMD_LIBS) $(LIBCAP_LIBS) -lpthread
