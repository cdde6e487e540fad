/* SPDX-License-Identifier: Apache-2.0 */
/* line.c - lines typed at a terminal, with libedit: prompt, history, keys, signals. */
#include "hactl/line.h"

#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "hactl/keys.h"
#include "hactl/must.h"
#include "hactl/terminal.h"

#define HISTORY_LINES 1000

struct line {
	EditLine *edit;
	History *history;
	char *history_path;
	struct line_hooks hooks;
	const char *prompt;
	/* The text after the last TAB that led nowhere, or not to the end of a word. */
	char *tabbed; /* NULL: there is none */
};

static char *
give_prompt(EditLine *edit)
{
	static char none[] = "";
	struct line *line = NULL;

	(void)el_get(edit, EL_CLIENTDATA, &line);
	/* libedit does not write to it, it only lacks the const. */
	return line->prompt != NULL ? (char *)(uintptr_t)line->prompt : none;
}

/* The line up to the cursor; the caller frees it. */
static char *
text_before_cursor(EditLine *edit)
{
	const LineInfo *info = el_line(edit);

	return must(strndup(info->buffer, (size_t)(info->cursor - info->buffer)));
}

bool
line_ask(struct line *line, const char *question)
{
	wchar_t key = L'n';

	(void)fputs(question, stdout);
	(void)fflush(stdout);
	if (el_wgetc(line->edit, &key) <= 0)
		key = L'n';
	putchar('\n');
	return key == L'y' || key == L'Y' || key == L' ';
}

static void
list_candidates(struct line *line, const char *text)
{
	putchar('\n');
	free(line->hooks.complete(line->hooks.userdata, text, true));
	(void)fflush(stdout);
}

/* Whether what was inserted ends a word; else there is a choice left. */
static bool
is_whole(const char *insert)
{
	size_t len = strlen(insert);

	return len > 0 && insert[len - 1] == ' ';
}

/* TAB: inserts what is certain; when nothing is, a second TAB shows what there is. One
 * that inserted what all have in common was the first. */
static unsigned char
key_tab(EditLine *edit, wint_t key)
{
	struct line *line = NULL;
	unsigned char result = CC_REFRESH;
	char *text = text_before_cursor(edit);
	char *insert;

	(void)key;
	(void)el_get(edit, EL_CLIENTDATA, &line);
	insert = line->hooks.complete(line->hooks.userdata, text, false);
	if (insert[0] != '\0') {
		(void)el_insertstr(edit, insert);
	} else if (line->tabbed != NULL && strcmp(line->tabbed, text) == 0) {
		list_candidates(line, text);
		result = CC_REDISPLAY;
	} else {
		result = CC_REFRESH_BEEP;
	}
	free(line->tabbed);
	line->tabbed = is_whole(insert) ? NULL : must_format("%s%s", text, insert);
	free(insert);
	free(text);
	return result;
}

static unsigned char
key_question(EditLine *edit, wint_t key)
{
	struct line *line = NULL;
	unsigned char result = CC_REDISPLAY;
	char *text = text_before_cursor(edit);

	(void)key;
	(void)el_get(edit, EL_CLIENTDATA, &line);
	if (line->hooks.is_quoted(line->hooks.userdata, text)) {
		(void)el_insertstr(edit, "?");
		result = CC_REFRESH;
	} else {
		putchar('?');
		list_candidates(line, text);
	}
	free(text);
	return result;
}

static void
open_history(struct line *line, const char *path)
{
	HistEvent event;

	line->history = must(history_init());
	(void)history(line->history, &event, H_SETSIZE, HISTORY_LINES);
	if (path != NULL) {
		line->history_path = must(strdup(path));
		/* The first time there is none. */
		(void)history(line->history, &event, H_LOAD, path);
	}
	(void)el_set(line->edit, EL_HIST, history, line->history);
}

static void
bind_keys(EditLine *edit)
{
	(void)el_set(edit, EL_EDITOR, "emacs");
	/* The wide form: the narrow one leaks its copies of the texts. */
	(void)el_wset(edit, EL_ADDFN, L"hactl-complete", L"Completes a word", key_tab);
	(void)el_wset(
	    edit, EL_ADDFN, L"hactl-help", L"Shows what may come", key_question);
	/* The person's own settings first, so that they cannot take these two away. */
	(void)el_source(edit, NULL);
	(void)el_set(edit, EL_BIND, "^I", "hactl-complete", NULL);
	(void)el_set(edit, EL_BIND, "?", "hactl-help", NULL);
	(void)el_set(edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* What becomes of a Ctrl-D that was typed while a command ran: the terminal
	 * marks the end with it, and hands out a NUL when libedit takes it over. */
	(void)el_set(edit, EL_BIND, "^@", "em-delete-or-list", NULL);
}

struct line *
line_new(const struct line_hooks *hooks, const char *history_path)
{
	struct line *line = must(calloc(1, sizeof(*line)));

	line->hooks = *hooks;
	line->edit = el_init("hactl", stdin, stdout, stderr);
	if (line->edit == NULL) {
		free(line);
		return NULL;
	}
	(void)el_set(line->edit, EL_CLIENTDATA, line);
	(void)el_set(line->edit, EL_PROMPT, give_prompt);
	(void)el_set(line->edit, EL_SIGNAL, 0);
	keys_install(line->edit);
	bind_keys(line->edit);
	open_history(line, history_path);
	return line;
}

struct line *
line_free(struct line *line)
{
	if (line == NULL)
		return NULL;
	history_end(line->history);
	el_end(line->edit);
	free(line->history_path);
	free(line->tabbed);
	free(line);
	return NULL;
}

static void
save_history(struct line *line)
{
	HistEvent event;

	if (line->history_path != NULL)
		(void)history(line->history, &event, H_SAVE, line->history_path);
}

/* Forgets an earlier line that is the same: H_SETUNIQUE looks at the last one only. */
static void
forget(struct line *line, const char *text)
{
	HistEvent event, gone;
	int found = history(line->history, &event, H_FIRST);

	for (; found >= 0; found = history(line->history, &event, H_NEXT)) {
		if (strcmp(event.str, text) == 0) {
			/* What is deleted comes back as a copy, which is ours. */
			if (history(line->history, &gone, H_DEL, event.num) >= 0)
				free((void *)(uintptr_t)gone.str);
			return;
		}
	}
}

/* Written back at once: a terminal that is closed takes the shell with it. */
static void
remember(struct line *line, const char *text)
{
	HistEvent event;

	if (text[0] == '\0' || text[0] == ' ' || text[0] == '\t')
		return;
	forget(line, text);
	(void)history(line->history, &event, H_ENTER, text);
	save_history(line);
}

/* Ctrl-C clears the line; libedit has to forget it too. */
static enum line_result
end_of_reading(struct line *line)
{
	putchar('\n');
	if (terminal_interrupted == 0)
		return LINE_END;
	terminal_interrupted = 0;
	el_reset(line->edit);
	return LINE_CLEARED;
}

enum line_result
line_read(struct line *line, const char *prompt, char **ret)
{
	const char *text;
	int count = 0;

	keys_begin(line->edit);
	line->prompt = prompt;
	text = el_gets(line->edit, &count);
	if (text == NULL)
		return end_of_reading(line);
	*ret = must(strndup(text, strcspn(text, "\r\n")));
	remember(line, *ret);
	return LINE_READ;
}

void
line_print_history(struct line *line)
{
	HistEvent event;
	int found = history(line->history, &event, H_LAST);

	for (; found >= 0; found = history(line->history, &event, H_PREV))
		printf("%s\n", event.str);
}
