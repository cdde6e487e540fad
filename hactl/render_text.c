/* SPDX-License-Identifier: Apache-2.0 */
/* render_text.c - answers for people: a view for each command, sentences for failures.
 */
#include "hactl/render.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/order.h"
#include "hactl/view.h"

/* Makes one part safe for a terminal; texts of errors too. */
static struct part
safe_part(const struct part *part)
{
	struct part safe = {.daemon = part->daemon,
	    .hello = part->hello != NULL ? escape_json(part->hello) : NULL,
	    .items = part->items != NULL ? escape_json(part->items) : NULL,
	    .rev = part->rev,
	    .absent = part->absent};
	char *message = escape_text(part->error.message);

	(void)ctl_error_set(&safe.error, part->error.code,
	    part->error.data != NULL ? escape_json(part->error.data) : NULL, "%s",
	    message);
	free(message);
	return safe;
}

/* An operation is not done twice: what was told of it before is no news. */
static void
put_replayed(FILE *to, const json_t *answer)
{
	if (json_is_true(json_object_get(answer, "replayed")))
		fputs("(answered before; nothing was done now)\n", to);
}

static void
render_answer(FILE *to, const struct answer *answer, const struct style *style)
{
	struct answer safe = {.order = answer->order,
	    .count = answer->count,
	    .context = answer->context != NULL ? escape_json(answer->context) : NULL};

	for (size_t i = 0; i < answer->count; i++)
		safe.parts[i] = safe_part(&answer->parts[i]);
	answer->order->command->view(to, &safe, style);
	for (size_t i = 0; i < safe.count; i++)
		put_replayed(to, json_array_get(safe.parts[i].items, 0));
	answer_done(&safe);
}

static void
print_finding(FILE *to, const json_t *finding)
{
	int line = (int)view_integer(finding, "line", 0);

	fprintf(to, "%s:", view_string(finding, "file", "?"));
	if (line > 0) /* else it is about the file as a whole */
		fprintf(to, "%d:%d:", line, (int)view_integer(finding, "column", 0));
	fprintf(to, " %s: %s\n", view_string(finding, "severity", "error"),
	    view_string(finding, "text", ""));
}

/* A file that does not run: every finding that the daemon made. */
static void
print_findings(FILE *to, const json_t *data)
{
	json_t *safe = data != NULL ? escape_json(data) : NULL;
	const json_t *finding;
	size_t i;

	json_array_foreach (json_object_get(safe, "findings"), i, finding)
		print_finding(to, finding);
	json_decref(safe);
}

/* As compilers say it, so that editors find the line. */
static void
put_place(FILE *to, const struct failure *failure)
{
	char *file = escape_text(failure->file);

	fprintf(to, "%s:%zu: ", strcmp(file, "-") == 0 ? "stdin" : file, failure->line);
	free(file);
}

/* Many sentences say of whom they are. */
static bool
begins_with_name(const char *message, const char *daemon)
{
	size_t len = daemon != NULL ? strlen(daemon) : 0;

	return len > 0 && strncmp(message, daemon, len) == 0 &&
	       (message[len] == ' ' || message[len] == ':');
}

static void
render_failure(FILE *to, const struct failure *failure, const struct style *style)
{
	char *message = escape_text(failure->message);

	if (failure->file != NULL)
		put_place(to, failure);
	if (!begins_with_name(message, failure->daemon)) {
		style_begin(to, style, PAINT_BAD);
		fprintf(to, "%s:", failure->daemon != NULL ? failure->daemon : "hactl");
		style_end(to, style, PAINT_BAD);
		putc(' ', to);
	}
	fprintf(to, "%s\n", message);
	print_findings(to, failure->data);
	put_replayed(to, failure->data);
	free(message);
}

const struct renderer render_text = {
    .answer = render_answer, .failure = render_failure};
