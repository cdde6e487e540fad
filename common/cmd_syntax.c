/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_syntax.c - the syntax of commands, translated to a small program of nodes. */
#include "common/cmd_syntax.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The translation of one syntax text: where we read and where we write. */
struct compiler {
	struct cmd_program *program;
	const char *at;
	int command;
	int error; /* 0, or the first -errno: everything after it is a no-op */
};

static void compile_choice(struct compiler *c);

static uint16_t
here(const struct compiler *c)
{
	return (uint16_t)c->program->count;
}

static void
fail(struct compiler *c, int error)
{
	if (c->error == 0)
		c->error = error;
}

static bool
make_room(struct cmd_program *program)
{
	size_t room = program->room > 0 ? program->room * 2 : 64;
	struct cmd_node *nodes;

	if (program->count < program->room)
		return true;
	nodes = realloc(program->nodes, room * sizeof(*nodes));
	if (nodes == NULL)
		return false;
	program->nodes = nodes;
	program->room = room;
	return true;
}

/* Appends a node and returns its place; after an error the place is that of the last
 * good node, which nobody will use. */
static uint16_t
emit(struct compiler *c, enum cmd_op op)
{
	uint16_t place = here(c);

	if (c->program->count >= UINT16_MAX)
		fail(c, -EINVAL);
	else if (c->error == 0 && !make_room(c->program))
		fail(c, -ENOMEM);
	if (c->error != 0)
		return 0;
	c->program->nodes[place] = (struct cmd_node){.op = op, .command = c->command};
	c->program->count++;
	return place;
}

static void
set_a(struct compiler *c, uint16_t place, uint16_t target)
{
	if (c->error == 0)
		c->program->nodes[place].a = target;
}

static void
set_b(struct compiler *c, uint16_t place, uint16_t target)
{
	if (c->error == 0)
		c->program->nodes[place].b = target;
}

static void
skip_blanks(struct compiler *c)
{
	while (*c->at == ' ')
		c->at++;
}

static bool
take(struct compiler *c, const char *text)
{
	if (strncmp(c->at, text, strlen(text)) != 0)
		return false;
	c->at += strlen(text);
	return true;
}

static size_t
word_length(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-_");
}

static void
compile_word(struct compiler *c)
{
	size_t len = word_length(c->at);
	bool argument = *c->at >= 'A' && *c->at <= 'Z';
	uint16_t place;
	char *text;

	if (len == 0) {
		fail(c, -EINVAL);
		return;
	}
	place = emit(c, argument ? CMD_OP_ARGUMENT : CMD_OP_KEYWORD);
	if (c->error != 0)
		return;
	text = strndup(c->at, len);
	if (text == NULL)
		fail(c, -ENOMEM);
	c->program->nodes[place].text = text;
	c->at += len;
	c->program->nodes[place].plural = !argument && take(c, "(s)");
}

static void
compile_optional(struct compiler *c)
{
	uint16_t split = emit(c, CMD_OP_SPLIT);

	set_a(c, split, here(c));
	compile_choice(c);
	if (!take(c, "]"))
		fail(c, -EINVAL);
	set_b(c, split, here(c));
}

static void
compile_item(struct compiler *c)
{
	uint16_t start = here(c);
	uint16_t split;

	if (take(c, "[")) {
		compile_optional(c);
	} else if (take(c, "(")) {
		compile_choice(c);
		if (!take(c, ")"))
			fail(c, -EINVAL);
	} else {
		compile_word(c);
	}
	if (take(c, "...")) {
		split = emit(c, CMD_OP_SPLIT);
		set_a(c, split, start);
		set_b(c, split, here(c));
	}
}

static bool
at_end_of_sequence(const struct compiler *c)
{
	return c->error != 0 || *c->at == '\0' || *c->at == '|' || *c->at == ']' ||
	       *c->at == ')';
}

static void
compile_sequence(struct compiler *c)
{
	skip_blanks(c);
	if (at_end_of_sequence(c))
		fail(c, -EINVAL);
	while (!at_end_of_sequence(c)) {
		compile_item(c);
		skip_blanks(c);
	}
}

/* a | b | c: each way ends in a jump behind the last one. The jumps wait in a chain
 * through their own `a` until that place is known. */
static void
compile_choice(struct compiler *c)
{
	uint16_t chain = UINT16_MAX;
	uint16_t split, jump, next;

	do {
		split = emit(c, CMD_OP_SPLIT);
		set_a(c, split, here(c));
		compile_sequence(c);
		jump = emit(c, CMD_OP_JUMP);
		set_a(c, jump, chain);
		chain = jump;
		set_b(c, split, here(c));
	} while (c->error == 0 && take(c, "|"));
	/* The last way has no other way beside it. */
	set_b(c, split, (uint16_t)(split + 1));
	while (c->error == 0 && chain != UINT16_MAX) {
		next = c->program->nodes[chain].a;
		set_a(c, chain, here(c));
		chain = next;
	}
}

static void
truncate_program(struct cmd_program *program, size_t count)
{
	while (program->count > count)
		free(program->nodes[--program->count].text);
}

int
cmd_program_add(struct cmd_program *program, const char *syntax, int command)
{
	struct compiler c = {.program = program, .at = syntax, .command = command};
	size_t start = program->count;

	compile_sequence(&c);
	if (*c.at != '\0')
		fail(&c, -EINVAL);
	(void)emit(&c, CMD_OP_END);
	if (c.error != 0)
		truncate_program(program, start);
	return c.error;
}

void
cmd_program_done(struct cmd_program *program)
{
	truncate_program(program, 0);
	free(program->nodes);
	*program = (struct cmd_program){0};
}
