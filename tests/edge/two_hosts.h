/* SPDX-License-Identifier: Apache-2.0 */
/* two_hosts.h - this process in a network namespace of its own, with a veth pair (or more)
 * to another namespace that a child holds open. Needs root. */
#ifndef TESTS_EDGE_TWO_HOSTS_H
#define TESTS_EDGE_TWO_HOSTS_H

#include <stdint.h>
#include <sys/types.h>

#define HERE_IPV4 "192.0.2.1"
#define PEER_IPV4 "192.0.2.2"
#define HERE_IPV6 "fe80::1"
#define PEER_IPV6 "fe80::2"

/* Ends the program with status 77, which `make check` shows as skipped, without root. */
void two_hosts_need_root(void);

/* Makes the namespaces and the pair va (here) and vb (peer), up, with addresses. Fails the
 * test when it cannot. */
void two_hosts_open(void);
void two_hosts_close(void);

/* Runs a shell command here or at the peer, which must succeed. */
void two_hosts_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
void two_hosts_run_peer(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A packet socket at the peer on `ifname`: hears and sends whole frames. A receive waits at
 * most a second. */
int two_hosts_peer_socket(const char *ifname);

int two_hosts_ifindex(const char *ifname);

/* This thread is at the peer between the two calls. */
void two_hosts_enter_peer(void);
void two_hosts_leave_peer(void);

#endif
