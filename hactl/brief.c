/* SPDX-License-Identifier: Apache-2.0 */
/* brief.c - the plainest form of a command, for lists. */
#include "hactl/brief.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hactl/must.h"

/* From a bracket to what stands behind the one that closes it. */
static const char *
skip_group(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '[' || *at == '(')
			depth++;
		else if (*at == ']' || *at == ')')
			depth--;
		at++;
	} while (depth > 0 && *at != '\0');
	return at;
}

/* To the end of the group that `at` stands in. */
static const char *
skip_alternatives(const char *at)
{
	while (*at != '\0' && *at != ')')
		at = *at == '[' || *at == '(' ? skip_group(at) : at + 1;
	return at;
}

static const char *
skip_dots(const char *at)
{
	return strncmp(at, "...", 3) == 0 ? at + 3 : at;
}

/* Writes a word, and a blank before it unless it is the first. "instance(s)" is plural
 * unless it is one that is named. */
static const char *
put_word(FILE *to, const char *at, bool *empty)
{
	size_t len = strcspn(at, " ([])|");

	fprintf(to, "%s%.*s", *empty ? "" : " ", (int)len, at);
	*empty = false;
	at += len;
	if (strncmp(at, "(s)", 3) != 0)
		return at;
	at += 3;
	if (!isupper((unsigned char)at[strspn(at, " ")]))
		putc('s', to);
	return at;
}

char *
brief_syntax(const char *syntax)
{
	const char *at = syntax;
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));
	bool empty = true;

	while (*at != '\0') {
		if (*at == '[') {
			at = skip_dots(skip_group(at));
		} else if (*at == '|') {
			at = skip_alternatives(at);
		} else if (*at == ')') {
			at++;
			if (skip_dots(at) != at)
				fputs(" ", to);
		} else if (*at == ' ' || *at == '(') {
			at++;
		} else if (strncmp(at, "...", 3) == 0) {
			fputs("...", to);
			at += 3;
		} else {
			at = put_word(to, at, &empty);
		}
	}
	fclose(to);
	return must(text);
}
