/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_finding.c - a finding as an object. */
#include "hactl/doctor_finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "hactl/must.h"

void
doctor_add(json_t *findings, const char *severity, const char *check,
    const char *object, const char *advice, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	(void)json_array_append_new(findings,
	    must(json_pack("{s:s, s:s, s:s, s:s, s:s}", "severity", severity, "check",
		check, "object", object, "text", must(text), "advice", advice)));
	free(text);
}
