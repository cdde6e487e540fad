/* SPDX-License-Identifier: Apache-2.0 */
/* nodes.h - one command on several hosts, and what they say together. */
#ifndef HACTL_NODES_H
#define HACTL_NODES_H

#include "hactl/session.h"

/* Whether the list of -H names more than one host. */
bool nodes_are_several(const char *hosts);

/* The list with every name once; the caller frees it. */
char *nodes_distinct(const char *hosts);

/* NULL when every name of the list may be given to ssh, else a sentence that says which
 * one may not; the caller frees it. */
char *nodes_check(const char *hosts);

/* Runs the words on each host of the list and shows the answers together: instances as
 * one table, others host by host. A virtual router with two Masters or none is said.
 * A question such as "is-master" is answered yes when one host says so. */
enum ctl_exit nodes_run(struct session *session, const char *hosts,
    const char *const words[], size_t count);

#endif
