/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_line.h - cuts a stream of bytes into lines of bounded length. */
#ifndef COMMON_CTL_LINE_H
#define COMMON_CTL_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that came and are not used yet. Zero-initialise but for `max`. */
struct ctl_lines {
	size_t max; /* the longest line, newline not counted */
	char *data;
	size_t start;   /* of the first line not taken yet */
	size_t len;     /* end of the bytes in `data` */
	size_t scanned; /* no newline is between `start` and here */
	size_t room;
};

void ctl_lines_done(struct ctl_lines *lines);

/* Where the next bytes may be read to, *ret_room of them (at least 1). Moves what is
 * there: lines taken before are gone. NULL: the unfinished line is longer than allowed,
 * or memory is out. */
char *ctl_lines_space(struct ctl_lines *lines, size_t *ret_room);

/* Says that `len` bytes were put there. */
void ctl_lines_filled(struct ctl_lines *lines, size_t len);

/* Whether a whole line is there. */
bool ctl_lines_ready(struct ctl_lines *lines);

/* Takes the next line, without its newline; valid until ctl_lines_space(). Returns
 * whether there was one. A line above the maximum is returned like any other. */
bool ctl_lines_take(struct ctl_lines *lines, const char **ret, size_t *ret_len);

/* Whether part of a line is there and not its end; and whether that part is already too
 * long to become a line. */
bool ctl_lines_half(struct ctl_lines *lines);
bool ctl_lines_too_long(struct ctl_lines *lines);

#endif
