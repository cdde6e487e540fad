/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_ruleset.c - firewall rules that keep advertisements away.
 *
 * Reads what "nft -j list ruleset" prints, which includes the rules of iptables where
 * that is built on nftables. An advertisement is taken through the chains of each hook
 * as the kernel would take it; a match that cannot be judged (of an interface, of a
 * source) may be true or not, and a rule with such a one is told only when the rest of
 * it is about VRRP or its group.
 */
#include "hactl/doctor_ruleset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/doctor_finding.h"
#include "hactl/must.h"
#include "hactl/view.h"

#define DEPTH_MAX 8
#define GROUP4 "224.0.0.18"
#define GROUP6 "ff02::12"

/* ---- one match ----------------------------------------------------------- */

enum truth { UNTRUE = 0, UNKNOWN, TRUE_OF_ALL, TRUE_OF_VRRP };

/* The text of a value, or of the address of a prefix. */
static const char *
text_of(const json_t *value, char number[32])
{
	const json_t *prefix = json_object_get(value, "prefix");

	if (json_is_object(prefix))
		return view_string(prefix, "addr", "");
	if (json_is_string(value))
		return json_string_value(value);
	(void)snprintf(number, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return number;
}

/* Whether a value, or one of a set, is one of the words. */
static bool
is_among(const json_t *right, const char *const words[])
{
	const json_t *set = json_object_get(right, "set"), *item;
	char number[32];
	size_t i;

	json_array_foreach (set, i, item)
		if (is_among(item, words))
			return true;
	if (set != NULL)
		return false;
	for (i = 0; words[i] != NULL; i++)
		if (strcmp(text_of(right, number), words[i]) == 0)
			return true;
	return false;
}

static const char *const vrrp_words[] = {"vrrp", "112", NULL};
/* Networks that hold the group are written with these addresses. */
static const char *const group4_words[] = {GROUP4, "224.0.0.0", NULL};
static const char *const group6_words[] = {GROUP6, "ff00::", "ff02::", NULL};
static const char *const multicast_words[] = {"multicast", "2", NULL};

static bool
same(const json_t *object, const char *key, const char *value)
{
	return strcmp(view_string(object, key, ""), value) == 0;
}

/* What is known of the packet on the left side; NULL when it is not known. */
static const char *const *
words_of(const json_t *left, const char *protocol)
{
	const json_t *payload = json_object_get(left, "payload");
	const json_t *meta = json_object_get(left, "meta");
	const json_t *fib = json_object_get(left, "fib");
	bool is6 = strcmp(protocol, "ip6") == 0;

	if (same(payload, "protocol", protocol)) {
		if (same(payload, "field", "protocol") ||
		    same(payload, "field", "nexthdr"))
			return vrrp_words;
		if (same(payload, "field", "daddr"))
			return is6 ? group6_words : group4_words;
	}
	if (same(meta, "key", "l4proto"))
		return vrrp_words;
	if (same(meta, "key", "pkttype") || same(fib, "result", "type"))
		return multicast_words;
	return NULL;
}

/* A header that an advertisement does not have, or the loopback interface. */
static bool
is_of_others(const json_t *match, const char *protocol)
{
	static const char *const lo[] = {"lo", NULL};
	const json_t *left = json_object_get(match, "left");
	const json_t *payload = json_object_get(left, "payload");
	const json_t *meta = json_object_get(left, "meta");

	if (payload != NULL && !same(payload, "protocol", protocol) &&
	    !same(payload, "protocol", "ether"))
		return true;
	return strstr(view_string(meta, "key", ""), "if") != NULL &&
	       is_among(json_object_get(match, "right"), lo);
}

static enum truth
judge_match(const json_t *match, const char *protocol)
{
	const json_t *right = json_object_get(match, "right");
	const char *const *words = words_of(json_object_get(match, "left"), protocol);
	bool negated = same(match, "op", "!=");

	if (is_of_others(match, protocol))
		return negated ? TRUE_OF_ALL : UNTRUE;
	if (words == NULL ||
	    (json_is_string(right) && json_string_value(right)[0] == '@'))
		return UNKNOWN;
	if (is_among(right, words) == negated)
		return UNTRUE;
	return negated ? TRUE_OF_ALL : TRUE_OF_VRRP;
}

/* ---- one rule ------------------------------------------------------------ */

struct rule_facts {
	bool applies; /* nothing in it is untrue */
	bool certain; /* everything in it is true */
	bool about;   /* something in it is true of VRRP or its group */
};

static struct rule_facts
judge_rule(const json_t *rule, const char *protocol)
{
	struct rule_facts facts = {true, true, false};
	const json_t *item;
	size_t i;

	json_array_foreach (json_object_get(rule, "expr"), i, item) {
		const json_t *match = json_object_get(item, "match");

		if (json_object_get(item, "xt") != NULL)
			facts.certain = false;
		if (match == NULL)
			continue;
		enum truth truth = judge_match(match, protocol);
		facts.applies &= truth != UNTRUE;
		facts.certain &= truth != UNKNOWN;
		facts.about |= truth == TRUE_OF_VRRP;
	}
	return facts;
}

/* ---- chains -------------------------------------------------------------- */

struct walk {
	json_t *findings;
	const json_t *ruleset; /* the array */
	const json_t *base;    /* the base chain */
	const char *protocol;  /* "ip" or "ip6" */
	bool done;             /* accepted or dropped */
};

/* The rule as it was written, or where it stands and what shows it. */
static char *
describe_rule(const json_t *rule)
{
	const char *text = view_string(rule, "text", "");

	if (text[0] != '\0')
		return must_format("iptables-legacy -t %s %.200s",
		    view_string(rule, "table", "?"), text);

	const char *family = view_string(rule, "family", "?");
	const char *table = view_string(rule, "table", "?");
	const char *chain = view_string(rule, "chain", "?");

	return must_format("table %s %s, chain %s, handle %" JSON_INTEGER_FORMAT
			   " (\"nft -a list chain %s %s %s\" shows it)",
	    family, table, chain, view_integer(rule, "handle", 0), family, table,
	    chain);
}

static void
tell_rule(const struct walk *walk, const json_t *rule, bool certain)
{
	char *text = describe_rule(rule);

	doctor_add(walk->findings, certain ? "error" : "warning", "firewall",
	    "daemon/vrrpd", "Accept protocol 112 (vrrp) before it, or delete it.",
	    "a firewall rule drops %sadvertisements of %s on %s: %s",
	    certain ? "" : "some ",
	    strcmp(walk->protocol, "ip6") == 0 ? "IPv6" : "IPv4",
	    view_string(walk->base, "hook", "?"), text);
	free(text);
}

static void walk_chain(struct walk *walk, const char *chain, int depth);

/* Returns whether the chain ends here. */
static bool
take_verdict(struct walk *walk, const json_t *rule, const json_t *item,
    const struct rule_facts *facts, int depth)
{
	const json_t *go = json_object_get(item, "goto");
	const json_t *jump = go != NULL ? go : json_object_get(item, "jump");

	if (jump != NULL)
		walk_chain(walk, view_string(jump, "target", ""), depth + 1);
	if (json_object_get(item, "drop") != NULL ||
	    json_object_get(item, "reject") != NULL) {
		if (facts->certain || facts->about)
			tell_rule(walk, rule, facts->certain);
		walk->done |= facts->certain;
	}
	if (json_object_get(item, "accept") != NULL)
		walk->done |= facts->certain || facts->about;
	return walk->done || (facts->certain && (go != NULL || json_object_get(item,
								   "return") != NULL));
}

static bool
walk_rule(struct walk *walk, const json_t *rule, int depth)
{
	const struct rule_facts facts = judge_rule(rule, walk->protocol);
	const json_t *item;
	size_t i;

	if (!facts.applies)
		return false;
	json_array_foreach (json_object_get(rule, "expr"), i, item)
		if (take_verdict(walk, rule, item, &facts, depth))
			return true;
	return false;
}

static void
walk_chain(struct walk *walk, const char *chain, int depth)
{
	const json_t *item;
	size_t i;

	if (depth > DEPTH_MAX)
		return;
	json_array_foreach (walk->ruleset, i, item) {
		const json_t *rule = json_object_get(item, "rule");

		if (same(rule, "chain", chain) &&
		    same(rule, "table", view_string(walk->base, "table", "")) &&
		    same(rule, "family", view_string(walk->base, "family", "")) &&
		    walk_rule(walk, rule, depth))
			return;
	}
}

static bool
concerns(const json_t *base, const char *protocol)
{
	const char *hook = view_string(base, "hook", "forward");

	return (same(base, "family", protocol) || same(base, "family", "inet") ||
		   same(base, "family", "netdev")) &&
	       strcmp(hook, "forward") != 0;
}

static void
walk_base(struct walk *walk)
{
	walk->done = false;
	walk_chain(walk, view_string(walk->base, "name", ""), 0);
	if (walk->done || !same(walk->base, "policy", "drop"))
		return;
	doctor_add(walk->findings, "error", "firewall", "daemon/vrrpd",
	    "Accept protocol 112 (vrrp) in it.",
	    "a firewall drops advertisements of %s: the policy of table %s %s, chain %s "
	    "(%s) is drop, and no rule in it accepts them",
	    strcmp(walk->protocol, "ip6") == 0 ? "IPv6" : "IPv4",
	    view_string(walk->base, "family", "?"),
	    view_string(walk->base, "table", "?"), view_string(walk->base, "name", "?"),
	    view_string(walk->base, "hook", "?"));
}

void
doctor_judge_ruleset(json_t *findings, const json_t *ruleset, bool ipv6)
{
	struct walk walk = {.findings = findings,
	    .ruleset = json_object_get(ruleset, "nftables"),
	    .protocol = ipv6 ? "ip6" : "ip"};
	const json_t *item;
	size_t i;

	json_array_foreach (walk.ruleset, i, item) {
		walk.base = json_object_get(item, "chain");
		if (walk.base != NULL && concerns(walk.base, walk.protocol))
			walk_base(&walk);
	}
}
