/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_firewall.c - lists the firewall rules of this host, for whoever may. */
#include <stdio.h>
#include <unistd.h>

#include "hactl/doctor.h"
#include "hactl/doctor_finding.h"
#include "hactl/doctor_ruleset.h"

#define LIST_RULES "PATH=$PATH:/usr/sbin:/sbin nft -j list ruleset 2>/dev/null"
#define LEGACY_TABLES "/proc/net/ip_tables_names"

static bool
has_legacy_tables(void)
{
	FILE *from = fopen(LEGACY_TABLES, "re");
	bool any = from != NULL && fgetc(from) != EOF;

	if (from != NULL)
		(void)fclose(from);
	return any;
}

static void
tell_unseen(json_t *findings, const char *what, const char *advice)
{
	doctor_add(findings, "note", "firewall", "daemon/vrrpd", advice,
	    "the rules of %s were not looked at", what);
}

void
doctor_look_at_firewall(json_t *findings, bool ipv4, bool ipv6)
{
	FILE *from = geteuid() == 0 ? popen(LIST_RULES, "re") : NULL;
	json_t *ruleset = NULL;

	if (from != NULL) {
		ruleset = json_loadf(from, 0, NULL);
		(void)pclose(from);
	}
	if (ruleset == NULL)
		tell_unseen(findings, "nftables",
		    geteuid() == 0 ? "There is no nft here, or it failed."
				   : "Run it as root to list them.");
	if (ipv4)
		doctor_judge_ruleset(findings, ruleset, false);
	if (ipv6)
		doctor_judge_ruleset(findings, ruleset, true);
	if (has_legacy_tables())
		tell_unseen(findings, "the older iptables",
		    "Look at them: iptables-legacy-save.");
	json_decref(ruleset);
}
