# The manual. The tables of haven.conf(5) come from the table of the language itself: after
# a change there, `make update-man`; `make check` compares.
dist_man_MANS += \
	%D%/checkd.8 \
	%D%/hactl.1 \
	%D%/haven-protocol.7 \
	%D%/haven.conf.5 \
	%D%/vrrpd.8
EXTRA_DIST += %D%/haven.conf.5.in %D%/keywords.awk

update-man: tests/lint/dump_keywords
	tests/lint/dump_keywords | $(AWK) -f $(srcdir)/man/keywords.awk \
		- $(srcdir)/man/haven.conf.5.in >haven.conf.5.tmp
	mv haven.conf.5.tmp $(srcdir)/man/haven.conf.5
.PHONY: update-man
