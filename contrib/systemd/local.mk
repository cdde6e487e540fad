# Units, users and directories for a host with systemd.
systemdsystemunit_DATA = %D%/checkd.service %D%/vrrpd.service
dist_sysusers_DATA = %D%/sysusers.d/haven.conf
dist_tmpfiles_DATA = %D%/tmpfiles.d/haven.conf
EXTRA_DIST += %D%/checkd.service.in %D%/vrrpd.service.in
CLEANFILES += $(systemdsystemunit_DATA)

%D%/checkd.service: %D%/checkd.service.in
%D%/vrrpd.service: %D%/vrrpd.service.in
$(systemdsystemunit_DATA): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed \
		-e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@bindir[@]|$(bindir)|g' $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@
