/* SPDX-License-Identifier: Apache-2.0 */
/* conf_hosts.h - what a file that several hosts share is on the others. */
#ifndef COMMON_CONF_HOSTS_H
#define COMMON_CONF_HOSTS_H

#include <stddef.h>
#include "common/conf.h"

#define CONF_HOSTS_MAX 32 /* more are not tried: each costs a reading of the file */

/* The hosts that @ID lines name. Zero-initialise. */
struct conf_hosts {
	char *names[CONF_HOSTS_MAX]; /* other than our own; "" is a host nobody names */
	size_t count;
	size_t lines;     /* those with a condition */
	size_t elsewhere; /* of these the ones that do not count here */
};

/* Finds the hosts and reads the text as each of them does: a misspelt word in a line
 * for another host is found here too. What is found there only is added to `diags` as a
 * warning that names the host, as it does not keep the file from running here; sort
 * them afterwards. `config_id` is our own; `diags` has what conf_tree_parse() found.
 * Returns 0 or -ENOMEM; the caller ends *ret with conf_hosts_done(), also then. */
int conf_hosts_check(const struct conf_text *text, const char *config_id,
    struct conf_diags *diags, struct conf_hosts *ret);
void conf_hosts_done(struct conf_hosts *hosts);

#endif
