/* SPDX-License-Identifier: Apache-2.0 */
/* field_text.h - the range of a field and what it is now, in words. */
#ifndef HACTL_FIELD_TEXT_H
#define HACTL_FIELD_TEXT_H

#include <jansson.h>
#include <stdbool.h>

/* The name, among the "fields" of a description, of the field that commands call
 * `keyword` ("preempt-delay"); NULL when there is none. It belongs to `fields`. */
const char *field_text_name(const json_t *fields, const char *keyword);

/* "1..254, now 150 (lease L-3fa1), file 100": from the description of the field and the
 * object that has it (NULL: none is known). What is not known is left out, so the text
 * may be empty. Safe for a terminal; the caller frees it. */
char *field_text(const json_t *field, const char *name, const json_t *object);

/* How long a lease of the caller's may last, from the "limits" of a daemon: "at most
 * 8h"; with `needed` "at most 8h; an operator must", when the caller is no admin. NULL
 * when the daemon does not say. The caller frees it. */
char *field_text_lease(const json_t *limits, bool needed);

#endif
