/* SPDX-License-Identifier: Apache-2.0 */
/* members_text.h - what became of the routers of a maintenance, in words. */
#ifndef HACTL_MEMBERS_TEXT_H
#define HACTL_MEMBERS_TEXT_H

#include <jansson.h>

/* Those with the same outcome together, those that moved first: "VI_1, VI_2 moved to
 * 192.0.2.12 after 3s; VI_4 was BACKUP; VI_3 was FAULT". `answer` has `members` and,
 * when they have moved, `took_ms`. Empty without members. The caller frees it. */
char *members_text(const json_t *answer);

#endif
