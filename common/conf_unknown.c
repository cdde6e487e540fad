/* SPDX-License-Identifier: Apache-2.0 */
/* conf_unknown.c - says what was probably meant by a word that is no keyword here. */
#include <stdio.h>
#include <string.h>
#include "common/conf_macro.h"
#include "common/conf_parser.h"
#include "common/names.h"

#define WORD_LEN_MAX 63
#define BLOCKS_NAMED_MAX 3

static bool
row_is_in(const struct conf_row *row, enum conf_block block)
{
	return row->blocks & (UINT64_C(1) << block);
}

/* The only keyword of a block that begins with a word, or NULL. */
static const char *
longer(enum conf_block block, const char *word)
{
	const char *found = NULL;
	const struct conf_row *row;
	size_t len = strlen(word);
	for (size_t i = 0; len >= 3 && (row = conf_schema_row(i)); i++) {
		if (!row_is_in(row, block) || strncmp(row->name, word, len) != 0)
			continue;
		if (found)
			return NULL;
		found = row->name;
	}
	return found;
}

/* The keyword of a block that is nearest to a word, or NULL when none is near. */
static const char *
nearest(enum conf_block block, const char *word)
{
	const char *best = NULL;
	const struct conf_row *row;
	/* A third of the letters may be wrong, and one in a short word. */
	size_t limit = strlen(word) / 3;
	if (limit == 0)
		limit = 1;
	for (size_t i = 0; (row = conf_schema_row(i)); i++) {
		if (!row_is_in(row, block))
			continue;
		size_t distance = names_distance(word, row->name, limit);
		if (distance > limit)
			continue;
		best = row->name;
		if (distance == 0)
			break;
		limit = distance - 1;
	}
	return best ? best : longer(block, word);
}

/* Writes where a word is a keyword: "vrrp_script, real_server". Returns whether it is.
 */
static bool
known_elsewhere(
    const struct conf_index *index, const char *word, char *buf, size_t room)
{
	size_t count = 0;
	buf[0] = '\0';
	for (unsigned i = 0; i < CONF_BLOCK_COUNT_; i++) {
		enum conf_block block = (enum conf_block)i;
		if (!conf_index_find(index, block, word, strlen(word)))
			continue;
		size_t len = strlen(buf);
		if (count++ < BLOCKS_NAMED_MAX)
			(void)snprintf(buf + len, room - len, "%s%s", len ? ", " : "",
			    conf_schema_block(block)->title);
		else if (count == BLOCKS_NAMED_MAX + 2)
			(void)snprintf(buf + len, room - len, ", ...");
	}
	return count > 0;
}

/* The level further out, below which the word would be a keyword; 0 levels: none. */
static size_t
levels_to_close(
    struct conf_parser *parser, const struct conf_word *word, bool only_blocks)
{
	for (size_t up = 1; up <= parser->depth; up++) {
		struct conf_level *level = &parser->levels[parser->depth - up];
		const struct conf_row *row =
		    conf_index_find(parser->index, level->block, word->text, word->len);
		if (row && (row->opens || !only_blocks))
			return up;
	}
	return 0;
}

bool
conf_parser_missing_close(
    struct conf_parser *parser, const struct conf_word *word, bool only_blocks)
{
	size_t close = word->quoted ? 0 : levels_to_close(parser, word, only_blocks);
	if (close == 0)
		return false;
	struct conf_level *level = &parser->levels[parser->depth - close + 1];
	/* Where lines are indented, a word further in than the block's own keyword
	 * stands in the block on purpose, and is only in the wrong place. */
	if (only_blocks && word->column > level->node->columns[0] &&
	    parser->chunk->line != level->node->line)
		return false;
	char name[128];
	level = conf_parser_level(parser);
	conf_parser_report(parser, CONF_ERROR, word->column, word->len, NULL,
	    "'}' is missing before '%.*s': %s (%s:%u) is still open", (int)word->len,
	    word->text, conf_parser_level_name(level, name, sizeof(name)),
	    parser->text->files[level->node->file], level->node->line);
	while (close-- > 0)
		conf_parser_pop(parser);
	return true;
}

static void
report_unknown(
    struct conf_parser *parser, const struct conf_word *word, const char *text)
{
	char name[128], where[128];
	const struct conf_level *level = conf_parser_level(parser);
	/* A search through the table for each of a million wrong words takes long. */
	if (conf_diags_full(parser->diags, CONF_ERROR)) {
		conf_parser_report(parser, CONF_ERROR, 0, 1, NULL, "unknown");
		return;
	}
	(void)conf_parser_level_name(level, name, sizeof(name));
	bool known = known_elsewhere(parser->index, text, where, sizeof(where));
	const char *suggestion = nearest(level->block, text);
	if (known && strcmp(where, "any line") == 0)
		conf_parser_report(parser, CONF_ERROR, word->column, word->len, NULL,
		    "'%s' must stand at the start of a line of its own, without "
		    "condition or macro",
		    text);
	else if (known)
		conf_parser_report(parser, CONF_ERROR, word->column, word->len,
		    suggestion, "'%s' does not belong into %s, but into: %s", text,
		    name, where);
	else if (conf_macro_definition(text, strlen(text)) || text[0] == '$')
		conf_parser_report(parser, CONF_ERROR, word->column, word->len, NULL,
		    "'%s' is no macro that is known, and a definition has no blank "
		    "before the =",
		    text);
	else
		conf_parser_report(parser, CONF_ERROR, word->column, word->len,
		    suggestion, "'%s' is no keyword of %s", text, name);
}

bool
conf_parser_unknown(struct conf_parser *parser, const struct conf_word *word)
{
	if (conf_parser_missing_close(parser, word, true))
		return true;
	char text[WORD_LEN_MAX + 1];
	size_t len = word->len > WORD_LEN_MAX ? WORD_LEN_MAX : word->len;
	memcpy(text, word->text, len);
	text[len] = '\0';
	report_unknown(parser, word, text);
	return false;
}
