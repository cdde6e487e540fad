/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_finding.h - a finding as an object, as vrrpd's `doctor` makes them. */
#ifndef HACTL_DOCTOR_FINDING_H
#define HACTL_DOCTOR_FINDING_H

#include <jansson.h>

/* Appends {"severity", "check", "object", "text", "advice"}; the text is formatted. */
void doctor_add(json_t *findings, const char *severity, const char *check,
    const char *object, const char *advice, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
