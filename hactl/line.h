/* SPDX-License-Identifier: Apache-2.0 */
/* line.h - lines typed at a terminal, with libedit: prompt, history, keys, signals. */
#ifndef HACTL_LINE_H
#define HACTL_LINE_H

#include <stdbool.h>

struct line;

/* What the shell does for a key. */
struct line_hooks {
	/* TAB: returns what to insert after `text` (the line up to the cursor); the
	 * caller frees it. With `list` nothing is inserted: what may come is printed.
	 */
	char *(*complete)(void *userdata, const char *text, bool list);
	/* Whether a "?" after `text` is a character, not a question. */
	bool (*is_quoted)(void *userdata, const char *text);
	void *userdata;
};

enum line_result {
	LINE_READ = 0,
	LINE_CLEARED, /* Ctrl-C: what was typed is gone */
	LINE_END,     /* Ctrl-D, or the terminal is gone */
};

/* Takes over the terminal, and the history in `history_path` (NULL: none is kept).
 * Returns NULL when the terminal cannot be used. */
struct line *line_new(const struct line_hooks *hooks, const char *history_path);

/* Leaves the terminal as it was. */
struct line *line_free(struct line *line);

/* Reads one line, without its newline, into *ret (the caller's, on LINE_READ). It goes
 * into the history, where no line stands twice, unless it begins with a blank; the
 * history is written back at once. */
enum line_result line_read(struct line *line, const char *prompt, char **ret);

/* Asks while a line is being typed, as a hook may: prints the question and waits for one
 * key. Returns whether it was "y" or a blank. */
bool line_ask(struct line *line, const char *question);

/* Prints the history, the oldest line first. */
void line_print_history(struct line *line);

#endif
