/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - the names that daemons know, for completion. */
#ifndef HACTL_NAMES_H
#define HACTL_NAMES_H

#include "common/ctl_role.h"
#include "hactl/complete.h"
#include "hactl/daemons.h"

struct names;

/* Returns an empty store that asks over `daemons`. */
struct names *names_new(struct daemons *daemons);
struct names *names_free(struct names *names);

/* The `values` of struct complete_source; `userdata` is the struct names. Answers are
 * kept for two seconds. A daemon that does not answer in 0.3 s has no names: people who
 * press TAB are not kept waiting. */
void names_values(void *userdata, const char *token, struct candidates *to);

/* The user's role at vrrpd, as far as it can be asked now; CTL_ROLE_READ otherwise. */
enum ctl_role names_role(struct names *names);

#endif
