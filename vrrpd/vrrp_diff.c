/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_diff.c - what a reload must do to each virtual router. */
#include "vrrpd/vrrp_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What makes a virtual router the same one; its name does not. */
static int
compare_identity(const struct vrrp_instance_conf *a, const struct vrrp_instance_conf *b)
{
	if (a->vrid != b->vrid)
		return a->vrid < b->vrid ? -1 : 1;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return strcmp(a->ifname, b->ifname);
}

static int
compare_entries(const void *a_, const void *b_)
{
	const struct vrrp_instance_conf *const *a = a_, *const *b = b_;
	return compare_identity(*a, *b);
}

static bool
vip_equal(const struct vrrp_vip *a, const struct vrrp_vip *b)
{
	return prefix_equal(&a->prefix, &b->prefix) &&
	       strcmp(a->ifname, b->ifname) == 0 && strcmp(a->label, b->label) == 0 &&
	       addr_equal(&a->broadcast, &b->broadcast) && a->scope == b->scope;
}

static bool
vips_equal(
    const struct vrrp_vip *a, size_t a_count, const struct vrrp_vip *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!vip_equal(&a[i], &b[i]))
			return false;
	return true;
}

static bool
garp_equal(const struct vrrp_instance_conf *a, const struct vrrp_instance_conf *b)
{
	return a->garp_master_delay_us == b->garp_master_delay_us &&
	       a->garp_master_repeat == b->garp_master_repeat &&
	       a->garp_master_refresh_us == b->garp_master_refresh_us &&
	       a->garp_master_refresh_repeat == b->garp_master_refresh_repeat &&
	       a->garp_lower_prio_delay_us == b->garp_lower_prio_delay_us &&
	       a->garp_lower_prio_repeat == b->garp_lower_prio_repeat;
}

static bool
settings_equal(const struct vrrp_instance_conf *a, const struct vrrp_instance_conf *b)
{
	return a->version == b->version && a->priority == b->priority &&
	       a->wants_master == b->wants_master &&
	       a->advert_int_us == b->advert_int_us && a->nopreempt == b->nopreempt &&
	       a->preempt_delay_us == b->preempt_delay_us && a->accept == b->accept &&
	       a->dont_track_primary == b->dont_track_primary &&
	       a->refuse_foreign_source == b->refuse_foreign_source &&
	       addr_equal(&a->mcast_src, &b->mcast_src) &&
	       a->auth_type == b->auth_type &&
	       memcmp(a->auth_pass, b->auth_pass, sizeof(a->auth_pass)) == 0 &&
	       a->lease_mode == b->lease_mode && a->lease_s == b->lease_s;
}

/* Positions do not count: a comment added above moves no address. */
bool
vrrp_diff_instances_equal(
    const struct vrrp_instance_conf *a, const struct vrrp_instance_conf *b)
{
	return compare_identity(a, b) == 0 && strcmp(a->name, b->name) == 0 &&
	       settings_equal(a, b) && garp_equal(a, b) &&
	       vips_equal(a->vips, a->vip_count, b->vips, b->vip_count) &&
	       vips_equal(
		   a->excluded, a->excluded_count, b->excluded, b->excluded_count);
}

/* The instances of a configuration in the order of their identity. */
static const struct vrrp_instance_conf **
sorted(const struct vrrp_conf *conf)
{
	const struct vrrp_instance_conf **list =
	    calloc(conf->instance_count + 1, sizeof(const struct vrrp_instance_conf *));
	if (!list)
		return NULL;
	for (size_t i = 0; i < conf->instance_count; i++)
		list[i] = &conf->instances[i];
	qsort(list, conf->instance_count, sizeof(list[0]), compare_entries);
	return list;
}

static const struct vrrp_instance_conf *
find(const struct vrrp_instance_conf **list, size_t count,
    const struct vrrp_instance_conf *instance)
{
	const struct vrrp_instance_conf **found =
	    bsearch(&instance, list, count, sizeof(list[0]), compare_entries);
	return found ? *found : NULL;
}

static void
add(struct vrrp_diff *diff, enum vrrp_diff_kind kind,
    const struct vrrp_instance_conf *from, const struct vrrp_instance_conf *to)
{
	diff->entries[diff->count++] = (struct vrrp_diff_entry){kind, from, to};
	switch (kind) {
	case VRRP_DIFF_KEEP:
		diff->kept++;
		break;
	case VRRP_DIFF_CHANGE:
		diff->changed++;
		break;
	case VRRP_DIFF_ADD:
		diff->added++;
		break;
	case VRRP_DIFF_REMOVE:
		diff->removed++;
		break;
	}
}

static void
compare(const struct vrrp_conf *from, const struct vrrp_instance_conf **from_sorted,
    const struct vrrp_conf *to, const struct vrrp_instance_conf **to_sorted,
    struct vrrp_diff *diff)
{
	for (size_t i = 0; i < from->instance_count; i++)
		if (!find(to_sorted, to->instance_count, &from->instances[i]))
			add(diff, VRRP_DIFF_REMOVE, &from->instances[i], NULL);
	for (size_t i = 0; i < to->instance_count; i++) {
		const struct vrrp_instance_conf *new = &to->instances[i];
		const struct vrrp_instance_conf *old =
		    find(from_sorted, from->instance_count, new);
		if (!old)
			add(diff, VRRP_DIFF_ADD, NULL, new);
		else if (vrrp_diff_instances_equal(old, new))
			add(diff, VRRP_DIFF_KEEP, old, new);
		else
			add(diff, VRRP_DIFF_CHANGE, old, new);
	}
}

int
vrrp_diff_make(
    const struct vrrp_conf *from, const struct vrrp_conf *to, struct vrrp_diff *ret)
{
	struct vrrp_diff diff = {0};
	const struct vrrp_instance_conf **from_sorted = sorted(from);
	const struct vrrp_instance_conf **to_sorted = sorted(to);
	diff.entries = calloc(
	    from->instance_count + to->instance_count + 1, sizeof(diff.entries[0]));
	bool ready = from_sorted && to_sorted && diff.entries;
	if (ready) {
		compare(from, from_sorted, to, to_sorted, &diff);
		*ret = diff;
	} else {
		free(diff.entries);
	}
	free(from_sorted);
	free(to_sorted);
	return ready ? 0 : -ENOMEM;
}

void
vrrp_diff_done(struct vrrp_diff *diff)
{
	free(diff->entries);
	*diff = (struct vrrp_diff){0};
}
