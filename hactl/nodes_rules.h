/* SPDX-License-Identifier: Apache-2.0 */
/* nodes_rules.h - what the answers of several hosts mean together. Pure. */
#ifndef HACTL_NODES_RULES_H
#define HACTL_NODES_RULES_H

#include <jansson.h>
#include <stdbool.h>

/* Looks at instances of several nodes, each with "node": a name with more than one
 * MASTER, or with none. Returns [{"instance", "problem", "masters": [...]}], which the
 * caller releases. `complete`: every node has answered. */
json_t *nodes_problems(const json_t *instances, bool complete);

/* The exit status of all: what all ended with; 3 when one was not reached, else 8. */
int nodes_worse(int a, int b);

/* The items with those of the same name together, in the order in which the names first
 * come: so that one sees at once who is Master of an instance. The caller releases it. */
json_t *nodes_by_name(const json_t *items);

#endif
