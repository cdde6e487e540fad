/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.c - the Internet checksum (RFC 1071), with and without pseudo-header. */
#include "common/checksum.h"

/* Carries of the one's complement sum, put back at the low end (RFC 1071 2). */
static uint32_t
fold(uint64_t sum)
{
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return (uint32_t)sum;
}

uint32_t
checksum_add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint64_t wide = sum;

	for (size_t i = 0; i + 1 < len; i += 2)
		wide += (uint64_t)(bytes[i] << 8 | bytes[i + 1]);
	if (len % 2 != 0)
		wide += (uint64_t)bytes[len - 1] << 8;
	return fold(wide);
}

uint32_t
checksum_add_pseudo(uint32_t sum, const struct addr *src, const struct addr *dst,
    uint8_t protocol, size_t payload_len)
{
	sum = checksum_add(sum, src->bytes, addr_family_len(src->family));
	sum = checksum_add(sum, dst->bytes, addr_family_len(dst->family));
	/* Where the fields stand in the pseudo-header does not matter to the sum, as
	 * long as they are aligned, so one line serves both families. */
	return fold((uint64_t)sum + protocol + payload_len);
}

uint16_t
checksum_finish(uint32_t sum)
{
	return (uint16_t)~fold(sum);
}
