/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h - reading a configuration: text -> statements -> checked tree -> diagnostics.
 *
 * Two stages, because a running daemon may not read the administrator's files itself:
 *   1. conf_text_load() reads the file and what it includes (done by root: at start,
 * and later by the helper), as physical lines that know where they came from;
 *   2. conf_tree_parse() does the rest without any I/O: conditions, macros, ~SEQ and
 *      ~LST, words, braces, and the check of each statement against the table of the
 *      language (conf_schema.h) and of the rules between statements (conf_rules.h).
 */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "common/conf_diag.h"

struct conf_text;
struct conf_tree;

/* What the text may depend on besides itself. */
struct conf_env {
	/* For @id lines. NULL: what conf_text_load() noted, the host name up to the
	 * first dot. The text also carries the environment variables it mentions. */
	const char *config_id;
	/* Whose file it is read as, CONF_DAEMON_VRRPD or CONF_DAEMON_CHECKD: what the
	 * other daemon makes of its own keywords that one warns of itself. 0: warn of
	 * all. */
	unsigned daemons;
};

/* Reads `path` and what it includes. Problems with included files become findings; when
 * `path` itself cannot be read, returns the negative errno after adding a finding.
 * The caller frees *ret with conf_text_free(). */
int conf_text_load(const char *path, struct conf_diags *diags, struct conf_text **ret);

/* Takes a text from memory, as if read from a file called `name`. */
int conf_text_from_memory(const char *name, const char *data, size_t len,
    struct conf_diags *diags, struct conf_text **ret);

/* Writes to and reads from a descriptor (a memfd between helper and daemon). The reader
 * trusts nothing: bad data gives -EBADMSG. Return 0 or a negative errno. */
int conf_text_write(const struct conf_text *text, int fd);
int conf_text_read(int fd, struct conf_text **ret);
struct conf_text *conf_text_free(struct conf_text *text);

/* Parses and checks. Always returns a tree of what could be understood in *ret unless
 * out of memory (-ENOMEM); whether it may be used is conf_diags_verdict()'s word. The
 * tree keeps what it needs of the text. */
int conf_tree_parse(const struct conf_text *text, const struct conf_env *env,
    struct conf_diags *diags, struct conf_tree **ret);
struct conf_tree *conf_tree_free(struct conf_tree *tree);

/* The canonical form: one statement a line, tabs, every file merged; parses back to the
 * same form. Secrets are printed as they are only when `secrets` is set, else "***".
 * The caller frees the string. NULL: out of memory. */
char *conf_tree_print(const struct conf_tree *tree, bool secrets);

#endif
