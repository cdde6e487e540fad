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
	char *text;  /* what is inserted, or "NAME" when the values are not known */
	char *takes; /* what follows the keyword: "N", "on|off"; NULL: various things */
	char *help;  /* one line */
	bool literal;  /* false: `text` only says what is wanted */
	bool too_high; /* needs a role that the user has not got; `help` says so */
};

struct candidates {
	struct candidate *items;
	size_t count;
	bool end; /* the line is complete as it is */
};

/* What a line is about, as far as it goes. */
struct complete_about {
	const char *daemon; /* "vrrpd" */
	const char *kind;   /* of its object, "instance"; NULL: it has none yet */
	const char *name;   /* of its object */
};

/* Where values come from. */
struct complete_source {
	/* Calls complete_add() for each known value of an argument. */
	void (*values)(void *userdata, const struct complete_about *about,
	    const char *token, struct candidates *to);
	/* The range of the field that `keyword` sets, and what it is now; NULL when
	 * that is not known. The caller frees it. */
	char *(*field)(
	    void *userdata, const struct complete_about *about, const char *keyword);
	/* How long a lease of the user's may last: "at most 8h"; `needed`: "at most
	 * 8h; an operator must", of one that only an admin may leave out. NULL when
	 * that is not known. The caller frees it. */
	char *(*lease)(void *userdata, const struct complete_about *about, bool needed);
	void *userdata;
	enum ctl_role role; /* the user's: commands beyond it are marked */
};

/* Lists what may stand after `words` and begins with `prefix`: keywords, values of
 * arguments, and options, with their values, where the prefix begins with "-". The
 * words may hold options; a wrong line has no candidates. The caller calls
 * complete_done(). */
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
