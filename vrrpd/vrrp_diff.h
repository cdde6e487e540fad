/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_diff.h - what a reload must do to each virtual router. */
#ifndef VRRPD_VRRP_DIFF_H
#define VRRPD_VRRP_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include "vrrpd/vrrp_conf.h"

/* A virtual router is the same one when VRID, family and interface are the same, whatever
 * its name: renaming it in the file moves no address. */
enum vrrp_diff_kind {
	VRRP_DIFF_KEEP = 0, /* nothing changed */
	VRRP_DIFF_CHANGE,   /* the same router with other values: applied while it runs */
	VRRP_DIFF_ADD,
	VRRP_DIFF_REMOVE,
};

struct vrrp_diff_entry {
	enum vrrp_diff_kind kind;
	const struct vrrp_instance_conf *from; /* NULL for ADD */
	const struct vrrp_instance_conf *to;   /* NULL for REMOVE */
};

struct vrrp_diff {
	struct vrrp_diff_entry *entries; /* removals first, then the order of `to` */
	size_t count;
	size_t kept, changed, added, removed;
};

/* Compares two configurations in less than quadratic time. Entries point into both.
 * Returns 0 or -ENOMEM. */
int vrrp_diff_make(const struct vrrp_conf *from, const struct vrrp_conf *to,
    struct vrrp_diff *ret);
void vrrp_diff_done(struct vrrp_diff *diff);

/* Whether two instances differ in any value. */
bool vrrp_diff_instances_equal(const struct vrrp_instance_conf *a,
    const struct vrrp_instance_conf *b);

#endif
