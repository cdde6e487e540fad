/* SPDX-License-Identifier: Apache-2.0 */
/* addr.h - one type for IPv4 and IPv6 addresses, with and without prefix length. */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

/* An address in network byte order. AF_UNSPEC means "none"; unused bytes are zero, so
 * two addresses are equal exactly when their bytes are. */
struct addr {
	sa_family_t family; /* AF_INET, AF_INET6 or AF_UNSPEC */
	uint8_t bytes[16];
};

struct prefix {
	struct addr addr; /* host bits are kept: this is an interface address */
	uint8_t len;
};

#define ADDR_TEXT_SIZE INET6_ADDRSTRLEN
#define PREFIX_TEXT_SIZE (INET6_ADDRSTRLEN + 4)

/* Length in bytes of an address of `family`: 4 or 16, 0 for AF_UNSPEC. */
size_t addr_family_len(sa_family_t family);

/* Parses an IPv4 dotted quad or an IPv6 address. Returns 0 or -EINVAL. */
int addr_parse(const char *text, struct addr *ret);

/* Parses ADDR[/LEN]; without LEN the full length (32 or 128). Returns 0 or -EINVAL. */
int prefix_parse(const char *text, struct prefix *ret);

/* Builds an address from `addr_family_len(family)` bytes in network order. */
struct addr addr_from_bytes(sa_family_t family, const void *bytes);
struct addr addr_from_in(struct in_addr in);
struct addr addr_from_in6(const struct in6_addr *in6);

/* Writes the address ("-" for none), the prefix with its length. Return `buf`. */
const char *addr_format(char buf[ADDR_TEXT_SIZE], const struct addr *a);
const char *prefix_format(char buf[PREFIX_TEXT_SIZE], const struct prefix *p);

/* Orders by family, then as unsigned numbers in network byte order, which is the order
 * by which two Masters of equal priority settle (RFC 9568 6.4.3). */
int addr_compare(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);

bool addr_is_set(const struct addr *a);         /* family is not AF_UNSPEC */
bool addr_is_any(const struct addr *a);         /* 0.0.0.0 or :: */
bool addr_is_multicast(const struct addr *a);   /* 224.0.0.0/4 or ff00::/8 */
bool addr_is_broadcast(const struct addr *a);   /* 255.255.255.255 */
bool addr_is_link_local(const struct addr *a);  /* fe80::/10 or 169.254.0.0/16 */
bool addr_is_loopback(const struct addr *a);

/* Whether `a` lies in the network of `p`. */
bool prefix_contains(const struct prefix *p, const struct addr *a);
bool prefix_equal(const struct prefix *a, const struct prefix *b);

#endif
