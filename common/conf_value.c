/* SPDX-License-Identifier: Apache-2.0 */
/* conf_value.c - checks the argument of a keyword against its row. */
#include "common/conf_value.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/addr.h"
#include "common/names.h"
#include "common/units.h"

#define BOOL_WORDS "on off true false yes no"

static void __attribute__((format(printf, 3, 4)))
say(struct conf_value *value, enum conf_value_verdict verdict, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(value->message, sizeof(value->message), format, args);
	va_end(args);
	value->verdict = verdict;
}

size_t
conf_value_choice(
    const char *choices, const char *text, size_t len, bool exact, const char **ret)
{
	for (const char *word = choices; *word; word += strspn(word, " ")) {
		size_t n = strcspn(word, " ");
		if (n == len &&
		    (exact ? memcmp(word, text, n) : strncasecmp(word, text, n)) == 0) {
			*ret = word;
			return n;
		}
		word += n;
	}
	return 0;
}

int
conf_value_parse_int(const char *text, int64_t *ret)
{
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	const char *digits = text + (*text == '-' || *text == '+');
	if (*end || *digits < '0' || *digits > '9')
		return -EINVAL;
	if (errno)
		return -ERANGE;
	*ret = number;
	return 0;
}

int
conf_value_parse_scope(const char *text, uint8_t *ret)
{
	static const struct {
		const char *name;
		uint8_t scope;
	} names[] = {{"global", 0}, {"site", 200}, {"link", 253}, {"host", 254},
	    {"nowhere", 255}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, text) == 0) {
			*ret = names[i].scope;
			return 0;
		}
	int64_t number;
	if (conf_value_parse_int(text, &number) || number < 0 || number > 255)
		return -EINVAL;
	*ret = (uint8_t)number;
	return 0;
}

static void
say_range(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	char range[128];
	(void)conf_row_range(row, range, sizeof(range));
	say(ret, CONF_VALUE_BAD, "'%s' is out of range: %s takes %s%s%s", text,
	    row->name, range, row->unit ? " " : "", row->unit ? row->unit : "");
}

static bool
in_range(const struct conf_row *row, int64_t number)
{
	return (row->min == 0 && row->max == 0) ||
	       (number >= row->min && number <= row->max);
}

static void
check_int(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	int64_t number;
	int r = conf_value_parse_int(text, &number);
	if (r == -EINVAL)
		say(ret, CONF_VALUE_BAD, "'%s' is no whole number, as %s takes", text,
		    row->name);
	else if (r < 0 || !in_range(row, number))
		say_range(row, text, ret);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%" PRId64, number);
}

/* Cuts digits below a microsecond, in place. Returns whether there were any. */
static bool
cut_digits(char *text)
{
	char *dot = strchr(text, '.');
	size_t digits = dot ? strspn(dot + 1, "0123456789") : 0;
	if (digits <= 6 || dot[1 + digits])
		return false;
	dot[7] = '\0';
	return true;
}

static void
check_seconds(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	char copy[48];
	int64_t us = 0;
	(void)snprintf(copy, sizeof(copy), "%s", text);
	bool cut = cut_digits(copy);
	int r = units_parse_duration(copy, &us);
	if (r == -EINVAL || strlen(text) >= sizeof(copy)) {
		say(ret, CONF_VALUE_BAD, "'%s' is no time in seconds, as %s takes",
		    text, row->name);
		return;
	}
	if (r < 0 || !in_range(row, us)) {
		say_range(row, text, ret);
		return;
	}
	(void)units_format_seconds(ret->text, us);
	if (cut)
		say(ret, CONF_VALUE_CHANGED,
		    "'%s' is taken as %s: times are whole "
		    "microseconds",
		    text, ret->text);
}

/* bfd_instance counts in milliseconds, with decimals. */
static void
check_milliseconds(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	int64_t us = 0;
	/* The number of milliseconds read as seconds is a thousand times too long. */
	bool digits = text[strspn(text, "0123456789.")] == '\0';
	if (!digits || units_parse_duration(text, &us))
		say(ret, CONF_VALUE_BAD, "'%s' is no time in milliseconds, as %s takes",
		    text, row->name);
	else if (!in_range(row, us / US_PER_MS))
		say_range(row, text, ret);
	else
		(void)units_format_seconds(ret->text, us);
}

/* Finds a choice that is one or two letters away. */
static void
suggest_choice(const char *choices, const char *text, struct conf_value *ret)
{
	size_t limit = strlen(text) > 4 ? 2 : 1;
	for (const char *word = choices; *word; word += strspn(word, " ")) {
		char copy[sizeof(ret->suggestion)];
		size_t n = strcspn(word, " ");
		if (n < sizeof(copy)) {
			(void)snprintf(copy, sizeof(copy), "%.*s", (int)n, word);
			if (names_distance(text, copy, limit) <= limit)
				memcpy(ret->suggestion, copy, sizeof(copy));
		}
		word += n;
	}
}

static void
check_choice(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	const char *word;
	size_t len = strlen(text);
	if (conf_value_choice(row->choices, text, len, true, &word))
		return;
	size_t n = conf_value_choice(row->choices, text, len, false, &word);
	if (n > 0 && n < sizeof(ret->text)) {
		(void)snprintf(ret->text, sizeof(ret->text), "%.*s", (int)n, word);
		say(ret, CONF_VALUE_CHANGED,
		    "'%s' is taken as %s; keepalived wants it "
		    "written so",
		    text, ret->text);
		return;
	}
	suggest_choice(row->choices, text, ret);
	say(ret, CONF_VALUE_BAD, "'%s' is nothing that %s takes: %s", text, row->name,
	    row->choices);
}

static void
check_bool(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	const char *word;
	size_t len = strlen(text);
	if (!conf_value_choice(BOOL_WORDS, text, len, false, &word)) {
		say(ret, CONF_VALUE_BAD, "'%s' is neither on nor off, as %s takes",
		    text, row->name);
		return;
	}
	bool on =
	    word[1] == 'n' || word[0] == 't' || word[0] == 'y'; /* on, true, yes */
	(void)snprintf(ret->text, sizeof(ret->text), "%s", on ? "on" : "off");
	if (!conf_value_choice(BOOL_WORDS, text, len, true, &word))
		say(ret, CONF_VALUE_CHANGED,
		    "'%s' is taken as %s; keepalived wants lower "
		    "case",
		    text, ret->text);
}

static void
check_address(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	struct addr addr;
	char canonical[ADDR_TEXT_SIZE];
	sa_family_t family = row->type == CONF_TYPE_MULTICAST6 ? AF_INET6
			     : row->type == CONF_TYPE_ADDRESS  ? AF_UNSPEC
							       : AF_INET;
	bool multicast =
	    row->type == CONF_TYPE_MULTICAST4 || row->type == CONF_TYPE_MULTICAST6;
	if (addr_parse(text, &addr) || (family && addr.family != family) ||
	    (multicast && !addr_is_multicast(&addr)))
		say(ret, CONF_VALUE_BAD, "'%s' is no %s, as %s takes", text,
		    conf_type_name(row->type), row->name);
	else
		(void)snprintf(
		    ret->text, sizeof(ret->text), "%s", addr_format(canonical, &addr));
}

static void
check_ifname(const char *text, struct conf_value *ret)
{
	if (strlen(text) == 0 || strlen(text) >= IFNAMSIZ || strpbrk(text, "/ \t") ||
	    strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		say(ret, CONF_VALUE_BAD,
		    "'%s' cannot be the name of an interface (at most %d characters)",
		    text, IFNAMSIZ - 1);
}

static void
check_word(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	if (row->max > 0 && strlen(text) > (size_t)row->max)
		say(ret, CONF_VALUE_BAD,
		    "'%s' is too long: %s takes at most %" PRId64 " characters", text,
		    row->name, row->max);
}

static void
check_service(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	struct addr addr;
	bool server = row->opens == CONF_BLOCK_VS;
	if (server && (strcmp(text, "fwmark") == 0 || strcmp(text, "group") == 0))
		return;
	if (addr_parse(text, &addr))
		say(ret, CONF_VALUE_BAD, "'%s' is no address, as %s takes%s", text,
		    row->name, server ? " (or fwmark N, or group NAME)" : "");
}

static void
check_lease(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	const char *word;
	if (conf_value_choice("on off", text, strlen(text), true, &word))
		return;
	int64_t number;
	int r = conf_value_parse_int(text, &number);
	if (r == -EINVAL)
		say(ret, CONF_VALUE_BAD,
		    "'%s' is nothing that %s takes: on, off or "
		    "whole seconds",
		    text, row->name);
	else if (r < 0 || !in_range(row, number))
		say_range(row, text, ret);
	else
		(void)snprintf(ret->text, sizeof(ret->text), "%" PRId64, number);
}

static void
check_typed(const struct conf_row *row, const char *text, struct conf_value *ret)
{
	switch (row->type) {
	case CONF_TYPE_INT:
		check_int(row, text, ret);
		break;
	case CONF_TYPE_SECONDS:
		check_seconds(row, text, ret);
		break;
	case CONF_TYPE_MS:
		check_milliseconds(row, text, ret);
		break;
	case CONF_TYPE_CHOICE:
		check_choice(row, text, ret);
		break;
	case CONF_TYPE_BOOL:
		check_bool(row, text, ret);
		break;
	case CONF_TYPE_ADDRESS:
	case CONF_TYPE_MULTICAST4:
	case CONF_TYPE_MULTICAST6:
		check_address(row, text, ret);
		break;
	case CONF_TYPE_IFNAME:
		check_ifname(text, ret);
		break;
	case CONF_TYPE_WORD:
		check_word(row, text, ret);
		break;
	case CONF_TYPE_SERVICE:
		check_service(row, text, ret);
		break;
	case CONF_TYPE_LEASE:
		check_lease(row, text, ret);
		break;
	case CONF_TYPE_NONE:
	case CONF_TYPE_COMMAND:
	case CONF_TYPE_WORDS:
	case CONF_TYPE_COUNT_:
		break;
	}
}

void
conf_value_check(
    const struct conf_row *row, const char *text, size_t len, struct conf_value *ret)
{
	char copy[128];
	*ret = (struct conf_value){.verdict = CONF_VALUE_GOOD};
	if (row->flags & CONF_SECRET || row->type == CONF_TYPE_COMMAND ||
	    row->type == CONF_TYPE_WORDS || (row->type == CONF_TYPE_WORD && !row->max))
		return; /* anything goes, at any length */
	if (len >= sizeof(copy)) {
		say(ret, CONF_VALUE_BAD,
		    "a word of %zu characters is nothing that %s takes", len,
		    row->name);
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	check_typed(row, copy, ret);
}

bool
conf_value_could_be(const struct conf_row *row, const char *text, size_t len)
{
	const char *word;
	if (row->type == CONF_TYPE_BOOL)
		return conf_value_choice(BOOL_WORDS, text, len, false, &word) > 0;
	if (row->type == CONF_TYPE_CHOICE)
		return conf_value_choice(row->choices, text, len, false, &word) > 0;
	if (row->type == CONF_TYPE_INT)
		return len > 0 && strchr("+-0123456789", text[0]) != NULL;
	return true;
}
