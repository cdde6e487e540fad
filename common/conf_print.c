/* SPDX-License-Identifier: Apache-2.0 */
/* conf_print.c - the canonical form of a configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf.h"
#include "common/conf_tree.h"

/* Whether a word must be quoted to be read as one word again. */
static bool
needs_quotes(const char *word)
{
	/* A condition or a definition is known by its first character. */
	return *word == '\0' || *word == '@' || strpbrk(word, " \t{}#!$\"\r\n") != NULL;
}

static bool
has_control(const char *word)
{
	while (*word && (unsigned char)*word >= 0x20 && *word != 0x7f)
		word++;
	return *word != '\0';
}

/* A word of a command knows escapes, so anything can be written. Signs that the reader
 * takes before it sees words ("$", or a comment when quotes do not pair) go as codes.
 */
static void
print_command_word(FILE *to, const char *word)
{
	if (!strpbrk(word, "\\'#!$~") && !has_control(word)) {
		const char *quote = strchr(word, '"')    ? "'"
				    : needs_quotes(word) ? "\""
							 : "";
		fprintf(to, "%s%s%s", quote, word, quote);
		return;
	}
	fputc('"', to);
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		if (c < 0x20 || c == 0x7f || strchr("\"$~", c))
			fprintf(to, "\\x%02x", c);
		else if (c == '\\')
			fputs("\\\\", to);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

/* An ordinary word knows no escapes; it cannot hold a double quote either. */
static void
print_word(FILE *to, const char *word)
{
	const char *quote = needs_quotes(word) ? "\"" : "";
	fprintf(to, "%s%s%s", quote, word, quote);
}

static void
print_statement(FILE *to, const struct conf_node *node, bool secrets)
{
	bool hide = node->row->flags & CONF_SECRET && !secrets;
	fputs(node->row->name, to);
	for (size_t i = 0; i < node->word_count; i++) {
		if (i > 0 || node->row->name[0])
			fputc(' ', to);
		if (hide)
			fputs("***", to);
		else if (node->row->type == CONF_TYPE_COMMAND && i == 0)
			print_command_word(to, conf_node_word(node, i));
		else
			print_word(to, conf_node_word(node, i));
	}
}

static void
print_indent(FILE *to, unsigned depth)
{
	while (depth-- > 0)
		fputc('\t', to);
}

/* Depth is bounded by the parser. */
static void
print_list(FILE *to, const struct conf_node *node, unsigned depth, bool secrets)
{
	for (; node; node = node->next) {
		if (node->bad)
			continue;
		print_indent(to, depth);
		print_statement(to, node, secrets);
		if (node->row->opens) {
			fputs(" {\n", to);
			print_list(to, node->child, depth + 1, secrets);
			print_indent(to, depth);
			fputc('}', to);
		}
		fputc('\n', to);
	}
}

char *
conf_tree_print(const struct conf_tree *tree, bool secrets)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	if (!to)
		return NULL;
	print_list(to, conf_tree_first(tree), 0, secrets);
	bool failed = ferror(to);
	if (fclose(to) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}
