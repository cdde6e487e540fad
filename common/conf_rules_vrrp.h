/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules_vrrp.h - the rules for virtual routers. */
#ifndef COMMON_CONF_RULES_VRRP_H
#define COMMON_CONF_RULES_VRRP_H

#include "common/conf_diag.h"
#include "common/conf_seen.h"
#include "common/conf_tree.h"
#include "common/conf_vrrp.h"

/* What the rules for one virtual router are checked with. */
struct conf_rules_vrrp {
	struct conf_tree *tree;
	struct conf_diags *diags;
	struct conf_statements globals;
	struct conf_seen routers;   /* VRID, family and interface */
	struct conf_seen addresses; /* over all virtual routers */
};

/* Checks global_defs and every vrrp_instance. Returns 0 or -ENOMEM. */
int conf_rules_check_vrrp(struct conf_tree *tree, struct conf_diags *diags);

/* Checks the addresses of one virtual router; an address that stands twice is taken out
 * of the tree, with a warning. Returns 0 or -ENOMEM. */
int conf_rules_check_addresses(
    struct conf_rules_vrrp *rules, const struct conf_vrrp *vrrp);

#endif
