/* SPDX-License-Identifier: Apache-2.0 */
/* conf_report.h - makes a finding of a place in the text, without showing secrets. */
#ifndef COMMON_CONF_REPORT_H
#define COMMON_CONF_REPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf_diag.h"

/* A place in a physical line. */
struct conf_place {
	const char *file;
	uint32_t line;
	uint32_t column; /* from 1 */
	size_t length;
	const char *source; /* the line, not terminated; NULL: not shown */
	size_t source_len;
};

/* Adds a finding. What follows a password keyword, also a misspelt one, is replaced by
 * asterisks in the line shown; the message must not name it either. */
void conf_report(struct conf_diags *diags, enum conf_severity severity,
    const struct conf_place *place, const char *suggestion, const char *format,
    va_list args) __attribute__((format(printf, 5, 0)));

#endif
