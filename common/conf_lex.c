/* SPDX-License-Identifier: Apache-2.0 */
/* conf_lex.c - a line cut into words and braces. */
#include "common/conf_lex.h"

#include <string.h>

static const char quote_missing[] = "the quote that ends this word is missing";

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

enum conf_token
conf_lex_peek(struct conf_lex *lex)
{
	const struct conf_chunk *chunk = lex->chunk;
	while (lex->at < chunk->len && is_blank(chunk->text[lex->at]))
		lex->at++;
	if (lex->at == chunk->len)
		return CONF_TOKEN_END;
	if (chunk->text[lex->at] == '{')
		return CONF_TOKEN_OPEN;
	if (chunk->text[lex->at] == '}')
		return CONF_TOKEN_CLOSE;
	return CONF_TOKEN_WORD;
}

uint32_t
conf_lex_brace(struct conf_lex *lex)
{
	return conf_chunk_column(lex->chunk, lex->at++);
}

/* Whether the brace at `i` ends the word, given the braces open inside the word. */
static bool
brace_ends_word(const struct conf_chunk *chunk, size_t i, int *depth)
{
	char c = chunk->text[i];
	if (c == '{') {
		if (i + 1 == chunk->len || is_blank(chunk->text[i + 1]))
			return true;
		(*depth)++;
	} else if (c == '}') {
		if (*depth == 0)
			return true;
		(*depth)--;
	}
	return false;
}

const char *
conf_lex_word(struct conf_lex *lex, struct conf_word *ret)
{
	(void)conf_lex_peek(lex); /* for its skipping of blanks */
	const struct conf_chunk *chunk = lex->chunk;
	const char *text = chunk->text + lex->at, *end = chunk->text + chunk->len;
	*ret = (struct conf_word){.column = conf_chunk_column(chunk, lex->at)};
	if (text < end && *text == '"') {
		const char *close = memchr(text + 1, '"', (size_t)(end - text - 1));
		ret->quoted = true;
		ret->text = text + 1;
		ret->len = (size_t)((close ? close : end) - text - 1);
		lex->at += ret->len + (close ? 2 : 1);
		return close ? NULL : quote_missing;
	}
	int depth = 0;
	size_t i = lex->at;
	while (i < chunk->len && !is_blank(chunk->text[i])) {
		char c = chunk->text[i];
		bool of_macro = i > lex->at && chunk->text[i - 1] == '$';
		if (lex->brace_ends && c == '{' && !of_macro)
			break;
		if (brace_ends_word(chunk, i, &depth))
			break;
		i++;
	}
	ret->text = text;
	ret->len = i - lex->at;
	lex->at = i;
	/* What was meant by a"b c" cannot be known. */
	return memchr(text, '"', ret->len) ? "a quote inside a word" : NULL;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Reads up to `most` digits of `base` at `i`. Returns how many there were. */
static size_t
read_digits(const struct conf_chunk *chunk, size_t i, int base, size_t most, int *ret)
{
	size_t n = 0;
	*ret = 0;
	while (
	    n < most && i + n < chunk->len && digit_value(chunk->text[i + n]) < base) {
		*ret = *ret * base + digit_value(chunk->text[i + n]);
		n++;
	}
	return n;
}

/* The character that the escape after the backslash at `i` stands for. Returns the
 * length of the escape, backslash included. */
static size_t
escape(const struct conf_chunk *chunk, size_t i, char *ret)
{
	static const char letters[] = "abEfnrtv", values[] = "\a\b\033\f\n\r\t\v";
	char c = chunk->text[i + 1];
	const char *letter = strchr(letters, c);
	int value;
	*ret = c;
	if (c && letter) {
		*ret = values[letter - letters];
		return 2;
	}
	if (c == 'c' && i + 2 < chunk->len) {
		*ret = (char)(chunk->text[i + 2] & 0x1f);
		return 3;
	}
	bool hex = c == 'x';
	size_t skip = hex ? 2 : 1;
	size_t n = read_digits(chunk, i + skip, hex ? 16 : 8, hex ? 2 : 3, &value);
	if (n == 0)
		return 2; /* any other character stands for itself */
	*ret = (char)(value & 0xff);
	return skip + n;
}

const char *
conf_lex_command_word(struct conf_lex *lex, struct conf_word *ret)
{
	(void)conf_lex_peek(lex); /* for its skipping of blanks */
	const struct conf_chunk *chunk = lex->chunk;
	size_t start = lex->store->len, i = lex->at;
	*ret = (struct conf_word){.text = ""};
	/* All words of a line fit into its length, so earlier ones stay where they are.
	 */
	if (start == 0 && !conf_chars_reserve(lex->store, chunk->len))
		return NULL; /* the store remembers */
	uint32_t column = conf_chunk_column(chunk, i);
	char quote = 0;
	int depth = 0;
	bool quoted = false;
	while (i < chunk->len) {
		char c = chunk->text[i];
		size_t len = 1;
		if (!quote && (is_blank(c) || brace_ends_word(chunk, i, &depth)))
			break;
		bool is_quote = quote ? c == quote : c == '"' || c == '\'';
		if (is_quote) {
			quote = quote ? 0 : c;
			quoted = true;
		} else {
			if (c == '\\' && i + 1 < chunk->len)
				len = escape(chunk, i, &c);
			/* A NUL could not be part of a command. */
			if (c)
				conf_chars_add(lex->store, &c, 1, column);
		}
		i += len;
	}
	lex->at = i;
	*ret = (struct conf_word){
	    .text = lex->store->text + start,
	    .len = lex->store->len - start,
	    .column = column,
	    .quoted = quoted,
	};
	return quote ? quote_missing : NULL;
}

void
conf_lex_skip_words(struct conf_lex *lex)
{
	struct conf_word word;
	while (conf_lex_peek(lex) == CONF_TOKEN_WORD)
		(void)conf_lex_word(lex, &word); /* only to get past it */
}
