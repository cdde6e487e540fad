/* SPDX-License-Identifier: Apache-2.0 */
/* pager.h - answers that may be longer than the screen. */
#ifndef HACTL_PAGER_H
#define HACTL_PAGER_H

#include <stddef.h>
#include <stdio.h>

#include "hactl/options.h"

struct pager {
	FILE *to; /* what is to be shown is written here */
	char *program;
	char *text;
	size_t len;
};

/* Begins an answer. It is shown with $HACTL_PAGER, $PAGER or "less -FRX" when a person
 * sits at both ends, and none of --no-pager, --quiet and --json=short was said; an
 * empty name and "cat" mean no pager. Otherwise pager->to is stdout. */
void pager_begin(struct pager *pager, const struct options *options);

/* Shows what was written, and comes back when the person has left the pager. A pager
 * that cannot be run is no error: the text goes to the terminal then. */
void pager_end(struct pager *pager);

#endif
