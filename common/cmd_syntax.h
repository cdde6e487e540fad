/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_syntax.h - the syntax of commands, translated to a small program of nodes.
 *
 * Private to cmdtree.c; the notation is described in cmdtree.h. The program is walked
 * with all threads side by side: a SPLIT goes both ways, a JUMP one way, and the others
 * wait for a word (or for the end of the line).
 */
#ifndef COMMON_CMD_SYNTAX_H
#define COMMON_CMD_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cmd_op {
	CMD_OP_KEYWORD = 0,
	CMD_OP_ARGUMENT,
	CMD_OP_SPLIT, /* go on at a and at b */
	CMD_OP_JUMP,  /* go on at a */
	CMD_OP_END,   /* the command is complete */
};

struct cmd_node {
	enum cmd_op op;
	bool plural;   /* keyword: may end in "s" */
	char *text;    /* keyword or argument; owned by the program */
	uint16_t a, b; /* where to go on; words go on at the next node */
	int command;
};

struct cmd_program {
	struct cmd_node *nodes;
	size_t count, room;
};

/* Appends the nodes of one command; they begin at the old program->count. Returns 0,
 * -EINVAL when the syntax is malformed (nothing is appended then), or -ENOMEM. */
int cmd_program_add(struct cmd_program *program, const char *syntax, int command);

/* Frees what the program holds, and empties it. */
void cmd_program_done(struct cmd_program *program);

#endif
