/* SPDX-License-Identifier: Apache-2.0 */
/* complete.h - what may stand at a place in a command line, with one line of help each.
 */
#ifndef HACTL_COMPLETE_H
#define HACTL_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cmdtree.h"
#include "common/ctl_role.h"

/* One candidate. */
struct candidate {
	char *
	    text; /* what is inserted, or "NAME" for an argument without known values */
	char *help;
	bool literal; /* false: `text` only says what is wanted */
};

struct candidates {
	struct candidate *items;
	size_t count;
	bool end; /* the line is complete as it is */
};

/* Where the values of an argument come from; calls complete_add() for each. */
struct complete_source {
	void (*values)(void *userdata, const char *token, struct candidates *to);
	void *userdata;
	enum ctl_role role; /* the user's: commands beyond it are marked */
};

/* Lists what may stand after `words` and begins with `prefix`: keywords, values of
 * arguments, and options where the prefix begins with "-". The words may hold options;
 * a wrong line has no candidates. The caller calls complete_done(). */
void complete_line(const struct cmdtree *tree, const char *const words[], size_t count,
    const char *prefix, const struct complete_source *source, struct candidates *ret);

/* Adds a candidate; texts are copied. For sources of values. */
void complete_add(
    struct candidates *to, const char *text, const char *help, bool literal);

/* The longest text that all literal candidates begin with; the caller frees it. With
 * one literal candidate *ret_unique is true. Empty when there are none. */
char *complete_common(const struct candidates *candidates, bool *ret_unique);

void complete_done(struct candidates *candidates);

#endif
