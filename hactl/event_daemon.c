/* SPDX-License-Identifier: Apache-2.0 */
/* event_daemon.c - what a daemon tells of itself, as sentences. */
#include "hactl/event_daemon.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/value_text.h"
#include "hactl/view.h"

/* More names make the line no clearer. */
#define NAMES_MAX 4

static const char *
name_in(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* " (VI_1, VI_2, ...)"; a name that was changed is an object. */
static void
put_names(FILE *to, const json_t *names, json_int_t count)
{
	const json_t *name;
	size_t i;

	json_array_foreach (names, i, name) {
		if (i == NAMES_MAX)
			break;
		fprintf(to, "%s%s", i == 0 ? " (" : ", ",
		    json_is_string(name) ? json_string_value(name)
					 : view_string(name, "to", "?"));
	}
	if (i > 0)
		fputs(count > (json_int_t)i ? ", ...)" : ")", to);
}

/* The first fields that were changed: "; VI_1 priority 150 -> 50". */
static void
put_changes(FILE *to, const json_t *changes)
{
	const json_t *change;
	size_t i;

	json_array_foreach (changes, i, change) {
		const char *field = view_string(change, "field", "?");
		char *name = value_text_name(field);
		char *old = value_text(field, json_object_get(change, "old"));
		char *new = value_text(field, json_object_get(change, "new"));

		if (i < NAMES_MAX)
			fprintf(to, "%s%s %s %s -> %s", i == 0 ? "; " : ", ",
			    name_in(view_string(change, "path", "?")), name, old, new);
		free(name);
		free(old);
		free(new);
	}
	if (i > NAMES_MAX)
		fputs(", ...", to);
}

static void
put_dropped(FILE *to, const json_t *dropped)
{
	const json_t *edit = json_array_get(dropped, 0);
	size_t count = json_array_size(dropped);
	const char *field = view_string(edit, "field", "?");
	char *name, *value;

	if (count == 0)
		return;
	name = value_text_name(field);
	value = value_text(field, json_object_get(edit, "value"));
	fprintf(to, ", dropped the edit %s %s %s",
	    name_in(view_string(edit, "path", "?")), name, value);
	if (count > 1)
		fprintf(to, " and %zu more", count - 1);
	free(name);
	free(value);
}

/* "reloaded: 1 added (VI_3), 2 changed (VI_1, VI_2) (rev 14)" */
void
event_daemon_put_reloaded(FILE *to, const json_t *event, const struct style *style)
{
	static const char *const kinds[] = {"removed", "added", "changed"};
	const json_t *new = json_object_get(event, "new");
	const json_t *counts = json_object_get(new, "counts");
	const char *separator = ": ";
	char rev[VIEW_TEXT_SIZE];

	(void)style;
	fputs("reloaded", to);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		json_int_t count = view_integer(counts, kinds[i], 0);
		const json_t *names = json_object_get(new, kinds[i]);

		if (count == 0)
			continue;
		if (json_array_size(names) == 0 && strcmp(kinds[i], "changed") == 0)
			names = json_object_get(new, "renamed");
		fprintf(
		    to, "%s%" JSON_INTEGER_FORMAT " %s", separator, count, kinds[i]);
		put_names(to, names, count);
		separator = ", ";
	}
	if (json_is_object(counts) && separator[0] == ':')
		fputs(": nothing changed", to);
	put_changes(to, json_object_get(new, "changes"));
	put_dropped(to, json_object_get(new, "dropped"));
	fprintf(to, " (rev %s)", view_text(rev, new, "rev"));
}

/* "refused a new configuration: haven.conf:7: no such keyword; the old one stays" */
void
event_daemon_put_refused(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *finding =
	    json_object_get(json_object_get(event, "new"), "finding");
	const char *file = view_string(finding, "file", NULL);
	json_int_t line = view_integer(finding, "line", 0);

	(void)style;
	fputs("refused a new configuration", to);
	if (file != NULL)
		fprintf(to, ": %s", file);
	if (file != NULL && line > 0)
		fprintf(to, ":%" JSON_INTEGER_FORMAT, line);
	if (view_string(finding, "text", NULL) != NULL)
		fprintf(to, ": %s", view_string(finding, "text", ""));
	fputs("; the one in use stays", to);
}

/* "saved priority 156 is dropped: the file says 151, no longer 150" */
void
event_daemon_put_superseded(FILE *to, const json_t *event, const struct style *style)
{
	const json_t *old = json_object_get(event, "old");
	const char *field = view_string(old, "field", "?");
	char *name = value_text_name(field);
	char *saved = value_text(field, json_object_get(old, "saved"));
	char *before = value_text(field, json_object_get(old, "file"));
	char *now =
	    value_text(field, json_object_get(json_object_get(event, "new"), "file"));

	(void)style;
	fprintf(to, "saved %s %s is dropped: the file says %s, no longer %s", name,
	    saved, now, before);
	free(name);
	free(saved);
	free(before);
	free(now);
}

void
event_daemon_put_log_level(FILE *to, const json_t *event, const struct style *style)
{
	(void)style;
	fprintf(to, "log level %s -> %s",
	    view_string(json_object_get(event, "old"), "level", "-"),
	    view_string(json_object_get(event, "new"), "level", "-"));
}

void
event_daemon_put_audit_lost(FILE *to, const json_t *event, const struct style *style)
{
	json_int_t count = view_integer(json_object_get(event, "new"), "count", 0);

	(void)style;
	fprintf(to,
	    "%" JSON_INTEGER_FORMAT
	    " line%s of the audit could not be written since the start",
	    count, count == 1 ? "" : "s");
}

void
event_daemon_put_stopping(FILE *to, const json_t *event, const struct style *style)
{
	bool keeps =
	    json_is_true(json_object_get(json_object_get(event, "new"), "keeps_role"));

	(void)style;
	fputs(keeps ? "stops; its successor goes on with its roles" : "stops", to);
}

void
event_daemon_put_after_kill(FILE *to, const json_t *event, const struct style *style)
{
	(void)event;
	(void)style;
	fputs("started after the one before was killed or crashed; what was before is "
	      "in its journal",
	    to);
}
