/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - a typed line, taken apart into words. */
#include "hactl/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"

static void
add(struct words *words, char *text, size_t start)
{
	size_t count = words->count + 1;

	words->items = must(realloc(words->items, count * sizeof(*words->items)));
	words->starts = must(realloc(words->starts, count * sizeof(*words->starts)));
	words->items[words->count] = text;
	words->starts[words->count] = start;
	words->count = count;
}

/* Reads one word at `at` and returns where it ends. */
static const char *
take_word(struct words *words, const char *line, const char *at)
{
	char *text = must(malloc(strlen(at) + 1));
	size_t start = (size_t)(at - line);
	size_t len = 0;
	char quote = '\0';

	for (; *at != '\0'; at++) {
		if (quote == '\0' && isspace((unsigned char)*at))
			break;
		if (*at == '\\' && quote != '\'' && at[1] != '\0')
			text[len++] = *++at;
		else if (quote == '\0' && (*at == '"' || *at == '\''))
			quote = *at;
		else if (quote != '\0' && *at == quote)
			quote = '\0';
		else
			text[len++] = *at;
	}
	text[len] = '\0';
	add(words, text, start);
	words->end = quote != '\0' ? WORDS_QUOTED : WORDS_INSIDE;
	return at;
}

void
words_split(const char *line, struct words *ret)
{
	const char *at = line;

	*ret = (struct words){0};
	for (;;) {
		while (isspace((unsigned char)*at)) {
			ret->end = WORDS_BLANK;
			at++;
		}
		if (*at == '\0' || *at == '#')
			return;
		at = take_word(ret, line, at);
	}
}

void
words_done(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	free(words->starts);
	*words = (struct words){0};
}
