/* SPDX-License-Identifier: Apache-2.0 */
/* conf_parse.c - lines to checked statements, by the table of the language.
 *
 * Nothing is guessed in silence and nothing ends the parsing: after a finding it goes
 * on, so that one run shows everything that is wrong.
 */
#include "common/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_parser.h"
#include "common/conf_report.h"
#include "common/conf_rules.h"
#include "common/conf_utf8.h"
#include "common/conf_value.h"

void
conf_parser_report(struct conf_parser *parser, enum conf_severity severity,
    uint32_t column, size_t length, const char *suggestion, const char *format, ...)
{
	struct conf_place place = {
	    .file = parser->text->files[parser->chunk->file],
	    .line = parser->chunk->line,
	    .column = column,
	    .length = length,
	    .source = parser->chunk->source,
	    .source_len = parser->chunk->source_len,
	};
	va_list args;
	va_start(args, format);
	conf_report(parser->diags, severity, &place, suggestion, format, args);
	va_end(args);
}

struct conf_level *
conf_parser_level(struct conf_parser *parser)
{
	return &parser->levels[parser->depth];
}

const char *
conf_parser_level_name(const struct conf_level *level, char *buf, size_t room)
{
	if (!level->row)
		(void)snprintf(buf, room, "the top level");
	else if (level->node && level->node->word_count > 0)
		(void)snprintf(buf, room, "%s '%.60s'", level->row->name,
		    conf_node_word(level->node, 0));
	else
		(void)snprintf(buf, room, "%s", level->row->name);
	return buf;
}

/* The last statement of the same keyword in a block. */
static const struct conf_node *
find_earlier(const struct conf_level *level, const struct conf_row *row)
{
	const struct conf_node *found = NULL;
	for (const struct conf_node *node = level->first; node; node = node->next)
		if (node->row == row)
			found = node;
	return found;
}

/* Says so when a keyword stands twice in a block. */
static void
check_repeated(struct conf_parser *parser, const struct conf_row *row, uint32_t column)
{
	struct conf_level *level = conf_parser_level(parser);
	size_t number = conf_index_number(parser->index, row);
	uint64_t bit = UINT64_C(1) << (number % 64);
	bool seen = level->seen[number / 64] & bit;
	level->seen[number / 64] |= bit;
	if (!seen || row->flags & CONF_REPEAT || level->unsupported ||
	    !(row->daemons & parser->daemons))
		return;
	/* When nobody will see the finding, the search for its other end is not worth
	 * it: over a long block it would be quadratic. */
	const struct conf_node *earlier = !conf_diags_full(parser->diags, CONF_WARNING)
					      ? find_earlier(level, row)
					      : NULL;
	conf_parser_report(parser, CONF_WARNING, column, strlen(row->name), NULL,
	    row->opens ? "'%s' stands at %s:%u already: both are taken together"
		       : "'%s' is given again: this one counts, not that at %s:%u",
	    row->name, earlier ? parser->text->files[earlier->file] : "?",
	    earlier ? earlier->line : 0);
}

struct conf_node *
conf_parser_add(
    struct conf_parser *parser, const struct conf_row *row, uint32_t column, bool good)
{
	struct conf_level *level = conf_parser_level(parser);
	if (++parser->node_count > CONF_NODES_MAX) {
		if (!parser->too_big)
			conf_parser_report(parser, CONF_ERROR, column, 1, NULL,
			    "the configuration is too big: more than %d statements",
			    CONF_NODES_MAX);
		parser->too_big = true;
		return NULL;
	}
	struct conf_node *node = conf_tree_add(parser->tree, row, parser->chunk->file,
	    parser->chunk->line, column, parser->words, parser->word_count);
	if (!node) {
		parser->failed = true;
		return NULL;
	}
	node->bad = !good || parser->bad_word;
	if (level->last)
		level->last->next = node;
	else if (level->node)
		level->node->child = node;
	else
		conf_tree_set_first(parser->tree, node);
	if (!level->first)
		level->first = node;
	level->last = node;
	return node;
}

void
conf_parser_unsupported(struct conf_parser *parser, const struct conf_row *row,
    uint32_t column, size_t length)
{
	if (row->flags & CONF_DONE || conf_parser_level(parser)->unsupported ||
	    !(row->daemons & parser->daemons))
		return;
	if (row->flags & CONF_ESSENTIAL) {
		conf_parser_report(parser, CONF_ERROR, column, length, NULL,
		    "not supported yet: %s; without it this router and its peers would "
		    "not understand each other",
		    row->name);
		return;
	}
	uint32_t *warned = &parser->warned[conf_index_number(parser->index, row)];
	if (*warned == parser->chunk->file + 1)
		return;
	*warned = parser->chunk->file + 1;
	if (row->flags & CONF_NO_EFFECT)
		conf_parser_report(parser, CONF_WARNING, column, length, NULL,
		    "'%s' has no effect, here as in keepalived", row->name);
	else
		conf_parser_report(parser, CONF_WARNING, column, length, NULL,
		    "not supported yet: %s", row->name);
}

void
conf_parser_start_words(struct conf_parser *parser)
{
	parser->word_count = 0;
	parser->bad_word = false;
}

bool
conf_parser_take_word(struct conf_parser *parser, bool command)
{
	struct conf_word word;
	const char *wrong = command ? conf_lex_command_word(&parser->lex, &word)
				    : conf_lex_word(&parser->lex, &word);
	if (wrong)
		conf_parser_report(
		    parser, CONF_ERROR, word.column, 1, NULL, "%s", wrong);
	/* Names go into JSON and onto terminals. */
	size_t bad = command ? word.len : conf_utf8_check(word.text, word.len);
	if (bad < word.len)
		conf_parser_report(parser, CONF_ERROR, word.column, word.len, NULL,
		    "a byte that is no text (0x%02x): files are UTF-8",
		    (unsigned)(unsigned char)word.text[bad]);
	parser->bad_word |= wrong || bad < word.len;
	parser->failed |= parser->store.failed;
	if (parser->word_count == CONF_WORDS_MAX)
		return false;
	parser->words[parser->word_count++] = word;
	return true;
}

/* Whether the next word, where an argument may but need not stand, is one. */
static bool
is_argument(struct conf_parser *parser, const struct conf_row *row)
{
	size_t at = parser->lex.at;
	struct conf_word word;
	(void)conf_lex_word(&parser->lex, &word); /* looked at again when taken */
	parser->lex.at = at;
	if (word.quoted)
		return true;
	if (conf_index_find(
		parser->index, conf_parser_level(parser)->block, word.text, word.len))
		return false;
	return parser->word_count > 0 || conf_value_could_be(row, word.text, word.len);
}

/* Collects the arguments of a statement. Returns false when one is missing. */
static bool
take_arguments(struct conf_parser *parser, const struct conf_row *row, uint32_t column)
{
	conf_parser_start_words(parser);
	parser->lex.brace_ends = row->opens != CONF_BLOCK_ROOT;
	while (parser->word_count < row->args_max &&
	       conf_lex_peek(&parser->lex) == CONF_TOKEN_WORD) {
		if (parser->word_count >= row->args_min && !is_argument(parser, row))
			break;
		bool command =
		    row->type == CONF_TYPE_COMMAND && parser->word_count == 0;
		if (!conf_parser_take_word(parser, command))
			break;
	}
	parser->lex.brace_ends = false;
	if (parser->word_count >= row->args_min)
		return true;
	conf_parser_report(parser, CONF_ERROR, column, strlen(row->name), NULL,
	    "an argument is missing: %s %s", row->name, row->args);
	return false;
}

/* Checks the first argument, and makes it canonical. */
static bool
check_argument(
    struct conf_parser *parser, const struct conf_row *row, struct conf_value *value)
{
	if (parser->word_count == 0 || row->type == CONF_TYPE_NONE)
		return true;
	struct conf_word *word = &parser->words[0];
	conf_value_check(row, word->text, word->len, value);
	if (value->verdict != CONF_VALUE_GOOD) {
		/* A bad value of something that is not carried out does no harm. */
		bool harm = value->verdict == CONF_VALUE_BAD && row->flags & CONF_DONE;
		if (harm || row->daemons & parser->daemons)
			conf_parser_report(parser, harm ? CONF_ERROR : CONF_WARNING,
			    word->column, word->len + (word->quoted ? 2 : 0),
			    value->suggestion[0] ? value->suggestion : NULL, "%s",
			    value->message);
	}
	if (value->text[0]) {
		word->text = value->text;
		word->len = strlen(value->text);
	}
	return value->verdict != CONF_VALUE_BAD;
}

/* What a statement changes in how the following lines are read. */
static void
heed(struct conf_parser *parser, const struct conf_node *node)
{
	if (node->row->key == CONF_KEY_INSTANCE_SUFFIX)
		parser->failed |= conf_macros_set_instance(
				      parser->macros, conf_node_word(node, 0)) != 0;
	else if (node->row->key == CONF_KEY_RANDOM_SEED)
		conf_macros_seed(parser->macros, (uint64_t)conf_node_int(node));
}

static void
parse_statement(struct conf_parser *parser, const struct conf_row *row,
    const struct conf_word *keyword)
{
	struct conf_value value = {0};
	size_t length = keyword->len;
	conf_parser_unsupported(parser, row, keyword->column, length);
	bool good = take_arguments(parser, row, keyword->column) &&
		    check_argument(parser, row, &value);
	check_repeated(parser, row, keyword->column);
	struct conf_node *node = conf_parser_add(parser, row, keyword->column, good);
	if (!node)
		return;
	if (row->opens)
		parser->pending = node;
	else if (good)
		heed(parser, node);
}

/* A word too many after a statement: on a line of its own it would be a keyword. */
static void
report_surplus(struct conf_parser *parser, const struct conf_row *row,
    const struct conf_word *word)
{
	if (row->flags & CONF_SECRET)
		conf_parser_report(parser, CONF_ERROR, word->column, 3, NULL,
		    "%s takes one word: quote it if there are blanks in it", row->name);
	else
		conf_parser_report(parser, CONF_ERROR, word->column, word->len, NULL,
		    "'%.*s' is one word too many: %s %s", (int)word->len, word->text,
		    row->name, row->args[0] ? row->args : "takes none");
	conf_lex_skip_words(&parser->lex);
}

/* Parses one keyword with its arguments. `after` is the row of the statement before it
 * on the same line, or NULL. Returns the row, NULL when it was no keyword. */
static const struct conf_row *
parse_keyword(struct conf_parser *parser, const struct conf_row *after)
{
	size_t at = parser->lex.at;
	conf_parser_start_words(parser);
	parser->lex.brace_ends = true;
	(void)conf_parser_take_word(parser, false); /* the first one fits */
	parser->lex.brace_ends = false;
	struct conf_word word = parser->words[0];
	const struct conf_row *row = conf_index_find(
	    parser->index, conf_parser_level(parser)->block, word.text, word.len);
	if (row && !word.quoted) {
		parser->skip_next_block = false;
		parse_statement(parser, row, &word);
		return row;
	}
	if (after && !after->opens) {
		report_surplus(parser, after, &word);
		return NULL;
	}
	if (conf_parser_unknown(parser, &word)) {
		parser->lex.at = at;
		return NULL;
	}
	parser->skip_next_block = true;
	conf_lex_skip_words(&parser->lex);
	return NULL;
}

static void push(struct conf_parser *parser, struct conf_node *node);

/* The brace of a block did not come. If what comes instead belongs into the block, the
 * brace was forgotten and the block is open; else the block is empty. */
static void
resolve_pending(struct conf_parser *parser)
{
	struct conf_node *node = parser->pending;
	char name[128];
	struct conf_level level = {.row = node->row, .node = node};
	conf_parser_report(parser, CONF_ERROR,
	    conf_chunk_column(parser->chunk, parser->lex.at), 1, NULL,
	    "'{' is missing after %s (%s:%u)",
	    conf_parser_level_name(&level, name, sizeof(name)),
	    parser->text->files[node->file], node->line);
	parser->pending = NULL;
	if (conf_lex_peek(&parser->lex) != CONF_TOKEN_WORD)
		return;
	size_t at = parser->lex.at;
	struct conf_word word;
	(void)conf_lex_word(&parser->lex, &word); /* parsed again */
	parser->lex.at = at;
	enum conf_block outside = conf_parser_level(parser)->block;
	bool known_inside =
	    conf_schema_block(node->row->opens)->contents != CONF_CONTENTS_KEYWORDS ||
	    conf_index_find(parser->index, node->row->opens, word.text, word.len);
	if (known_inside &&
	    !conf_index_find(parser->index, outside, word.text, word.len))
		push(parser, node);
}

static void
start_skipping(struct conf_parser *parser, uint32_t column)
{
	parser->skip_depth = 1;
	parser->skip_chunk = *parser->chunk;
	parser->skip_column = column;
}

static void
push(struct conf_parser *parser, struct conf_node *node)
{
	bool unsupported =
	    conf_parser_level(parser)->unsupported || !(node->row->flags & CONF_DONE);
	parser->pending = NULL;
	if (parser->depth + 1 == CONF_DEPTH_MAX) {
		start_skipping(parser, node->columns[0]);
		return;
	}
	parser->levels[++parser->depth] = (struct conf_level){
	    .block = node->row->opens,
	    .row = node->row,
	    .node = node,
	    .unsupported = unsupported,
	};
}

void
conf_parser_pop(struct conf_parser *parser)
{
	if (parser->depth > 0)
		parser->depth--;
}

static void
parse_open(struct conf_parser *parser)
{
	uint32_t column = conf_lex_brace(&parser->lex);
	if (parser->pending) {
		push(parser, parser->pending);
		return;
	}
	if (!parser->skip_next_block)
		conf_parser_report(parser, CONF_ERROR, column, 1, NULL,
		    "'{' without a keyword that opens a block");
	parser->skip_next_block = false;
	start_skipping(parser, column);
}

static void
parse_close(struct conf_parser *parser)
{
	if (parser->pending)
		resolve_pending(parser);
	uint32_t column = conf_lex_brace(&parser->lex);
	parser->skip_next_block = false;
	if (parser->depth == 0)
		conf_parser_report(parser, CONF_ERROR, column, 1, NULL,
		    "'}' closes nothing: no block is open here");
	conf_parser_pop(parser);
}

/* Inside a block that is left out only braces count. */
static void
skip_token(struct conf_parser *parser, enum conf_token token)
{
	if (token == CONF_TOKEN_WORD) {
		conf_lex_skip_words(&parser->lex);
		return;
	}
	(void)conf_lex_brace(&parser->lex); /* its column is of no interest */
	if (token == CONF_TOKEN_OPEN)
		parser->skip_depth++;
	else
		parser->skip_depth--;
}

static void
parse_word(struct conf_parser *parser, const struct conf_row **after)
{
	if (parser->pending)
		resolve_pending(parser);
	enum conf_block block = conf_parser_level(parser)->block;
	if (conf_schema_block(block)->contents == CONF_CONTENTS_KEYWORDS) {
		*after = parse_keyword(parser, *after);
	} else {
		conf_parser_entry(parser);
		*after = NULL;
	}
}

static void
parse_chunk(void *userdata, const struct conf_chunk *chunk)
{
	struct conf_parser *parser = userdata;
	const struct conf_row *after = NULL;
	enum conf_token token;
	parser->chunk = chunk;
	parser->store.len = 0;
	parser->lex = (struct conf_lex){.chunk = chunk, .store = &parser->store};
	while (!parser->failed && !parser->too_big &&
	       (token = conf_lex_peek(&parser->lex)) != CONF_TOKEN_END) {
		if (parser->skip_depth > 0) {
			skip_token(parser, token);
		} else if (token == CONF_TOKEN_OPEN) {
			parse_open(parser);
			after = NULL;
		} else if (token == CONF_TOKEN_CLOSE) {
			parse_close(parser);
			after = NULL;
		} else {
			parse_word(parser, &after);
		}
	}
}

/* What is still open when the text ends. */
static void
finish(struct conf_parser *parser)
{
	char name[128];
	struct conf_diags *diags = parser->diags;
	if (parser->skip_depth > 0) {
		parser->chunk = &parser->skip_chunk;
		conf_parser_report(parser, CONF_ERROR, parser->skip_column, 1, NULL,
		    "'}' is missing: this block is never closed");
	}
	if (parser->pending)
		conf_tree_report(parser->tree, diags, CONF_ERROR, parser->pending, -1,
		    "'{' is missing: %s opens a block", parser->pending->row->name);
	for (; parser->depth > 0; parser->depth--) {
		const struct conf_level *level = conf_parser_level(parser);
		conf_tree_report(parser->tree, diags, CONF_ERROR, level->node, -1,
		    "'}' is missing: %s is never closed",
		    conf_parser_level_name(level, name, sizeof(name)));
	}
}

static int
parser_run(struct conf_parser *parser, const struct conf_env *env)
{
	struct conf_lines_sink sink = {parse_chunk, parser};
	int r = conf_lines_read(parser->text, env ? env->config_id : NULL,
	    parser->macros, parser->diags, &sink);
	if (r < 0 || parser->failed)
		return -ENOMEM;
	finish(parser);
	return conf_rules_check(parser->tree, parser->diags);
}

int
conf_tree_parse(const struct conf_text *text, const struct conf_env *env,
    struct conf_diags *diags, struct conf_tree **ret)
{
	struct conf_parser *parser = calloc(1, sizeof(*parser));
	if (!parser)
		return -ENOMEM;
	int r = -ENOMEM;
	/* The tree shares the text; only its count of owners changes. */
	parser->text = (struct conf_text *)(uintptr_t)text;
	parser->diags = diags;
	parser->levels[0].block = CONF_BLOCK_ROOT;
	parser->index = conf_index_new();
	parser->daemons = env && env->daemons ? env->daemons : CONF_DAEMON_BOTH;
	parser->tree = conf_tree_new(parser->text, parser->daemons);
	parser->macros = conf_macros_new(text);
	for (size_t i = 0; i < text->file_count; i++)
		conf_diags_add_file(diags, text->files[i]);
	if (parser->index && parser->tree && parser->macros)
		r = parser_run(parser, env);
	conf_diags_sort(diags);
	if (r == 0)
		*ret = parser->tree;
	else
		conf_tree_free(parser->tree);
	conf_index_free(parser->index);
	conf_macros_free(parser->macros);
	conf_chars_done(&parser->store);
	free(parser);
	return r;
}
