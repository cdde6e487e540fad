/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_params.c - checks the parameters of a request against a table, strictly. */
#include "common/ctl_params.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/units.h"

#include "common/ctl_msg.h"
#include "common/names.h"

static const char *const type_names[CTL_TYPE_COUNT_] = {
    [CTL_STRING] = "string",
    [CTL_INTEGER] = "integer",
    [CTL_BOOLEAN] = "boolean",
    [CTL_OBJECT] = "object",
    [CTL_ARRAY] = "array",
    [CTL_LEASE_MS] = "integer",
};

const char *
ctl_type_name(enum ctl_type type)
{
	return names_text(type_names, CTL_TYPE_COUNT_, (size_t)type);
}

static bool
type_matches(const json_t *value, enum ctl_type type)
{
	switch (type) {
	case CTL_STRING:
		return json_is_string(value);
	case CTL_INTEGER:
	case CTL_LEASE_MS:
		return json_is_integer(value);
	case CTL_BOOLEAN:
		return json_is_boolean(value);
	case CTL_OBJECT:
		return json_is_object(value);
	case CTL_ARRAY:
		return json_is_array(value);
	case CTL_TYPE_COUNT_:
		break;
	}
	return false;
}

/* How many slips a word of this length is allowed to be recognised with. */
static size_t
slips_allowed(const char *word)
{
	return strlen(word) > 4 ? 2 : 1;
}

const char *
ctl_suggest(const char *word, const char *const *words)
{
	size_t best = slips_allowed(word) + 1;
	const char *found = NULL;

	for (; *words != NULL; words++) {
		size_t distance = names_distance(word, *words, best);
		if (distance < best) {
			best = distance;
			found = *words;
		}
	}
	return found;
}

static const struct ctl_param *
find_row(const struct ctl_param *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static enum ctl_code
refuse_unknown(const struct ctl_param *table, const char *path, const char *name,
    struct ctl_error *ret_error)
{
	const char *words[32] = {NULL};
	size_t count = 0;

	for (; table[count].name != NULL && count < 31; count++)
		words[count] = table[count].name;
	const char *near = ctl_suggest(name, words);
	json_t *data = json_pack("{s:o, s:s*}", "path",
	    json_sprintf("%s.%.64s", path, name), "suggest", near);
	if (near != NULL)
		return ctl_error_set(ret_error, CTL_INVALID_PARAMS, data,
		    "unknown parameter \"%.64s\", perhaps \"%s\"", name, near);
	return ctl_error_set(
	    ret_error, CTL_INVALID_PARAMS, data, "unknown parameter \"%.64s\"", name);
}

static enum ctl_code
refuse_value(const struct ctl_param *row, const char *path, const char *expected,
    struct ctl_error *ret_error)
{
	json_t *data = json_pack("{s:o, s:s}", "path",
	    json_sprintf("%s.%s", path, row->name), "expected", expected);

	return ctl_error_set(ret_error, CTL_INVALID_PARAMS, data, "\"%s\" must be %s",
	    row->name, expected);
}

static bool
is_number(const struct ctl_param *row)
{
	return row->type == CTL_INTEGER || row->type == CTL_LEASE_MS;
}

/* Whether the value, or its length, is in the row's range. */
static bool
range_matches(const struct ctl_param *row, const json_t *value)
{
	int64_t size;

	if (is_number(row))
		size = json_integer_value(value);
	else if (row->type == CTL_STRING)
		size = (int64_t)json_string_length(value);
	else if (row->type == CTL_ARRAY)
		size = (int64_t)json_array_size(value);
	else
		return true;
	if (row->min == 0 && row->max == 0)
		return !is_number(row) ||
		       (size >= -CTL_INTEGER_MAX && size <= CTL_INTEGER_MAX);
	return size >= row->min && size <= row->max;
}

static bool
is_span(const struct ctl_param *row)
{
	size_t len = strlen(row->name);

	return is_number(row) && len > strlen("_ms") &&
	       strcmp(row->name + len - strlen("_ms"), "_ms") == 0;
}

/* People count in hours, programs in milliseconds. That a lease may not last so long is
 * the same refusal for every role, whatever its limit is. */
static enum ctl_code
refuse_span(const struct ctl_param *row, const json_t *value, const char *path,
    struct ctl_error *ret_error)
{
	bool too_long =
	    row->type == CTL_LEASE_MS && json_integer_value(value) > row->max;
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];
	json_t *data =
	    json_pack("{s:o, s:o}", "path", json_sprintf("%s.%s", path, row->name),
		"expected", json_sprintf("%" PRId64 "..%" PRId64, row->min, row->max));

	if (too_long)
		(void)json_object_set_new(data, "max_ms", json_integer(row->max));
	return ctl_error_set(ret_error, too_long ? CTL_LEASE_LIMIT : CTL_INVALID_PARAMS,
	    data, "\"%s\" must be a time from %s to %s", row->name,
	    units_format_span(least, row->min * US_PER_MS),
	    units_format_span(most, row->max * US_PER_MS));
}

static enum ctl_code
check_value(const struct ctl_param *row, const json_t *value, const char *path,
    struct ctl_error *ret_error)
{
	char expected[96];

	if (!type_matches(value, row->type)) {
		bool vowel =
		    is_number(row) || row->type == CTL_OBJECT || row->type == CTL_ARRAY;
		(void)snprintf(expected, sizeof(expected), "%s %s", vowel ? "an" : "a",
		    ctl_type_name(row->type));
		return refuse_value(row, path, expected, ret_error);
	}
	if (range_matches(row, value))
		return CTL_OK;
	if (is_span(row))
		return refuse_span(row, value, path, ret_error);
	(void)snprintf(expected, sizeof(expected), "%s%" PRId64 "..%" PRId64 "%s",
	    is_number(row) ? "" : "of ", row->min, row->max,
	    row->type == CTL_STRING  ? " bytes"
	    : row->type == CTL_ARRAY ? " elements"
				     : "");
	return refuse_value(row, path, expected, ret_error);
}

enum ctl_code
ctl_params_check(json_t *object, const struct ctl_param *table, const char *path,
    struct ctl_error *ret_error)
{
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		const struct ctl_param *row = find_row(table, name);
		if (row == NULL)
			return refuse_unknown(table, path, name, ret_error);
		if (check_value(row, value, path, ret_error) != CTL_OK)
			return ret_error->code;
	}
	for (; table->name != NULL; table++)
		if (table->required && json_object_get(object, table->name) == NULL)
			return ctl_error_set(ret_error, CTL_INVALID_PARAMS,
			    json_pack("{s:o, s:s}", "path",
				json_sprintf("%s.%s", path, table->name), "expected",
				ctl_type_name(table->type)),
			    "\"%s\" is missing", table->name);
	return CTL_OK;
}

bool
ctl_params_text_ok(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

const char *
ctl_params_text(const json_t *object, const char *name, const char *absent)
{
	const json_t *value = json_object_get(object, name);

	return value != NULL ? json_string_value(value) : absent;
}

int64_t
ctl_params_integer(const json_t *object, const char *name, int64_t absent)
{
	const json_t *value = json_object_get(object, name);

	return value != NULL ? json_integer_value(value) : absent;
}

bool
ctl_params_boolean(const json_t *object, const char *name, bool absent)
{
	const json_t *value = json_object_get(object, name);

	return value != NULL ? json_is_true(value) : absent;
}

static json_t *
describe_row(const struct ctl_param *row)
{
	json_t *json = json_pack("{s:s, s:b, s:s*}", "type", ctl_type_name(row->type),
	    "required", row->required, "help", row->help);

	if (json != NULL && (row->min != 0 || row->max != 0)) {
		(void)json_object_set_new(json, "min", json_integer(row->min));
		(void)json_object_set_new(json, "max", json_integer(row->max));
	}
	return json;
}

json_t *
ctl_params_describe(const struct ctl_param *table)
{
	json_t *json = json_object();

	for (; table != NULL && table->name != NULL; table++)
		if (json_object_set_new(json, table->name, describe_row(table)) < 0) {
			json_decref(json);
			return NULL;
		}
	return json;
}
