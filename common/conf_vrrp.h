/* SPDX-License-Identifier: Apache-2.0 */
/* conf_vrrp.h - what the statements of a vrrp_instance amount to.
 *
 * Defaults, global settings and statements that exclude each other are put together
 * here once: the rules warn where the outcome is not what was written, and vrrpd takes
 * the outcome.
 */
#ifndef COMMON_CONF_VRRP_H
#define COMMON_CONF_VRRP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include "common/conf_tree.h"

#define CONF_VRRP_PRIORITY 100 /* RFC 9568 5.2.4 */
#define CONF_VRRP_OWNER 255

/* The statements that count, by key: of global_defs (all such blocks), or of one
 * instance. NULL: not given. */
struct conf_statements {
	const struct conf_node *at[CONF_KEY_COUNT_];
};

struct conf_vrrp {
	const struct conf_node *block;
	const char *name;
	struct conf_statements given;
	const char *ifname; /* NULL: none */
	uint8_t vrid;       /* 0: none */
	sa_family_t family; /* of the first virtual address, AF_UNSPEC without one */
	uint8_t version;    /* 2 or 3 */
	uint8_t priority;   /* 1..255 */
	bool wants_master;  /* state MASTER */
	bool strict;
	int64_t advert_int_us; /* rounded to what the version can say */
	bool nopreempt;        /* given, and not ruled out by anything else */
	int64_t preempt_delay_us;
	bool accept;
	bool has_password; /* auth_type PASS with a password, in VRRPv2 */
	unsigned garp_master_repeat, garp_master_refresh_repeat, garp_lower_prio_repeat;
	int64_t garp_master_delay_us, garp_master_refresh_us, garp_lower_prio_delay_us;
};

/* Collects what global_defs says. */
void conf_vrrp_globals(const struct conf_tree *tree, struct conf_statements *ret);

/* Works out one vrrp_instance. Texts belong to the tree. */
void conf_vrrp_read(const struct conf_node *block,
    const struct conf_statements *globals, struct conf_vrrp *ret);

#endif
