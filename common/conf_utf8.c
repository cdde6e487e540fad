/* SPDX-License-Identifier: Apache-2.0 */
/* conf_utf8.c - text from a file made fit for a terminal and for JSON. */
#include "common/conf_utf8.h"

#include <stddef.h>
#include <stdint.h>

/* The bytes of the character at `p`: 0 when it is not valid UTF-8 (RFC 3629). */
static size_t
character_len(const uint8_t *p)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (size_t n = 0; n < 3; n++) {
		if ((p[0] & forms[n].mask) != forms[n].lead)
			continue;
		uint32_t code = p[0] & (uint8_t)~forms[n].mask;
		for (size_t i = 1; i <= n + 1; i++) {
			if ((p[i] & 0xc0) != 0x80) /* the end of the text too */
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

void
conf_utf8_clean(char *text)
{
	uint8_t *p = (uint8_t *)text;
	while (*p) {
		size_t len = 1;
		if (*p >= 0x80)
			len = character_len(p);
		if (len == 0 || (*p < 0x20 && *p != '\t') || *p == 0x7f) {
			*p++ = '?';
			continue;
		}
		p += len;
	}
}
