/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_legacy.c - the rules of the older iptables, as nft would list them.
 *
 *     *filter
 *     :INPUT DROP [0:0]
 *     -A INPUT ! -i lo -p vrrp -m comment --comment "no thanks" -j DROP
 */
#include "hactl/doctor_legacy.h"

#include <stdlib.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "hactl/must.h"

#define WORDS_MAX 64

struct reading {
	json_t *items;
	const char *family; /* "ip" or "ip6" */
	char *table;
};

/* ---- words --------------------------------------------------------------- */

/* Cuts the next word off; one in quotes may hold blanks. NULL at the end. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	const char *ends = " \t";

	if (*word == '\0')
		return NULL;
	if (*word == '"') {
		ends = "\"";
		word++;
	}
	*rest = word + strcspn(word, ends);
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* The words of a line, which is written over. */
static size_t
split(char *line, char *words[WORDS_MAX])
{
	size_t count = 0;

	while (count < WORDS_MAX && (words[count] = next_word(&line)) != NULL)
		count++;
	return count;
}

/* ---- one rule ------------------------------------------------------------ */

static json_t *
match(bool negated, json_t *left, json_t *right)
{
	return must(json_pack("{s:{s:s, s:o, s:o}}", "match", "op",
	    negated ? "!=" : "==", "left", left, "right", right));
}

static json_t *
meta(const char *key)
{
	return must(json_pack("{s:{s:s}}", "meta", "key", key));
}

/* "224.0.0.0/4": what counts is where it begins. */
static json_t *
destination(const char *family, const char *text, bool negated)
{
	char *address = must(strdup(text));

	address[strcspn(address, "/")] = '\0';
	json_t *left = must(json_pack(
	    "{s:{s:s, s:s}}", "payload", "protocol", family, "field", "daddr"));
	json_t *right = must(json_pack("{s:{s:s}}", "prefix", "addr", address));
	free(address);
	return match(negated, left, right);
}

/* A match with one value; NULL when the option says nothing about packets. */
static json_t *
read_match(const char *family, const char *option, const char *value, bool negated)
{
	if (strcmp(option, "-m") == 0 || strcmp(option, "--comment") == 0)
		return NULL;
	if (strcmp(option, "-p") == 0)
		return match(negated, meta("l4proto"), must(json_string(value)));
	if (strcmp(option, "-d") == 0)
		return destination(family, value, negated);
	if (strcmp(option, "-i") == 0 || strcmp(option, "-o") == 0)
		return match(negated, meta("ifname"), must(json_string(value)));
	if (strcmp(option, "--pkt-type") == 0)
		return match(negated, meta("pkttype"), must(json_string(value)));
	return match(negated, meta(option), must(json_string(value)));
}

static json_t *
read_target(const char *option, const char *target)
{
	static const struct {
		const char *target, *verdict;
	} verdicts[] = {{"ACCEPT", "accept"}, {"DROP", "drop"}, {"REJECT", "reject"},
	    {"RETURN", "return"}};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strcmp(target, verdicts[i].target) == 0)
			return must(json_pack("{s:n}", verdicts[i].verdict));
	return must(json_pack("{s:{s:s}}", strcmp(option, "-g") == 0 ? "goto" : "jump",
	    "target", target));
}

/* What follows "-A CHAIN". An option is one word, its value all up to the next option;
 * of several values the first counts. */
static json_t *
read_expression(const char *family, char *words[], size_t count)
{
	json_t *expression = must(json_array());
	bool negated = false;

	for (size_t i = 0; i < count; i++) {
		const char *value =
		    i + 1 < count && words[i + 1][0] != '-' ? words[i + 1] : "";

		if (strcmp(words[i], "!") == 0) {
			negated = true;
			continue;
		}
		if (words[i][0] != '-')
			continue;
		/* What follows the target is about it. */
		if (strcmp(words[i], "-j") == 0 || strcmp(words[i], "-g") == 0) {
			json_array_append_new(expression, read_target(words[i], value));
			break;
		}
		json_t *found = read_match(family, words[i], value, negated);
		if (found != NULL)
			json_array_append_new(expression, found);
		negated = false;
	}
	return expression;
}

static void
read_rule(struct reading *reading, const char *line)
{
	char *copy = must(strdup(line)), *words[WORDS_MAX];
	size_t count = split(copy, words);

	if (count > 2)
		json_array_append_new(reading->items,
		    must(json_pack("{s:{s:s, s:s, s:s, s:s, s:o}}", "rule", "family",
			reading->family, "table", reading->table, "chain", words[1],
			"text", line, "expr",
			read_expression(reading->family, words + 2, count - 2))));
	free(copy);
}

/* ---- chains and tables --------------------------------------------------- */

static const char *
hook_of(const char *chain)
{
	static const struct {
		const char *chain, *hook;
	} hooks[] = {{"PREROUTING", "prerouting"}, {"INPUT", "input"},
	    {"FORWARD", "forward"}, {"OUTPUT", "output"},
	    {"POSTROUTING", "postrouting"}};

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (strcmp(chain, hooks[i].chain) == 0)
			return hooks[i].hook;
	return NULL;
}

static void
read_chain(struct reading *reading, const char *line)
{
	char *copy = must(strdup(line + 1)), *words[WORDS_MAX];
	size_t count = split(copy, words);
	const char *hook = count > 1 ? hook_of(words[0]) : NULL;

	if (hook != NULL)
		json_array_append_new(reading->items,
		    must(json_pack("{s:{s:s, s:s, s:s, s:s, s:s}}", "chain", "family",
			reading->family, "table", reading->table, "name", words[0],
			"hook", hook, "policy",
			strcmp(words[1], "DROP") == 0 ? "drop" : "accept")));
	free(copy);
}

static void
read_line(struct reading *reading, const char *line)
{
	if (line[0] == '*') {
		free(reading->table);
		reading->table = must(strdup(line + 1));
	} else if (reading->table != NULL && line[0] == ':') {
		read_chain(reading, line);
	} else if (reading->table != NULL && strncmp(line, "-A ", 3) == 0) {
		read_rule(reading, line);
	}
}

json_t *
doctor_legacy_ruleset(const char *saved, bool ipv6)
{
	struct reading reading = {
	    .items = must(json_array()), .family = ipv6 ? "ip6" : "ip"};
	/* A comment may hold any bytes. */
	json_t *clean = must(ctl_msg_text(saved));
	char *copy = must(strdup(json_string_value(clean))), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		read_line(&reading, line);
	free(copy);
	json_decref(clean);
	free(reading.table);
	return must(json_pack("{s:o}", "nftables", reading.items));
}
