/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - the order in which the daemons' event sources are served.
 *
 * The loop itself is sd-event(3). sd-event runs the pending source with the lowest
 * priority number first and polls again after each one, so a due advertisement is never
 * behind a client's request.
 */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

#include <stdint.h>
#include <systemd/sd-event.h>

enum event_priority {
	EVENT_PRIORITY_RECEIVE = -200, /* VRRP sockets: hear the others before judging */
	EVENT_PRIORITY_TIMER = -190,   /* VRRP timers */
	EVENT_PRIORITY_NETLINK = -100, /* links and addresses */
	EVENT_PRIORITY_HELPER = -50,
	EVENT_PRIORITY_SIGNAL = 0,
	EVENT_PRIORITY_VALUES = 50,    /* values in force: no client sees old ones */
	EVENT_PRIORITY_CONTROL = 100,  /* clients */
	EVENT_PRIORITY_BULK = 200,     /* slices of long work: addresses, announcements */
	EVENT_PRIORITY_LAST = 300,     /* what was done already, and is done again */
};

/* The clock for sd_event_add_time(); matches clock_now_us(). */
#define EVENT_CLOCK CLOCK_BOOTTIME

#endif
