/* SPDX-License-Identifier: Apache-2.0 */
/* view_reload.c - what a reload changed, or would, and what it found odd. */
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/value_text.h"
#include "hactl/view.h"

/* More names than this make the line no clearer. */
#define NAMES_MAX 8

/* More lines are for "-j". */
#define CHANGES_MAX 20

/* "VI_1", or "VI_1 is now VI_2". */
static void
put_name(FILE *to, const json_t *name)
{
	if (json_is_string(name))
		fputs(json_string_value(name), to);
	else
		fprintf(to, "%s is now %s", view_string(name, "from", "?"),
		    view_string(name, "to", "?"));
}

/* Returns how many names have been written. */
static size_t
put_names(FILE *to, const json_t *names, size_t before)
{
	const json_t *name;
	size_t i;

	json_array_foreach (names, i, name) {
		if (before + i == NAMES_MAX) {
			fputs(", ...", to);
			return NAMES_MAX + 1;
		}
		fputs(before + i == 0 ? " (" : ", ", to);
		put_name(to, name);
	}
	return before + i;
}

/* ", 2 changed (VI_1, VI_2)"; nothing when there was none. */
static void
put_kind(FILE *to, const json_t *result, const char *kind, const char **separator)
{
	json_int_t count = view_integer(json_object_get(result, "counts"), kind, 0);
	size_t names;

	if (count == 0)
		return;
	fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", *separator, count, kind);
	names = put_names(to, json_object_get(result, kind), 0);
	if (strcmp(kind, "changed") == 0 && names <= NAMES_MAX)
		names = put_names(to, json_object_get(result, "renamed"), names);
	if (names > 0)
		putc(')', to);
	*separator = ", ";
}

/* ": services 2, reals 5", from the plain numbers a daemon tells. */
static void
put_numbers(FILE *to, const json_t *result, const char *separator)
{
	static const char *const known[] = {"rev", "errors", "warnings"};
	const char *key;
	json_t *value;

	json_object_foreach (json_loose(result), key, value) {
		bool is_known = false;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is_known |= strcmp(key, known[i]) == 0;
		if (is_known || !json_is_integer(value))
			continue;
		fprintf(to, "%s%s %" JSON_INTEGER_FORMAT, separator, key,
		    json_integer_value(value));
		separator = ", ";
	}
}

/* "    VI_1: priority 150 -> 50" */
static void
put_changes(FILE *to, const json_t *changes)
{
	const json_t *change;
	size_t i;

	json_array_foreach (changes, i, change) {
		const char *path = view_string(change, "path", "?");
		const char *field = view_string(change, "field", "?");
		const char *slash = strchr(path, '/');
		char *name = value_text_name(field);
		char *old = value_text(field, json_object_get(change, "old"));
		char *new = value_text(field, json_object_get(change, "new"));

		if (i < CHANGES_MAX)
			fprintf(to, "    %s: %s %s -> %s\n",
			    slash != NULL ? slash + 1 : path, name, old, new);
		free(name);
		free(old);
		free(new);
	}
	if (i > CHANGES_MAX)
		fprintf(to, "    and %zu more changes\n", i - CHANGES_MAX);
}

/* "    VI_1: there is no interface eth7: it will be FAULT" */
static void
put_missing(FILE *to, const json_t *missing, bool dry_run)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (missing, i, entry) {
		if (i == CHANGES_MAX)
			break;
		fprintf(to, "    %s: there is no interface %s: it %s FAULT\n",
		    view_string(entry, "name", "?"),
		    view_string(entry, "interface", "?"), dry_run ? "will be" : "is");
	}
	if (json_array_size(missing) > CHANGES_MAX)
		fprintf(to, "    and %zu more without their interface\n",
		    json_array_size(missing) - CHANGES_MAX);
}

/* An edit that is gone must not be missed later. */
static void
put_dropped(FILE *to, const json_t *dropped)
{
	const json_t *edit;
	size_t i;

	json_array_foreach (dropped, i, edit) {
		const char *path = view_string(edit, "path", "?");
		const char *slash = strchr(path, '/');
		char value[VIEW_TEXT_SIZE];

		fprintf(to, "    dropped: %s %s %s, %s\n",
		    slash != NULL ? slash + 1 : path, view_string(edit, "field", "?"),
		    view_text(value, edit, "value"), view_string(edit, "because", "?"));
	}
}

static void
put_findings(FILE *to, const json_t *findings)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding) {
		int line = (int)view_integer(finding, "line", 0);

		fprintf(to, "    %s:", view_string(finding, "file", "?"));
		if (line > 0) /* else it is about the file as a whole */
			fprintf(to, "%d:", line);
		fprintf(to, " %s: %s\n", view_string(finding, "severity", "?"),
		    view_string(finding, "text", ""));
	}
}

/* As the daemon says, not as it was asked. */
static bool
is_dry_run(const struct part *part)
{
	return json_is_true(json_object_get(json_array_get(part->items, 0), "dry_run"));
}

/* "    put back: 192.0.2.1/24 (VI_1)"; nothing when there was none. */
static void
put_addresses(FILE *to, const json_t *repair, const char *kind, const char *words)
{
	const json_t *entries = json_object_get(repair, kind), *entry;
	json_int_t count = view_integer(json_object_get(repair, "counts"), kind, 0);
	size_t i;

	if (count == 0)
		return;
	fprintf(to, "    %s:", words);
	json_array_foreach (entries, i, entry) {
		const char *where = view_string(entry, "path", "");
		const char *slash = strchr(where, '/');
		const char *what = view_string(entry, "what", "");

		if (i == NAMES_MAX)
			break;
		fprintf(to, "%s %s (%s%s%s)", i > 0 ? "," : "",
		    view_string(entry, "address", "?"),
		    slash != NULL ? slash + 1 : view_string(entry, "interface", "?"),
		    *what != '\0' ? ": " : "", what);
	}
	if (count > (json_int_t)i)
		fprintf(
		    to, " and %" JSON_INTEGER_FORMAT " more", count - (json_int_t)i);
	putc('\n', to);
}

/* Of instances, as which addresses they were is history. */
static void
put_before(FILE *to, const json_t *repair)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(repair, "put_back_before"), i, entry) {
		const char *path = view_string(entry, "path", "?");
		const char *slash = strchr(path, '/');
		char ago[UNITS_TEXT_SIZE];

		if (i == NAMES_MAX)
			break;
		fprintf(to,
		    "    somebody removed addresses of %s: put back %s before this\n",
		    slash != NULL ? slash + 1 : path, view_span(ago, entry, "ago_ms"));
	}
}

/* Whether the comparison found everything as it should be. */
static bool
is_clean(const json_t *repair)
{
	const char *kind;
	json_t *count;

	json_object_foreach (
	    json_loose(json_object_get(repair, "counts")), kind, count) {
		if (json_integer_value(count) > 0)
			return false;
	}
	return json_array_size(json_object_get(repair, "pending")) == 0;
}

static void
put_repair(FILE *to, const struct part *part, bool dry_run)
{
	static const struct {
		const char *kind, *done, *planned;
	} kinds[] = {
	    {"put_back", "put back", "missing"},
	    {"failed", "still missing", "missing"},
	    {"corrected", "put right", "not as configured"},
	    {"removed_stray", "removed, as nobody wants it", "nobody wants it"},
	    {"foreign", "left alone, as somebody else's", "somebody else's"},
	};
	const json_t *repair =
	    json_object_get(json_array_get(part->items, 0), "repair");
	json_int_t compared = view_integer(repair, "compared", 0);

	if (repair == NULL)
		return;
	if (json_object_get(repair, "counts") == NULL) {
		fprintf(to, "    %s keeps nothing in the kernel\n", part->daemon);
		return;
	}
	fprintf(to,
	    "    compared %" JSON_INTEGER_FORMAT " address%s with the kernel%s\n",
	    compared, compared == 1 ? "" : "es",
	    is_clean(repair) ? ": all as it should be" : "");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		put_addresses(to, repair, kinds[i].kind,
		    dry_run ? kinds[i].planned : kinds[i].done);
	put_before(to, repair);
	view_pending(to, repair);
}

static void
put_reloaded(FILE *to, const struct part *part)
{
	static const char *const kinds[] = {"removed", "added", "changed", "unchanged"};
	const json_t *result = json_array_get(part->items, 0);
	const char *separator = ": ";

	fprintf(
	    to, "%-8s%s", part->daemon, is_dry_run(part) ? "would reload" : "reloaded");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		put_kind(to, result, kinds[i], &separator);
	put_numbers(to, result, separator);
	fprintf(to, " (rev %" JSON_INTEGER_FORMAT ")\n", part->rev);
	put_changes(to, json_object_get(result, "changes"));
	put_missing(
	    to, json_object_get(result, "missing_interfaces"), is_dry_run(part));
	put_dropped(to, json_object_get(result, "dropped"));
	put_findings(to, json_object_get(result, "findings"));
	put_repair(to, part, is_dry_run(part));
}

void
view_reloaded(FILE *to, const struct answer *answer, const struct style *style)
{
	bool dry_run = false;

	for (size_t i = 0; i < answer->count; i++) {
		const struct part *part = &answer->parts[i];

		dry_run |= is_dry_run(part);
		if (part->error.code != CTL_OK)
			view_failed(to, part, style);
		else
			put_reloaded(to, part);
	}
	if (dry_run)
		fputs("Nothing was changed: --dry-run.\n", to);
}
