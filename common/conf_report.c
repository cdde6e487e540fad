/* SPDX-License-Identifier: Apache-2.0 */
/* conf_report.c - makes a finding of a place in the text, without showing secrets. */
#include "common/conf_report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/names.h"

#define SOURCE_LEN_MAX 1024

/* Whether a word is, or is meant to be, one that a secret follows. */
static bool
announces_secret(const char *word, size_t len)
{
	char copy[24];
	if (len < 3 || len >= sizeof(copy))
		return false;
	memcpy(copy, word, len);
	copy[len] = '\0';
	return names_distance(copy, "auth_pass", 3) <= 3 ||
	       names_distance(copy, "password", 2) <= 2 || strcmp(copy, "key") == 0;
}

/* The value in a definition of a macro with a name such as $PASS, or NULL. */
static char *
secret_definition(char *word)
{
	static const char *const hints[] = {"pass", "pwd", "key", "secret"};
	size_t len = strcspn(word, "=");
	if (word[0] != '$' || word[len] != '=')
		return NULL;
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const char *hint = strcasestr(word, hints[i]);
		if (hint && hint < word + len)
			return word + len + 1;
	}
	return NULL;
}

/* Cuts a line after the first word that a secret follows. */
static void
hide_secret(char *line)
{
	static const char blanks[] = " \t{}";
	for (char *word = line; *(word += strspn(word, blanks));) {
		size_t len = strcspn(word, blanks);
		char *rest = secret_definition(word);
		if (!rest && announces_secret(word, len))
			rest = word + len + strspn(word + len, " \t");
		if (rest && *rest) {
			size_t room = strlen(rest);
			memset(rest, '*', room < 3 ? room : 3);
			rest[room < 3 ? room : 3] = '\0';
			return;
		}
		word += len;
	}
}

void
conf_report(struct conf_diags *diags, enum conf_severity severity,
    const struct conf_place *place, const char *suggestion, const char *format,
    va_list args)
{
	char source[SOURCE_LEN_MAX + 1] = "", *text = NULL;
	if (conf_diags_full(diags, severity)) {
		conf_diags_add(diags, severity, place->file, 0, 0, 1, NULL, NULL, " ");
		return;
	}
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (place->source) {
		size_t len = place->source_len;
		if (len > SOURCE_LEN_MAX)
			len = SOURCE_LEN_MAX;
		memcpy(source, place->source, len);
		while (len > 0 && source[len - 1] == '\r')
			len--;
		source[len] = '\0';
		hide_secret(source);
	}
	conf_diags_add(diags, severity, place->file, (int)place->line,
	    (int)place->column, (int)place->length, place->source ? source : NULL,
	    suggestion, "%s", text ? text : "out of memory");
	free(text);
}
