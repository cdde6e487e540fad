include contrib/systemd/local.mk

dist_bashcompletion_DATA = %D%/completion/hactl.bash

EXTRA_DIST += \
	%D%/check \
	%D%/examples/two-node.conf \
	%D%/lib/build.sh \
	%D%/quickstart
