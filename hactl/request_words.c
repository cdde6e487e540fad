/* SPDX-License-Identifier: Apache-2.0 */
/* request_words.c - the words of a command that the parameters of its request came
 * from.
 *
 * A daemon that refuses a value calls it by its name in the protocol, which is not what
 * a person has typed.
 */
#include "hactl/request_words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ctl_error.h"
#include "common/units.h"
#include "hactl/cmd_table.h"
#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/value_text.h"
#include "hactl/view.h"

/* A parameter, and what it can come from: an option, or the first of the words that is
 * in the line. */
struct origin {
	const char *param;
	const char *words[3];
};

/* clang-format off */
static const struct origin origins[] = {
	{"params.for_ms",       {"for", "until", "T"}},
	{"params.hold_ms",      {"hold", "until"}},
	{"params.lease.ttl_ms", {"for", "until"}},
	{"params.ttl_ms",       {"for", "until", "T"}},
	{"params.confirm_ms",   {"confirm"}},
	{"params.since_ms",     {"since"}},
	{"params.count",        {"N"}},
	{"params.id",           {"ID"}},
	{"params.level",        {"LEVEL"}},
	{"params.type",         {"KIND"}},
	{"params.target",       {"NAME", "GROUP", "VS"}},
	{"params.path",         {"NAME", "GROUP", "TRACK"}},
	{"params.wait_ms",      {"--wait"}},
	{"params.if_rev",       {"--if-rev"}},
	{"params.op_id",        {"--op-id"}},
	{"params.reason",       {"--reason"}},
};
/* clang-format on */

static bool
is_typed(const struct order *order, const char *word)
{
	return word[0] == '-' || cmd_match_has(&order->match, word) ||
	       cmd_match_arg(&order->match, word) != NULL;
}

static const char *
word_of_origin(const struct order *order, const struct origin *origin)
{
	for (size_t i = 0; i < sizeof(origin->words) / sizeof(origin->words[0]); i++) {
		if (origin->words[i] != NULL && is_typed(order, origin->words[i]))
			return origin->words[i];
	}
	return NULL;
}

static const char *
word_of_param(const struct order *order, const char *param)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (strcmp(origins[i].param, param) == 0)
			return word_of_origin(order, &origins[i]);
	}
	return NULL;
}

/* A range as one would type it: "a time from 1s to 7d" of a parameter, "0..1000s" of a
 * field, as ? help has it. */
static char *
typed_range(const char *name, const char *field, int64_t min, int64_t max)
{
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];
	size_t len = strlen(name);

	if (len <= 3 || strcmp(name + len - 3, "_ms") != 0 || min < 0 || max < min ||
	    max > INT64_MAX / US_PER_MS)
		return must_format("%" PRId64 "..%" PRId64, min, max);
	if (field != NULL)
		return must_format("%s..%ss",
		    units_format_seconds(least, min * US_PER_MS),
		    units_format_seconds(most, max * US_PER_MS));
	return must_format("a time from %s to %s",
	    units_format_span(least, min * US_PER_MS),
	    units_format_span(most, max * US_PER_MS));
}

/* What is allowed, as one would type it. */
static char *
allowed(const char *param, const char *field, const char *expected)
{
	int64_t min, max;
	int end = -1;

	if (sscanf(expected, "%" SCNd64 "..%" SCNd64 "%n", &min, &max, &end) == 2 &&
	    end == (int)strlen(expected))
		return typed_range(field != NULL ? field : param, field, min, max);
	return must(
	    strdup(strcmp(expected, "a boolean") == 0 ? "on or off" : expected));
}

/* The words of the command before its first argument: "lease renew". */
static char *
typed_command(const struct order *order)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = must(open_memstream(&text, &len));

	for (size_t i = 0; i < order->match.count; i++) {
		if (!order->match.words[i].keyword)
			break;
		fprintf(to, "%s%s", i > 0 ? " " : "", order->match.words[i].token);
	}
	fclose(to);
	return must(text);
}

/* Who may not give the command at all is told what he typed, and what he lacks. A
 * denial of these values alone has the daemon's own advice. */
static char *
denial(const struct order *order, const struct ctl_error *error)
{
	int need = ctl_role_find(view_string(error->data, "need", ""));
	int have = ctl_role_find(view_string(error->data, "have", ""));
	char *typed, *sentence;

	if (need < 0 || have < 0 || have >= (int)order->command->role ||
	    order->command->asks == ASKS_NAMED)
		return NULL;
	typed = typed_command(order);
	sentence = must_format(
	    "\"%s\" needs the role %s, you have %s: use sudo, or join the group %s",
	    typed, ctl_role_name((enum ctl_role)need),
	    ctl_role_name((enum ctl_role)have),
	    need == CTL_ROLE_OPERATOR ? CTL_GROUP_OPERATOR
	    : have == CTL_ROLE_READ   ? CTL_GROUP_ADMIN " (members of " CTL_GROUP_ADMIN
						      " must be in " CTL_GROUP_OPERATOR
						      " too)"
				    : CTL_GROUP_ADMIN);
	free(typed);
	return sentence;
}

char *
request_words_say(const struct order *order, const struct ctl_error *error)
{
	const char *expected = view_string(error->data, "expected", NULL);
	const char *field = view_string(error->data, "field", NULL);
	const char *param = view_string(error->data, "path", "");
	const char *word = word_of_param(order, param);
	char *name, *range, *sentence;

	if (error->code == CTL_DENIED)
		return denial(order, error);
	/* "call" gives parameters by their names. */
	if ((error->code != CTL_INVALID_PARAMS && error->code != CTL_LEASE_LIMIT) ||
	    expected == NULL || order->command->asks == ASKS_NAMED ||
	    (field == NULL && word == NULL))
		return NULL;
	name = field != NULL ? value_text_name(field) : must(strdup(word));
	range = allowed(param, field, expected);
	sentence = must_format("\"%s\" must be %s", name, range);
	free(range);
	free(name);
	return sentence;
}
