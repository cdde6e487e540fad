/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_host.h - a host with a monitor, a queue and a table of virtual addresses, that
 * notes what they report. Its link is `va` of two_hosts. */
#ifndef TESTS_EDGE_KERNEL_HOST_H
#define TESTS_EDGE_KERNEL_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/nl_request.h"
#include "vrrpd/vip.h"

struct kernel_host {
	sd_event *event;
	struct link_mon *mon;
	struct nl_queue *queue;
	struct vip_table *table;

	unsigned links_changed, links_removed, addrs_changed, addrs_removed;
	unsigned links_lost;   /* changes from up to not up */
	struct link last_lost; /* as it was after the last of them */
	unsigned resyncs, audits;
	struct link last_old, last_link; /* of the last link event */
	struct link_addr last_addr;      /* of the last address event */

	unsigned settled, incomplete, failed, repaired, installed;
	int last_error;
	void *last_settled; /* the owner */
};

extern struct kernel_host host;

/* Fixtures: two_hosts, and everything above opened, or taken down. */
int kernel_host_set_up(void **state);
int kernel_host_tear_down(void **state);

/* Runs the loop until `*value` is `expected` or more, for some seconds at most; fails
 * the test then. */
void kernel_host_wait(const unsigned *value, unsigned expected);
/* Runs the loop until nothing is under way and nothing has happened for 30 ms. */
void kernel_host_calm(void);
void kernel_host_run_for(int64_t us);

/* The first KERNEL_HOST_TEXT bytes of what a shell command prints. */
#define KERNEL_HOST_TEXT 4096
const char *kernel_host_output(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Whether the kernel has the address ("192.0.2.100/32") on `ifname`, by ip(8). */
bool kernel_host_has(const char *ifname, const char *prefix);
/* How many addresses the kernel has on `ifname`. */
unsigned kernel_host_count(const char *ifname);

#endif
