/* SPDX-License-Identifier: Apache-2.0 */
/* order.h - one command line, understood. */
#ifndef HACTL_ORDER_H
#define HACTL_ORDER_H

#include <jansson.h>
#include <stdint.h>

#include "common/cmdtree.h"
#include "hactl/options.h"

struct command;

struct order {
	const struct command *command;
	struct cmd_match match;
	struct options options;
	int64_t now_us; /* wall clock, once for all that is said about this command */
};

/* Reads the words of a line, options included, into *ret. `defaults` are the options
 * that hold already. An empty line, and one with --help, gives a NULL command. Returns
 * NULL, or a sentence that says what is wrong, which the caller frees. The order points
 * into `words`. */
char *order_read(const struct cmdtree *tree, const char *const words[], size_t count,
    const struct options *defaults, bool in_shell, struct order *ret);

/* The command as it would be written in full, "failover VI_1 hold 5m". The caller frees
 * it. */
char *order_text(const struct order *order);

/* Whether the line says "all" where others name an instance. */
bool order_is_for_all(const struct order *order);

/* The kind of objects that an argument names: "instance" for "NAME"; NULL when the
 * argument is no name. */
const char *order_kind(const char *token);

/* The path of the order's object: "instance/NAME", "group/GROUP", "track/TRACK",
 * "vs/VS", "real/VS/REAL" also of "VS/REAL", "real/any/REAL" without a VS;
 * "all" when it says so. The caller frees it. */
char *order_path(const struct order *order);

/* Drops the items that the line does not ask for: those of another VS, REAL or STATE.
 * Returns the number of those left. */
size_t order_filter(const struct order *order, json_t *items);

/* Whether `name` (may be NULL) is one of the NAMEs (or VSs) of the line; without
 * any, all are.
 */
bool order_names(const struct order *order, const char *name);

/* NULL, or a sentence that says that the line has the argument `token` twice, which the
 * caller frees. */
char *order_once(const struct order *order, const char *token);

/* How many the line's N asks for; `usual` when it does not say. */
size_t order_count(const struct order *order, size_t usual);

/* The span of the line's T or "until CLOCK", where it has only one of them. As
 * order_span(). */
char *order_time(const struct order *order, int64_t *ret_us);

/* The span of "KEYWORD T" or "[KEYWORD] until CLOCK"; 0 when the line has no such words.
 * Returns NULL, or a sentence that says what is wrong, which the caller frees. */
char *order_span(const struct order *order, const char *keyword, int64_t *ret_us);

#endif
