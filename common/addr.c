/* SPDX-License-Identifier: Apache-2.0 */
/* addr.c - one type for IPv4 and IPv6 addresses, with and without prefix length. */
#include "common/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

size_t
addr_family_len(sa_family_t family)
{
	switch (family) {
	case AF_INET:
		return sizeof(struct in_addr);
	case AF_INET6:
		return sizeof(struct in6_addr);
	default:
		return 0;
	}
}

int
addr_parse(const char *text, struct addr *ret)
{
	struct addr a = {.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};

	if (inet_pton(a.family, text, a.bytes) != 1)
		return -EINVAL;
	*ret = a;
	return 0;
}

/* Parses the decimal number behind the slash; at most `max`. */
static int
parse_prefix_len(const char *text, unsigned max, uint8_t *ret)
{
	unsigned len = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 3 || text[digits] != '\0')
		return -EINVAL;
	for (size_t i = 0; i < digits; i++)
		len = len * 10 + (unsigned)(text[i] - '0');
	if (len > max)
		return -EINVAL;
	*ret = (uint8_t)len;
	return 0;
}

int
prefix_parse(const char *text, struct prefix *ret)
{
	char address[ADDR_TEXT_SIZE];
	const char *slash = strchrnul(text, '/');
	size_t address_len = (size_t)(slash - text);
	struct prefix p;
	unsigned max;

	if (address_len >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, address_len);
	address[address_len] = '\0';
	if (addr_parse(address, &p.addr) < 0)
		return -EINVAL;
	max = (unsigned)addr_family_len(p.addr.family) * 8;
	p.len = (uint8_t)max;
	if (*slash == '/' && parse_prefix_len(slash + 1, max, &p.len) < 0)
		return -EINVAL;
	*ret = p;
	return 0;
}

struct addr
addr_from_bytes(sa_family_t family, const void *bytes)
{
	struct addr a = {.family = family};

	memcpy(a.bytes, bytes, addr_family_len(family));
	return a;
}

struct addr
addr_from_in(struct in_addr in)
{
	return addr_from_bytes(AF_INET, &in);
}

struct addr
addr_from_in6(const struct in6_addr *in6)
{
	return addr_from_bytes(AF_INET6, in6);
}

const char *
addr_format(char buf[ADDR_TEXT_SIZE], const struct addr *a)
{
	if (!addr_is_set(a) ||
	    inet_ntop(a->family, a->bytes, buf, ADDR_TEXT_SIZE) == NULL)
		strcpy(buf, "-");
	return buf;
}

const char *
prefix_format(char buf[PREFIX_TEXT_SIZE], const struct prefix *p)
{
	char address[ADDR_TEXT_SIZE];

	if (!addr_is_set(&p->addr))
		return strcpy(buf, "-");
	(void)snprintf(
	    buf, PREFIX_TEXT_SIZE, "%s/%hhu", addr_format(address, &p->addr), p->len);
	return buf;
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, addr_family_len(a->family));
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

bool
addr_is_set(const struct addr *a)
{
	return a->family != AF_UNSPEC;
}

bool
addr_is_any(const struct addr *a)
{
	static const uint8_t zeros[sizeof(a->bytes)];

	return addr_is_set(a) && memcmp(a->bytes, zeros, sizeof(zeros)) == 0;
}

bool
addr_is_multicast(const struct addr *a)
{
	if (a->family == AF_INET)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == AF_INET6 && a->bytes[0] == 0xff;
}

bool
addr_is_broadcast(const struct addr *a)
{
	static const uint8_t ones[4] = {0xff, 0xff, 0xff, 0xff};

	return a->family == AF_INET && memcmp(a->bytes, ones, sizeof(ones)) == 0;
}

bool
addr_is_link_local(const struct addr *a)
{
	if (a->family == AF_INET)
		return a->bytes[0] == 169 && a->bytes[1] == 254;
	return a->family == AF_INET6 && a->bytes[0] == 0xfe &&
	       (a->bytes[1] & 0xc0) == 0x80;
}

bool
addr_is_loopback(const struct addr *a)
{
	if (a->family == AF_INET)
		return a->bytes[0] == 127;
	return a->family == AF_INET6 &&
	       memcmp(a->bytes, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
}

bool
prefix_contains(const struct prefix *p, const struct addr *a)
{
	size_t whole = p->len / 8;
	uint8_t mask = (uint8_t)(0xff00 >> (p->len % 8));

	if (p->addr.family != a->family || !addr_is_set(a))
		return false;
	if (memcmp(p->addr.bytes, a->bytes, whole) != 0)
		return false;
	return p->len % 8 == 0 ||
	       ((p->addr.bytes[whole] ^ a->bytes[whole]) & mask) == 0;
}

bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_equal(&a->addr, &b->addr);
}
