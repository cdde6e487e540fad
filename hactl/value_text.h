/* SPDX-License-Identifier: Apache-2.0 */
/* value_text.h - fields and their values as one types them. */
#ifndef HACTL_VALUE_TEXT_H
#define HACTL_VALUE_TEXT_H

#include <jansson.h>

/* The name that commands have for a field of the protocol: "preempt-delay" for
 * "preempt_delay_ms", "track eth0 weight" for "track/eth0". The caller frees it. */
char *value_text_name(const char *field);

/* A value of that field: "3s" for 3000, "on", "debug", "150"; "-" for null and what is
 * missing. The caller frees it. */
char *value_text(const char *field, const json_t *value);

#endif
