/* SPDX-License-Identifier: Apache-2.0 */
/* lease_text.h - what a lease or another live edit is about, in words. */
#ifndef HACTL_LEASE_TEXT_H
#define HACTL_LEASE_TEXT_H

#include <jansson.h>
#include <stdio.h>

/* The texts are the caller's to free. */

/* What a lease sets, each thing once: "priority 150, nopreempt on"; of a hold
 * "effective 1". */
char *lease_text_values(const json_t *lease);

/* Whom a lease is about: "VI_1 VI_2"; the node alone when it is about all of it. */
char *lease_text_objects(const json_t *lease);

#endif
