/* SPDX-License-Identifier: Apache-2.0 */
/* escape.c - texts of others, made safe for a terminal. */
#include "hactl/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"

/* The length of the UTF-8 character at `text` and its code point, or 0 when these bytes
 * are none. Overlong forms and surrogates pass: they show as one harmless sign. */
static size_t
decode(const unsigned char *text, uint32_t *ret)
{
	size_t len = text[0] < 0x80   ? 1
		     : text[0] < 0xc2 ? 0
		     : text[0] < 0xe0 ? 2
		     : text[0] < 0xf0 ? 3
		     : text[0] < 0xf5 ? 4
				      : 0;
	uint32_t code = len <= 1 ? text[0] : text[0] & (0x7fU >> len);

	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	*ret = code;
	return len;
}

static bool
is_harmless(uint32_t code)
{
	bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
	bool direction = code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
			 (code >= 0x2028 && code <= 0x202e) ||
			 (code >= 0x2066 && code <= 0x2069);

	return !control && !direction;
}

char *
escape_text(const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	char *copy = must(malloc(strlen(text) * 4 + 1));
	char *to = copy;

	while (*from != '\0') {
		uint32_t code = 0;
		size_t len = decode(from, &code);

		if (len > 0 && is_harmless(code)) {
			memcpy(to, from, len);
			to += len;
			from += len;
			continue;
		}
		for (size_t i = 0; i < (len > 0 ? len : 1); i++)
			to += sprintf(to, "\\x%02x", *from++);
	}
	*to = '\0';
	return copy;
}

static json_t *
escape_object(const json_t *value)
{
	json_t *copy = must(json_object());
	const char *key;
	json_t *member;

	/* jansson's iteration macro wants the object without const. */
	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		char *safe = escape_text(key);

		(void)json_object_set_new(copy, safe, escape_json(member));
		free(safe);
	}
	return copy;
}

static json_t *
escape_array(const json_t *value)
{
	json_t *copy = must(json_array());
	json_t *item;
	size_t i;

	json_array_foreach (value, i, item)
		(void)json_array_append_new(copy, escape_json(item));
	return copy;
}

json_t *
escape_json(const json_t *value)
{
	char *safe;
	json_t *copy;

	if (json_is_object(value))
		return escape_object(value);
	if (json_is_array(value))
		return escape_array(value);
	if (!json_is_string(value))
		return must(json_deep_copy(value));
	safe = escape_text(json_string_value(value));
	copy = must(json_string(safe));
	free(safe);
	return copy;
}

size_t
escape_width(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}
