/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - answers as text for people, one view for each kind of command.
 *
 * The items are those of the daemon's answer, already safe for a terminal. A member
 * that is missing is shown as "-": a newer or older daemon is no reason to fail.
 */
#ifndef HACTL_VIEW_H
#define HACTL_VIEW_H

#include "common/units.h"
#include "hactl/render.h"

struct columns;

view_function view_status;      /* both daemons, one line each, and what they do */
view_function view_version;     /* hactl and both daemons */
view_function view_instances;   /* table */
view_function view_instance;    /* all of one instance */
view_function view_vips;        /* table */
view_function view_leases;      /* table of leases, or of all live edits */
view_function view_metrics;     /* OpenMetrics */
view_function view_doctor;      /* findings, the worst first */
view_function view_explain;     /* the sum behind a state */
view_function view_is;          /* "yes" or "no" */
view_function view_services;    /* table of virtual services */
view_function view_reals;       /* table of real servers */
view_function view_stats;       /* table of what instances counted */
view_function view_stats_of;    /* all that one instance counted */
view_function view_clients;     /* who is connected to each daemon */
view_function view_objects;     /* objects of any kind, all that is known of them */
view_function view_peers;       /* what the daemons know of each other */
view_function view_done;        /* drain, undrain, check-now: that it was done */
view_function view_moved;       /* failover, takeover: where the role went */
view_function view_applied;     /* set, unset: old and new values */
view_function view_released;    /* the end of a lease */
view_function view_reloaded;    /* what a reload changed */
view_function view_events;      /* one line each */
view_function view_waited;      /* what was waited for */
view_function view_check;       /* one line of a monitoring plugin */
view_function view_describe;    /* methods, kinds; fields of a kind */
view_function view_renewed;     /* the new end of a lease */
view_function view_maintenance; /* on, off, extend: until when, what moved */
view_function view_held;        /* hold */
view_function view_confirmed;   /* confirm */
view_function view_announced;   /* garp */
view_function view_log_level;   /* the level before and now */
view_function view_diff;        /* table of values that differ */
view_function view_saved;       /* save */
view_function view_discarded;   /* discard */
view_function view_audit;       /* one line for each change */
view_function view_raw;         /* call: the answer itself */

/* Facts of an object as text: a missing member, null and "" are "-". Numbers and
 * booleans are written into `buf`. */
#define VIEW_TEXT_SIZE 32
const char *view_text(char buf[VIEW_TEXT_SIZE], const json_t *object, const char *key);

/* The member as an integer, or `absent`. */
json_int_t view_integer(const json_t *object, const char *key, json_int_t absent);

/* The member as text, or `absent`. */
const char *view_string(const json_t *object, const char *key, const char *absent);

/* The member, in milliseconds, as a span ("3m12s"); "-" when it is none. Returns `buf`
 * or
 * "-". */
const char *view_span(char buf[UNITS_TEXT_SIZE], const json_t *object, const char *key);

/* Who did it: "dave", "uid 1000" where the name is not known, "-". */
const char *view_user(char buf[VIEW_TEXT_SIZE], const json_t *object);

/* Adds to a row of a table the member as view_text() has it, or the member "state" in its
 * colour. */
void view_add_text(struct columns *columns, const json_t *object, const char *key);
void view_add_state(struct columns *columns, const json_t *object);

/* Writes a table of what became of each instance of a move. */
void view_outcomes(FILE *to, const json_t *instances, const struct style *style);

/* Writes "  LABEL   VALUE". */
void view_row(FILE *to, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An edit that is kept while something stronger decides: "VI_1 priority: 120 is kept, but
 * not in force: lease L-3fa1 (override) gives 180 until 12:58:02", without a newline. */
void view_hidden(FILE *to, const json_t *change, int64_t now_us);
/* What a daemon has changed and keeps though it should not, and how to undo it. */
void view_standing(FILE *to, const char *daemon, const json_t *result);

/* Says what the kernel still has to do: "    addresses of VI_1 are still being put in (0 of
 * 2)", a line for each of the result's `pending`. */
void view_pending(FILE *to, const json_t *result);

/* Warns when the answer to a change says that it is not on the disk. */
void view_durable(FILE *to, const json_t *result);

/* Writes the counters of an instance, each on a line, and a table of the packets that were
 * odd: how many for which reason, and who sent the last. */
void view_counters(
    FILE *to, const json_t *object, int64_t now_us, const struct style *style);

/* Whether the event has a line in text: one that says nothing that people would miss has
 * none, such as a move that goes on. */
bool view_event_is_shown(const json_t *event);

/* Whether every daemon that was asked told what it has. */
bool view_is_whole(const struct answer *answer);

/* Writes `text` about lists in which there was nothing, or who did not tell whether there
 * is: of an answer that did not come nothing follows. */
void view_nothing(FILE *to, const struct answer *answer, const char *text);

/* Writes the line of a daemon that gave no answer: "checkd  unreachable: ...". */
void view_failed(FILE *to, const struct part *part, const struct style *style);

/* The same of every daemon that gave none. */
void view_failures(FILE *to, const struct answer *answer, const struct style *style);

#endif
