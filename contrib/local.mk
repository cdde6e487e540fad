EXTRA_DIST += \
	%D%/check \
	%D%/examples/two-node.conf \
	%D%/lib/build.sh \
	%D%/quickstart
