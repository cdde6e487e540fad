/* SPDX-License-Identifier: Apache-2.0 */
/* conf_entry.c - parses the entries of lists: words, lines, addresses. */
#include <string.h>
#include "common/conf_address.h"
#include "common/conf_parser.h"
#include "common/conf_value.h"
#include "common/names.h"

/* Copies a word into a string; false when it is too long to be what is looked for. */
static bool
word_text(const struct conf_word *word, char *buf, size_t room)
{
	if (word->len >= room)
		return false;
	memcpy(buf, word->text, word->len);
	buf[word->len] = '\0';
	return true;
}

static bool
word_is_prefix(const struct conf_word *word, struct prefix *ret)
{
	char text[PREFIX_TEXT_SIZE];
	return word_text(word, text, sizeof(text)) && prefix_parse(text, ret) == 0;
}

static struct conf_word
peek_word(struct conf_parser *parser)
{
	size_t at = parser->lex.at;
	struct conf_word word;
	(void)conf_lex_word(&parser->lex, &word); /* taken later */
	parser->lex.at = at;
	return word;
}

static const struct conf_row *
option_row(struct conf_parser *parser, const struct conf_word *word)
{
	return conf_index_find(
	    parser->index, CONF_BLOCK_ADDRESS_LINE, word->text, word->len);
}

static bool
report_value(struct conf_parser *parser, const struct conf_word *word, const char *what)
{
	conf_parser_report(parser, CONF_ERROR, word->column, word->len, NULL,
	    "'%.*s' is %s", (int)word->len, word->text, what);
	return false;
}

/* Checks what the row alone cannot: the options that depend on the address. */
static bool
check_option(struct conf_parser *parser, const struct conf_row *row,
    const struct prefix *prefix, const struct conf_word *word)
{
	char text[64];
	struct addr broadcast;
	uint8_t scope;
	bool fits = word_text(word, text, sizeof(text));
	bool ipv6 = prefix->addr.family == AF_INET6;
	switch (row->key) {
	case CONF_KEY_ADDRESS_BROADCAST:
		if (ipv6)
			return report_value(parser, word, "not for IPv6: brd");
		if (!fits || conf_address_broadcast(text, prefix, &broadcast))
			return report_value(parser, word,
			    "no broadcast address: brd "
			    "takes an IPv4 address, + or -");
		return true;
	case CONF_KEY_ADDRESS_LABEL:
		if (ipv6)
			return report_value(parser, word, "not for IPv6: label");
		return true;
	case CONF_KEY_ADDRESS_SCOPE:
		if (!fits || conf_value_parse_scope(text, &scope))
			return report_value(parser, word,
			    "no scope: global, site, link, "
			    "host, nowhere or 0..255");
		return true;
	default:
		return true;
	}
}

/* Takes the arguments of an option on an address line. */
static bool
take_option_arguments(
    struct conf_parser *parser, const struct conf_row *row, const struct prefix *prefix)
{
	const struct conf_word option = parser->words[parser->word_count - 1];
	struct prefix other;
	size_t count = 0;
	bool good = true;
	while (
	    count < row->args_max && conf_lex_peek(&parser->lex) == CONF_TOKEN_WORD) {
		struct conf_word word = peek_word(parser);
		if (count >= row->args_min &&
		    (option_row(parser, &word) || word_is_prefix(&word, &other)))
			break;
		if (!conf_parser_take_word(parser, false))
			return false;
		struct conf_value value;
		conf_value_check(row, word.text, word.len, &value);
		if (value.verdict == CONF_VALUE_BAD) {
			conf_parser_report(parser, CONF_ERROR, word.column, word.len,
			    NULL, "%s", value.message);
			good = false;
		} else {
			good &= check_option(parser, row, prefix, &word);
		}
		count++;
	}
	if (count >= row->args_min)
		return good;
	conf_parser_report(parser, CONF_ERROR, option.column, option.len, NULL,
	    "an argument is missing: %s %s", row->name, row->args);
	return false;
}

/* The option with this name, or a word that might have been meant. */
static const char *
nearest_option(const struct conf_word *word)
{
	char text[32];
	const struct conf_row *row;
	if (!word_text(word, text, sizeof(text)))
		return NULL;
	for (size_t i = 0; (row = conf_schema_row(i)); i++)
		if (row->blocks & CONF_IN(ADDRESS_LINE) &&
		    names_distance(text, row->name, 2) <= (word->len > 4 ? 2 : 1))
			return row->name;
	return NULL;
}

/* Takes what follows an address. Returns false when something is wrong with it. */
static bool
take_options(struct conf_parser *parser, const struct prefix *prefix)
{
	struct prefix next;
	while (conf_lex_peek(&parser->lex) == CONF_TOKEN_WORD) {
		struct conf_word word = peek_word(parser);
		if (word_is_prefix(&word, &next))
			return true; /* the next entry of the same line */
		const struct conf_row *row = option_row(parser, &word);
		if (!row) {
			/* Perhaps a keyword of the block around, and a brace forgotten.
			 */
			if (conf_parser_missing_close(parser, &word, false))
				return true;
			conf_parser_report(parser, CONF_ERROR, word.column, word.len,
			    nearest_option(&word),
			    "'%.*s' is nothing that may follow an address",
			    (int)word.len, word.text);
			conf_lex_skip_words(&parser->lex);
			return false;
		}
		conf_parser_unsupported(parser, row, word.column, word.len);
		if (!conf_parser_take_word(parser, false))
			return false;
		struct conf_word *name = &parser->words[parser->word_count - 1];
		name->text = row->name; /* aliases are not canonical */
		name->len = strlen(row->name);
		if (!take_option_arguments(parser, row, prefix))
			return false;
	}
	return true;
}

/* An address in its canonical form, with the length only when it is not full. */
static void
canonical_address(const struct prefix *prefix, bool with_len, struct conf_word *word,
    char buf[PREFIX_TEXT_SIZE])
{
	word->text =
	    with_len ? prefix_format(buf, prefix) : addr_format(buf, &prefix->addr);
	word->len = strlen(buf);
	word->quoted = false;
}

static void
address_entry(struct conf_parser *parser)
{
	struct prefix prefix;
	char canonical[PREFIX_TEXT_SIZE];
	struct conf_word word = peek_word(parser);
	if (!word_is_prefix(&word, &prefix)) {
		if (conf_parser_missing_close(parser, &word, false))
			return;
		conf_parser_report(parser, CONF_ERROR, word.column, word.len, NULL,
		    "'%.*s' is no address, with or without /LENGTH",
		    (int)(word.len > 60 ? 60 : word.len), word.text);
		(void)conf_parser_add(parser, &conf_row_entry, word.column, false);
		conf_lex_skip_words(&parser->lex);
		return;
	}
	(void)conf_parser_take_word(parser, false); /* the first one fits */
	canonical_address(&prefix, memchr(word.text, '/', word.len) != NULL,
	    &parser->words[0], canonical);
	size_t depth = parser->depth;
	bool good = take_options(parser, &prefix);
	/* The entry belongs to the list it stands in, also when that was just closed.
	 */
	size_t now = parser->depth;
	parser->depth = depth;
	(void)conf_parser_add(parser, &conf_row_entry, word.column, good);
	parser->depth = now;
}

/* The rest of the line as one entry. */
static void
line_entry(struct conf_parser *parser)
{
	while (conf_lex_peek(&parser->lex) == CONF_TOKEN_WORD) {
		if (conf_parser_take_word(parser, false))
			continue;
		conf_parser_report(parser, CONF_ERROR, parser->words[0].column, 1, NULL,
		    "too many words on one line: at most %d", CONF_WORDS_MAX);
		conf_lex_skip_words(&parser->lex);
		return;
	}
	(void)conf_parser_add(parser, &conf_row_entry, parser->words[0].column, true);
}

void
conf_parser_entry(struct conf_parser *parser)
{
	enum conf_block block = conf_parser_level(parser)->block;
	enum conf_contents contents = conf_schema_block(block)->contents;
	struct conf_word word = peek_word(parser);
	conf_parser_start_words(parser);
	if (contents == CONF_CONTENTS_ADDRESSES) {
		address_entry(parser);
		return;
	}
	if (conf_parser_missing_close(parser, &word, true))
		return;
	if (contents == CONF_CONTENTS_LINES) {
		line_entry(parser);
		return;
	}
	(void)conf_parser_take_word(parser, false); /* the first one fits */
	(void)conf_parser_add(parser, &conf_row_entry, word.column, true);
}
