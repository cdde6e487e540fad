/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_answers.h - which other hosts answer for an address on the link. */
#ifndef HACTL_DOCTOR_ANSWERS_H
#define HACTL_DOCTOR_ANSWERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCTOR_ANSWERS_MAX 4

/* Zero-initialise. */
struct doctor_answers {
	uint8_t macs[DOCTOR_ANSWERS_MAX][6];
	size_t count;
};

/* Takes note of a host, each once; more than there is room for are not told. */
void doctor_answers_note(struct doctor_answers *answers, const uint8_t mac[6]);

/* Appends a finding for each host that should not answer: all when the address is ours,
 * all but one when it is not. `check` is how it was asked, `instance` whose address it
 * is. */
void doctor_answers_tell(json_t *findings, const char *check, const char *instance,
    const char *address, const struct doctor_answers *answers, bool is_ours);

#endif
