/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - from the words of a command to the parameters of a method. */
#include "hactl/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/must.h"
#include "hactl/order.h"

static void
put(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, must(value));
}

static void
put_path(json_t *object, const char *key, const struct order *order)
{
	char *path = order_path(order);

	put(object, key, json_string(path));
	free(path);
}

void
request_common(json_t *params, const struct options *options)
{
	if (options_given(options, OPTION_REASON))
		put(params, "reason", json_string(options->reason));
	if (options_given(options, OPTION_OP_ID))
		put(params, "op_id", json_string(options->op_id));
	if (options_given(options, OPTION_IF_REV))
		put(params, "if_rev", json_integer(options->if_rev));
	if (options_given(options, OPTION_DRY_RUN))
		put(params, "dry_run", json_true());
}

json_t *
request_path(const struct order *order, char **ret_wrong)
{
	json_t *params = must(json_object());

	(void)ret_wrong;
	put_path(params, "path", order);
	return params;
}

/* Adds "KEYWORD T" as milliseconds; returns false when T is no time. */
static bool
put_span(json_t *params, const char *key, const struct order *order,
    const char *keyword, char **ret_wrong)
{
	int64_t us = 0;

	*ret_wrong = order_span(order, keyword, &us);
	if (us > 0)
		put(params, key, json_integer(us / US_PER_MS));
	return *ret_wrong == NULL;
}

static void
put_wait(json_t *params, const struct options *options)
{
	put(params, "wait", json_boolean(!options_given(options, OPTION_NO_WAIT)));
	if (options->wait_us > 0)
		put(params, "wait_ms", json_integer(options->wait_us / US_PER_MS));
}

static json_t *
request_move(
    const struct order *order, const char *keyword, const char *key, char **ret_wrong)
{
	const struct options *options = &order->options;
	json_t *params = must(json_object());

	put_path(params, "target", order);
	if (!put_span(params, key, order, keyword, ret_wrong)) {
		json_decref(params);
		return NULL;
	}
	request_common(params, options);
	put_wait(params, options);
	return params;
}

/* The way that the options ask for; NULL: the daemon's own. An outage is not brought
 * about by one slip: it takes --force. */
static const char *
read_method(const struct options *options, char **ret_wrong)
{
	bool force = options_given(options, OPTION_FORCE);
	const char *method = options->method;
	bool release = method != NULL && strcmp(method, "release") == 0;

	if (method == NULL)
		return force ? "release" : NULL;
	if (release && !force)
		*ret_wrong =
		    must_format("--method=release lets go at once, with an outage: it "
				"needs --force");
	else if (force && !release)
		*ret_wrong = must_format("--force lets go at once: it is not for "
					 "--method=%s",
		    method);
	return method;
}

json_t *
request_failover(const struct order *order, char **ret_wrong)
{
	const char *method = read_method(&order->options, ret_wrong);
	json_t *params = NULL;

	if (*ret_wrong == NULL)
		params = request_move(order, "hold", "hold_ms", ret_wrong);
	if (params != NULL && method != NULL)
		put(params, "method", json_string(method));
	return params;
}

json_t *
request_takeover(const struct order *order, char **ret_wrong)
{
	return request_move(order, "for", "for_ms", ret_wrong);
}

/* Field names are written with "-" on the command line and with "_" in the protocol,
 * where times say their unit. */
static char *
field_name(const char *token)
{
	static const char *const times[] = {"preempt-delay", "garp-master-delay",
	    "garp-master-refresh", "garp-lower-prio-delay"};
	bool is_time = false;
	char *name;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		is_time |= strcmp(token, times[i]) == 0;
	name = must_format("%s%s", token, is_time ? "_ms" : "");

	for (char *c = name; *c != '\0'; c++) {
		if (*c == '-')
			*c = '_';
	}
	return name;
}

static json_t *
read_integer(const char *field, const char *text, char **ret_wrong)
{
	long long number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0) {
		*ret_wrong =
		    must_format("%s wants a whole number, not \"%s\"", field, text);
		return NULL;
	}
	return json_integer(number);
}

static json_t *
read_ms(const char *field, const char *text, char **ret_wrong)
{
	int64_t us;

	if (units_parse_duration(text, &us) == 0 && us % US_PER_MS == 0)
		return json_integer(us / US_PER_MS);
	*ret_wrong = must_format("%s wants a time such as 5s, not \"%s\"", field, text);
	return NULL;
}

static bool
is_time(const struct cmd_word *word)
{
	return !word->keyword && strcmp(word->token, "T") == 0;
}

/* Reads the value that stands after the field `words[0]`. */
static json_t *
read_value(const struct cmd_word *words, char **ret_wrong)
{
	if (words[1].keyword)
		return json_boolean(strcmp(words[1].token, "on") == 0);
	if (is_time(&words[1]))
		return read_ms(words[0].token, words[1].text, ret_wrong);
	return read_integer(words[0].token, words[1].text, ret_wrong);
}

/* "track TRACK weight": how much what is tracked counts, a field for each. */
static bool
is_weight(const struct cmd_word *words)
{
	return words[0].keyword && strcmp(words[0].token, "track") == 0;
}

/* The field's name in the protocol, and how many words it has here. */
static char *
take_field(const struct cmd_word *words, size_t *ret_count)
{
	*ret_count = is_weight(words) ? 3 : 1;
	return is_weight(words) ? must_format("track/%s", words[1].text)
				: field_name(words[0].token);
}

/* Where the fields begin: after the NAME. */
static size_t
first_field(const struct cmd_match *match)
{
	size_t i = 0;

	while (match->words[i].keyword)
		i++;
	return i + 1;
}

static bool
put_fields(json_t *set, const struct cmd_match *match, char **ret_wrong)
{
	size_t count;

	for (size_t i = first_field(match); i < match->count; i += count + 1) {
		json_t *value;
		char *name;

		if (strcmp(match->words[i].token, "for") == 0 ||
		    strcmp(match->words[i].token, "until") == 0 ||
		    strcmp(match->words[i].token, "confirm") == 0)
			break;
		name = take_field(&match->words[i], &count);
		value = read_value(&match->words[i + count - 1], ret_wrong);
		if (*ret_wrong == NULL)
			put(set, name, value);
		free(name);
		if (*ret_wrong != NULL)
			return false;
	}
	return true;
}

/* Starts the parameters of `apply` with one change of the order's object. */
static json_t *
new_apply(const struct order *order, json_t **ret_change)
{
	json_t *params = must(json_object());
	json_t *changes = must(json_array());

	*ret_change = must(json_object());
	put_path(*ret_change, "path", order);
	(void)json_array_append_new(changes, *ret_change);
	put(params, "changes", changes);
	request_common(params, &order->options);
	return params;
}

json_t *
request_set(const struct order *order, char **ret_wrong)
{
	json_t *set = must(json_object());
	json_t *lease = must(json_object());
	json_t *change;
	json_t *params = new_apply(order, &change);

	put(change, "set", set);
	if (!put_fields(set, &order->match, ret_wrong) ||
	    !put_span(lease, "ttl_ms", order, "for", ret_wrong) ||
	    !put_span(params, "confirm_ms", order, "confirm", ret_wrong)) {
		json_decref(lease);
		json_decref(params);
		return NULL;
	}
	if (json_object_size(lease) > 0)
		put(params, "lease", json_incref(lease));
	json_decref(lease);
	return params;
}

json_t *
request_unset(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	json_t *unset = must(json_array());
	json_t *change;
	json_t *params = new_apply(order, &change);
	size_t count;

	(void)ret_wrong;
	for (size_t i = first_field(match); i < match->count; i += count) {
		char *name = take_field(&match->words[i], &count);

		(void)json_array_append_new(unset, must(json_string(name)));
		free(name);
	}
	put(change, "unset", unset);
	return params;
}

json_t *
request_change(const struct order *order, char **ret_wrong)
{
	json_t *params = must(json_object());

	(void)ret_wrong;
	request_common(params, &order->options);
	return params;
}

json_t *
request_reload(const struct order *order, char **ret_wrong)
{
	json_t *params = request_change(order, ret_wrong);

	if (options_given(&order->options, OPTION_FORCE))
		put(params, "force", json_true());
	if (cmd_match_has(&order->match, "repair"))
		put(params, "repair", json_true());
	return params;
}

json_t *
request_describe(const struct order *order, char **ret_wrong)
{
	/* Only the daemons know which of the two a word is. */
	const char *type = cmd_match_arg(&order->match, "KIND");
	json_t *params = must(json_object());

	(void)ret_wrong;
	if (type != NULL)
		put(params, "type", json_string(type));
	return params;
}

/* Adds the line's only T or CLOCK as milliseconds; returns false when it is no time. */
static bool
put_time(json_t *params, const char *key, const struct order *order, char **ret_wrong)
{
	int64_t us = 0;

	*ret_wrong = order_time(order, &us);
	if (us > 0)
		put(params, key, json_integer(us / US_PER_MS));
	return *ret_wrong == NULL;
}

json_t *
request_renew(const struct order *order, char **ret_wrong)
{
	json_t *params = request_release(order, ret_wrong);

	if (!put_time(params, "ttl_ms", order, ret_wrong)) {
		json_decref(params);
		return NULL;
	}
	return params;
}

json_t *
request_release(const struct order *order, char **ret_wrong)
{
	json_t *params = request_change(order, ret_wrong);

	put(params, "id", json_string(cmd_match_arg(&order->match, "ID")));
	return params;
}

json_t *
request_confirm(const struct order *order, char **ret_wrong)
{
	json_t *params = request_change(order, ret_wrong);
	const char *id = cmd_match_arg(&order->match, "ID");

	if (id != NULL)
		put(params, "id", json_string(id));
	return params;
}

json_t *
request_target(const struct order *order, char **ret_wrong)
{
	json_t *params = request_change(order, ret_wrong);

	put_path(params, "target", order);
	return params;
}

/* Without a time that cannot be read, or NULL. */
static json_t *
with_time(json_t *params, const char *key, const struct order *order, char **ret_wrong)
{
	if (put_time(params, key, order, ret_wrong))
		return params;
	json_decref(params);
	return NULL;
}

json_t *
request_hold(const struct order *order, char **ret_wrong)
{
	json_t *params = request_target(order, ret_wrong);

	if (cmd_match_has(&order->match, "clear"))
		put(params, "clear", json_true());
	return with_time(params, "for_ms", order, ret_wrong);
}

json_t *
request_maintenance(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	const char *action = cmd_match_has(match, "off")      ? "off"
			     : cmd_match_has(match, "extend") ? "extend"
							      : "on";
	json_t *params = request_change(order, ret_wrong);

	put(params, "action", json_string(action));
	if (cmd_match_arg(match, "NAME") != NULL ||
	    cmd_match_arg(match, "GROUP") != NULL || cmd_match_arg(match, "VS") != NULL)
		put_path(params, "target", order);
	if (cmd_match_has(match, "out"))
		put(params, "out", json_true());
	if (cmd_match_has(match, "stay"))
		put(params, "stay", json_true());
	if (strcmp(action, "on") == 0 && cmd_match_arg(match, "VS") == NULL)
		put_wait(params, &order->options);
	if (cmd_match_has(match, "run"))
		return params;
	return with_time(params, "for_ms", order, ret_wrong);
}

json_t *
request_log_level(const struct order *order, char **ret_wrong)
{
	json_t *params = request_change(order, ret_wrong);
	int64_t us = 0;

	put(params, "level", json_string(cmd_match_arg(&order->match, "LEVEL")));
	*ret_wrong = order_time(order, &us);
	if (us > 0)
		put(params, "lease", json_pack("{s:I}", "ttl_ms", us / US_PER_MS));
	if (*ret_wrong == NULL)
		return params;
	json_decref(params);
	return NULL;
}

json_t *
request_diff(const struct order *order, char **ret_wrong)
{
	static const char *const keys[] = {"from", "to"};
	json_t *params = must(json_object());

	(void)ret_wrong;
	for (size_t i = 1; i < order->match.count && i <= 2; i++)
		put(params, keys[i - 1], json_string(order->match.words[i].token));
	return params;
}

json_t *
request_objects(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	json_t *params = request_change(order, ret_wrong);
	json_t *objects = must(json_array());

	for (size_t i = 0; i < match->count; i++) {
		char *path;

		if (match->words[i].keyword)
			continue;
		path = must_format("instance/%s", match->words[i].text);
		(void)json_array_append_new(objects, must(json_string(path)));
		free(path);
	}
	if (json_array_size(objects) > 0)
		put(params, "objects", json_incref(objects));
	json_decref(objects);
	if (cmd_match_has(match, "saved"))
		put(params, "saved", json_true());
	return params;
}

json_t *
request_audit(const struct order *order, char **ret_wrong)
{
	const char *count = cmd_match_arg(&order->match, "N");
	json_t *params = must(json_object());
	int64_t us = 0;

	*ret_wrong = order_once(order, "N");
	if (count != NULL && *ret_wrong == NULL)
		(void)json_object_set_new(
		    params, "count", read_integer("audit", count, ret_wrong));
	if (*ret_wrong == NULL)
		*ret_wrong = order_time(order, &us);
	if (us > 0)
		put(params, "since_ms", json_integer((order->now_us - us) / US_PER_MS));
	if (*ret_wrong == NULL)
		return params;
	json_decref(params);
	return NULL;
}

static json_t *
read_object(const char *text, char **ret_wrong)
{
	json_error_t error;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (object == NULL)
		*ret_wrong = must_format(
		    "not JSON: %s (at character %d)", error.text, error.position);
	return object;
}

static bool
put_pair(json_t *params, const char *text, char **ret_wrong)
{
	const char *equals = strchr(text, '=');
	json_t *value;
	char *key;

	if (equals == NULL || equals == text) {
		*ret_wrong = must_format("\"%s\" is not KEY=VALUE", text);
		return false;
	}
	key = must(strndup(text, (size_t)(equals - text)));
	value = json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (value == NULL)
		value = json_string(equals + 1);
	if (value == NULL)
		*ret_wrong = must_format("the value of %s is not UTF-8", key);
	else
		(void)json_object_set_new(params, key, value);
	free(key);
	return value != NULL;
}

/* Words are the command, the daemon, the method, then the parameters. */
json_t *
request_call(const struct order *order, char **ret_wrong)
{
	const struct cmd_match *match = &order->match;
	json_t *params;

	if (match->count == 4 && match->words[3].text[0] == '{')
		return read_object(match->words[3].text, ret_wrong);
	params = must(json_object());
	for (size_t i = 3; i < match->count; i++) {
		if (!put_pair(params, match->words[i].text, ret_wrong)) {
			json_decref(params);
			return NULL;
		}
	}
	return params;
}
