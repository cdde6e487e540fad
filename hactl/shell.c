/* SPDX-License-Identifier: Apache-2.0 */
/* shell.c - commands one after another from a person, and what TAB offers. */
#include "hactl/shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hactl/columns.h"
#include "hactl/complete.h"
#include "hactl/escape.h"
#include "hactl/line.h"
#include "hactl/must.h"
#include "hactl/names.h"
#include "hactl/order.h"
#include "hactl/run.h"
#include "hactl/terminal.h"
#include "hactl/words.h"

#define MANY 100 /* candidates: more are asked about first */
#define GAP 2    /* blanks between names side by side */
#define PROMPT_US (300 * US_PER_MS)

struct shell {
	struct session *session;
	struct names *names;
	struct line *line;
};

/* For one key press. */
static struct complete_source
source_of(const struct shell *shell)
{
	names_begin(shell->names);
	return (struct complete_source){.values = names_values,
	    .field = names_field,
	    .lease = names_lease,
	    .userdata = shell->names,
	    .role = names_role(shell->names)};
}

/* The candidates for the last word of `text`; *ret_prefix is what is typed of it (the
 * caller's). */
static void
candidates_for(const struct shell *shell, const char *text, struct candidates *ret,
    char **ret_prefix)
{
	struct complete_source source = source_of(shell);
	struct words words;
	size_t before;

	words_split(text, &words);
	before = words.end == WORDS_BLANK ? words.count : words.count - 1;
	*ret_prefix = must(strdup(before < words.count ? words.items[before] : ""));
	complete_line(shell->session->tree, (const char *const *)words.items, before,
	    *ret_prefix, &source, ret);
	words_done(&words);
}

/* Names alone, side by side, in the order of their columns. */
static void
print_many(const struct candidates *candidates, size_t width)
{
	size_t widest = 0, in_row, rows;

	for (size_t i = 0; i < candidates->count; i++) {
		size_t one = escape_width(candidates->items[i].text);

		widest = one > widest ? one : widest;
	}
	in_row = width > widest + GAP ? width / (widest + GAP) : 1;
	rows = (candidates->count + in_row - 1) / in_row;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < candidates->count; i += rows) {
			const char *text = candidates->items[i].text;
			bool last = i + rows >= candidates->count;

			printf("%s%*s", text,
			    last ? 0 : (int)(widest + GAP - escape_width(text)), "");
		}
		putchar('\n');
	}
}

/* Nobody reads hundreds of lines: one is asked, as by other shells. */
static void
offer_many(const struct shell *shell, const struct candidates *candidates)
{
	struct style style = terminal_style(&shell->session->options, stdout);
	char *question =
	    must_format("Display all %zu possibilities? (y or n)", candidates->count);

	if (line_ask(shell->line, question))
		print_many(candidates, style.width);
	free(question);
}

static void
print_candidates(const struct shell *shell, const struct candidates *candidates)
{
	static const struct column heads[] = {
	    {.title = ""}, {.title = "", .flexible = true}};
	struct style style = terminal_style(&shell->session->options, stdout);
	struct columns *columns = columns_new(heads, 2);

	style.legend = false;
	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *c = &candidates->items[i];

		columns_add(columns, c->too_high ? PAINT_FAINT : PAINT_NONE, "  %s%s%s",
		    c->text, c->takes != NULL ? " " : "",
		    c->takes != NULL ? c->takes : "");
		columns_add(columns, PAINT_FAINT, "%s", c->help);
	}
	if (candidates->end) {
		columns_add(columns, PAINT_NONE, "  <Enter>");
		columns_add(columns, PAINT_FAINT, "the command is complete");
	}
	columns_print(columns, stdout, &style);
	columns_free(columns);
}

/* Adds a backslash where a character would end or open a word. */
static char *
quoted(const char *text, const char *end)
{
	char *copy = must(malloc(strlen(text) * 2 + strlen(end) + 1));
	char *to = copy;

	for (; *text != '\0'; text++) {
		if (strchr(" \t\"'\\#", *text) != NULL)
			*to++ = '\\';
		*to++ = *text;
	}
	strcpy(to, end);
	return copy;
}

/* What is certain beyond the prefix; the word is ended when there is but one. */
static char *
certain(const struct candidates *candidates, const char *prefix)
{
	bool unique = false;
	char *common = complete_common(candidates, &unique);
	size_t typed = strlen(prefix);
	size_t len = strlen(common);
	bool ends = unique && len > 0 && common[len - 1] != '=';
	char *insert = quoted(len > typed ? common + typed : "", ends ? " " : "");

	free(common);
	return insert;
}

/* Where nothing fits, a person is told why, as he would be after Enter. */
static void
say_nothing_fits(const struct shell *shell, const char *text, const char *prefix)
{
	const struct session *session = shell->session;
	struct words words;
	struct order order;
	struct cmd_nexts nexts;
	char *wrong, *safe;

	words_split(text, &words);
	wrong = order_read(session->tree, (const char *const *)words.items, words.count,
	    &session->options, true, &order);
	if (cmdtree_next(session->tree, order.options.words, order.options.count,
		&nexts, NULL) == CMD_OK) {
		free(nexts.items);
		free(wrong);
		wrong = prefix[0] == '\0'
			    ? NULL
			    : must_format("nothing that is known here begins "
					  "with \"%s\"",
				  prefix);
	}
	safe = wrong != NULL ? escape_text(wrong) : NULL;
	if (safe != NULL)
		printf("  %s\n", safe);
	free(safe);
	free(wrong);
	words_done(&words);
}

static char *
complete_text(void *userdata, const char *text, bool list)
{
	const struct shell *shell = userdata;
	struct candidates candidates;
	char *prefix, *insert;

	candidates_for(shell, text, &candidates, &prefix);
	if (list && candidates.count > MANY)
		offer_many(shell, &candidates);
	else if (list && candidates.count == 0 && !candidates.end)
		say_nothing_fits(shell, text, prefix);
	else if (list)
		print_candidates(shell, &candidates);
	insert = list ? must(strdup("")) : certain(&candidates, prefix);
	complete_done(&candidates);
	free(prefix);
	return insert;
}

static bool
is_quoted(void *userdata, const char *text)
{
	struct words words;
	bool inside;

	(void)userdata;
	words_split(text, &words);
	inside = words.end == WORDS_QUOTED;
	words_done(&words);
	return inside;
}

/* "lb1 (operator)> ", "lb1 (admin) [maint 1h12m]> ". A daemon that hangs must not hold
 * the prompt up. */
static char *
make_prompt(const struct shell *shell)
{
	struct ctl_error error = {0};
	struct ctl_client *client = NULL;
	char *node, *role, *prompt;
	char left[UNITS_TEXT_SIZE];
	bool again = false, maintained;

	if (daemons_open(shell->session->daemons, "vrrpd", PROMPT_US, &client, &again,
		&error) != CTL_OK) {
		ctl_error_done(&error);
		return must(strdup("(vrrpd unreachable)> "));
	}
	if (again)
		session_announce("vrrpd", client);
	node = escape_text(ctl_client_hello_text(client, "node"));
	role = escape_text(ctl_client_hello_text(client, "role"));
	names_begin(shell->names);
	maintained = names_maintenance(shell->names, left);
	prompt =
	    must_format("%s (%s)%s%s%s> ", node, role, maintained ? " [maint " : "",
		maintained ? left : "", maintained ? "]" : "");
	free(node);
	free(role);
	return prompt;
}

/* Makes the directories above `path`, for its owner alone. */
static void
make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* When it cannot be made, there is no history: H_SAVE fails too. */
		(void)mkdir(path, 0700);
		*slash = '/';
	}
}

/* Where the history is kept; NULL when there is no home. The caller frees it. */
static char *
history_path(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path;

	if (state != NULL && state[0] == '/')
		path = must_format("%s/hactl/history", state);
	else if (home != NULL && home[0] == '/')
		path = must_format("%s/.local/state/hactl/history", home);
	else
		return NULL;
	make_directories(path);
	return path;
}

static void
print_history(void *userdata)
{
	struct shell *shell = userdata;

	line_print_history(shell->line);
}

/* One turn of the loop. Returns false when it is the last one. */
static bool
read_and_run(struct shell *shell)
{
	char *prompt = make_prompt(shell);
	char *text = NULL;
	enum line_result result = line_read(shell->line, prompt, &text);

	free(prompt);
	if (result == LINE_READ) {
		(void)run_line(shell->session, text);
		names_forget(shell->names);
		(void)fflush(stdout);
		/* A Ctrl-C that came late must not clear the next line. */
		terminal_interrupted = 0;
		free(text);
	}
	return result != LINE_END && !shell->session->leave;
}

enum ctl_exit
shell_run(struct session *session)
{
	struct shell shell = {.session = session};
	struct line_hooks hooks = {
	    .complete = complete_text, .is_quoted = is_quoted, .userdata = &shell};
	char *path = history_path();

	terminal_catch_interrupt();
	shell.names = names_new(session->daemons);
	shell.line = line_new(&hooks, path);
	free(path);
	if (shell.line == NULL) {
		names_free(shell.names);
		return session_usage(
		    &session->options, must_format("the terminal cannot be used"));
	}
	session->in_shell = true;
	session->history = print_history;
	session->history_userdata = &shell;
	while (read_and_run(&shell))
		;
	line_free(shell.line);
	names_free(shell.names);
	return CTL_EXIT_DONE;
}

enum ctl_exit
shell_complete(struct session *session, const char *const words[], size_t count)
{
	size_t at = count > 0 ? strtoul(words[0], NULL, 10) : 0;
	struct shell shell = {.session = session};
	struct complete_source source;
	struct candidates candidates;

	/* words[1] is the program, so word `at` of bash is words[at + 1]. */
	if (at < 1 || at > count)
		return CTL_EXIT_USAGE;
	shell.names = names_new(session->daemons);
	source = source_of(&shell);
	complete_line(session->tree, words + 2, at - 1,
	    at + 1 < count ? words[at + 1] : "", &source, &candidates);
	for (size_t i = 0; i < candidates.count; i++) {
		if (candidates.items[i].literal)
			printf("%s\t%s\n", candidates.items[i].text,
			    candidates.items[i].help);
	}
	complete_done(&candidates);
	names_free(shell.names);
	return CTL_EXIT_DONE;
}
