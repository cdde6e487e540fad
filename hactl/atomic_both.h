/* SPDX-License-Identifier: Apache-2.0 */
/* atomic_both.h - one change of two daemons, as nearly as that can be. */
#ifndef HACTL_ATOMIC_BOTH_H
#define HACTL_ATOMIC_BOTH_H

#include <jansson.h>
#include <stddef.h>

#include "common/ctl_error.h"
#include "hactl/session.h"

struct atomic_both {
	struct session *session;
	const struct order *order;
	json_t *params[DAEMONS_COUNT]; /* of "apply", of each daemon */
	/* The line that a daemon's error is about; 0: none in particular. */
	size_t (*line_of)(const void *userdata, const struct part *part);
	const void *userdata;
};

/* Asks both daemons whether they would, then changes one after the other. When the second
 * does not, the first takes its part back. Where that fails too, or where it is not known
 * what the second did, it says what stands where (CTL_EXIT_PARTLY). Returns the status. */
enum ctl_exit atomic_both_run(const struct atomic_both *both);

#endif
