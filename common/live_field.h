/* SPDX-License-Identifier: Apache-2.0 */
/* live_field.h - what of an object may be changed while it runs.
 *
 * Names and ranges are those of the configuration language; a time there is in seconds,
 * and here in whole milliseconds with a name that says so. A table of a daemon serves
 * the checks of an edit, `describe`, help and completion. Pure.
 */
#ifndef COMMON_LIVE_FIELD_H
#define COMMON_LIVE_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/conf_schema.h"
#include "common/ctl_params.h"

struct conf_node;
struct conf_tree;

#define LIVE_PATH_SIZE 300 /* room for "KIND/NAME", longer names are cut */

struct live_field {
	const char *name;
	const char *keyword; /* in the block of the object; NULL: it has none */
	enum ctl_type type;  /* CTL_INTEGER, CTL_BOOLEAN, or CTL_STRING: a word */
	int64_t unit; /* of the configuration's microseconds in one of ours, or 1 */
	int64_t max;  /* where it is less than that of the keyword; 0: it is not */
	int64_t (*in_file)(const void *object); /* as live_kind's find() returns it */
	const char *const *words; /* of the values from 0 on, then NULL; else NULL */
	const char *help;         /* where there is no keyword */
};

/* A kind of object with such fields. */
struct live_kind {
	const char *name; /* "instance": of the paths "instance/NAME" */
	enum conf_block block;
	const struct live_field *fields; /* ends without a name */
	/* What its objects call by another name than the configuration; ends with NULL.
	 */
	const char *const *others;
	/* How names of fields begin that the kind knows and does not serve yet ("track/"),
	 * and the sentence that says so; NULL: there are none. */
	const char *unserved, *unserved_because;
	/* The configured object called `name`, or NULL when there is none. */
	const void *(*find)(void *userdata, const char *name);
	/* Its block in the file, or NULL; NULL: the kind has no blocks. */
	const struct conf_node *(*node)(const struct conf_tree *tree, const char *name);
};

/* The field of the kind, or NULL. */
const struct live_field *live_field_find(
    const struct live_kind *kind, const char *name);

/* The keyword of the configuration that `name` means though it is no live field: one
 * that changes by a reload alone; NULL: there is none. *ret_live is the field's name
 * when a live one is meant ("preempt_delay"). */
const char *live_field_keyword(
    const struct live_kind *kind, const char *name, const char **ret_live);

/* The least and the greatest value. */
int64_t live_field_min(const struct live_kind *kind, const struct live_field *field);
int64_t live_field_max(const struct live_kind *kind, const struct live_field *field);

/* The value that the word stands for, or -1. */
int64_t live_field_word(const struct live_field *field, const char *word);

/* Its words as one text, "debug, info or err"; NULL: out of memory. */
json_t *live_field_words(const struct live_field *field);

/* Whether it may have this value. */
bool live_field_takes(
    const struct live_kind *kind, const struct live_field *field, int64_t value);

json_t *live_field_json(const struct live_field *field, int64_t value);

/* All fields for `describe`: {"priority": {"type", "min", "max", "unit", "default",
 * "live", "role", "keyword", "help"}}, and the keywords that are not live. */
json_t *live_fields_describe(const struct live_kind *kind);

#endif
