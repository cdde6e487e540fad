/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_conf.c - what vrrpd makes of a configuration. */
#include "vrrpd/vrrp_conf.h"

#include <errno.h>
#include <string.h>
#include "tests/unit/conf_fixture.h"

static struct vrrp_conf *
built(struct conf_fixture conf)
{
	struct vrrp_conf *ret = NULL;

	if (vrrp_conf_build(conf.tree, conf.diags, &ret) != 0)
		fail_msg("%s", conf_findings(&conf));
	/* It must not need the tree any more. */
	conf_done(&conf);
	return ret;
}

static void
assert_addr(const struct addr *addr, const char *expected)
{
	char text[ADDR_TEXT_SIZE];
	assert_string_equal(addr_format(text, addr), expected);
}

static void
assert_prefix(const struct prefix *prefix, const char *expected)
{
	char text[PREFIX_TEXT_SIZE];
	assert_string_equal(prefix_format(text, prefix), expected);
}

CASE(defaults_are_those_of_the_rfc_and_of_keepalived)
{
	struct vrrp_conf *conf = built(conf_of_instance(""));
	const struct vrrp_instance_conf *instance = &conf->instances[0];

	assert_int_equal(conf->instance_count, 1);
	assert_string_equal(conf->router_id, "");
	assert_addr(&conf->mcast_group4, "224.0.0.18");
	assert_addr(&conf->mcast_group6, "ff02::12");
	assert_false(conf->strict);
	assert_false(conf->dynamic_interfaces);
	assert_int_equal(conf->startup_delay_us, 0);
	assert_int_equal(conf->garp_interval_us, 0);
	assert_int_equal(conf->gna_interval_us, 0);

	assert_string_equal(instance->name, "VI_1");
	assert_string_equal(instance->ifname, "eth0");
	assert_int_equal(instance->family, AF_INET);
	assert_int_equal(instance->vrid, 51);
	assert_int_equal(instance->version, 2);
	assert_int_equal(instance->priority, 100);
	assert_int_equal(instance->advert_int_us, 1000000);
	assert_false(instance->wants_master);
	assert_false(instance->nopreempt);
	assert_int_equal(instance->preempt_delay_us, 0);
	assert_true(instance->accept);
	assert_false(instance->dont_track_primary);
	assert_false(addr_is_set(&instance->mcast_src));
	assert_int_equal(instance->auth_type, VRRP_AUTH_NONE);
	assert_int_equal(instance->garp_master_delay_us, 5000000);
	assert_int_equal(instance->garp_master_repeat, 5);
	assert_int_equal(instance->garp_master_refresh_us, 0);
	assert_int_equal(instance->garp_master_refresh_repeat, 1);
	assert_int_equal(instance->garp_lower_prio_delay_us, 5000000);
	assert_int_equal(instance->garp_lower_prio_repeat, 5);
	assert_int_equal(instance->lease_mode, VRRP_LEASE_AUTO);
	assert_int_equal(instance->vip_count, 1);
	assert_int_equal(instance->excluded_count, 0);
	vrrp_conf_free(conf);
}

CASE(every_statement_of_an_instance_arrives)
{
	struct vrrp_conf *conf = built(conf_of_instance(
	    "state BACKUP\npriority 150\nadvert_int 3\nnopreempt\naccept\n"
	    "dont_track_primary\nmcast_src_ip 192.0.2.200\naddress_lease 7\n"
	    "authentication { auth_type PASS auth_pass secret789 }\n"
	    "garp_master_delay 1.5\ngarp_master_repeat 2\ngarp_master_refresh 60\n"
	    "garp_master_refresh_repeat 3\ngarp_lower_prio_delay 4\n"
	    "garp_lower_prio_repeat 0\n"));
	const struct vrrp_instance_conf *instance = &conf->instances[0];

	assert_int_equal(instance->priority, 150);
	assert_int_equal(instance->advert_int_us, 3000000);
	assert_true(instance->nopreempt);
	assert_true(instance->accept);
	assert_true(instance->dont_track_primary);
	assert_addr(&instance->mcast_src, "192.0.2.200");
	assert_int_equal(instance->lease_mode, VRRP_LEASE_SECONDS);
	assert_int_equal(instance->lease_s, 7);
	assert_int_equal(instance->auth_type, VRRP_AUTH_PASS);
	assert_memory_equal(instance->auth_pass, "secret78", VRRP_AUTH_LEN);
	assert_int_equal(instance->garp_master_delay_us, 1500000);
	assert_int_equal(instance->garp_master_repeat, 2);
	assert_int_equal(instance->garp_master_refresh_us, 60000000);
	assert_int_equal(instance->garp_master_refresh_repeat, 3);
	assert_int_equal(instance->garp_lower_prio_delay_us, 4000000);
	assert_int_equal(instance->garp_lower_prio_repeat, 0);
	vrrp_conf_free(conf);
}

CASE(positions_tell_file_and_line)
{
	struct vrrp_conf *conf = built(conf_of_instance("priority 150\nnopreempt\n"));
	const struct vrrp_instance_conf *instance = &conf->instances[0];

	assert_string_equal(instance->pos.file, "t.conf");
	assert_ptr_equal(instance->pos.file, conf->files[0]);
	assert_int_equal(instance->pos.line, 1);
	assert_int_equal(instance->priority_pos.line, 5);
	assert_int_equal(instance->nopreempt_pos.line, 6);
	vrrp_conf_free(conf);

	conf = built(conf_of_instance(""));
	assert_null(conf->instances[0].priority_pos.file);
	assert_int_equal(conf->instances[0].priority_pos.line, 0);
	assert_int_equal(conf->instances[0].nopreempt_pos.line, 0);
	vrrp_conf_free(conf);
}

CASE(address_lines_arrive_with_their_options)
{
	struct vrrp_conf *conf = built(
	    conf_of("vrrp_instance A { interface eth0 virtual_router_id 1\n"
		    "virtual_ipaddress {\n"
		    "192.0.2.1/24 brd 192.0.2.255 dev eth1 scope link label eth1:vip\n"
		    "192.0.2.2/28 brd + no_track\n"
		    "192.0.2.3 brd -\n}\n"
		    "virtual_ipaddress_excluded {\nfe80::1/64 dev eth2\n}\n"
		    "virtual_ipaddress { 192.0.2.4 }\n}\n"));
	const struct vrrp_instance_conf *instance = &conf->instances[0];

	assert_int_equal(instance->vip_count, 4);
	assert_prefix(&instance->vips[0].prefix, "192.0.2.1/24");
	assert_addr(&instance->vips[0].broadcast, "192.0.2.255");
	assert_string_equal(instance->vips[0].ifname, "eth1");
	assert_string_equal(instance->vips[0].label, "eth1:vip");
	assert_int_equal(instance->vips[0].scope, 253);
	assert_prefix(&instance->vips[1].prefix, "192.0.2.2/28");
	assert_addr(&instance->vips[1].broadcast, "192.0.2.15");
	assert_string_equal(instance->vips[1].ifname, "");
	assert_prefix(&instance->vips[2].prefix, "192.0.2.3/32");
	assert_false(addr_is_set(&instance->vips[2].broadcast));
	assert_int_equal(instance->vips[2].scope, 0);
	assert_prefix(&instance->vips[3].prefix, "192.0.2.4/32");
	assert_int_equal(instance->excluded_count, 1);
	assert_prefix(&instance->excluded[0].prefix, "fe80::1/64");
	assert_string_equal(instance->excluded[0].ifname, "eth2");
	vrrp_conf_free(conf);
}

CASE(global_settings_reach_the_instances)
{
	struct vrrp_conf *conf = built(conf_of(
	    "global_defs { router_id lb1 vrrp_version 3 dynamic_interfaces\n"
	    "vrrp_mcast_group4 224.0.0.99 vrrp_mcast_group6 ff02::99\n"
	    "vrrp_startup_delay 1.5 vrrp_garp_interval 0.001 vrrp_gna_interval 0.002\n"
	    "vrrp_garp_master_delay 9 vrrp_garp_master_repeat 8\n"
	    "vrrp_garp_master_refresh 7 vrrp_garp_master_refresh_repeat 6\n"
	    "default_interface eth9 }\n"
	    "global_defs { router_id lb2 }\n"
	    "vrrp_instance A { virtual_router_id 1 advert_int 0.1\n"
	    "garp_master_repeat 1 virtual_ipaddress { 192.0.2.1 } }\n"
	    "vrrp_instance B { virtual_router_id 2 version 2 interface eth1\n"
	    "garp_lower_prio_repeat 2 virtual_ipaddress { 192.0.2.2 } }\n"));
	const struct vrrp_instance_conf *a = vrrp_conf_find(conf, "A");
	const struct vrrp_instance_conf *b = vrrp_conf_find(conf, "B");

	assert_string_equal(conf->router_id, "lb2");
	assert_true(conf->dynamic_interfaces);
	assert_addr(&conf->mcast_group4, "224.0.0.99");
	assert_addr(&conf->mcast_group6, "ff02::99");
	assert_int_equal(conf->startup_delay_us, 1500000);
	assert_int_equal(conf->garp_interval_us, 1000);
	assert_int_equal(conf->gna_interval_us, 2000);
	assert_string_equal(a->ifname, "eth9");
	assert_int_equal(a->version, 3);
	assert_int_equal(a->advert_int_us, 100000);
	assert_int_equal(a->garp_master_repeat, 1);
	assert_int_equal(a->garp_master_delay_us, 9000000);
	/* What follows garp_master_* without a word of its own. */
	assert_int_equal(a->garp_lower_prio_repeat, 1);
	assert_int_equal(a->garp_lower_prio_delay_us, 9000000);
	assert_string_equal(b->ifname, "eth1");
	assert_int_equal(b->version, 2);
	assert_int_equal(b->garp_master_repeat, 8);
	assert_int_equal(b->garp_master_refresh_us, 7000000);
	assert_int_equal(b->garp_master_refresh_repeat, 6);
	assert_int_equal(b->garp_lower_prio_repeat, 2);
	assert_null(vrrp_conf_find(conf, "C"));
	vrrp_conf_free(conf);
}

CASE(what_is_ruled_out_does_not_arrive)
{
	struct vrrp_conf *conf = built(conf_of_instance("state MASTER\nnopreempt\n"
							"preempt_delay 5\n"));
	assert_true(conf->instances[0].wants_master);
	assert_int_equal(conf->instances[0].priority, 100);
	assert_false(conf->instances[0].nopreempt);
	assert_int_equal(conf->instances[0].preempt_delay_us, 0);
	vrrp_conf_free(conf);

	conf = built(conf_of_instance(
	    "version 3\nauthentication { auth_type PASS auth_pass a }"));
	assert_int_equal(conf->instances[0].auth_type, VRRP_AUTH_NONE);
	vrrp_conf_free(conf);

	conf = built(conf_of_instance("nopreempt\npreempt\npreempt_delay 5"));
	assert_false(conf->instances[0].nopreempt);
	assert_int_equal(conf->instances[0].preempt_delay_us, 5000000);
	vrrp_conf_free(conf);

	conf = built(conf_of_instance("advert_int 0.2\ngarp_master_repeat 0"));
	assert_int_equal(conf->instances[0].advert_int_us, 1000000);
	assert_int_equal(conf->instances[0].garp_master_repeat, 1);
	vrrp_conf_free(conf);
}

CASE(strict_takes_extensions_away)
{
	struct vrrp_conf *conf = built(conf_of(
	    "global_defs { vrrp_strict on vrrp_min_garp }\n"
	    "vrrp_instance A { interface eth0 virtual_router_id 1 accept\n"
	    "preempt_delay 5 authentication { auth_type PASS auth_pass a }\n"
	    "virtual_ipaddress { 192.0.2.1 } }\n"
	    "vrrp_instance B { interface eth0 virtual_router_id 2 priority 255\n"
	    "virtual_ipaddress { 192.0.2.2 } }\n"));

	assert_true(conf->strict);
	assert_false(conf->instances[0].accept);
	assert_int_equal(conf->instances[0].preempt_delay_us, 0);
	assert_int_equal(conf->instances[0].auth_type, VRRP_AUTH_NONE);
	assert_int_equal(conf->instances[0].garp_lower_prio_repeat, 0);
	assert_int_equal(conf->instances[0].garp_master_repeat, 1);
	assert_int_equal(conf->instances[0].garp_master_delay_us, 0);
	/* The owner of the addresses takes traffic to them: RFC 9568 6.4.3. */
	assert_true(conf->instances[1].accept);
	vrrp_conf_free(conf);
}

CASE(ipv6_is_version_3_whatever_is_written)
{
	struct vrrp_conf *conf = built(conf_of(
	    "vrrp_instance A { interface eth0 virtual_router_id 1 version 2\n"
	    "advert_int 0.25 virtual_ipaddress { fe80::1 2001:db8::1/64 } }\n"));

	assert_int_equal(conf->instances[0].family, AF_INET6);
	assert_int_equal(conf->instances[0].version, 3);
	assert_int_equal(conf->instances[0].advert_int_us, 250000);
	vrrp_conf_free(conf);
}

CASE(leases_have_four_modes)
{
	static const struct {
		const char *text;
		enum vrrp_lease_mode mode;
	} rows[] = {
	    {"", VRRP_LEASE_AUTO},
	    {"address_lease on", VRRP_LEASE_ON},
	    {"address_lease off", VRRP_LEASE_OFF},
	    {"address_lease 30", VRRP_LEASE_SECONDS},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vrrp_conf *conf = built(conf_of_instance(rows[i].text));
		assert_int_equal(conf->instances[0].lease_mode, rows[i].mode);
		vrrp_conf_free(conf);
	}
}

CASE(a_configuration_with_errors_is_not_built)
{
	struct conf_fixture conf = conf_of_instance("priority 0");
	struct vrrp_conf *ret = NULL;

	assert_int_equal(vrrp_conf_build(conf.tree, conf.diags, &ret), -EINVAL);
	assert_null(ret);
	conf_done(&conf);
}

CASE(a_configuration_without_instances_is_one)
{
	struct vrrp_conf *conf = built(conf_of(""));

	assert_int_equal(conf->instance_count, 0);
	assert_int_equal(conf->file_count, 1);
	vrrp_conf_free(conf);
	assert_null(vrrp_conf_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_are_those_of_the_rfc_and_of_keepalived),
	    cmocka_unit_test(every_statement_of_an_instance_arrives),
	    cmocka_unit_test(positions_tell_file_and_line),
	    cmocka_unit_test(address_lines_arrive_with_their_options),
	    cmocka_unit_test(global_settings_reach_the_instances),
	    cmocka_unit_test(what_is_ruled_out_does_not_arrive),
	    cmocka_unit_test(strict_takes_extensions_away),
	    cmocka_unit_test(ipv6_is_version_3_whatever_is_written),
	    cmocka_unit_test(leases_have_four_modes),
	    cmocka_unit_test(a_configuration_with_errors_is_not_built),
	    cmocka_unit_test(a_configuration_without_instances_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
