/* SPDX-License-Identifier: Apache-2.0 */
/* denials.c - how many refused attempts of a user are written down one by one. */
#include "common/denials.h"

#include "common/units.h"

#define MINUTE_US (60 * US_PER_S)

/* The user's entry, or the one that is given up for him. */
static struct denials_user *
find(struct denials *denials, uid_t uid)
{
	struct denials_user *oldest = &denials->users[0];

	for (unsigned i = 0; i < DENIALS_USERS; i++) {
		struct denials_user *user = &denials->users[i];

		if (user->since_us != 0 && user->uid == uid)
			return user;
		if (user->since_us < oldest->since_us)
			oldest = user;
	}
	*oldest = (struct denials_user){.uid = uid};
	return oldest;
}

bool
denials_pass(struct denials *denials, uid_t uid, int64_t now_us, uint64_t *ret_held)
{
	struct denials_user *user = find(denials, uid);

	if (user->since_us == 0 || now_us - user->since_us >= MINUTE_US) {
		user->since_us = now_us;
		user->told = 0;
	}
	if (user->told >= DENIALS_A_MINUTE) {
		user->held++;
		return false;
	}
	user->told++;
	*ret_held = user->held;
	user->held = 0;
	return true;
}
