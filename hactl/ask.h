/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - which daemons a command asks, and what they answer together. */
#ifndef HACTL_ASK_H
#define HACTL_ASK_H

#include <stdbool.h>

#include "hactl/session.h"

/* Whether the order goes to this daemon: one that is named in the line goes to that one
 * alone. */
bool ask_concerns(const struct order *order, const char *daemon);

/* Gives the answer a part for every daemon that the order goes to. */
void ask_parts(const struct order *order, struct answer *answer);

/* Asks every daemon that the order goes to, and fills *ret. Returns NULL, or what is
 * wrong with the words, which the caller frees. */
char *ask_all(struct session *session, const struct order *order, struct answer *ret);

/* Takes out of an answer of both daemons the one that does not run here and need not:
 * it was not reached, it has left no control socket, and the configuration that the other one
 * has read holds no work for it. Where nobody is there, vrrpd stands for the node. */
void ask_settle(struct session *session, struct answer *answer);

/* Makes one list of those of all daemons, in the order of the texts under `key`
 * (times), and keeps the last `count`. It becomes the first good part's; each item then
 * says in "daemon" whose it is. Nothing is done where only one daemon was asked. */
void ask_merge(struct answer *answer, const char *key, size_t count);

#endif
