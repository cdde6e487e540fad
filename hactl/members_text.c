/* SPDX-License-Identifier: Apache-2.0 */
/* members_text.c - what became of the routers of a maintenance, in words. */
#include "hactl/members_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/view.h"

#define NAMES_MAX 20 /* more are counted */

static bool
has_moved(const json_t *member)
{
	return strcmp(view_string(member, "state", ""), "moved") == 0;
}

/* Whether the same became of both. */
static bool
is_alike(const json_t *a, const json_t *b)
{
	return strcmp(view_string(a, "state", ""), view_string(b, "state", "")) == 0 &&
	       strcmp(view_string(a, "to", ""), view_string(b, "to", "")) == 0;
}

static bool
is_first_of_its_kind(const json_t *members, size_t index)
{
	const json_t *member = json_array_get(members, index);

	for (size_t i = 0; i < index; i++) {
		if (is_alike(json_array_get(members, i), member))
			return false;
	}
	return true;
}

/* "VI_1, VI_2 and 40 more"; returns how many there are. */
static size_t
put_names(FILE *to, const json_t *members, const json_t *kind)
{
	const json_t *member;
	size_t i, count = 0;

	json_array_foreach (members, i, member) {
		if (is_alike(member, kind) && count++ < NAMES_MAX)
			fprintf(to, "%s%s", count > 1 ? ", " : "",
			    view_string(member, "name", "?"));
	}
	if (count > NAMES_MAX)
		fprintf(to, " and %zu more", count - NAMES_MAX);
	return count;
}

/* What they were: of those that moved that is known. */
static void
put_outcome(FILE *to, const json_t *kind, size_t count)
{
	static const struct {
		const char *state, *one, *many;
	} words[] = {
	    {"backup", "was BACKUP", "were BACKUP"},
	    {"fault", "was FAULT", "were FAULT"},
	    {"initialize", "had not started", "had not started"},
	    {"master", "is being handed over", "are being handed over"},
	};
	const char *state = view_string(kind, "state", "?");
	size_t i = 0;

	if (has_moved(kind)) {
		fprintf(to, "moved to %s", view_string(kind, "to", "another router"));
		return;
	}
	while (
	    i < sizeof(words) / sizeof(words[0]) && strcmp(words[i].state, state) != 0)
		i++;
	if (i == sizeof(words) / sizeof(words[0]))
		fputs(state, to);
	else
		fputs(count == 1 ? words[i].one : words[i].many, to);
}

/* Those that moved, or those that did not; returns whether there are any. */
static bool
put_kinds(FILE *to, const json_t *members, bool moved, const char *separator)
{
	const json_t *kind;
	bool any = false;
	size_t i;

	json_array_foreach (members, i, kind) {
		if (has_moved(kind) != moved || !is_first_of_its_kind(members, i))
			continue;
		fputs(any ? "; " : separator, to);
		size_t count = put_names(to, members, kind);

		putc(' ', to);
		put_outcome(to, kind, count);
		any = true;
	}
	return any;
}

char *
members_text(const json_t *answer)
{
	const json_t *members = json_object_get(answer, "members");
	char span[UNITS_TEXT_SIZE];
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));
	bool moved = put_kinds(to, members, true, "");

	if (moved && json_is_number(json_object_get(answer, "took_ms")))
		fprintf(to, " after %s", view_span(span, answer, "took_ms"));
	(void)put_kinds(to, members, false, moved ? "; " : "");
	fclose(to);
	return must(text);
}
