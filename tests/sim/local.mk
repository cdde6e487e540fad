# Whole clusters under a virtual clock; a failing seed is printed and replays alone.
check_PROGRAMS += tests/sim/vrrp_sim
TESTS += tests/sim/vrrp_sim

tests_sim_vrrp_sim_SOURCES = \
	%D%/sim.h \
	%D%/sim_check.c \
	%D%/sim_faults.c \
	%D%/sim_world.c \
	%D%/vrrp_sim.c
tests_sim_vrrp_sim_LDADD = vrrpd/libvrrp_pure.a common/libha_pure.a
