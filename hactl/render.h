/* SPDX-License-Identifier: Apache-2.0 */
/* render.h - what the daemons answered to one command, and the two ways of showing it.
 */
#ifndef HACTL_RENDER_H
#define HACTL_RENDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/ctl_error.h"
#include "hactl/style.h"

struct order;

/* Both daemons, and hactl itself. */
#define ANSWER_PARTS_MAX 3

/* jansson iterates over an object, and copies from one, without changing it, but asks
 * for one that it may change. */
static inline json_t *
json_loose(const json_t *value)
{
	return (json_t *)(uintptr_t)value;
}

/* One daemon's part of an answer. */
struct part {
	const char *daemon;     /* "vrrpd"; "hactl" for what needed no daemon */
	json_t *hello;          /* its greeting; NULL when it was not reached */
	json_t *items;          /* an array; NULL when there is an error */
	json_int_t rev;         /* the configuration they are of */
	struct ctl_error error; /* CTL_OK: none */
	bool absent;            /* it does not run here, and need not */
};

struct answer {
	const struct order *order;
	struct part parts[ANSWER_PARTS_MAX];
	size_t count;
	json_t *context; /* COMMAND_MOVE: the instances before; else NULL */
	/* The name under which a daemon tells later how an operation ended; else NULL. */
	const char *op_id;
};

/* A failure of the whole command. */
struct failure {
	const char *name;     /* "not_moved", "usage" */
	int code;             /* of the protocol; 0: hactl's own */
	enum ctl_exit status; /* what hactl exits with */
	const char *daemon;   /* whom it is about; NULL: hactl itself */
	const char *message;  /* one sentence */
	const json_t *data;   /* facts; may be NULL */
	const char *file;     /* "-f": where the command stands; may be NULL */
	size_t line;
};

typedef void view_function(
    FILE *to, const struct answer *answer, const struct style *style);

struct renderer {
	/* Writes the answer (to stdout). */
	view_function *answer;
	/* Writes why there is none (to stderr). */
	void (*failure)(
	    FILE *to, const struct failure *failure, const struct style *style);
};

/* Sentences and tables for people; the view of the order's command does it. All texts
 * of the answer are made safe for a terminal first. */
extern const struct renderer render_text;
/* {"schema", "node", "at", "rev", "partial", "items"}, {"error": {...}}. Items of
 * commands that may ask both daemons say which one in "daemon", and whether it was
 * "reachable". */
extern const struct renderer render_json;

/* The error of a failure as JSON: {"code", "name", "message", "exit", facts ...}. */
json_t *failure_json(const struct failure *failure);

/* Makes a failure of a daemon's (or the client library's) error; it points into it. */
struct failure failure_of_error(const char *daemon, const struct ctl_error *error);
/* Makes a failure of wrong words. */
struct failure failure_of_usage(const char *message);

/* The first part that was answered, or NULL. */
const struct part *answer_good(const struct answer *answer);
/* Item `i` of that part, or NULL. */
const json_t *answer_item(const struct answer *answer, size_t i);
/* Whether the daemon had the request when its answer was lost: what was asked for may go
 * on. */
bool answer_may_go_on(const struct answer *answer);
/* The node's name as its daemon tells it, or "". */
const char *answer_node(const struct answer *answer);
/* Whether several daemons have something in the answer, so that each has to be named. */
bool answer_is_of_both(const struct answer *answer);
/* What hactl exits with: 0 when all parts were answered, 3 when a daemon was not
 * reached that should run, else the status of the first error. */
enum ctl_exit answer_exit(const struct answer *answer);
/* Releases what the answer holds. */
void answer_done(struct answer *answer);

#endif
