/* SPDX-License-Identifier: Apache-2.0 */
/* roles_named.h - the instances that a question is about. */
#ifndef HACTL_ROLES_NAMED_H
#define HACTL_ROLES_NAMED_H

#include <jansson.h>
#include <stdio.h>

/* Those of a list that are in the state. The caller releases it. */
json_t *roles_in_state(const json_t *instances, const char *state);

/* Writes "VI_1 (MASTER here, 3 addresses)", or "2 instances: VI_1, VI_2 (...)"; the
 * names must be safe for a terminal. */
void roles_put_names(FILE *to, const json_t *instances);

#endif
