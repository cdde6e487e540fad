/* SPDX-License-Identifier: Apache-2.0 */
/* event_changed.h - what of an object is another now, in words. */
#ifndef HACTL_EVENT_CHANGED_H
#define HACTL_EVENT_CHANGED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct style;

/* Whether an event KIND.changed says anything that has no line of its own: what moves,
 * for one, is told when it begins and ends. */
bool event_changed_is_told(const json_t *event);

/* Writes it: "priority 150 -> 140, leases L-3fa1". */
void event_changed_put(FILE *to, const json_t *event, const struct style *style);

#endif
