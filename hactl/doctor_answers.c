/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_answers.c - which other hosts answer for an address on the link. */
#include "hactl/doctor_answers.h"

#include <string.h>

#include "hactl/doctor_finding.h"

void
doctor_answers_note(struct doctor_answers *answers, const uint8_t mac[6])
{
	for (size_t i = 0; i < answers->count; i++)
		if (memcmp(answers->macs[i], mac, 6) == 0)
			return;
	if (answers->count < DOCTOR_ANSWERS_MAX)
		memcpy(answers->macs[answers->count++], mac, 6);
}

void
doctor_answers_tell(json_t *findings, const char *check, const char *instance,
    const char *address, const struct doctor_answers *answers, bool is_ours)
{
	const char *advice =
	    "Find that host in the tables of the switches: a second MASTER whose "
	    "advertisements do not arrive here, or one that was given the address by "
	    "hand.";

	for (size_t i = is_ours ? 0 : 1; i < answers->count; i++) {
		const uint8_t *m = answers->macs[i];

		doctor_add(findings, "error", check, instance, advice,
		    "%02x:%02x:%02x:%02x:%02x:%02x answers for %s, %s", m[0], m[1],
		    m[2], m[3], m[4], m[5], address,
		    is_ours ? "which is on this host" : "and so does another");
	}
}
