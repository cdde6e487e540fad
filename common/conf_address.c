/* SPDX-License-Identifier: Apache-2.0 */
/* conf_address.c - a line of virtual_ipaddress and its like. */
#include "common/conf_address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/conf_value.h"

int
conf_address_broadcast(const char *text, const struct prefix *prefix, struct addr *ret)
{
	struct addr addr = {0};
	if (prefix->addr.family != AF_INET)
		return -EINVAL;
	if (strcmp(text, "+") == 0) {
		addr = prefix->addr;
		for (unsigned bit = prefix->len; bit < 32; bit++)
			addr.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	} else if (strcmp(text, "-") != 0) {
		if (addr_parse(text, &addr) || addr.family != AF_INET)
			return -EINVAL;
	}
	*ret = addr;
	return 0;
}

static void
copy_name(char to[IFNAMSIZ], const char *from)
{
	(void)snprintf(to, IFNAMSIZ, "%s", from);
}

/* Reads the option at word `i`. Returns how many words it has. */
static size_t
read_option(const struct conf_node *entry, size_t i, struct conf_address *ret)
{
	const struct conf_row *row =
	    conf_schema_find(CONF_BLOCK_ADDRESS_LINE, conf_node_word(entry, i));
	const char *value = conf_node_word(entry, i + 1);
	if (!row)
		return 1;
	if (row->key == CONF_KEY_ADDRESS_DEV)
		copy_name(ret->dev, value);
	else if (row->key == CONF_KEY_ADDRESS_LABEL)
		copy_name(ret->label, value);
	else if (row->key == CONF_KEY_ADDRESS_BROADCAST)
		(void)conf_address_broadcast(value, &ret->prefix, &ret->broadcast);
	else if (row->key == CONF_KEY_ADDRESS_SCOPE)
		(void)conf_value_parse_scope(value, &ret->scope);
	return 1u + row->args_min; /* all was checked by the parser */
}

void
conf_address_read(const struct conf_node *entry, struct conf_address *ret)
{
	*ret = (struct conf_address){0};
	(void)prefix_parse(conf_node_word(entry, 0), &ret->prefix); /* checked too */
	for (size_t i = 1; i < entry->word_count;)
		i += read_option(entry, i, ret);
}
