/* SPDX-License-Identifier: Apache-2.0 */
/* conf_macro.h - $macros: definitions, and their replacement in a line. */
#ifndef COMMON_CONF_MACRO_H
#define COMMON_CONF_MACRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/conf_chars.h"
#include "common/conf_seq.h"
#include "common/conf_text.h"

struct conf_macros;

/* The names that ~SEQ and ~LST give values to, innermost first. */
struct conf_scope {
	const struct conf_scope *outer;
	const struct conf_seq *seq;
};

struct conf_macros *conf_macros_new(const struct conf_text *text); /* NULL: no memory */
struct conf_macros *conf_macros_free(struct conf_macros *macros);

/* Defines a macro, or defines it anew. Texts are copied. Returns 0 or -ENOMEM. */
int conf_macros_define(struct conf_macros *macros, const char *name, size_t name_len,
    const char *value, size_t value_len);

/* What ${_RANDOM} and ${_INSTANCE} depend on. */
void conf_macros_seed(struct conf_macros *macros, uint64_t seed);
int conf_macros_set_instance(struct conf_macros *macros, const char *name);

/* If a line defines a macro, the length of "$NAME=" at its start, else 0. */
size_t conf_macro_definition(const char *text, size_t len);

/* Replaces every use of a macro in `from` once, into `to`; `file` is for ${_PWD}.
 * Returns whether there was one. */
bool conf_macros_replace(struct conf_macros *macros, const struct conf_scope *scope,
    uint32_t file, const struct conf_chars *from, struct conf_chars *to);

/* The environment variable that was used last and is not known, or NULL; it is empty in
 * the text. Asking forgets it. */
const char *conf_macros_take_missing(struct conf_macros *macros);

/* Finds a use that was left as it is though a macro was probably meant: ${NAME} of an
 * unknown name, or $NAME of a known one before a character that is no delimiter.
 * Returns the length of the use, 0: none. */
size_t conf_macros_leftover(const struct conf_macros *macros,
    const struct conf_scope *scope, const struct conf_chars *line, size_t *ret_start,
    bool *ret_known);

#endif
