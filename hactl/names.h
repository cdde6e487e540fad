/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - the names and values that daemons know, for completion. */
#ifndef HACTL_NAMES_H
#define HACTL_NAMES_H

#include "common/ctl_role.h"
#include "common/units.h"
#include "hactl/complete.h"
#include "hactl/daemons.h"

struct names;

/* Returns an empty store that asks over `daemons`. Answers are kept for two seconds. */
struct names *names_new(struct daemons *daemons);
struct names *names_free(struct names *names);

/* Begins a key press: all that is asked for it takes 0.3 s at most, as a person who
 * presses TAB is not kept waiting. What is not known by then is left out. */
void names_begin(struct names *names);

/* Forgets the answers: a command may have changed what they say. */
void names_forget(struct names *names);

/* `values`, `field` and `lease` of struct complete_source; `userdata` is the struct
 * names. */
void names_values(void *userdata, const struct complete_about *about, const char *token,
    struct candidates *to);
char *names_field(
    void *userdata, const struct complete_about *about, const char *keyword);
char *names_lease(void *userdata, const struct complete_about *about, bool needed);

/* The user's role at vrrpd, as far as it can be asked now; CTL_ROLE_READ otherwise. */
enum ctl_role names_role(struct names *names);

/* How long the node, or else an instance, is still in maintenance, "1h12m". Returns
 * false when nothing is, or nobody can tell. */
bool names_maintenance(struct names *names, char ret[UNITS_TEXT_SIZE]);

#endif
