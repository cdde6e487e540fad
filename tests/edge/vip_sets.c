/* SPDX-License-Identifier: Apache-2.0 */
/* vip_sets.c - small configurations of virtual addresses on `va` of kernel_host. */
#include "tests/edge/vip_sets.h"

#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/edge/kernel_host.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"
#include "vrrpd/vip_msg.h"

static struct vrrp_vip
a_vip(const char *text)
{
	struct vrrp_vip vip = {0};

	assert_int_equal(prefix_parse(text, &vip.prefix), 0);
	return vip;
}

void
fill_conf(struct conf *conf, const char *const texts[], size_t count)
{
	*conf = (struct conf){.instance = {.ifname = "va"}};
	assert_true(count <= VIPS_MAX);
	for (size_t i = 0; i < count; i++)
		conf->vips[i] = a_vip(texts[i]);
	conf->instance.excluded_count = count > 2;
	conf->instance.vip_count = count - conf->instance.excluded_count;
	conf->instance.vips = conf->vips;
	conf->instance.excluded = conf->vips + conf->instance.vip_count;
}

struct vip_set *
a_set(struct conf *conf)
{
	struct vip_set *set;

	assert_int_equal(vip_set_new(host.table, conf, &conf->instance, &set), 0);
	return set;
}

struct vip_set *
a_big_set(struct vrrp_instance_conf *conf, unsigned base, unsigned count)
{
	struct vip_set *set;

	*conf = (struct vrrp_instance_conf){.ifname = "va", .vip_count = count};
	conf->vips = calloc(count, sizeof(*conf->vips));
	assert_non_null(conf->vips);
	for (unsigned i = 0; i < count; i++) {
		char text[PREFIX_TEXT_SIZE];

		(void)snprintf(
		    text, sizeof(text), "10.%u.%u.%u", base, i / 256, i % 256);
		conf->vips[i] = a_vip(text);
	}
	assert_int_equal(vip_set_new(host.table, conf, conf, &set), 0);
	return set;
}

void
want(struct vip_set *set, bool wanted, unsigned lease_s)
{
	unsigned settled = host.settled;

	vip_set_want(set, wanted, lease_s);
	kernel_host_wait(&host.settled, settled + 1);
}

size_t
count_present(const struct vip_set *set)
{
	size_t wanted, present;

	vip_set_count(set, &wanted, &present);
	return present;
}

unsigned
count_own(void)
{
	return (unsigned)atoi(
	    kernel_host_output("ip -o addr show dev va to 192.0.2.100/30 | wc -l"));
}

const char *
line_of(const char *prefix)
{
	return kernel_host_output("ip -o addr show dev va | grep -F ' %s '", prefix);
}

void
leave_behind(const char *text)
{
	struct vrrp_vip vip = a_vip(text);
	struct nl_msg *msg = vip_msg_add(&vip, two_hosts_ifindex("va"), 0);

	assert_int_equal(nl_queue_add(host.queue, nlmsg_hdr(msg), NULL, NULL), 0);
	nlmsg_free(msg);
	kernel_host_calm();
}
