/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_conf.h - the configuration of vrrpd as structs, built from a checked tree. */
#ifndef VRRPD_VRRP_CONF_H
#define VRRPD_VRRP_CONF_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/addr.h"
#include "vrrpd/vrrp_packet.h"

struct conf_tree;
struct conf_diags;

/* Where a value was written, for "haven.conf:41"; line 0: nowhere, it is the default. */
struct vrrp_conf_pos {
	const char *file; /* owned by the vrrp_conf */
	int line;
};

/* One address of virtual_ipaddress or virtual_ipaddress_excluded. */
struct vrrp_vip {
	struct prefix prefix;
	char ifname[IFNAMSIZ]; /* `dev`; empty: the instance's interface */
	char label[IFNAMSIZ];  /* IPv4 only; empty: none */
	struct addr broadcast; /* unset: none */
	uint8_t scope;         /* RT_SCOPE_* */
};

enum vrrp_lease_mode {
	VRRP_LEASE_AUTO = 0, /* on for up to 64 addresses */
	VRRP_LEASE_OFF,
	VRRP_LEASE_ON,       /* with the lifetime worked out from the advert interval */
	VRRP_LEASE_SECONDS,  /* with lease_s */
};

struct vrrp_instance_conf {
	char *name;
	struct vrrp_conf_pos pos;          /* of the block */
	struct vrrp_conf_pos priority_pos, nopreempt_pos;

	char ifname[IFNAMSIZ];
	sa_family_t family; /* of the virtual_ipaddress list */
	uint8_t vrid;
	uint8_t version;  /* 2 or 3 */
	uint8_t priority; /* 1..255 */
	bool wants_master; /* state MASTER: changes nothing but nopreempt's validity */
	int64_t advert_int_us;
	bool nopreempt;
	int64_t preempt_delay_us;
	bool accept;
	bool dont_track_primary;
	bool refuse_foreign_source;
	struct addr mcast_src; /* unset: the interface's primary address */
	enum vrrp_auth_type auth_type;
	uint8_t auth_pass[VRRP_AUTH_LEN]; /* zero padded */

	int64_t garp_master_delay_us;
	unsigned garp_master_repeat;
	int64_t garp_master_refresh_us;
	unsigned garp_master_refresh_repeat;
	int64_t garp_lower_prio_delay_us;
	unsigned garp_lower_prio_repeat;

	enum vrrp_lease_mode lease_mode;
	unsigned lease_s;

	struct vrrp_vip *vips; /* virtual_ipaddress: carried in adverts, in this order */
	size_t vip_count;
	struct vrrp_vip *excluded;
	size_t excluded_count;
};

struct vrrp_conf {
	char *router_id;
	struct addr mcast_group4, mcast_group6;
	bool strict;
	bool dynamic_interfaces;
	int64_t startup_delay_us;
	int64_t garp_interval_us; /* gap between two ARP announcements of one interface */
	int64_t gna_interval_us;  /* the same for Neighbor Advertisements */
	struct vrrp_instance_conf *instances; /* in the order of the file */
	size_t instance_count;
	const struct vrrp_instance_conf **by_name; /* sorted; NULL: not built from a tree */
	char **files; /* every file that was read; positions point here */
	size_t file_count;
};

/* Builds vrrpd's configuration from a tree that parsed without error. Findings are added
 * to `diags`. Returns 0, -EINVAL when an error was found (*ret is then untouched), or
 * -ENOMEM. The result does not refer to the tree. */
int vrrp_conf_build(const struct conf_tree *tree, struct conf_diags *diags,
    struct vrrp_conf **ret);

/* Frees it; NULL is allowed. Returns NULL. */
struct vrrp_conf *vrrp_conf_free(struct vrrp_conf *conf);

/* The instance called `name`, or NULL. */
const struct vrrp_instance_conf *vrrp_conf_find(const struct vrrp_conf *conf,
    const char *name);

#endif
