/* SPDX-License-Identifier: Apache-2.0 */
/* conf_hosts.c - what a file that several hosts share is on the others. */
#include "common/conf_hosts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_text.h"

/* ---- who is named -------------------------------------------------------- */

/* Takes note of a host, each once. */
static int
note_host(struct conf_hosts *hosts, const char *name, size_t len)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (strlen(hosts->names[i]) == len &&
		    memcmp(hosts->names[i], name, len) == 0)
			return 0;
	if (hosts->count == CONF_HOSTS_MAX)
		return 0;
	hosts->names[hosts->count] = strndup(name, len);
	return hosts->names[hosts->count++] != NULL ? 0 : -ENOMEM;
}

/* A line that begins with "@ID", or with "@^ID": on all hosts but this. */
static int
note_line(struct conf_hosts *hosts, const char *config_id, const char *line, size_t len)
{
	static const char blanks[] = " \t\r";
	size_t start = 0, end;
	bool not, same;

	while (start < len && strchr(blanks, line[start]) != NULL)
		start++;
	if (start == len || line[start++] != '@')
		return 0;
	not = start < len && line[start] == '^';
	start += not ? 1 : 0;
	for (end = start; end < len && strchr(blanks, line[end]) == NULL;)
		end++;
	same = strlen(config_id) == end - start &&
	       memcmp(config_id, line + start, end - start) == 0;
	hosts->lines++;
	if (same != not )
		return 0;
	hosts->elsewhere++;
	/* What counts everywhere but here counts on a host that no line names. */
	return not ? note_host(hosts, "", 0)
		   : note_host(hosts, line + start, end - start);
}

static int
find_hosts(
    const struct conf_text *text, const char *config_id, struct conf_hosts *hosts)
{
	int r = 0;

	for (size_t i = 0; i < text->segment_count; i++) {
		const char *at = text->segments[i].data;
		const char *end = at + text->segments[i].len;

		while (r == 0 && at < end) {
			const char *newline = memchr(at, '\n', (size_t)(end - at));

			if (newline == NULL)
				newline = end;
			r = note_line(hosts, config_id, at, (size_t)(newline - at));
			at = newline + 1;
		}
	}
	return r;
}

/* ---- what is found there ------------------------------------------------- */

static bool
has_finding(const struct conf_diags *diags, const struct conf_diag *wanted)
{
	for (size_t i = 0; i < conf_diags_count(diags); i++) {
		const struct conf_diag *diag = conf_diags_get(diags, i);

		if (diag->line == wanted->line && diag->column == wanted->column &&
		    strcmp(diag->file, wanted->file) == 0 &&
		    strcmp(diag->text, wanted->text) == 0)
			return true;
	}
	return false;
}

/* Adds what is new; `seen` has, in the words they were found in, those of all hosts. */
static void
add_findings(struct conf_diags *diags, struct conf_diags *seen,
    const struct conf_diags *found, const char *host)
{
	const char *name = host[0] != '\0' ? host : "the other hosts";

	for (size_t i = 0; i < conf_diags_count(found); i++) {
		const struct conf_diag *diag = conf_diags_get(found, i);

		if (has_finding(seen, diag))
			continue;
		conf_diags_add(seen, diag->severity, diag->file, diag->line,
		    diag->column, diag->length, NULL, NULL, "%s", diag->text);
		conf_diags_add(diags, CONF_WARNING, diag->file, diag->line,
		    diag->column, diag->length, diag->source, diag->suggestion,
		    "on %s%s: %s", name,
		    diag->severity == CONF_ERROR ? " this is an error" : "",
		    diag->text);
	}
}

static int
try_host(const struct conf_text *text, const char *host, struct conf_diags *diags,
    struct conf_diags *seen)
{
	const struct conf_env env = {.config_id = host};
	struct conf_diags *found = conf_diags_new();
	struct conf_tree *tree = NULL;
	int r = -ENOMEM;

	if (found != NULL)
		r = conf_tree_parse(text, &env, found, &tree);
	if (r == 0)
		add_findings(diags, seen, found, host);
	conf_tree_free(tree);
	conf_diags_free(found);
	return r;
}

static void
copy_findings(struct conf_diags *to, const struct conf_diags *from)
{
	for (size_t i = 0; i < conf_diags_count(from); i++) {
		const struct conf_diag *diag = conf_diags_get(from, i);

		conf_diags_add(to, diag->severity, diag->file, diag->line, diag->column,
		    diag->length, NULL, NULL, "%s", diag->text);
	}
}

int
conf_hosts_check(const struct conf_text *text, const char *config_id,
    struct conf_diags *diags, struct conf_hosts *ret)
{
	int r = find_hosts(text, config_id, ret);
	struct conf_diags *seen = conf_diags_new();

	if (seen == NULL)
		r = -ENOMEM;
	else
		copy_findings(seen, diags);
	for (size_t i = 0; r == 0 && i < ret->count; i++)
		r = try_host(text, ret->names[i], diags, seen);
	conf_diags_free(seen);
	return r;
}

void
conf_hosts_done(struct conf_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		free(hosts->names[i]);
	*hosts = (struct conf_hosts){0};
}
