/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_ruleset.h - firewall rules that keep advertisements away. */
#ifndef HACTL_DOCTOR_RULESET_H
#define HACTL_DOCTOR_RULESET_H

#include <jansson.h>
#include <stdbool.h>

/* Appends a finding for each rule of `ruleset`, as "nft -j list ruleset" prints it,
 * that drops what VRRP receives or sends over IPv4, or IPv6. What is no ruleset has no
 * rules. */
void doctor_judge_ruleset(json_t *findings, const json_t *ruleset, bool ipv6);

#endif
