/* SPDX-License-Identifier: Apache-2.0 */
/* adv_fixture.h - advertisements on a real wire: sockets here, frames made by hand at
 * the peer. */
#ifndef TESTS_EDGE_ADV_FIXTURE_H
#define TESTS_EDGE_ADV_FIXTURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include "tests/edge/two_hosts.h"
#include "tests/unit/unit.h"
#include "vrrpd/adv_socket.h"

#define GROUP_IPV4 "224.0.0.18"
#define GROUP_IPV6 "ff02::12"
#define FRAME_MAX 2048

/* What every frame carries, with its end. */
#define TEXT "an advertisement"
#define TEXT_LEN sizeof(TEXT)

/* ---- what was heard ------------------------------------------------------ */

struct heard {
	int ifindex, ttl;
	sa_family_t family;
	enum vrrp_drop drop;
	struct addr source, destination;
	char payload[64];
	size_t len;
	int64_t rx_us;
};

struct adv_fixture {
	sd_event *event;
	struct adv_sockets *sockets;
	struct heard last;
	unsigned received, ends, failures;
	int failed_with;
	void *failed_owner;
	struct adv_socket *put_on_receive;
};

extern struct adv_fixture t;

/* Around each case. */
int set_up(void **state);
int tear_down(void **state);
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

struct addr addr(const char *from);
struct adv_socket *open_on(const char *ifname, const char *group);

/* Lets the loop run until `count` packets were heard, at most for a second. */
void run_until_heard(unsigned count);
void run_for(int64_t us);
void sleep_ms(long ms);

/* ---- frames of the peer -------------------------------------------------- */

/* Writes a frame with TEXT and returns its length. */
size_t ipv4_frame(uint8_t *frame, const char *from, const char *to, uint8_t ttl);

void peer_sends_ipv4(const char *to, uint8_t ttl);
void peer_sends_ipv6(uint8_t hops);

/* The next frame at the peer whose type and protocol fit; returns its length. */
size_t peer_hears(int fd, uint16_t ether_type, uint8_t frame[FRAME_MAX]);

#endif
