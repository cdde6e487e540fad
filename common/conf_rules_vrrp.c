/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules_vrrp.c - the rules for virtual routers, as RFC 3768 and RFC 9568 have
 * them. */
#include "common/conf_rules_vrrp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/conf_address.h"
#include "common/units.h"

#define AUTH_LEN 8                            /* RFC 2338 5.3.10 */
#define V2_INTERVAL_MAX_US (255 * US_PER_S)   /* RFC 3768 5.3.7: 8 bits of seconds */
#define V3_INTERVAL_MAX_US (4095 * US_PER_CS) /* RFC 9568 5.2.7: 12 bits */

#define report(severity, node, arg, ...) \
	conf_tree_report(rules->tree, rules->diags, severity, node, arg, __VA_ARGS__)

static const struct conf_node *
given(const struct conf_vrrp *vrrp, enum conf_key key)
{
	const struct conf_node *node = vrrp->given.at[key];
	return node && !node->bad ? node : NULL;
}

/* An interface and a VRID, which no two virtual routers of a family share. */
static void
check_identity(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	if (!vrrp->ifname && !vrrp->given.at[CONF_KEY_INTERFACE])
		report(CONF_ERROR, vrrp->block, -1,
		    "vrrp_instance '%s' has no interface", vrrp->name);
	if (!vrrp->vrid && !vrrp->given.at[CONF_KEY_VIRTUAL_ROUTER_ID])
		report(CONF_ERROR, vrrp->block, -1,
		    "vrrp_instance '%s' has no virtual_router_id", vrrp->name);
	if (!vrrp->ifname || !vrrp->vrid)
		return;
	char key[IFNAMSIZ + 2] = "";
	(void)snprintf(key, IFNAMSIZ, "%s", vrrp->ifname);
	key[IFNAMSIZ] = (char)vrrp->vrid;
	key[IFNAMSIZ + 1] = vrrp->family == AF_INET6 ? 6 : 4;
	const struct conf_node *earlier =
	    conf_seen_add(&rules->routers, key, sizeof(key), vrrp->block);
	if (earlier)
		report(CONF_ERROR, vrrp->given.at[CONF_KEY_VIRTUAL_ROUTER_ID], 0,
		    "virtual_router_id %u on %s is already used by '%s' at %s:%u",
		    vrrp->vrid, vrrp->ifname, conf_node_word(earlier, 0),
		    conf_tree_file(rules->tree, earlier->file), earlier->line);
}

static void
check_version(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *version = given(vrrp, CONF_KEY_VERSION);
	if (version && conf_node_int(version) != vrrp->version)
		report(CONF_WARNING, version, 0,
		    "version %s is taken as 3: only VRRPv3 is for IPv6",
		    conf_node_word(version, 0));
}

static void
check_source(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *source = given(vrrp, CONF_KEY_MCAST_SRC_IP);
	struct addr addr;
	if (!source || addr_parse(conf_node_word(source, 0), &addr))
		return;
	if (addr_is_any(&addr) || addr_is_multicast(&addr) || addr_is_broadcast(&addr))
		report(CONF_ERROR, source, 0, "%s cannot be the address of a host",
		    conf_node_word(source, 0));
	else if (vrrp->family && addr.family != vrrp->family)
		report(CONF_ERROR, source, 0,
		    "mcast_src_ip %s is not of the family of virtual_ipaddress",
		    conf_node_word(source, 0));
}

static void
check_interval(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *node = given(vrrp, CONF_KEY_ADVERT_INT);
	if (!node)
		return;
	int64_t us = conf_node_us(node);
	char text[UNITS_TEXT_SIZE];
	if (vrrp->version == 3 && vrrp->advert_int_us > V3_INTERVAL_MAX_US)
		report(CONF_ERROR, node, 0,
		    "advert_int %s is too long: VRRPv3 says at most 40.95 seconds",
		    conf_node_word(node, 0));
	else if (vrrp->version == 2 && vrrp->advert_int_us > V2_INTERVAL_MAX_US)
		report(CONF_ERROR, node, 0,
		    "advert_int %s is too long: VRRPv2 says at most 255 seconds",
		    conf_node_word(node, 0));
	else if (us != vrrp->advert_int_us)
		report(CONF_WARNING, node, 0,
		    "advert_int %s is taken as %s: VRRPv%u counts in %s",
		    conf_node_word(node, 0),
		    units_format_seconds(text, vrrp->advert_int_us), vrrp->version,
		    vrrp->version == 2 ? "seconds" : "hundredths of a second");
}

static void
check_priority(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *state = given(vrrp, CONF_KEY_STATE);
	if (vrrp->wants_master && !vrrp->given.at[CONF_KEY_PRIORITY])
		report(CONF_WARNING, state, 0,
		    "state MASTER without priority means priority 100; keepalived would "
		    "take 255, the owner of the addresses");
	if (vrrp->priority != CONF_VRRP_OWNER || !state)
		return;
	if (!vrrp->wants_master)
		report(vrrp->strict ? CONF_ERROR : CONF_WARNING, state, 0,
		    "state BACKUP contradicts priority 255: the owner of the addresses "
		    "is master from the start");
}

/* Says why a statement about preemption does not count. */
static void
check_preemption(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *nopreempt = given(vrrp, CONF_KEY_NOPREEMPT);
	const struct conf_node *delay = given(vrrp, CONF_KEY_PREEMPT_DELAY);
	bool owner = vrrp->priority == CONF_VRRP_OWNER;
	const char *why = owner ? "with priority 255" : "with state MASTER";
	if (nopreempt && !vrrp->nopreempt)
		report(CONF_WARNING, nopreempt, -1, "nopreempt is ignored %s", why);
	if (!delay || conf_node_us(delay) == vrrp->preempt_delay_us)
		return;
	if (vrrp->strict)
		why = "under vrrp_strict";
	else if (vrrp->nopreempt)
		why = "with nopreempt";
	report(CONF_WARNING, delay, -1, "preempt_delay is ignored %s", why);
}

static void
check_password(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *pass = given(vrrp, CONF_KEY_AUTH_PASS);
	if (!pass)
		report(CONF_ERROR, vrrp->given.at[CONF_KEY_AUTH_TYPE], -1,
		    "auth_type PASS needs an auth_pass");
	else if (strlen(conf_node_word(pass, 0)) > AUTH_LEN)
		report(CONF_WARNING, pass, 0,
		    "the password is cut: only its first %d characters count",
		    AUTH_LEN);
}

static void
check_authentication(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	const struct conf_node *block = vrrp->given.at[CONF_KEY_AUTHENTICATION];
	const struct conf_node *type = given(vrrp, CONF_KEY_AUTH_TYPE);
	if (!block)
		return;
	if (vrrp->version == 3 || vrrp->strict)
		report(CONF_WARNING, block, -1, "authentication is ignored %s",
		    vrrp->version == 3 ? "in VRRPv3, which has none"
				       : "under vrrp_strict");
	else if (!type && !vrrp->given.at[CONF_KEY_AUTH_TYPE])
		report(CONF_ERROR, block, -1, "authentication without auth_type");
	else if (type && strcmp(conf_node_word(type, 0), "AH") == 0)
		report(CONF_ERROR, type, 0,
		    "not supported yet: auth_type AH; without it this router and its "
		    "peers would not understand each other");
	else if (type)
		check_password(rules, vrrp);
}

/* A count of 0 is taken as 1, as in keepalived: no announcement at all would leave
 * hosts with the old neighbour. */
static void
check_repeats(struct conf_rules_vrrp *rules, const struct conf_statements *given_here)
{
	static const enum conf_key keys[] = {
	    CONF_KEY_GARP_MASTER_REPEAT, CONF_KEY_GARP_MASTER_REFRESH_REPEAT};
	for (size_t i = 0; i < 2; i++) {
		const struct conf_node *node = given_here->at[keys[i]];
		if (node && !node->bad && conf_node_int(node) == 0)
			report(CONF_WARNING, node, 0, "%s 0 is taken as 1",
			    node->row->name);
	}
}

static void
check_strict(struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp)
{
	static const enum conf_key keys[] = {CONF_KEY_ACCEPT,
	    CONF_KEY_GARP_LOWER_PRIO_DELAY, CONF_KEY_GARP_LOWER_PRIO_REPEAT};
	if (!vrrp->strict)
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct conf_node *node = given(vrrp, keys[i]);
		bool owner_accepts =
		    keys[i] == CONF_KEY_ACCEPT && vrrp->priority == CONF_VRRP_OWNER;
		if (node && !owner_accepts)
			report(CONF_WARNING, node, -1,
			    "%s is ignored under vrrp_strict", node->row->name);
	}
}

static int
check_instance(struct conf_rules_vrrp *rules, const struct conf_node *block)
{
	struct conf_vrrp vrrp;
	conf_vrrp_read(block, &rules->globals, &vrrp);
	check_identity(rules, &vrrp);
	check_version(rules, &vrrp);
	check_source(rules, &vrrp);
	check_interval(rules, &vrrp);
	check_priority(rules, &vrrp);
	check_preemption(rules, &vrrp);
	check_authentication(rules, &vrrp);
	check_repeats(rules, &vrrp.given);
	check_strict(rules, &vrrp);
	return conf_rules_check_addresses(rules, &vrrp);
}

int
conf_rules_check_vrrp(struct conf_tree *tree, struct conf_diags *diags)
{
	struct conf_rules_vrrp state = {.tree = tree, .diags = diags}, *rules = &state;
	int r = 0;
	conf_vrrp_globals(tree, &rules->globals);
	check_repeats(rules, &rules->globals);
	for (const struct conf_node *node = conf_tree_first(tree); r == 0 && node;
	     node = node->next)
		if (node->row->key == CONF_KEY_VRRP_INSTANCE)
			r = check_instance(rules, node);
	if (rules->routers.failed || rules->addresses.failed)
		r = -ENOMEM;
	conf_seen_done(&rules->routers);
	conf_seen_done(&rules->addresses);
	return r;
}
