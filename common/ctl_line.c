/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_line.c - cuts a stream of bytes into lines of bounded length. */
#include "common/ctl_line.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 4096U

void
ctl_lines_done(struct ctl_lines *lines)
{
	free(lines->data);
	*lines = (struct ctl_lines){.max = lines->max};
}

/* Moves the unfinished rest to the front; a client that once sent much and is quiet now
 * keeps no large buffer. */
static void
compact(struct ctl_lines *lines)
{
	size_t left = lines->len - lines->start;

	if (left == 0 && lines->room > ROOM_FIRST) {
		ctl_lines_done(lines);
		return;
	}
	if (lines->start > 0)
		memmove(lines->data, lines->data + lines->start, left);
	lines->scanned -= lines->start;
	lines->len = left;
	lines->start = 0;
}

static bool
grow(struct ctl_lines *lines)
{
	size_t most = lines->max + 1; /* and the newline */
	size_t room = lines->room == 0 ? ROOM_FIRST : lines->room * 2;
	char *data;

	if (room > most)
		room = most;
	if (room <= lines->len)
		return false;
	data = realloc(lines->data, room);
	if (data == NULL)
		return false;
	lines->data = data;
	lines->room = room;
	return true;
}

char *
ctl_lines_space(struct ctl_lines *lines, size_t *ret_room)
{
	compact(lines);
	if (lines->len == lines->room && !grow(lines))
		return NULL;
	*ret_room = lines->room - lines->len;
	return lines->data + lines->len;
}

void
ctl_lines_filled(struct ctl_lines *lines, size_t len)
{
	lines->len += len;
}

bool
ctl_lines_ready(struct ctl_lines *lines)
{
	if (lines->scanned == lines->len)
		return false;
	const char *from = lines->data + lines->scanned;
	const char *newline = memchr(from, '\n', lines->len - lines->scanned);
	/* Stays at a newline, so that asking again costs nothing. */
	lines->scanned = newline != NULL ? (size_t)(newline - lines->data) : lines->len;
	return newline != NULL;
}

bool
ctl_lines_take(struct ctl_lines *lines, const char **ret, size_t *ret_len)
{
	if (!ctl_lines_ready(lines))
		return false;
	*ret = lines->data + lines->start;
	*ret_len = lines->scanned - lines->start;
	lines->start = lines->scanned = lines->scanned + 1;
	return true;
}

bool
ctl_lines_half(struct ctl_lines *lines)
{
	return lines->len > lines->start && !ctl_lines_ready(lines);
}

bool
ctl_lines_too_long(struct ctl_lines *lines)
{
	return ctl_lines_half(lines) && lines->len - lines->start > lines->max;
}
