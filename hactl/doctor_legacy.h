/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_legacy.h - the rules of the older iptables, as nft would list them. */
#ifndef HACTL_DOCTOR_LEGACY_H
#define HACTL_DOCTOR_LEGACY_H

#include <jansson.h>
#include <stdbool.h>

/* Makes of what "iptables-legacy-save" prints (or "ip6tables-legacy-save") a ruleset for
 * doctor_judge_ruleset(). What it does not know of a rule becomes a match that cannot be
 * judged. Lines that are none of its are left out. */
json_t *doctor_legacy_ruleset(const char *saved, bool ipv6);

#endif
