/* SPDX-License-Identifier: Apache-2.0 */
/* conf_utf8.h - text from a file made fit for a terminal and for JSON. */
#ifndef COMMON_CONF_UTF8_H
#define COMMON_CONF_UTF8_H

#include <stddef.h>

/* The position of the first byte that is a control character other than the tab, or no
 * valid UTF-8 (RFC 3629); `len` when all is well. */
size_t conf_utf8_check(const char *text, size_t len);

/* Replaces control characters other than the tab, and bytes that are not valid UTF-8,
 * by "?", in place. Byte positions stay as they are. */
void conf_utf8_clean(char *text);

#endif
