/* SPDX-License-Identifier: Apache-2.0 */
/* denials.h - how many refused attempts of a user are written down one by one.
 *
 * Everybody may try what he may not do, as fast as he can write; a line of the audit
 * for each would fill the disk. So a user has a number of lines a minute, and what is
 * beyond it is counted and told with the next. Pure: time comes in.
 */
#ifndef COMMON_DENIALS_H
#define COMMON_DENIALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define DENIALS_USERS 16
#define DENIALS_A_MINUTE 30

struct denials_user {
	uid_t uid;
	int64_t since_us; /* when the minute began; 0: nobody's */
	unsigned told;    /* in this minute */
	uint64_t held;    /* not told yet */
};

/* Zero-initialise. */
struct denials {
	struct denials_user users[DENIALS_USERS];
};

/* Whether this attempt of `uid` is written down; *ret_held is then how many before it
 * were not. When more users try than there is room for, the one whose minute began
 * first is forgotten. */
bool denials_pass(
    struct denials *denials, uid_t uid, int64_t now_us, uint64_t *ret_held);

#endif
