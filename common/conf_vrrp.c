/* SPDX-License-Identifier: Apache-2.0 */
/* conf_vrrp.c - what the statements of a vrrp_instance amount to. */
#include "common/conf_vrrp.h"

#include <string.h>
#include "common/conf_address.h"
#include "common/units.h"

#define GARP_DELAY_US (5 * US_PER_S)
#define GARP_REPEAT 5

/* The last statement of a kind counts, as in keepalived. */
static void
collect(const struct conf_node *block, struct conf_statements *ret)
{
	for (const struct conf_node *node = block->child; node; node = node->next) {
		enum conf_key key = node->row->key;
		if (key == CONF_KEY_NONE)
			continue;
		ret->at[key] = node;
		if (key == CONF_KEY_AUTHENTICATION)
			collect(node, ret);
		else if (key == CONF_KEY_PREEMPT)
			ret->at[CONF_KEY_NOPREEMPT] = NULL;
	}
}

void
conf_vrrp_globals(const struct conf_tree *tree, struct conf_statements *ret)
{
	*ret = (struct conf_statements){0};
	for (const struct conf_node *node = conf_tree_first(tree); node;
	     node = node->next)
		if (node->row->key == CONF_KEY_GLOBAL_DEFS)
			collect(node, ret);
}

/* The statement of the instance, else that of global_defs, else NULL; bad ones do not
 * count. */
static const struct conf_node *
choose(const struct conf_vrrp *vrrp, const struct conf_statements *globals,
    enum conf_key key)
{
	const struct conf_node *node = vrrp->given.at[key];
	if (!node)
		node = globals->at[key];
	return node && !node->bad ? node : NULL;
}

static const struct conf_node *
given(const struct conf_vrrp *vrrp, enum conf_key key)
{
	const struct conf_node *node = vrrp->given.at[key];
	return node && !node->bad ? node : NULL;
}

static int64_t
int_or(const struct conf_node *node, int64_t fallback)
{
	return node ? conf_node_int(node) : fallback;
}

static int64_t
us_or(const struct conf_node *node, int64_t fallback)
{
	return node ? conf_node_us(node) : fallback;
}

static sa_family_t
first_family(const struct conf_node *block)
{
	for (const struct conf_node *list = block->child; list; list = list->next) {
		if (list->row->key != CONF_KEY_VIRTUAL_IPADDRESS)
			continue;
		for (const struct conf_node *entry = list->child; entry;
		     entry = entry->next) {
			struct conf_address address;
			if (entry->bad)
				continue;
			conf_address_read(entry, &address);
			return address.prefix.addr.family;
		}
	}
	return AF_UNSPEC;
}

/* To what the packet can say: whole seconds, or whole centiseconds. */
static int64_t
round_interval(int64_t us, uint8_t version)
{
	int64_t unit = version == 2 ? US_PER_S : US_PER_CS;
	int64_t count = (us + unit / 2) / unit;
	return (count < 1 ? 1 : count) * unit;
}

static void
read_identity(struct conf_vrrp *vrrp, const struct conf_statements *globals)
{
	const struct conf_node *node = given(vrrp, CONF_KEY_INTERFACE);
	if (!node && globals->at[CONF_KEY_DEFAULT_INTERFACE] &&
	    !globals->at[CONF_KEY_DEFAULT_INTERFACE]->bad)
		node = globals->at[CONF_KEY_DEFAULT_INTERFACE];
	vrrp->ifname = node ? conf_node_word(node, 0) : NULL;
	vrrp->vrid = (uint8_t)int_or(given(vrrp, CONF_KEY_VIRTUAL_ROUTER_ID), 0);
	vrrp->family = first_family(vrrp->block);
	vrrp->version =
	    vrrp->family == AF_INET6
		? 3
		: (uint8_t)int_or(choose(vrrp, globals, CONF_KEY_VERSION), 2);
	const struct conf_node *strict = globals->at[CONF_KEY_STRICT];
	vrrp->strict = strict && !strict->bad && conf_node_bool(strict);
}

static void
read_role(struct conf_vrrp *vrrp)
{
	const struct conf_node *state = given(vrrp, CONF_KEY_STATE);
	vrrp->priority =
	    (uint8_t)int_or(given(vrrp, CONF_KEY_PRIORITY), CONF_VRRP_PRIORITY);
	vrrp->wants_master = state && strcmp(conf_node_word(state, 0), "MASTER") == 0;
	bool owner = vrrp->priority == CONF_VRRP_OWNER;
	vrrp->nopreempt =
	    given(vrrp, CONF_KEY_NOPREEMPT) && !vrrp->wants_master && !owner;
	if (!vrrp->wants_master && !owner && !vrrp->strict && !vrrp->nopreempt)
		vrrp->preempt_delay_us = us_or(given(vrrp, CONF_KEY_PREEMPT_DELAY), 0);
	vrrp->accept = !vrrp->strict || owner;
	vrrp->advert_int_us = round_interval(
	    us_or(given(vrrp, CONF_KEY_ADVERT_INT), US_PER_S), vrrp->version);
	const struct conf_node *type = given(vrrp, CONF_KEY_AUTH_TYPE);
	vrrp->has_password = type && strcmp(conf_node_word(type, 0), "PASS") == 0 &&
			     given(vrrp, CONF_KEY_AUTH_PASS) && vrrp->version == 2 &&
			     !vrrp->strict;
}

static unsigned
repeat_or(const struct conf_node *node, unsigned fallback, unsigned least)
{
	int64_t count = int_or(node, fallback);
	return count < least ? least : (unsigned)count;
}

static void
read_garp(struct conf_vrrp *vrrp, const struct conf_statements *globals)
{
	const struct conf_node *min = globals->at[CONF_KEY_MIN_GARP];
	bool minimal = min && !min->bad && conf_node_bool(min);
	vrrp->garp_master_delay_us =
	    us_or(choose(vrrp, globals, CONF_KEY_GARP_MASTER_DELAY),
		minimal ? 0 : GARP_DELAY_US);
	vrrp->garp_master_repeat =
	    repeat_or(choose(vrrp, globals, CONF_KEY_GARP_MASTER_REPEAT),
		minimal ? 1 : GARP_REPEAT, 1);
	vrrp->garp_master_refresh_us =
	    us_or(choose(vrrp, globals, CONF_KEY_GARP_MASTER_REFRESH), 0);
	vrrp->garp_master_refresh_repeat =
	    repeat_or(choose(vrrp, globals, CONF_KEY_GARP_MASTER_REFRESH_REPEAT), 1, 1);
	vrrp->garp_lower_prio_delay_us =
	    us_or(choose(vrrp, globals, CONF_KEY_GARP_LOWER_PRIO_DELAY),
		vrrp->garp_master_delay_us);
	vrrp->garp_lower_prio_repeat =
	    vrrp->strict
		? 0
		: repeat_or(choose(vrrp, globals, CONF_KEY_GARP_LOWER_PRIO_REPEAT),
		      vrrp->garp_master_repeat, 0);
}

void
conf_vrrp_read(const struct conf_node *block, const struct conf_statements *globals,
    struct conf_vrrp *ret)
{
	*ret = (struct conf_vrrp){.block = block, .name = conf_node_word(block, 0)};
	collect(block, &ret->given);
	read_identity(ret, globals);
	read_role(ret);
	read_garp(ret, globals);
}
