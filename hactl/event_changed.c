/* SPDX-License-Identifier: Apache-2.0 */
/* event_changed.c - what of an object is another now, in words. */
#include "hactl/event_changed.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/value_text.h"
#include "hactl/view.h"

/* ---- members --------------------------------------------------------------- */

/* "leases L-3fa1 L-3fa7", "no leases" */
static char *
names_text(const char *what, const json_t *names)
{
	const json_t *name;
	char *text = NULL;
	size_t len, i;
	FILE *to;

	if (json_array_size(names) == 0)
		return must_format("no %s", what);
	to = must(open_memstream(&text, &len));
	fputs(what, to);
	json_array_foreach (names, i, name)
		fprintf(to, "%s %s", i > 0 && strcmp(what, "faults") == 0 ? "," : "",
		    json_is_string(name) ? json_string_value(name) : "?");
	fclose(to);
	return must(text);
}

static char *
leases_text(const json_t *value)
{
	return names_text("leases", value);
}

static char *
faults_text(const json_t *value)
{
	return names_text("faults", value);
}

static char *
vips_text(const json_t *value)
{
	char set[VIEW_TEXT_SIZE], want[VIEW_TEXT_SIZE];

	return must_format("%s of %s addresses set", view_text(set, value, "set"),
	    view_text(want, value, "want"));
}

static char *
master_priority_text(const json_t *value)
{
	return json_is_integer(value)
		   ? must_format("its Master has priority %" JSON_INTEGER_FORMAT,
			 json_integer_value(value))
		   : NULL;
}

static char *
split_brain_text(const json_t *value)
{
	return json_is_string(value)
		   ? must_format("%s is MASTER as well", json_string_value(value))
		   : must(strdup("the split brain is over: nobody else is MASTER"));
}

static char *
last_resort_text(const json_t *value)
{
	return must(strdup(json_is_string(value) ? "MASTER only as the last resort"
						 : "not the last resort any more"));
}

/* What has its own way into words; without a function, it has a line of its own, or no
 * person would miss it. */
static const struct {
	const char *name;
	char *(*text)(const json_t *value);
} rows[] = {
    {"path", NULL},
    {"name", NULL},
    {"state", NULL},
    {"since", NULL},
    {"for_ms", NULL},
    {"cause", NULL},
    {"move", NULL},
    {"moving", NULL},
    {"waits", NULL},
    {"lease", NULL},
    {"last_refused", NULL},
    {"effective", NULL},
    {"master", NULL},
    {"master_priority", master_priority_text},
    {"leases", leases_text},
    {"faults", faults_text},
    {"vips", vips_text},
    {"split_brain", split_brain_text},
    {"last_resort_until", last_resort_text},
    {"heir_due", NULL},
};

/* "priority is 150", and with what it was before, "priority 140 -> 150". */
static char *
plain_text(const json_t *old, const char *name, const json_t *value)
{
	const json_t *before = json_object_get(old, name);
	char *words = value_text_name(name), *now = value_text(name, value), *text;

	if (before != NULL) {
		char *was = value_text(name, before);

		text = must_format("%s %s -> %s", words, was, now);
		free(was);
	} else if (json_is_object(value) || json_is_array(value)) {
		text = must_format("%s is another", words);
	} else {
		text = must_format("%s is %s", words, now);
	}
	free(words);
	free(now);
	return text;
}

/* NULL: it is told elsewhere. */
static char *
member_text(const json_t *old, const char *name, const json_t *value)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].text != NULL ? rows[i].text(value) : NULL;
	}
	return plain_text(old, name, value);
}

/* ---- events ---------------------------------------------------------------- */

/* Writes the members, and returns how many. */
static size_t
put_members(FILE *to, const json_t *event)
{
	const json_t *old = json_object_get(event, "old");
	const char *name;
	size_t count = 0;
	json_t *value;

	json_object_foreach (json_loose(json_object_get(event, "new")), name, value) {
		char *text = member_text(old, name, value);

		if (text != NULL && to != NULL)
			fprintf(to, "%s%s", count > 0 ? ", " : "", text);
		count += text != NULL;
		free(text);
	}
	return count;
}

bool
event_changed_is_told(const json_t *event)
{
	/* One without values was too long: what is so now must be asked for. */
	return json_object_get(event, "new") == NULL || put_members(NULL, event) > 0;
}

void
event_changed_put(FILE *to, const json_t *event, const struct style *style)
{
	(void)style;
	if (put_members(to, event) == 0)
		fputs("is another: \"show\" tells how", to);
}
