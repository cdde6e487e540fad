/* SPDX-License-Identifier: Apache-2.0 */
/* helper_findings.h - findings about the configuration as JSON, between processes. */
#ifndef COMMON_HELPER_FINDINGS_H
#define COMMON_HELPER_FINDINGS_H

#include <jansson.h>
#include "common/conf_diag.h"

/* All findings as an array. NULL: out of memory. The caller frees it. */
json_t *helper_findings_pack(const struct conf_diags *diags);

/* Adds the findings of an array to `diags`. Returns 0, or -EBADMSG when `from` is not what
 * helper_findings_pack() makes; findings before the bad one were added then. */
int helper_findings_unpack(const json_t *from, struct conf_diags *diags);

#endif
