/* SPDX-License-Identifier: Apache-2.0 */
/* check_rules.c - what a monitoring system should be told about a node. */
#include "hactl/check_rules.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/lease_text.h"
#include "hactl/must.h"
#include "hactl/peer_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* Addresses are set, and a Master is heard, some time after a change of the state. */
#define SETTLING_MS 10000
/* A lease is for a while; one this old was forgotten, or is renewed for ever. */
#define LEASE_OLD_US (INT64_C(24) * 3600 * US_PER_S)
/* How long a refused advert is worth a word. */
#define REFUSED_RECENT_US (60 * US_PER_S)

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
	return must(json_pack("{s:s, s:i, s:[], s:[], s:[]}", "status",
	    check_level_name(CHECK_OK), "exit", CHECK_OK, "problems", "remarks",
	    "perfdata"));
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

/* What should be known, and is no problem; frees `text`. */
static void
remark(json_t *check, char *text)
{
	(void)json_array_append_new(
	    json_object_get(check, "remarks"), must(json_string(text)));
	free(text);
}

/* A number for a time series; no `max` where it is NULL. */
static void
measure(json_t *check, const char *label, json_int_t value, json_t *max)
{
	(void)json_array_append_new(json_object_get(check, "perfdata"),
	    must(json_pack(
		"{s:s, s:I, s:o*}", "label", label, "value", value, "max", max)));
}

/* ---- instances ------------------------------------------------------------- */

static bool
is_settling(const json_t *instance)
{
	return view_integer(instance, "for_ms", SETTLING_MS) < SETTLING_MS;
}

static void
check_master(json_t *check, const json_t *instance, const char *name)
{
	const json_t *vips = json_object_get(instance, "vips");
	json_int_t want = view_integer(vips, "want", 0);
	json_int_t set = view_integer(vips, "set", 0);
	const char *other = view_string(instance, "split_brain", NULL);

	if (other != NULL)
		add(check, CHECK_CRITICAL, name,
		    must_format("two MASTERs: %s is MASTER too", other));
	if (set < want && !is_settling(instance))
		add(check, CHECK_CRITICAL, name,
		    must_format("MASTER with %" JSON_INTEGER_FORMAT
				" of %" JSON_INTEGER_FORMAT " addresses",
			set, want));
}

static void
check_backup(json_t *check, const json_t *instance, const char *name)
{
	if (view_string(instance, "master", NULL) == NULL && !is_settling(instance))
		check_add(check, CHECK_WARNING, name, "BACKUP that hears no Master");
}

/* Out of service because somebody said so: that is no fault. */
static bool
is_only_maintenance(const json_t *instance)
{
	const json_t *faults = json_object_get(instance, "faults");
	const char *only = json_string_value(json_array_get(faults, 0));

	return json_array_size(faults) == 1 && only != NULL &&
	       strcmp(only, "maintenance") == 0;
}

/* An advert that was refused lately may be of a Master that we do not believe in. */
static void
check_refused(json_t *check, const json_t *instance, const char *name, int64_t now_us)
{
	const json_t *refused = json_object_get(instance, "last_refused");
	const char *detail = view_string(refused, "detail", "");
	int64_t at_us;

	if (!when_parse(view_string(refused, "at", NULL), &at_us) ||
	    now_us - at_us > REFUSED_RECENT_US)
		return;
	add(check, CHECK_WARNING, name,
	    must_format("refuses advertisements of %s: %s%s%s%s",
		view_string(refused, "source", "?"), view_string(refused, "text", "?"),
		detail[0] != '\0' ? " (" : "", detail, detail[0] != '\0' ? ")" : ""));
}

void
check_instance(json_t *check, const json_t *instance, int64_t now_us)
{
	const char *name = view_string(instance, "name", "?");
	const char *state = view_string(instance, "state", "?");

	if (strcmp(state, "MASTER") == 0)
		check_master(check, instance, name);
	else if (strcmp(state, "BACKUP") == 0)
		check_backup(check, instance, name);
	else if (strcmp(state, "FAULT") != 0)
		check_add(check, CHECK_WARNING, name, "not started yet");
	else if (is_only_maintenance(instance))
		remark(check, must_format("%s out of service for maintenance", name));
	else
		add(check, CHECK_CRITICAL, name,
		    must_format("FAULT (%s)", view_string(instance, "reason", "?")));
	check_refused(check, instance, name, now_us);
}

void
check_stays(json_t *check, const json_t *instances)
{
	const char *first = NULL;
	const json_t *instance;
	size_t at, count = 0;

	json_array_foreach (instances, at, instance) {
		if (!json_is_true(json_object_get(instance, "stay")))
			continue;
		if (count++ == 0)
			first = view_string(instance, "name", "?");
	}
	if (count == 1)
		remark(check,
		    must_format("%s leaves the role where it is, after a maintenance "
				"with \"stay\"",
			first));
	else if (count > 1)
		remark(check,
		    must_format("%s and %zu more leave the role where it is, after a "
				"maintenance with \"stay\"",
			first, count - 1));
}

/* What is said of the state, and the same findings of `doctor`. */
static bool
is_told_already(const char *finding)
{
	static const char *const told[] = {
	    "fault", "split_brain", "addresses_missing", "silence", "refused"};

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (strcmp(finding, told[i]) == 0)
			return true;
	return false;
}

void
check_finding(json_t *check, const json_t *finding)
{
	const char *severity = view_string(finding, "severity", "note");
	const char *object = view_string(finding, "object", "?");
	const char *slash = strchr(object, '/');

	if (strcmp(severity, "note") == 0 ||
	    is_told_already(view_string(finding, "check", "")))
		return;
	check_add(check,
	    strcmp(severity, "error") == 0 ? CHECK_CRITICAL : CHECK_WARNING,
	    slash != NULL ? slash + 1 : object, view_string(finding, "text", "?"));
}

void
check_count_instances(json_t *check, const json_t *instances)
{
	static const char *const states[] = {"MASTER", "BACKUP", "FAULT", "INITIALIZE"};
	static const char *const labels[] = {"master", "backup", "fault", "initialize"};
	json_int_t total = (json_int_t)json_array_size(instances);
	const json_t *instance;
	size_t at;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		json_int_t count = 0;

		json_array_foreach (instances, at, instance) {
			if (strcmp(view_string(instance, "state", ""), states[i]) == 0)
				count++;
		}
		measure(check, labels[i], count, must(json_integer(total)));
	}
}

/* ---- services -------------------------------------------------------------- */

void
check_service(json_t *check, const json_t *service)
{
	const char *name = view_string(service, "name", "?");
	const char *state = view_string(service, "state", "?");

	if (strcmp(state, "down") == 0)
		check_add(check, CHECK_CRITICAL, name, "service down");
	else if (strcmp(state, "unknown") == 0)
		check_add(check, CHECK_WARNING, name, "service not checked yet");
	else if (strcmp(state, "up") != 0)
		remark(check, must_format("%s %s", name, state));
}

/* ---- a daemon -------------------------------------------------------------- */

static void
check_lease(json_t *check, const json_t *lease, int64_t now_us)
{
	char *objects = lease_text_objects(lease);
	const char *kind = view_string(lease, "kind", "lease");
	char left[UNITS_TEXT_SIZE];
	int64_t created_us;

	if (when_parse(view_string(lease, "created", NULL), &created_us) &&
	    now_us - created_us > LEASE_OLD_US)
		add(check, CHECK_WARNING, view_string(lease, "id", "?"),
		    must_format("%s of %s is older than a day", kind, objects));
	if (strcmp(kind, "maintenance") == 0)
		remark(check, must_format("%s in maintenance for another %s", objects,
				  view_span(left, lease, "left_ms")));
	free(objects);
}

/* What is in the file and looked after by nobody must not pass for healthy. */
static void
check_unchecked(json_t *check, const char *daemon, const json_t *services)
{
	json_int_t configured = view_integer(services, "configured", 0);
	json_int_t checked = view_integer(services, "checked", configured);

	if (checked < configured)
		add(check, CHECK_WARNING, daemon,
		    must_format("checks %" JSON_INTEGER_FORMAT
				" of %" JSON_INTEGER_FORMAT " services",
			checked, configured));
}

void
check_status(json_t *check, const char *daemon, const json_t *status, int64_t now_us)
{
	const json_t *leases = json_object_get(status, "leases"), *lease;
	char *label;
	size_t i;

	if (json_is_true(
		json_object_get(json_object_get(status, "config"), "reload_failed")))
		check_add(check, CHECK_WARNING, daemon,
		    "the last reload failed: another configuration is in use than the "
		    "file says");
	if (json_is_false(
		json_object_get(json_object_get(status, "helper"), "running")))
		check_add(check, CHECK_WARNING, daemon,
		    "its helper process is gone: no reload before it is restarted");
	json_array_foreach (leases, i, lease)
		check_lease(check, lease, now_us);
	check_unchecked(check, daemon, json_object_get(status, "services"));
	label = must_format("%s_leases", daemon);
	measure(check, label, (json_int_t)json_array_size(leases), NULL);
	free(label);
}

void
check_link(json_t *check, const char *daemon, const json_t *status, bool peer_answers,
    json_int_t peer_up_ms)
{
	const json_t *peer = json_object_get(status, "peer");
	const char *name = view_string(peer, "name", "?");
	const char *state = view_string(peer, "state", "up");
	const char *why = view_string(peer, "why", "");
	char age[UNITS_TEXT_SIZE], *text;

	if (strcmp(state, "frozen") == 0) {
		text = peer_text_why(peer);
		add(check, CHECK_CRITICAL, name,
		    must_format("%s (%s)", text, peer_text_age(age, peer)));
		free(text);
	} else if (strcmp(state, "lost") == 0 && strcmp(why, "stopped") != 0 &&
		   strcmp(why, "closed") != 0) {
		text = peer_text_why(peer);
		check_add(check, CHECK_WARNING, daemon, text);
		free(text);
	} else if (strcmp(state, "up") != 0 && peer_answers &&
		   peer_up_ms >= SETTLING_MS) {
		add(check, CHECK_WARNING, daemon,
		    must_format("does not hear %s, which answers", name));
	}
}

void
check_link_age(json_t *check, const json_t *status, const json_t *status_of_other)
{
	json_int_t age_ms = view_integer(json_object_get(status, "peer"), "age_ms", -1);
	json_int_t other_ms =
	    view_integer(json_object_get(status_of_other, "peer"), "age_ms", -1);

	if (other_ms > age_ms)
		age_ms = other_ms;
	if (age_ms >= 0)
		(void)json_array_append_new(json_object_get(check, "perfdata"),
		    must(json_pack("{s:s, s:f, s:s}", "label", "peer_age", "value",
			(double)(age_ms / 100) / 10, "unit", "s")));
}

void
check_work(json_t *check, const json_t *status)
{
	const json_t *config = json_object_get(status, "config");

	if (view_integer(config, "instances", 1) == 0 &&
	    view_integer(config, "services", 1) == 0)
		add(check, CHECK_WARNING, "node",
		    must_format("neither instances nor services are configured in %s",
			view_string(config, "file", "the file")));
}

bool
check_is_expected(const char *daemon, const json_t *status_of_other, bool has_socket)
{
	const char *work = strcmp(daemon, "vrrpd") == 0 ? "instances" : "services";

	return has_socket ||
	       view_integer(json_object_get(status_of_other, "config"), work, 0) > 0;
}
