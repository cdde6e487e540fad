/* SPDX-License-Identifier: Apache-2.0 */
/* conf_utf8.c - text from a file made fit for a terminal and for JSON. */
#include "common/conf_utf8.h"

#include <stdint.h>
#include <string.h>

/* The bytes of the character at `p`, of which `len` may be looked at: 0 when it is no
 * character of text. */
static size_t
character_len(const uint8_t *p, size_t len)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	if (p[0] < 0x80)
		return (p[0] >= 0x20 && p[0] != 0x7f) || p[0] == '\t';
	for (size_t n = 0; n < 3; n++) {
		if ((p[0] & forms[n].mask) != forms[n].lead || n + 2 > len)
			continue;
		uint32_t code = p[0] & (uint8_t)~forms[n].mask;
		for (size_t i = 1; i <= n + 1; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (p[i] & 0x3f);
		}
		/* C1 controls and surrogates are no text either. */
		if (code < forms[n].least || code < 0xa0 || code > 0x10ffff ||
		    (code >= 0xd800 && code <= 0xdfff))
			return 0;
		return n + 2;
	}
	return 0;
}

size_t
conf_utf8_check(const char *text, size_t len)
{
	size_t i = 0;
	while (i < len) {
		size_t n = character_len((const uint8_t *)text + i, len - i);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

void
conf_utf8_clean(char *text)
{
	size_t len = strlen(text), i = 0;
	while ((i += conf_utf8_check(text + i, len - i)) < len)
		text[i++] = '?';
}
