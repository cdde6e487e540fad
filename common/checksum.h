/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.h - the Internet checksum (RFC 1071), with and without pseudo-header. */
#ifndef COMMON_CHECKSUM_H
#define COMMON_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include "common/addr.h"

/* Adds `len` bytes to a running sum; only the last piece may have an odd length. */
uint32_t checksum_add(uint32_t sum, const void *data, size_t len);

/* Adds the pseudo-header of IPv4 (RFC 768 style) or IPv6 (RFC 8200 8.1). */
uint32_t checksum_add_pseudo(uint32_t sum, const struct addr *src, const struct addr *dst,
    uint8_t protocol, size_t payload_len);

/* Folds and complements: the value for the checksum field, in host order. Over data with
 * a right checksum in place the result is 0. */
uint16_t checksum_finish(uint32_t sum);

#endif
