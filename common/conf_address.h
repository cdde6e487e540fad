/* SPDX-License-Identifier: Apache-2.0 */
/* conf_address.h - a line of virtual_ipaddress and its like. */
#ifndef COMMON_CONF_ADDRESS_H
#define COMMON_CONF_ADDRESS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/addr.h"
#include "common/conf_tree.h"

struct conf_address {
	struct prefix prefix;
	char dev[IFNAMSIZ];    /* empty: the instance's interface */
	char label[IFNAMSIZ];  /* empty: none */
	struct addr broadcast; /* unset: none */
	uint8_t scope;         /* RT_SCOPE_* */
};

/* Reads an entry that was checked when it was parsed. */
void conf_address_read(const struct conf_node *entry, struct conf_address *ret);

/* Parses the word after brd: an address, "+" (all host bits of `prefix` set) or "-".
 * Returns 0 or -EINVAL. */
int conf_address_broadcast(
    const char *text, const struct prefix *prefix, struct addr *ret);

#endif
