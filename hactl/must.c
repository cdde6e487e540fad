/* SPDX-License-Identifier: Apache-2.0 */
/* must.c - memory for a program that lives for one command: there is some, or we end.
 */
#include "hactl/must.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *
must(void *memory)
{
	if (memory == NULL) {
		fputs("hactl: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

char *
must_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return must(len < 0 ? NULL : text);
}
