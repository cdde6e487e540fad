/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_firewall.c - lists the firewall rules of this host, for whoever may. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hactl/doctor.h"
#include "hactl/doctor_finding.h"
#include "hactl/doctor_legacy.h"
#include "hactl/doctor_ruleset.h"
#include "hactl/must.h"

#define LIST_NFT "nft -j list ruleset"
#define LIST_LEGACY4 "iptables-legacy-save"
#define LIST_LEGACY6 "ip6tables-legacy-save"

/* Whether the kernel has tables of the older iptables for this family. Listing them
 * would make them. */
static bool
has_legacy_tables(bool ipv6)
{
	FILE *from = fopen(
	    ipv6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names", "re");
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

/* What a command prints, which the caller frees; NULL when it failed. */
static char *
output_of(const char *command)
{
	char *line = must_format("PATH=$PATH:/usr/sbin:/sbin %s 2>/dev/null", command);
	FILE *from = popen(line, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t len = -1;

	free(line);
	if (from == NULL)
		return NULL;
	len = getdelim(&text, &room, '\0', from);
	if (pclose(from) == 0 && len > 0)
		return text;
	free(text);
	return NULL;
}

static void
look_at_nft(json_t *findings, bool ipv4, bool ipv6)
{
	char *text = output_of(LIST_NFT);
	json_t *ruleset = text != NULL ? json_loads(text, 0, NULL) : NULL;

	if (ruleset == NULL)
		tell_unseen(
		    findings, "nftables", "There is no nft here, or it failed.");
	if (ipv4)
		doctor_judge_ruleset(findings, ruleset, false);
	if (ipv6)
		doctor_judge_ruleset(findings, ruleset, true);
	json_decref(ruleset);
	free(text);
}

static void
look_at_legacy(json_t *findings, bool ipv6)
{
	char *text = has_legacy_tables(ipv6)
			 ? output_of(ipv6 ? LIST_LEGACY6 : LIST_LEGACY4)
			 : NULL;

	if (text != NULL) {
		json_t *ruleset = doctor_legacy_ruleset(text, ipv6);

		doctor_judge_ruleset(findings, ruleset, ipv6);
		json_decref(ruleset);
	} else if (has_legacy_tables(ipv6)) {
		tell_unseen(findings, "the older iptables",
		    ipv6 ? "There is no " LIST_LEGACY6 " here, or it failed."
			 : "There is no " LIST_LEGACY4 " here, or it failed.");
	}
	free(text);
}

void
doctor_look_at_firewall(json_t *findings, bool ipv4, bool ipv6)
{
	if (geteuid() != 0) {
		tell_unseen(findings, "the firewall", "Run it as root to list them.");
		return;
	}
	look_at_nft(findings, ipv4, ipv6);
	if (ipv4)
		look_at_legacy(findings, false);
	if (ipv6)
		look_at_legacy(findings, true);
}
