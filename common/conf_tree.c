/* SPDX-License-Identifier: Apache-2.0 */
/* conf_tree.c - the checked statements of a configuration. */
#include "common/conf_tree.h"

#include <stdlib.h>
#include <string.h>
#include "common/conf_report.h"
#include "common/conf_text.h"
#include "common/units.h"

/* Nodes live together in blocks of memory: a big configuration is half a million small
 * statements, freed at once. */
#define ARENA_SIZE (256u << 10)

struct arena {
	struct arena *next;
	size_t used, room;
	char data[];
};

struct conf_tree {
	struct conf_text *text;
	struct conf_node *first;
	struct arena *arena;
	struct conf_line_finder finder;
	unsigned daemons; /* whose keywords are warned about */
};

const struct conf_row conf_row_entry = {.name = "", .args = "", .daemons = CONF_DAEMON_BOTH, .help = "An entry."};

struct conf_tree *
conf_tree_new(struct conf_text *text, unsigned daemons)
{
	struct conf_tree *tree = calloc(1, sizeof(*tree));
	if (!tree)
		return NULL;
	tree->text = conf_text_ref(text);
	tree->finder.text = text;
	tree->daemons = daemons;
	return tree;
}

struct conf_tree *
conf_tree_free(struct conf_tree *tree)
{
	if (!tree)
		return NULL;
	struct arena *next;
	for (struct arena *arena = tree->arena; arena; arena = next) {
		next = arena->next;
		free(arena);
	}
	conf_text_free(tree->text);
	free(tree);
	return NULL;
}

static void *
arena_take(struct conf_tree *tree, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (!tree->arena || tree->arena->room - tree->arena->used < size) {
		size_t room = size > ARENA_SIZE ? size : ARENA_SIZE;
		struct arena *arena = malloc(sizeof(*arena) + room);
		if (!arena)
			return NULL;
		*arena = (struct arena){.next = tree->arena, .room = room};
		tree->arena = arena;
	}
	void *memory = tree->arena->data + tree->arena->used;
	tree->arena->used += size;
	return memory;
}

static uint16_t
short_column(uint32_t column)
{
	return column > UINT16_MAX ? UINT16_MAX : (uint16_t)column;
}

struct conf_node *
conf_tree_add(struct conf_tree *tree, const struct conf_row *row, uint32_t file,
    uint32_t line, uint32_t column, const struct conf_word words[], size_t count)
{
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += words[i].len + 1;
	size_t columns = (count + 1) * sizeof(uint16_t);
	struct conf_node *node = arena_take(tree, sizeof(*node) + columns + bytes);
	if (!node)
		return NULL;
	*node = (struct conf_node){
	    .row = row,
	    .line = line,
	    .file = (uint16_t)file,
	    .word_count = (uint16_t)count,
	};
	node->columns[0] = short_column(column);
	char *text = (char *)&node->columns[count + 1];
	for (size_t i = 0; i < count; i++) {
		node->columns[i + 1] = short_column(words[i].column);
		memcpy(text, words[i].text, words[i].len);
		text[words[i].len] = '\0';
		text += words[i].len + 1;
	}
	return node;
}

void
conf_tree_set_first(struct conf_tree *tree, struct conf_node *node)
{
	tree->first = node;
}

const struct conf_node *
conf_tree_first(const struct conf_tree *tree)
{
	return tree->first;
}

const char *
conf_node_word(const struct conf_node *node, size_t i)
{
	if (i >= node->word_count)
		return "";
	const char *text = (const char *)&node->columns[node->word_count + 1];
	while (i-- > 0)
		text += strlen(text) + 1;
	return text;
}

int64_t
conf_node_int(const struct conf_node *node)
{
	return strtoll(conf_node_word(node, 0), NULL, 10);
}

int64_t
conf_node_us(const struct conf_node *node)
{
	int64_t us = 0;
	(void)units_parse_duration(conf_node_word(node, 0), &us); /* canonical */
	return node->row->type == CONF_TYPE_MS ? us / US_PER_MS : us;
}

bool
conf_node_bool(const struct conf_node *node)
{
	return node->word_count == 0 || strcmp(conf_node_word(node, 0), "on") == 0;
}

const char *
conf_tree_file(const struct conf_tree *tree, size_t i)
{
	return i < tree->text->file_count ? tree->text->files[i] : NULL;
}

void
conf_tree_forget_text(struct conf_tree *tree)
{
	conf_text_forget(tree->text);
	tree->finder = (struct conf_line_finder){.text = tree->text};
}

void
conf_tree_report(struct conf_tree *tree, struct conf_diags *diags,
    enum conf_severity severity, const struct conf_node *node, int arg,
    const char *format, ...)
{
	if (severity == CONF_WARNING && !(node->row->daemons & tree->daemons))
		return;
	struct conf_place place = {
	    .file = tree->text->files[node->file],
	    .line = node->line,
	    .column = node->columns[0],
	    .length = strlen(node->row->name),
	};
	if (arg >= 0 && arg < node->word_count) {
		place.column = node->columns[arg + 1];
		place.length = strlen(conf_node_word(node, (size_t)arg));
		if (node->row->flags & CONF_SECRET)
			place.length = 3; /* as many asterisks as are shown */
	}
	if (!conf_diags_full(diags, severity))
		place.source = conf_line_find(
		    &tree->finder, node->file, node->line, &place.source_len);
	va_list args;
	va_start(args, format);
	conf_report(diags, severity, &place, NULL, format, args);
	va_end(args);
}
