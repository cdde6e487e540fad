/* SPDX-License-Identifier: Apache-2.0 */
/* check_rules.c - what a monitoring system should be told about a node. */
#include "hactl/check_rules.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* Addresses are set, and a Master is heard, some time after a change of the state. */
#define SETTLING_MS 10000
/* A lease is for a while; one this old was forgotten, or is renewed for ever. */
#define LEASE_OLD_US (INT64_C(24) * 3600 * US_PER_S)

static const char *const level_names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

const char *
check_level_name(enum check_level level)
{
	return level_names[level];
}

enum check_level
check_worse(enum check_level a, enum check_level b)
{
	static const int weights[] = {[CHECK_OK] = 0,
	    [CHECK_WARNING] = 1,
	    [CHECK_UNKNOWN] = 2,
	    [CHECK_CRITICAL] = 3};

	return weights[a] >= weights[b] ? a : b;
}

json_t *
check_new(void)
{
	return must(json_pack("{s:s, s:i, s:[], s:{s:i, s:i, s:i, s:i}}", "status",
	    check_level_name(CHECK_OK), "exit", CHECK_OK, "problems", "counts",
	    "master", 0, "backup", 0, "fault", 0, "initialize", 0));
}

enum check_level
check_level_of(const json_t *check)
{
	return (enum check_level)view_integer(check, "exit", CHECK_UNKNOWN);
}

void
check_add(json_t *check, enum check_level level, const char *object, const char *text)
{
	enum check_level worse = check_worse(check_level_of(check), level);

	(void)json_array_append_new(json_object_get(check, "problems"),
	    must(json_pack("{s:s, s:s, s:s}", "status", check_level_name(level),
		"object", object, "text", text)));
	(void)json_object_set_new(check, "exit", must(json_integer(worse)));
	(void)json_object_set_new(
	    check, "status", must(json_string(check_level_name(worse))));
}

/* Adds a problem whose text is made for it; frees `text`. */
static void
add(json_t *check, enum check_level level, const char *object, char *text)
{
	check_add(check, level, object, text);
	free(text);
}

static void
count(json_t *check, const char *key)
{
	json_t *counts = json_object_get(check, "counts");

	(void)json_object_set_new(
	    counts, key, must(json_integer(view_integer(counts, key, 0) + 1)));
}

static void
check_master(json_t *check, const json_t *instance, const char *name)
{
	const json_t *vips = json_object_get(instance, "vips");
	json_int_t want = view_integer(vips, "want", 0);
	json_int_t set = view_integer(vips, "set", 0);

	count(check, "master");
	if (set < want && view_integer(instance, "for_ms", SETTLING_MS) >= SETTLING_MS)
		add(check, CHECK_CRITICAL, name,
		    must_format("MASTER with %" JSON_INTEGER_FORMAT
				" of %" JSON_INTEGER_FORMAT " addresses",
			set, want));
}

static void
check_backup(json_t *check, const json_t *instance, const char *name)
{
	count(check, "backup");
	if (view_string(instance, "master", NULL) == NULL &&
	    view_integer(instance, "for_ms", SETTLING_MS) >= SETTLING_MS)
		check_add(check, CHECK_WARNING, name, "BACKUP that hears no Master");
}

void
check_instance(json_t *check, const json_t *instance)
{
	const char *name = view_string(instance, "name", "?");
	const char *state = view_string(instance, "state", "?");

	if (strcmp(state, "MASTER") == 0) {
		check_master(check, instance, name);
	} else if (strcmp(state, "BACKUP") == 0) {
		check_backup(check, instance, name);
	} else if (strcmp(state, "FAULT") == 0) {
		count(check, "fault");
		add(check, CHECK_CRITICAL, name,
		    must_format("FAULT (%s)", view_string(instance, "reason", "?")));
	} else {
		count(check, "initialize");
		check_add(check, CHECK_WARNING, name, "not started yet");
	}
}

static void
check_lease(json_t *check, const json_t *lease, int64_t now_us)
{
	int64_t created_us;

	if (when_parse(view_string(lease, "created", NULL), &created_us) &&
	    now_us - created_us > LEASE_OLD_US)
		add(check, CHECK_WARNING, view_string(lease, "id", "?"),
		    must_format("%s of %s is older than a day",
			view_string(lease, "kind", "lease"),
			view_string(lease, "object", "?")));
}

void
check_status(json_t *check, const json_t *status, int64_t now_us)
{
	const json_t *lease;
	size_t i;

	if (json_is_true(
		json_object_get(json_object_get(status, "config"), "reload_failed")))
		check_add(check, CHECK_WARNING, "vrrpd",
		    "the last reload failed: another configuration is in use than the "
		    "file says");
	json_array_foreach (json_object_get(status, "leases"), i, lease)
		check_lease(check, lease, now_us);
}
