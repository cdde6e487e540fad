/* SPDX-License-Identifier: Apache-2.0 */
/* cmdtree.c - the words of a command line: matching, abbreviations, what may come next.
 *
 * All commands are walked side by side. A thread is a place in the program that waits
 * for a word, with the places that took the words before. A step takes one word and
 * keeps the threads that can take it; there is at most one thread for each node, so the
 * work is bounded by nodes times words.
 */
#include "common/cmdtree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cmd_syntax.h"

struct cmdtree {
	struct cmd_program program;
	uint16_t *starts; /* where each command begins */
	size_t count;
};

struct thread {
	uint16_t place;
	uint16_t path[CMD_WORDS_MAX];
};

struct walk {
	const struct cmd_node *nodes;
	struct thread *now, *next;
	size_t now_count, next_count;
	size_t *seen; /* for each node: the step that last reached it, counted from 1 */
	size_t step;
};

/* How a node may take a word. */
enum fit {
	FIT_NOT = 0,
	FIT_SHORT,    /* a keyword, shortened */
	FIT_ARGUMENT, /* any word */
	FIT_EXACT,    /* a keyword, in full */
};

struct cmdtree *
cmdtree_new(void)
{
	return calloc(1, sizeof(struct cmdtree));
}

struct cmdtree *
cmdtree_free(struct cmdtree *tree)
{
	if (tree != NULL) {
		cmd_program_done(&tree->program);
		free(tree->starts);
		free(tree);
	}
	return NULL;
}

int
cmdtree_add(struct cmdtree *tree, const char *syntax)
{
	size_t start = tree->program.count;
	uint16_t *starts;
	int error;

	starts = realloc(tree->starts, (tree->count + 1) * sizeof(*starts));
	if (starts == NULL)
		return -ENOMEM;
	tree->starts = starts;
	error = cmd_program_add(&tree->program, syntax, (int)tree->count);
	if (error != 0)
		return error;
	tree->starts[tree->count] = (uint16_t)start;
	return (int)tree->count++;
}

/* Whether the text begins with the keyword's first `len` characters. Configuration
 * files write an underscore where keywords have a dash. */
static bool
begins_as(const char *keyword, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != keyword[i] && (text[i] != '_' || keyword[i] != '-'))
			return false;
	}
	return true;
}

/* Whether the text is what configuration files have for the switch, which is no news to
 * be listed. */
static bool
is_switch(const char *keyword, const char *text)
{
	static const char *const others[][2] = {
	    {"on", "yes"}, {"on", "true"}, {"off", "no"}, {"off", "false"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(keyword, others[i][0]) == 0 &&
		    strcmp(text, others[i][1]) == 0)
			return true;
	}
	return false;
}

static bool
is_keyword_in_full(const char *keyword, bool plural, const char *text)
{
	size_t len = strlen(keyword);

	if (is_switch(keyword, text))
		return true;
	return begins_as(keyword, text, len) &&
	       (text[len] == '\0' || (plural && strcmp(text + len, "s") == 0));
}

static bool
is_keyword_shortened(const char *keyword, const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= strlen(keyword) && begins_as(keyword, text, len);
}

static enum fit
node_fit(const struct cmd_node *node, const char *word)
{
	if (node->op == CMD_OP_ARGUMENT)
		return FIT_ARGUMENT;
	if (node->op != CMD_OP_KEYWORD)
		return FIT_NOT;
	if (is_keyword_in_full(node->text, node->plural, word))
		return FIT_EXACT;
	return is_keyword_shortened(node->text, word) ? FIT_SHORT : FIT_NOT;
}

/* Adds a thread for each node that waits for a word from `place` on. */
static void
reach(struct walk *walk, size_t place, const uint16_t *path, size_t path_len)
{
	const struct cmd_node *node = &walk->nodes[place];
	struct thread *thread;

	if (walk->seen[place] == walk->step)
		return;
	walk->seen[place] = walk->step;
	if (node->op == CMD_OP_SPLIT || node->op == CMD_OP_JUMP) {
		reach(walk, node->a, path, path_len);
		if (node->op == CMD_OP_SPLIT)
			reach(walk, node->b, path, path_len);
		return;
	}
	thread = &walk->next[walk->next_count++];
	thread->place = (uint16_t)place;
	if (path_len > 0)
		memcpy(thread->path, path, path_len * sizeof(*path));
}

static void
end_step(struct walk *walk)
{
	struct thread *old = walk->now;

	walk->now = walk->next;
	walk->now_count = walk->next_count;
	walk->next = old;
	walk->next_count = 0;
	walk->step++;
}

static bool
walk_begin(struct walk *walk, const struct cmdtree *tree)
{
	size_t room = tree->program.count > 0 ? tree->program.count : 1;

	*walk = (struct walk){.nodes = tree->program.nodes, .step = 1};
	walk->now = malloc(room * sizeof(*walk->now));
	walk->next = malloc(room * sizeof(*walk->next));
	walk->seen = calloc(room, sizeof(*walk->seen));
	if (walk->now == NULL || walk->next == NULL || walk->seen == NULL)
		return false;
	for (size_t i = 0; i < tree->count; i++)
		reach(walk, tree->starts[i], NULL, 0);
	end_step(walk);
	return true;
}

static void
walk_end(struct walk *walk)
{
	free(walk->now);
	free(walk->next);
	free(walk->seen);
}

/* What the threads together make of a word. */
struct verdict {
	bool exact, argument;
	bool ambiguous;        /* two different keywords could be meant */
	const char *shortened; /* the keyword that could be meant, or NULL */
};

static struct verdict
judge(const struct walk *walk, const char *word)
{
	struct verdict v = {0};

	for (size_t i = 0; i < walk->now_count; i++) {
		const struct cmd_node *node = &walk->nodes[walk->now[i].place];
		enum fit fit = node_fit(node, word);

		v.exact |= fit == FIT_EXACT;
		v.argument |= fit == FIT_ARGUMENT;
		if (fit != FIT_SHORT)
			continue;
		if (v.shortened == NULL)
			v.shortened = node->text;
		else if (strcmp(v.shortened, node->text) != 0)
			v.ambiguous = true;
	}
	return v;
}

static void
take_word(struct walk *walk, const char *word, size_t at, enum fit wanted)
{
	for (size_t i = 0; i < walk->now_count; i++) {
		struct thread *thread = &walk->now[i];

		if (node_fit(&walk->nodes[thread->place], word) != wanted)
			continue;
		thread->path[at] = thread->place;
		reach(walk, (size_t)thread->place + 1, thread->path, at + 1);
	}
}

/* Takes word `at`. Where two threads meet, the first wins, so arguments go first: see
 * "failover a" in the header. */
static enum cmd_status
take_step(struct walk *walk, const char *word, size_t at)
{
	struct verdict v = judge(walk, word);

	if (v.exact) {
		take_word(walk, word, at, FIT_EXACT);
	} else {
		if (v.ambiguous && !v.argument)
			return CMD_AMBIGUOUS;
		take_word(walk, word, at, FIT_ARGUMENT);
		if (!v.ambiguous)
			take_word(walk, word, at, FIT_SHORT);
	}
	if (walk->next_count == 0)
		return CMD_UNKNOWN;
	end_step(walk);
	return CMD_OK;
}

static enum cmd_status
walk_words(struct walk *walk, const char *const words[], size_t count, size_t *ret_at)
{
	enum cmd_status status;

	*ret_at = CMD_WORDS_MAX;
	if (count > CMD_WORDS_MAX)
		return CMD_TOO_LONG;
	for (size_t i = 0; i < count; i++) {
		*ret_at = i;
		status = take_step(walk, words[i], i);
		if (status != CMD_OK)
			return status;
	}
	*ret_at = count;
	return CMD_OK;
}

/* Whether `a` is the better reading of a complete line: where the two first differ, an
 * argument is better than a shortened keyword, else the command added earlier. */
static bool
is_better(const struct walk *walk, const struct thread *a, const struct thread *b,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool a_argument = walk->nodes[a->path[i]].op == CMD_OP_ARGUMENT;
		bool b_argument = walk->nodes[b->path[i]].op == CMD_OP_ARGUMENT;

		if (a_argument != b_argument)
			return a_argument;
	}
	return a->place < b->place;
}

static const struct thread *
best_complete(const struct walk *walk, size_t count)
{
	const struct thread *best = NULL;

	for (size_t i = 0; i < walk->now_count; i++) {
		const struct thread *thread = &walk->now[i];

		if (walk->nodes[thread->place].op != CMD_OP_END)
			continue;
		if (best == NULL || is_better(walk, thread, best, count))
			best = thread;
	}
	return best;
}

static enum cmd_status
fill_match(const struct walk *walk, const char *const words[], size_t count,
    struct cmd_match *ret)
{
	const struct thread *best = best_complete(walk, count);

	if (best == NULL)
		return CMD_INCOMPLETE;
	ret->command = walk->nodes[best->place].command;
	ret->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct cmd_node *node = &walk->nodes[best->path[i]];

		ret->words[i] = (struct cmd_word){.text = words[i],
		    .token = node->text,
		    .keyword = node->op == CMD_OP_KEYWORD};
	}
	return CMD_OK;
}

enum cmd_status
cmdtree_match(const struct cmdtree *tree, const char *const words[], size_t count,
    struct cmd_match *ret)
{
	enum cmd_status status = CMD_NO_MEMORY;
	struct walk walk;

	ret->at = 0;
	if (walk_begin(&walk, tree)) {
		status = walk_words(&walk, words, count, &ret->at);
		if (status == CMD_OK)
			status = fill_match(&walk, words, count, ret);
	}
	walk_end(&walk);
	return status;
}

static struct cmd_next *
find_next(const struct cmd_nexts *nexts, const struct cmd_node *node)
{
	for (size_t i = 0; i < nexts->count; i++) {
		struct cmd_next *next = &nexts->items[i];

		if (next->keyword == (node->op == CMD_OP_KEYWORD) &&
		    strcmp(next->token, node->text) == 0)
			return next;
	}
	return NULL;
}

static void
add_next(const struct walk *walk, const struct thread *thread, struct cmd_nexts *ret)
{
	const struct cmd_node *node = &walk->nodes[thread->place];
	struct cmd_next *next;

	if (node->op == CMD_OP_END) {
		ret->end = true;
		ret->end_command = node->command;
		return;
	}
	next = find_next(ret, node);
	if (next != NULL) {
		next->shared |= next->command != node->command;
		next->plural |= node->plural;
		return;
	}
	ret->items[ret->count++] = (struct cmd_next){.token = node->text,
	    .keyword = node->op == CMD_OP_KEYWORD,
	    .plural = node->plural,
	    .command = node->command};
}

static int
compare_places(const void *a, const void *b)
{
	const struct thread *left = a;
	const struct thread *right = b;

	return (int)left->place - (int)right->place;
}

static enum cmd_status
list_nexts(const struct walk *walk, struct cmd_nexts *ret)
{
	*ret = (struct cmd_nexts){.end_command = -1};
	ret->items = calloc(walk->now_count + 1, sizeof(*ret->items));
	if (ret->items == NULL)
		return CMD_NO_MEMORY;
	qsort(walk->now, walk->now_count, sizeof(*walk->now), compare_places);
	for (size_t i = 0; i < walk->now_count; i++)
		add_next(walk, &walk->now[i], ret);
	return CMD_OK;
}

enum cmd_status
cmdtree_next(const struct cmdtree *tree, const char *const words[], size_t count,
    struct cmd_nexts *ret, size_t *ret_at)
{
	enum cmd_status status = CMD_NO_MEMORY;
	struct walk walk;
	size_t at = 0;

	if (walk_begin(&walk, tree)) {
		status = walk_words(&walk, words, count, &at);
		if (status == CMD_OK)
			status = list_nexts(&walk, ret);
	}
	walk_end(&walk);
	if (ret_at != NULL)
		*ret_at = at;
	return status;
}

bool
cmd_next_is(const struct cmd_next *next, const char *text)
{
	return next->keyword && is_keyword_in_full(next->token, next->plural, text);
}

bool
cmd_next_fits(const struct cmd_next *next, const char *text)
{
	return cmd_next_is(next, text) ||
	       (next->keyword && is_keyword_shortened(next->token, text));
}

bool
cmd_match_has(const struct cmd_match *match, const char *token)
{
	for (size_t i = 0; i < match->count; i++) {
		if (match->words[i].keyword &&
		    strcmp(match->words[i].token, token) == 0)
			return true;
	}
	return false;
}

const char *
cmd_match_arg(const struct cmd_match *match, const char *token)
{
	for (size_t i = 0; i < match->count; i++) {
		if (!match->words[i].keyword &&
		    strcmp(match->words[i].token, token) == 0)
			return match->words[i].text;
	}
	return NULL;
}

const char *
cmd_match_after(const struct cmd_match *match, const char *token)
{
	for (size_t i = 0; i + 1 < match->count; i++) {
		if (match->words[i].keyword && !match->words[i + 1].keyword &&
		    strcmp(match->words[i].token, token) == 0)
			return match->words[i + 1].text;
	}
	return NULL;
}
