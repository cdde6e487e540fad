/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_host.c - a host that notes what monitor and virtual addresses report. */
#include "tests/edge/kernel_host.h"

#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/units.h"
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"

#define PATIENCE_US (20 * US_PER_S)

struct kernel_host host;

/* ---- what is reported ------------------------------------------------------ */

static void
on_link_changed(void *userdata, const struct link *old, const struct link *now)
{
	(void)userdata;
	host.links_changed++;
	host.last_old = old == NULL ? (struct link){0} : *old;
	host.last_link = *now;
	if (host.last_old.up && !now->up) {
		host.links_lost++;
		host.last_lost = *now;
	}
	vip_table_link_changed(host.table, now);
}

static void
on_link_removed(void *userdata, const struct link *old)
{
	(void)userdata;
	host.links_removed++;
	host.last_link = *old;
	vip_table_link_removed(host.table, old);
}

static void
on_addr_changed(void *userdata, const struct link_addr *addr)
{
	(void)userdata;
	host.addrs_changed++;
	host.last_addr = *addr;
	vip_table_addr_changed(host.table, addr);
}

static void
on_addr_removed(void *userdata, const struct link_addr *addr)
{
	(void)userdata;
	host.addrs_removed++;
	host.last_addr = *addr;
	vip_table_addr_removed(host.table, addr);
}

static void
on_resynced(void *userdata)
{
	(void)userdata;
	host.resyncs++;
	vip_table_check_all(host.table);
}

static void
on_audited(void *userdata)
{
	(void)userdata;
	host.audits++;
	vip_table_check_all(host.table);
}

static void
on_settled(void *owner, struct vip_set *set)
{
	(void)set;
	host.settled++;
	host.last_settled = owner;
}

static void
on_incomplete(void *owner, struct vip_set *set)
{
	(void)owner;
	(void)set;
	host.incomplete++;
}

static void
on_failed(void *owner, struct vip_set *set, const struct prefix *prefix, int error)
{
	(void)owner;
	(void)set;
	(void)prefix;
	host.failed++;
	host.last_error = error;
}

static void
on_repaired(void *owner, struct vip_set *set, const struct prefix *prefix)
{
	(void)owner;
	(void)set;
	(void)prefix;
	host.repaired++;
}

static void
on_installed(void *owner, struct vip_set *set, const struct vrrp_vip *vip, int ifindex)
{
	(void)owner;
	(void)set;
	(void)vip;
	assert_true(ifindex > 0);
	host.installed++;
}

static const struct link_mon_ops link_ops = {
    .link_changed = on_link_changed,
    .link_removed = on_link_removed,
    .addr_changed = on_addr_changed,
    .addr_removed = on_addr_removed,
    .resynced = on_resynced,
    .audited = on_audited,
};

static const struct vip_ops vip_ops = {
    .settled = on_settled,
    .incomplete = on_incomplete,
    .failed = on_failed,
    .repaired = on_repaired,
    .installed = on_installed,
};

/* ---- the fixture ----------------------------------------------------------- */

int
kernel_host_set_up(void **state)
{
	(void)state;
	host = (struct kernel_host){0};
	two_hosts_open();
	assert_int_equal(sd_event_new(&host.event), 0);
	assert_int_equal(nl_queue_new(host.event, NETLINK_ROUTE, &host.queue), 0);
	assert_int_equal(link_mon_new(host.event, &link_ops, NULL, &host.mon), 0);
	assert_int_equal(vip_table_new(host.mon, host.queue, &vip_ops, &host.table), 0);
	return 0;
}

int
kernel_host_tear_down(void **state)
{
	(void)state;
	vip_table_free(host.table);
	link_mon_free(host.mon);
	nl_queue_free(host.queue);
	sd_event_unref(host.event);
	two_hosts_close();
	return 0;
}

/* ---- the loop -------------------------------------------------------------- */

void
kernel_host_run_for(int64_t us)
{
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us)
		assert_true(sd_event_run(host.event, 1000) >= 0);
}

void
kernel_host_wait(const unsigned *value, unsigned expected)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;

	while (*value < expected) {
		if (clock_now_us() > until_us)
			fail_msg("waited in vain: %u, not %u", *value, expected);
		assert_true(sd_event_run(host.event, 1000) >= 0);
	}
}

void
kernel_host_calm(void)
{
	int64_t until_us = clock_now_us() + PATIENCE_US;

	while (sd_event_run(host.event, 30 * US_PER_MS) > 0 ||
	       nl_queue_pending(host.queue) > 0)
		if (clock_now_us() > until_us)
			fail_msg("%zu requests are still under way",
			    nl_queue_pending(host.queue));
}

/* ---- the kernel, by other means -------------------------------------------- */

const char *
kernel_host_output(const char *format, ...)
{
	static char text[KERNEL_HOST_TEXT];
	char command[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);

	FILE *pipe = popen(command, "r");

	assert_non_null(pipe);
	text[fread(text, 1, sizeof(text) - 1, pipe)] = '\0';
	(void)pclose(pipe);
	return text;
}

bool
kernel_host_has(const char *ifname, const char *prefix)
{
	return strstr(
		   kernel_host_output("ip -o addr show dev %s to %s", ifname, prefix),
		   prefix) != NULL;
}

unsigned
kernel_host_count(const char *ifname)
{
	return (unsigned)atoi(
	    kernel_host_output("ip -o addr show dev %s | wc -l", ifname));
}
