include contrib/systemd/local.mk

dist_bashcompletion_DATA = %D%/completion/hactl.bash
dist_zshcompletion_DATA = %D%/completion/_hactl

# Complete scripts and files to begin with; the scripts are run by tests/netns.
examplesdir = $(docdir)/examples
dist_examples_DATA = %D%/examples/two-node.conf
dist_examples_SCRIPTS = \
	%D%/examples/after-reboot \
	%D%/examples/each-node \
	%D%/examples/event-log \
	%D%/examples/on-master \
	%D%/examples/reboot-window \
	%D%/examples/roll-backend \
	%D%/examples/try-edit \
	%D%/examples/upgrade-node

EXTRA_DIST += \
	%D%/check \
	%D%/lib/build.sh \
	%D%/quickstart
