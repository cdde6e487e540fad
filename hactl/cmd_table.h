/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_table.h - every command: its words, whom it asks, what it asks, how it is shown.
 */
#ifndef HACTL_CMD_TABLE_H
#define HACTL_CMD_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/cmdtree.h"
#include "common/ctl_role.h"
#include "hactl/render.h"

struct order;

/* What carries a command out (session.c). */
enum command_kind {
	COMMAND_ASK = 0,   /* call the method, show the answer */
	COMMAND_LIST,      /* `method` is the type of a list: read all its pages */
	COMMAND_MOVE,      /* like ASK, with a question before and patience after */
	COMMAND_IS_MASTER, /* like ASK; the exit status is the answer */
	COMMAND_IS_UP,     /* the same */
	COMMAND_WATCH,     /* a line for each event */
	COMMAND_LOG,
	COMMAND_WAIT,
	COMMAND_MAINTENANCE, /* like MOVE */
	COMMAND_MAINTENANCE_RUN,
	COMMAND_RELEASE,     /* the same, where it is another's */
	COMMAND_TAKE_BACK,   /* the same, where that ends what another has set */
	COMMAND_RELOAD,      /* the same, where a role goes */
	COMMAND_ITEMS,       /* the answer's "items" */
	COMMAND_DIFF,        /* the same; 1 when there are some */
	COMMAND_CHECK,       /* exits as monitoring plugins do */
	COMMAND_METRICS,     /* read all pages, and join them */
	COMMAND_DOCTOR,      /* the same, and look at this host */
	COMMAND_HELLO,       /* what the daemon's greeting says */
	COMMAND_CONFIG_TEST, /* these need no daemon */
	COMMAND_CONFIG_SHOW,
	COMMAND_HELP,
	COMMAND_HISTORY,
	COMMAND_EXIT,
};

enum command_asks {
	ASKS_NOBODY = 0,
	ASKS_VRRPD,
	ASKS_CHECKD,
	ASKS_BOTH,  /* or the one that is a word of the line */
	ASKS_OWNER, /* the same, of which one knows what the line is about */
	ASKS_NAMED, /* the daemon that is a word of the line */
};

/* Whether a T of the line, other than the value of a field, is the life of a lease. */
enum command_lease {
	LEASE_NONE = 0,
	LEASE_GIVEN,
	LEASE_NEEDED, /* it can be left out, but an operator cannot */
};

struct command {
	const char *syntax; /* as in cmdtree.h */
	const char *help;   /* one line */
	enum command_kind kind;
	enum command_asks asks;
	const char *method; /* "get"; COMMAND_LIST: "instance"; NULL: METHOD */
	/* Builds the parameters; NULL: there are none. On a wrong value returns NULL
	 * and sets *ret_wrong to a sentence, which the caller frees. */
	json_t *(*params)(const struct order *order, char **ret_wrong);
	const char *schema; /* of the JSON output */
	view_function *view;
	enum ctl_role role; /* the least a daemon asks for */
	enum command_lease lease;
	unsigned takes;    /* OPTION_BIT() of the special options it takes */
	bool tells_absent; /* also of a daemon that does not run, and need not */
	const char *more;  /* for "help COMMAND": sentences; may be NULL */
};

extern const struct command commands[];
extern const size_t command_count;

/* What a keyword or an argument means, for lists of what may come next; NULL when the
 * command's own help says it. Two keywords, "maintenance on", are the second one behind
 * the first. */
const char *cmd_table_word_help(const char *token);

/* The tree of all commands, numbered as in `commands`. Ends the program when a syntax
 * is malformed, which a unit test rules out. */
struct cmdtree *cmd_table_tree(void);

#endif
