/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_findings.h - findings about a configuration as a control socket may show them. */
#ifndef COMMON_CTL_FINDINGS_H
#define COMMON_CTL_FINDINGS_H

#include <jansson.h>

struct conf_diags;

/* How many findings fit an answer; the counts tell of all. */
#define CTL_FINDINGS_MAX 500

/* conf_diags_json() for clients: lines with a secret in them are left out. NULL: out of
 * memory. */
json_t *ctl_findings_json(const struct conf_diags *diags);

/* The same for readers: of each finding "severity", "file", "line" and "column" only,
 * and "redacted" true. */
json_t *ctl_findings_places_json(const struct conf_diags *diags);

/* {"file", "line", "text"} of the first error among the findings, for an event, or
 * NULL. Without one, `otherwise` is the text; it may be NULL. */
json_t *ctl_findings_first_json(const struct conf_diags *diags, const char *otherwise);

#endif
