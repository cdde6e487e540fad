# The units under a real systemd, in a guest. Needs root, debootstrap and user-mode-linux.
EXTRA_DIST += \
	%D%/run-systemd \
	%D%/systemd/guest \
	%D%/systemd/haven.conf \
	%D%/systemd/haven-test.service \
	%D%/systemd/peer.conf \
	%D%/xstate.c

check-vm: all
	HAVEN_BUILD=$(abs_builddir) $(srcdir)/tests/vm/run-systemd
.PHONY: check-vm
