/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_wire.h - asks on the wire who answers for the virtual addresses. */
#ifndef HACTL_DOCTOR_WIRE_H
#define HACTL_DOCTOR_WIRE_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define DOCTOR_ADDRESS_SIZE 16 /* of the longest address; a shorter one comes first */

/* From where one asks: an interface. */
struct doctor_link {
	int fd;
	uint8_t mac[6]; /* our own */
	struct sockaddr_in6 source;
};

/* How one asks. */
struct doctor_protocol {
	const char *check; /* of the findings: "arp" */
	int family;        /* AF_INET */

	/* Opens the interface. `vips` are all virtual addresses, as `list` has them.
	 * Returns false when nobody can be asked there: it is gone, or of another kind.
	 */
	bool (*open)(struct doctor_link *link, const char *ifname, const json_t *vips);
	/* Sends the question. Returns whether it left. */
	bool (*ask)(
	    const struct doctor_link *link, const uint8_t address[DOCTOR_ADDRESS_SIZE]);
	/* Takes the next answer of another host, without waiting: who has which
	 * address. Returns false when there is none. */
	bool (*hear)(const struct doctor_link *link,
	    uint8_t ret_address[DOCTOR_ADDRESS_SIZE], uint8_t ret_mac[6]);
};

extern const struct doctor_protocol doctor_arp; /* doctor_arp.c: IPv4 */
extern const struct doctor_protocol doctor_nd;  /* doctor_nd.c: IPv6 */

/* Appends a finding for each host that answers for one of the virtual addresses `vips`
 * and should not, and one that says how many were not asked for. Needs root. */
void doctor_look_at_wire(json_t *findings, const json_t *vips);

/* Whether `address` is one of them. */
bool doctor_is_virtual(const json_t *vips, const struct in6_addr *address);

#endif
