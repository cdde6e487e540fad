/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.h - looks at this node and says what is wrong.
 *
 * A finding is an object as vrrpd's `doctor` makes them: {"severity", "check",
 * "object", "text", "advice"}. What only the caller may see (firewall rules, ARP on the
 * wire) is looked at here and not in the daemon, which has given those rights up.
 */
#ifndef HACTL_DOCTOR_H
#define HACTL_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "hactl/session.h"

/* Carries out "doctor". Exit status 1 when there is an error or a warning;
 * without vrrpd there is only what is known of its process. */
enum ctl_exit doctor_run(struct session *session, const struct order *order);

/* doctor_host.c: the settings of an interface that instances of IPv4 use. */
void doctor_look_at_interface(json_t *findings, const char *ifname);

/* doctor_route.c: the interface by which this host would reach the neighbours of its own
 * address on `ifname`, when that is another one; the caller frees it. `ret_neighbour`,
 * of at least INET_ADDRSTRLEN bytes, is the address that was looked up. NULL: it is
 * the same, or there is no such address. */
char *doctor_find_detour(const char *ifname, char *ret_neighbour);

/* doctor_process.c: why a daemon does not answer, as far as the kernel knows, and what to
 * do; the caller frees it. */
char *doctor_find_process(const struct daemons *daemons, const char *daemon);

/* doctor_process.c: the process that listens at a daemon's control socket; 0: not known
 * (as in another PID namespace), negative: nobody does. */
pid_t doctor_find_listener(const struct daemons *daemons, const char *daemon);

/* doctor_namespace.c: whether vrrpd is in another network namespace than we are, so that
 * what could be looked at here would be another host's. Then appends a note for each thing
 * that is not. */
bool doctor_is_elsewhere(json_t *findings, const struct daemons *daemons);

/* doctor_firewall.c: rules of this host that drop what VRRP receives or sends over
 * these families; says so when they cannot be listed. */
void doctor_look_at_firewall(json_t *findings, bool ipv4, bool ipv6);

#endif
