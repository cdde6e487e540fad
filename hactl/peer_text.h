/* SPDX-License-Identifier: Apache-2.0 */
/* peer_text.h - what the daemons say of each other, in words. */
#ifndef HACTL_PEER_TEXT_H
#define HACTL_PEER_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include "common/units.h"
#include "hactl/render.h"

/* For how long the daemon was not heard, "0.4s" or "3m12s"; "-" when it never was.
 * Returns `buf` or "-". */
const char *peer_text_age(char buf[UNITS_TEXT_SIZE], const json_t *peer);

/* Whether its state is one of trouble: it was there, and is not heard now. */
bool peer_is_lost(const json_t *peer);

/* What became of one that is lost, as a sentence: "checkd has stopped". The caller
 * frees it. */
char *peer_text_why(const json_t *peer);

/* Of what the daemons say of each other in their status, what matters most: a loss
 * before all else. NULL: none says anything. */
const json_t *peer_worst(const struct answer *answer);

#endif
