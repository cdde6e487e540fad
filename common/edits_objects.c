/* SPDX-License-Identifier: Apache-2.0 */
/* edits_objects.c - the kinds "lease" and "override", and the table of methods. */
#include "common/edits_internal.h"

#include <string.h>

#include "common/clock.h"
#include "common/units.h"

/* ---- leases and overrides ------------------------------------------------ */

/* A lease is one object, however many fields it is about. */
static bool
is_listed(const struct layers *layers, size_t i, bool leases_only)
{
	return !leases_only || layers_is_first_of_lease(layers, i);
}

static size_t
count_entries(const struct edits *edits, bool leases_only)
{
	const struct layers *layers = edits->config.layers;
	size_t count = 0;

	for (size_t i = 0; layers_get(layers, i) != NULL; i++)
		if (is_listed(layers, i, leases_only))
			count++;
	return count;
}

static json_t *
page_entries(const struct edits *edits, bool leases_only, size_t first, size_t count)
{
	const struct layers *layers = edits->config.layers;
	const struct lease_view view = edits_lease_view(edits);
	json_t *items = json_array();
	size_t seen = 0;

	for (size_t i = 0; layers_get(layers, i) != NULL; i++) {
		const struct layer_entry *entry = layers_get(layers, i);

		if (!is_listed(layers, i, leases_only) || seen++ < first)
			continue;
		if (json_array_size(items) == count)
			break;
		(void)json_array_append_new(items,
		    leases_only ? edits_lease_json(edits, entry, EDITS_LEASE_TOLD)
				: lease_json(entry, &view));
	}
	return items;
}

static size_t
count_leases(void *userdata)
{
	return count_entries(userdata, true);
}

static json_t *
page_leases(void *userdata, size_t first, size_t count)
{
	return page_entries(userdata, true, first, count);
}

static json_t *
get_lease(void *userdata, const char *name)
{
	const struct edits *edits = userdata;
	const struct layer_entry *entry = layers_find_lease(edits->config.layers, name);

	return entry == NULL ? NULL : edits_lease_json(edits, entry, SIZE_MAX);
}

static size_t
count_overrides(void *userdata)
{
	return count_entries(userdata, false);
}

static json_t *
page_overrides(void *userdata, size_t first, size_t count)
{
	return page_entries(userdata, false, first, count);
}

/* Whether the entry is an edit without an end that counts, but for leases, and is not
 * what would be anyway. */
static bool
is_lasting(const struct edits *edits, const struct layer_entry *entry)
{
	const struct live_field *field = edits_field_of(edits, entry);
	struct edits_object of;

	if (entry->layer == LAYER_LEASE)
		return false;
	if (field == NULL)
		return edits_is_left(edits, entry);
	if (entry->layer == LAYER_SAVED &&
	    layers_find_in(
		edits->config.layers, entry->path, entry->field, LAYER_RUNTIME) != NULL)
		return false;
	return edits_find(edits, entry->path, &of) &&
	       entry->value != field->in_file(of.object);
}

static size_t
count_lasting(const struct edits *edits)
{
	const struct layer_entry *entry;
	size_t count = 0;

	for (size_t i = 0; (entry = layers_get(edits->config.layers, i)) != NULL; i++)
		count += is_lasting(edits, entry);
	return count;
}

void
edits_status(const struct edits *edits, json_t *status)
{
	(void)json_object_set_new(
	    status, "leases", page_entries(edits, true, 0, LEASES_MAX));
	(void)json_object_set_new(
	    status, "overrides", json_integer((json_int_t)count_lasting(edits)));
}

void
edits_limits(void *userdata, enum ctl_role role, json_t *limits)
{
	const struct lease_store *store = ((const struct edits *)userdata)->store;

	if (store == NULL)
		return;
	(void)json_object_update_new(limits,
	    json_pack("{s:I, s:I, s:I, s:i}", "lease_ms",
		(json_int_t)(lease_store_max_us(store, role) / US_PER_MS),
		"operator_max_lease_ms",
		(json_int_t)(lease_store_max_us(store, CTL_ROLE_OPERATOR) / US_PER_MS),
		"lease_max_ms",
		(json_int_t)(lease_store_max_us(store, CTL_ROLE_ADMIN) / US_PER_MS),
		"leases", LEASES_MAX));
}

static json_t *
describe_daemon(void *userdata)
{
	(void)userdata;
	return live_fields_describe(&edits_daemon_kind);
}

/* ---- tables -------------------------------------------------------------- */

/* clang-format off */
const struct ctl_kind edits_kinds[] = {
	{"lease", "an override that ends by itself", count_leases, page_leases, get_lease,
	 NULL, NULL, true},
	{"override", "every live edit, with an end or without", count_overrides,
	 page_overrides, NULL, NULL, NULL, true},
	{EDITS_DAEMON_KIND, "the daemon itself: \"status\" says how it is", NULL, NULL,
	 NULL, NULL, describe_daemon, false},
	{0},
};

static const struct ctl_param apply_params[] = {
	{"changes", CTL_ARRAY,   true,  1, 256, "[{path, set: {FIELD: VALUE}, unset: [FIELD]}]"},
	{"lease",   CTL_OBJECT,  false, 0, 0,   "{ttl_ms}: the changes undo themselves"},
	CTL_PARAMS_OF_CHANGES,
	{"if_rev",  CTL_INTEGER, false, 0, CTL_INTEGER_MAX, "only when the revision is this"},
	{"dry_run", CTL_BOOLEAN, false, 0, 0,   "check, and say what would change"},
	{"confirm_ms", CTL_LEASE_MS, false, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "undo it unless it is confirmed by then"},
	{0},
};
static const struct ctl_param undo_params[] = {
	{"rev", CTL_INTEGER, true, 0, CTL_INTEGER_MAX, "that the change had in its answer"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param release_params[] = {
	{"id", CTL_STRING, true, 1, 32, "the lease"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param renew_params[] = {
	{"id", CTL_STRING, true, 1, 32, "the lease"},
	{"ttl_ms", CTL_LEASE_MS, true, 1000, LEASE_ADMIN_US / US_PER_MS,
	 "how long it lasts from now on"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param confirm_params[] = {
	{"id", CTL_STRING, false, 1, 32, "the lease; needed when several of yours wait"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param level_params[] = {
	{"level", CTL_STRING, true, 1, 16, "debug, info, notice, warning or err"},
	{"lease", CTL_OBJECT, false, 0, 0, "{ttl_ms}: it undoes itself"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param diff_params[] = {
	{"from", CTL_STRING, false, 1, 16, "file (unless given), saved or running"},
	{"to", CTL_STRING, false, 1, 16, "file, saved or running (unless given)"},
	{0},
};
static const struct ctl_param save_params[] = {
	{"objects", CTL_ARRAY, false, 0, 256, "paths; everything unless given"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};
static const struct ctl_param discard_params[] = {
	{"objects", CTL_ARRAY, false, 0, 256, "paths; everything unless given"},
	{"saved", CTL_BOOLEAN, false, 0, 0, "what was saved too"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};

const struct ctl_method edits_methods[] = {
	{"apply", CTL_ROLE_OPERATOR, true, apply_params, edits_do_apply,
	 "change fields of objects while they run"},
	{"apply.undo", CTL_ROLE_OPERATOR, true, undo_params, edits_do_undo,
	 "take back the last apply of one's own, while nothing else was changed"},
	{"confirm", CTL_ROLE_OPERATOR, true, confirm_params, edits_do_confirm,
	 "keep what was applied to be confirmed"},
	{"lease.list", CTL_ROLE_READ, false, NULL, edits_do_lease_list,
	 "what ends by itself"},
	{"lease.renew", CTL_ROLE_OPERATOR, true, renew_params, edits_do_renew,
	 "give a lease a new end"},
	{"lease.release", CTL_ROLE_OPERATOR, true, release_params, edits_do_release,
	 "end a lease before its time"},
	{"log.level", CTL_ROLE_OPERATOR, true, level_params, edits_do_log_level,
	 "log more or less"},
	{"config.diff", CTL_ROLE_READ, false, diff_params, edits_do_diff,
	 "how file, saved and running values differ"},
	{"config.save", CTL_ROLE_ADMIN, true, save_params, edits_do_save,
	 "keep live edits for good, beside the file"},
	{"config.discard", CTL_ROLE_ADMIN, true, discard_params, edits_do_discard,
	 "drop live edits that were not saved"},
	{0},
};

const struct ctl_event_type edits_events[] = {
	{"lease.created", "something was set that ends by itself"},
	{"lease.renewed", "a lease has a new end"},
	{"lease.changed", "a lease is of other fields or of an object with another name"},
	{"lease.confirmed", "an edit that waited for a confirmation is kept"},
	{"lease.expiring", "a lease ends soon"},
	{"lease.expired", "the time of a lease is over"},
	{"lease.released", "a lease was ended before its time"},
	{"override.superseded", "the file has a new value and wins over a saved one"},
	{"audit.lost", "entries of the audit could not be written"},
	{"daemon.log_level", "the daemon logs more or less than before"},
	{0},
};
/* clang-format on */
