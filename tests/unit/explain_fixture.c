/* SPDX-License-Identifier: Apache-2.0 */
/* explain_fixture.c - looks at what a router says of itself, and what holds it back. */
#include "tests/unit/explain_fixture.h"

#include <string.h>

#include "vrrpd/vrrp_fields.h"

static const json_t *
find_line(const json_t *explanation, const char *label)
{
	const json_t *lines = json_object_get(explanation, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const char *name = json_string_value(json_object_get(line, "label"));

		if (strcmp(name, label) == 0)
			return line;
	}
	fail_msg("no line %s", label);
	return NULL;
}

const char *
line_of(const json_t *explanation, const char *label, bool *ret_cause)
{
	const json_t *line = find_line(explanation, label);

	*ret_cause = json_is_true(json_object_get(line, "cause"));
	return json_string_value(json_object_get(line, "value"));
}

const char *
source_of(const json_t *explanation, const char *label)
{
	return json_string_value(
	    json_object_get(find_line(explanation, label), "source"));
}

void
assert_needs(struct router *r, const char *expected)
{
	json_t *json = vrrp_json_explain(&r->view);
	const char *text = json_string_value(json_object_get(json, "to_be_master"));

	assert_non_null(text);
	assert_string_equal(text, expected);
	json_decref(json);
}

void
assert_summary(struct router *r, const char *expected)
{
	json_t *json = vrrp_json_explain(&r->view);

	assert_string_equal(
	    json_string_value(json_object_get(json, "summary")), expected);
	json_decref(json);
}

void
assert_cause(struct router *r, const char *label)
{
	json_t *json = vrrp_json_explain(&r->view), *line;
	size_t i;

	json_array_foreach (json_object_get(json, "lines"), i, line) {
		const char *name = json_string_value(json_object_get(line, "label"));

		assert_int_equal(json_is_true(json_object_get(line, "cause")),
		    strcmp(name, label) == 0);
	}
	json_decref(json);
}

void
lease(struct router *r, const char *kind, const char *id, const char *field,
    int64_t value)
{
	const struct layer_entry entry = {
	    .path = "instance/VI_1",
	    .field = field,
	    .value = value,
	    .layer = LAYER_LEASE,
	    .kind = kind,
	    .id = id,
	    .reason = "",
	    .created_us = NOW,
	    .expires_us = NOW + 60 * SECOND,
	};

	assert_int_equal(layers_set(r->layers, &entry, NULL), 0);
}

void
maintain(struct router *r, int64_t flags)
{
	lease(r, "maintenance", "L-3fa1", VRRP_FIELD_MAINTENANCE, flags);
	lease(r, "maintenance", "L-3fa1", "priority", 1);
}

void
put_stay(struct router *r)
{
	const struct layer_entry stay = {
	    .path = "instance/VI_1",
	    .field = "stay",
	    .value = 1,
	    .layer = LAYER_RUNTIME,
	    .kind = "stay",
	    .id = "",
	    .reason = "",
	    .created_us = NOW,
	};

	assert_int_equal(layers_set(r->layers, &stay, NULL), 0);
}
