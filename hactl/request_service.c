/* SPDX-License-Identifier: Apache-2.0 */
/* request_service.c - from the words about services and real servers to parameters.
 *
 * Which fields they have, and which values are right, only the daemon knows.
 */
#include "hactl/request.h"

#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/must.h"
#include "hactl/order.h"

/* "preempt-delay" is "preempt_delay" in the protocol. */
static char *
field_name(const char *word)
{
	char *name = must(strdup(word));

	for (char *c = name; *c != '\0'; c++) {
		if (*c == '-')
			*c = '_';
	}
	return name;
}

/* A number, true or false; anything else is a text, such as "50%". */
static json_t *
value_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	if (value != NULL && !json_is_object(value) && !json_is_array(value))
		return value;
	json_decref(value);
	if (strcmp(text, "on") == 0 || strcmp(text, "off") == 0)
		return json_boolean(strcmp(text, "on") == 0);
	return json_string(text);
}

/* {"changes": [{"path", KEY: fields}]} and what every change may carry. */
static json_t *
apply_of(const struct order *order, const char *key, json_t *fields, char **ret_wrong)
{
	char *path = order_path(order);
	json_t *params = request_change(order, ret_wrong);

	(void)json_object_set_new(params, "changes",
	    must(json_pack("[{s:s, s:o}]", "path", path, key, fields)));
	free(path);
	return params;
}

json_t *
request_set_any(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	json_t *set = must(json_object());
	json_t *params = apply_of(order, "set", set, ret_wrong);
	int64_t us = 0;

	for (size_t i = 0; i + 1 < match->count; i++) {
		const struct cmd_word *word = &match->words[i];
		bool weight = word->keyword && strcmp(word->token, "weight") == 0;
		char *name;

		if (!weight && (word->keyword || strcmp(word->token, "FIELD") != 0))
			continue;
		name = field_name(word->text);
		(void)json_object_set_new(
		    set, weight ? "weight" : name, must(value_of(word[1].text)));
		free(name);
	}
	*ret_wrong = order_span(order, "for", &us);
	if (us > 0)
		(void)json_object_set_new(params, "lease",
		    must(json_pack("{s:I}", "ttl_ms", (json_int_t)(us / US_PER_MS))));
	if (*ret_wrong == NULL)
		return params;
	json_decref(params);
	return NULL;
}

json_t *
request_unset_any(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	json_t *unset = must(json_array());

	for (size_t i = 0; i < match->count; i++) {
		const struct cmd_word *word = &match->words[i];
		bool weight = word->keyword && strcmp(word->token, "weight") == 0;
		char *name;

		if (!weight && (word->keyword || strcmp(word->token, "FIELD") != 0))
			continue;
		name = field_name(weight ? "weight" : word->text);
		(void)json_array_append_new(unset, must(json_string(name)));
		free(name);
	}
	return apply_of(order, "unset", unset, ret_wrong);
}

json_t *
request_drain(const struct order *order, char **ret_wrong)
{
	const struct options *options = &order->options;
	bool waits = options_given(options, OPTION_WAIT);
	json_t *params = request_target(order, ret_wrong);
	int64_t us = 0;

	*ret_wrong = order_span(order, "for", &us);
	if (us > 0)
		(void)json_object_set_new(
		    params, "for_ms", must(json_integer(us / US_PER_MS)));
	if (waits)
		(void)json_object_set_new(params, "wait", json_true());
	if (waits && options->wait_us > 0)
		(void)json_object_set_new(params, "wait_ms",
		    must(json_integer(options->wait_us / US_PER_MS)));
	if (*ret_wrong == NULL)
		return params;
	json_decref(params);
	return NULL;
}
