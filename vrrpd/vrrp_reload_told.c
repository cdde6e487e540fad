/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_reload_told.c - what a reload changed, as it is told. */
#include "vrrpd/vrrp_reload_told.h"

#include <stdbool.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_json.h"

/* ---- fields ---------------------------------------------------------------- */

static json_t *
ms_json(int64_t us)
{
	return json_integer((json_int_t)(us / US_PER_MS));
}

static json_t *
address_json(const struct addr *address)
{
	char text[ADDR_TEXT_SIZE];

	return addr_is_set(address) ? json_string(addr_format(text, address))
				    : json_null();
}

/* As the keyword has it: "auto", "off", "on", or seconds. */
static json_t *
lease_json(const struct vrrp_instance_conf *conf)
{
	static const char *const words[] = {
	    [VRRP_LEASE_AUTO] = "auto",
	    [VRRP_LEASE_OFF] = "off",
	    [VRRP_LEASE_ON] = "on",
	};

	return conf->lease_mode == VRRP_LEASE_SECONDS
		   ? json_integer((json_int_t)conf->lease_s)
		   : json_string(words[conf->lease_mode]);
}

/* {"priority": 150, ...}: all but addresses and secrets. */
static json_t *
fields_json(const struct vrrp_instance_conf *conf)
{
	json_t *json = json_object();
	const struct {
		const char *name;
		json_t *value;
	} rows[] = {
	    {"name", ctl_msg_text(conf->name)},
	    {"version", json_integer(conf->version)},
	    {"priority", json_integer(conf->priority)},
	    {"state", json_string(conf->wants_master ? "MASTER" : "BACKUP")},
	    {"advert_int_ms", ms_json(conf->advert_int_us)},
	    {"nopreempt", json_boolean(conf->nopreempt)},
	    {"preempt_delay_ms", ms_json(conf->preempt_delay_us)},
	    {"accept", json_boolean(conf->accept)},
	    {"dont_track_primary", json_boolean(conf->dont_track_primary)},
	    {"refuse_foreign_source", json_boolean(conf->refuse_foreign_source)},
	    {"mcast_src_ip", address_json(&conf->mcast_src)},
	    {"authentication",
		json_string(conf->auth_type == VRRP_AUTH_PASS ? "PASS" : "none")},
	    {"garp_master_delay_ms", ms_json(conf->garp_master_delay_us)},
	    {"garp_master_repeat", json_integer(conf->garp_master_repeat)},
	    {"garp_master_refresh_ms", ms_json(conf->garp_master_refresh_us)},
	    {"garp_master_refresh_repeat",
		json_integer(conf->garp_master_refresh_repeat)},
	    {"garp_lower_prio_delay_ms", ms_json(conf->garp_lower_prio_delay_us)},
	    {"garp_lower_prio_repeat", json_integer(conf->garp_lower_prio_repeat)},
	    {"address_lease", lease_json(conf)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)json_object_set_new(json, rows[i].name, rows[i].value);
	return json;
}

/* ---- changes ---------------------------------------------------------------- */

/* One instance, and where its changes go. */
struct telling {
	const struct vrrp_diff_entry *entry;
	json_t *changes;
};

/* Takes `old` and `new` over. */
static void
add_change(const struct telling *telling, const char *field, json_t *old, json_t *new)
{
	char path[VRRP_PATH_SIZE];
	json_t *change = json_pack("{s:o, s:s, s:o, s:o}", "path",
	    ctl_msg_text(vrrp_json_path(path, telling->entry->from->name)), "field",
	    field, "old", old, "new", new);

	if (change != NULL &&
	    json_array_size(telling->changes) < VRRP_RELOAD_CHANGES_MAX)
		(void)json_array_append_new(telling->changes, change);
	else
		json_decref(change);
}

/* Whether the list has the address. The search begins behind the one that was found
 * last, at *at: long lists mostly are in one order. */
static bool
has_vip(
    const struct vrrp_vip *vips, size_t count, const struct vrrp_vip *vip, size_t *at)
{
	for (size_t i = 0; i < count; i++) {
		const struct vrrp_vip *other = &vips[(*at + i) % count];

		if (!prefix_equal(&other->prefix, &vip->prefix) ||
		    strcmp(other->ifname, vip->ifname) != 0)
			continue;
		*at = (*at + i + 1) % count;
		return true;
	}
	return false;
}

/* Those of the first list that the second one has not. */
static json_t *
only_in(const struct vrrp_vip *vips, size_t count, const struct vrrp_vip *others,
    size_t other_count)
{
	json_t *list = json_array();
	char text[PREFIX_TEXT_SIZE];
	size_t at = 0;

	for (size_t i = 0;
	     i < count && json_array_size(list) < VRRP_RELOAD_ADDRESSES_MAX; i++)
		if (!has_vip(others, other_count, &vips[i], &at))
			(void)json_array_append_new(
			    list, json_string(prefix_format(text, &vips[i].prefix)));
	return list;
}

static void
add_addresses(const struct telling *telling, const char *field,
    const struct vrrp_vip *from, size_t from_count, const struct vrrp_vip *to,
    size_t to_count)
{
	json_t *lost = only_in(from, from_count, to, to_count);
	json_t *gained = only_in(to, to_count, from, from_count);

	if (json_array_size(lost) + json_array_size(gained) > 0) {
		add_change(telling, field, lost, gained);
		return;
	}
	json_decref(lost);
	json_decref(gained);
}

static bool
is_same_secret(const struct vrrp_instance_conf *a, const struct vrrp_instance_conf *b)
{
	return memcmp(a->auth_pass, b->auth_pass, sizeof(a->auth_pass)) == 0;
}

static void
add_changes(const struct telling *telling)
{
	const struct vrrp_instance_conf *from = telling->entry->from;
	const struct vrrp_instance_conf *to = telling->entry->to;
	json_t *old = fields_json(from), *new = fields_json(to), *value;
	const char *name;

	json_object_foreach (old, name, value)
		if (!json_equal(value, json_object_get(new, name)))
			add_change(telling, name, json_incref(value),
			    json_incref(json_object_get(new, name)));
	if (!is_same_secret(from, to))
		add_change(
		    telling, "auth_pass", json_string("***"), json_string("***"));
	add_addresses(telling, "virtual_ipaddress", from->vips, from->vip_count,
	    to->vips, to->vip_count);
	add_addresses(telling, "virtual_ipaddress_excluded", from->excluded,
	    from->excluded_count, to->excluded, to->excluded_count);
	json_decref(old);
	json_decref(new);
}

static bool
loses_one(const struct vrrp_vip *from, size_t from_count, const struct vrrp_vip *to,
    size_t to_count)
{
	size_t at = 0;

	for (size_t i = 0; i < from_count; i++)
		if (!has_vip(to, to_count, &from[i], &at))
			return true;
	return false;
}

/* Whether a MASTER may lose its role or addresses by it, or those who listen to it. */
static bool
is_grave(const struct vrrp_diff_entry *entry)
{
	const struct vrrp_instance_conf *from = entry->from, *to = entry->to;

	return to->priority < from->priority || to->version != from->version ||
	       to->auth_type != from->auth_type || !is_same_secret(from, to) ||
	       to->advert_int_us != from->advert_int_us ||
	       loses_one(from->vips, from->vip_count, to->vips, to->vip_count) ||
	       loses_one(from->excluded, from->excluded_count, to->excluded,
		   to->excluded_count);
}

static json_t *
changes_json(const struct vrrp_diff *diff)
{
	json_t *changes = json_array();

	for (unsigned turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < diff->count &&
				   json_array_size(changes) < VRRP_RELOAD_CHANGES_MAX;
		     i++) {
			const struct vrrp_diff_entry *entry = &diff->entries[i];
			const struct telling telling = {entry, changes};

			if (entry->kind == VRRP_DIFF_CHANGE &&
			    is_grave(entry) == (turn == 0))
				add_changes(&telling);
		}
	}
	return changes;
}

/* ---- names ------------------------------------------------------------------ */

static void
add_name(json_t *told, const char *list, json_t *name)
{
	json_t *names = json_object_get(told, list);

	if (json_array_size(names) < VRRP_RELOAD_NAMES_MAX)
		(void)json_array_append_new(names, name);
	else
		json_decref(name);
}

static void
add_changed(json_t *told, const struct vrrp_diff_entry *entry)
{
	if (strcmp(entry->from->name, entry->to->name) == 0)
		add_name(told, "changed", ctl_msg_text(entry->to->name));
	else
		add_name(told, "renamed",
		    json_pack("{s:o, s:o}", "from", ctl_msg_text(entry->from->name),
			"to", ctl_msg_text(entry->to->name)));
}

json_t *
vrrp_reload_told(const struct vrrp_diff *diff)
{
	json_t *told = json_pack(
	    "{s:{s:I, s:I, s:I, s:I}, s:[], s:[], s:[], s:[], s:o}", "counts", "added",
	    (json_int_t)diff->added, "removed", (json_int_t)diff->removed, "changed",
	    (json_int_t)diff->changed, "unchanged", (json_int_t)diff->kept, "added",
	    "removed", "changed", "renamed", "changes", changes_json(diff));

	for (size_t i = 0; told != NULL && i < diff->count; i++) {
		const struct vrrp_diff_entry *entry = &diff->entries[i];

		switch (entry->kind) {
		case VRRP_DIFF_KEEP:
			break;
		case VRRP_DIFF_CHANGE:
			add_changed(told, entry);
			break;
		case VRRP_DIFF_ADD:
			add_name(told, "added", ctl_msg_text(entry->to->name));
			break;
		case VRRP_DIFF_REMOVE:
			add_name(told, "removed", ctl_msg_text(entry->from->name));
			break;
		}
	}
	return told;
}
