/* SPDX-License-Identifier: Apache-2.0 */
/* live_field.c - what of an object may be changed while it runs. */
#include "common/live_field.h"

#include <string.h>

#include "common/names.h"
#include "common/units.h"

const struct live_field *
live_field_find(const struct live_kind *kind, const char *name)
{
	for (const struct live_field *field = kind->fields; field->name != NULL;
	     field++)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

static const struct conf_row *
row_of(const struct live_kind *kind, const struct live_field *field)
{
	return conf_schema_find(kind->block, field->keyword);
}

const char *
live_field_keyword(
    const struct live_kind *kind, const char *name, const char **ret_live)
{
	const struct conf_row *row =
	    kind->node != NULL ? conf_schema_find(kind->block, name) : NULL;

	*ret_live = NULL;
	for (const char *const *at = kind->others; at != NULL && *at != NULL; at++)
		if (strcmp(name, *at) == 0)
			return *at;
	if (row == NULL)
		return NULL;
	for (const struct live_field *field = kind->fields; field->name != NULL;
	     field++)
		if (strcmp(field->keyword, row->name) == 0)
			*ret_live = field->name;
	return row->name;
}

int64_t
live_field_min(const struct live_kind *kind, const struct live_field *field)
{
	return field->type == CTL_INTEGER ? row_of(kind, field)->min / field->unit : 0;
}

static size_t
count_words(const struct live_field *field)
{
	size_t count = 0;

	while (field->words[count] != NULL)
		count++;
	return count;
}

int64_t
live_field_word(const struct live_field *field, const char *word)
{
	return names_find(field->words, count_words(field), word);
}

json_t *
live_field_words(const struct live_field *field)
{
	size_t count = count_words(field);
	json_t *text = json_string(field->words[0]);

	for (size_t i = 1; i < count && text != NULL; i++) {
		json_t *longer = json_sprintf("%s%s%s", json_string_value(text),
		    i + 1 < count ? ", " : " or ", field->words[i]);

		json_decref(text);
		text = longer;
	}
	return text;
}

int64_t
live_field_max(const struct live_kind *kind, const struct live_field *field)
{
	if (field->words != NULL)
		return (int64_t)count_words(field) - 1;
	return field->max != 0 ? field->max : row_of(kind, field)->max / field->unit;
}

bool
live_field_takes(
    const struct live_kind *kind, const struct live_field *field, int64_t value)
{
	return value >= live_field_min(kind, field) &&
	       value <= live_field_max(kind, field);
}

json_t *
live_field_json(const struct live_field *field, int64_t value)
{
	if (field->words != NULL)
		return json_string(
		    names_text(field->words, count_words(field), (size_t)value));
	return field->type == CTL_BOOLEAN ? json_boolean(value != 0)
					  : json_integer((json_int_t)value);
}

/* ---- describe ------------------------------------------------------------ */

/* A field that the file does not have. */
static json_t *
words_json(const struct live_field *field)
{
	json_t *words = json_array();

	for (size_t i = 0; field->words[i] != NULL; i++)
		(void)json_array_append_new(words, json_string(field->words[i]));
	return json_pack("{s:s, s:b, s:s, s:s, s:o}", "type",
	    ctl_type_name(field->type), "live", 1, "role", "operator", "help",
	    field->help, "values", words);
}

static json_t *
live_json(const struct live_kind *kind, const struct live_field *field)
{
	if (field->words != NULL)
		return words_json(field);

	const struct conf_row *row = row_of(kind, field);
	json_t *json = json_pack("{s:s, s:b, s:s, s:s, s:s, s:s*, s:s*}", "type",
	    ctl_type_name(field->type), "live", 1, "role", "operator", "keyword",
	    field->keyword, "help", row->help, "default", row->fallback, "unit",
	    field->unit == US_PER_MS ? "ms" : row->unit);

	if (json == NULL || field->type == CTL_BOOLEAN)
		return json;
	(void)json_object_set_new(
	    json, "min", json_integer((json_int_t)live_field_min(kind, field)));
	(void)json_object_set_new(
	    json, "max", json_integer((json_int_t)live_field_max(kind, field)));
	return json;
}

static json_t *
fixed_json(const struct conf_row *row)
{
	char range[160];

	conf_row_range(row, range, sizeof(range));
	return json_pack("{s:s, s:b, s:s, s:s, s:s*, s:s*, s:s*}", "type",
	    conf_type_name(row->type), "live", 0, "keyword", row->name, "help",
	    row->help, "default", row->fallback, "unit", row->unit, "range",
	    range[0] != '\0' ? range : NULL);
}

static bool
is_keyword_of(const struct live_kind *kind, const struct conf_row *row)
{
	return (row->blocks & UINT64_C(1) << kind->block) && (row->flags & CONF_DONE);
}

json_t *
live_fields_describe(const struct live_kind *kind)
{
	json_t *fields = json_object();
	const struct conf_row *row;
	const char *live;

	for (const struct live_field *field = kind->fields; field->name != NULL;
	     field++)
		(void)json_object_set_new(fields, field->name, live_json(kind, field));
	for (size_t i = 0; (row = conf_schema_row(i)) != NULL; i++)
		if (kind->node != NULL && is_keyword_of(kind, row) &&
		    live_field_keyword(kind, row->name, &live) != NULL && live == NULL)
			(void)json_object_set_new(fields, row->name, fixed_json(row));
	return fields;
}
