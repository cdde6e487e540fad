/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the options of hactl, before and after the words of a command.
 *
 * Not getopt_long(3): the same table has to serve lines of the shell, completion and
 * the help text; errors must be values (under -j they are JSON); and "-50" is a weight.
 */
#include "hactl/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "hactl/must.h"

/* In the order of enum json_style, from JSON_SHORT, and of enum colour_when. */
static const char *const json_styles[] = {"short", "pretty", NULL};
static const char *const colour_whens[] = {"auto", "always", "never", NULL};

/* clang-format off */
const struct option_row option_rows[OPTION_COUNT_] = {
    [OPTION_JSON] = {OPTION_JSON, 'j', "json", "STYLE", .optional = true,
	.choices = json_styles,
	.help = "answer in JSON; STYLE is short or pretty"},
    [OPTION_WATCH] = {OPTION_WATCH, 'w', "watch", "T", .optional = true, .special = true,
	.help = "show it again every T, two seconds unless given"},
    [OPTION_NO_LEGEND] = {OPTION_NO_LEGEND, '\0', "no-legend", NULL,
	.help = "tables without head and footer"},
    [OPTION_NO_PAGER] = {OPTION_NO_PAGER, '\0', "no-pager", NULL,
	.help = "long answers go to the terminal as they are"},
    [OPTION_COLOR] = {OPTION_COLOR, '\0', "color", "WHEN", .choices = colour_whens,
	.help = "auto (on a terminal), always or never"},
    [OPTION_QUIET] = {OPTION_QUIET, 'q', "quiet", NULL,
	.help = "print no answer, only errors; the exit status tells"},
    [OPTION_YES] = {OPTION_YES, 'y', "yes", NULL,
	.help = "answer questions with yes"},
    [OPTION_FORCE] = {OPTION_FORCE, '\0', "force", NULL, .special = true,
	.help = "go through a guard; failover: let go at once, with an outage"},
    [OPTION_METHOD] = {OPTION_METHOD, '\0', "method", "WAY", .special = true,
	.help = "how a role is given up: handover, yield or release"},
    [OPTION_WAIT] = {OPTION_WAIT, '\0', "wait", "T", .optional = true, .special = true,
	.help = "wait for the outcome, at most T"},
    [OPTION_NO_WAIT] = {OPTION_NO_WAIT, '\0', "no-wait", NULL, .special = true,
	.help = "return when the command is accepted"},
    [OPTION_DRY_RUN] = {OPTION_DRY_RUN, '\0', "dry-run", NULL, .special = true,
	.help = "check and show, change nothing"},
    [OPTION_REASON] = {OPTION_REASON, '\0', "reason", "TEXT", .special = true,
	.help = "why, for the log and for colleagues"},
    [OPTION_IF_REV] = {OPTION_IF_REV, '\0', "if-rev", "N", .special = true,
	.help = "only if the revision is still N"},
    [OPTION_OP_ID] = {OPTION_OP_ID, '\0', "op-id", "ID", .special = true,
	.help = "a name for this change: asked again, it is not done again"},
    [OPTION_PERFDATA] = {OPTION_PERFDATA, '\0', "perfdata", NULL, .special = true,
	.help = "with numbers for the monitoring system"},
    [OPTION_TIMEOUT] = {OPTION_TIMEOUT, 't', "timeout", "T",
	.help = "how long to wait for a daemon's answer, 5s unless given"},
    [OPTION_RUN_DIR] = {OPTION_RUN_DIR, 'R', "run-dir", "DIR", .at_start = true,
	.help = "instead of /run: the sockets are DIR/vrrpd/control.sock and so on"},
    [OPTION_HOST] = {OPTION_HOST, 'H', "host", "HOST", .at_start = true,
	.help = "on this host, over ssh; several with commas: all their answers together"},
    [OPTION_FILE] = {OPTION_FILE, 'f', "file", "FILE", .at_start = true,
	.help = "read commands from FILE, - for standard input"},
    [OPTION_KEEP_GOING] = {OPTION_KEEP_GOING, '\0', "keep-going", NULL, .at_start = true,
	.help = "with -f: go on after a command that failed"},
    [OPTION_ATOMIC] = {OPTION_ATOMIC, '\0', "atomic", NULL, .at_start = true,
	.help = "with -f: all lines are one change, done as a whole or not at all"},
    [OPTION_HELP] = {OPTION_HELP, 'h', "help", NULL,
	.help = "say how hactl, or the command, is used"},
    [OPTION_VERSION] = {OPTION_VERSION, 'V', "version", NULL, .at_start = true,
	.help = "print the version of hactl"},
};
/* clang-format on */

static bool
is_option(const char *word)
{
	return word[0] == '-' && (word[1] == '-' || isalpha((unsigned char)word[1]));
}

static const struct option_row *
find_letter(char letter)
{
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		if (option_rows[i].letter == letter)
			return &option_rows[i];
	}
	return NULL;
}

static const struct option_row *
find_name(const char *name, size_t len)
{
	for (size_t i = 0; i < OPTION_COUNT_; i++) {
		if (strlen(option_rows[i].name) == len &&
		    strncmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	}
	/* "colour" is how we spell it ourselves. */
	return len == 6 && strncmp(name, "colour", 6) == 0 ? &option_rows[OPTION_COLOR]
							   : NULL;
}

const struct option_row *
options_find(const char *word)
{
	if (!is_option(word))
		return NULL;
	if (word[1] == '-')
		return find_name(word + 2, strcspn(word + 2, "="));
	return find_letter(word[1]);
}

bool
options_wants_next(const char *word)
{
	const struct option_row *row = options_find(word);

	if (row == NULL || row->value == NULL || row->optional)
		return false;
	return word[1] == '-' ? strchr(word, '=') == NULL : word[2] == '\0';
}

/* A copy of the word without the letter of the option, and without its value; NULL when
 * the word has not got it. *ret_next: its value is the next word. */
static char *
cut_letter(const char *word, enum option_id id, bool *ret_next)
{
	char *rest = must(calloc(1, strlen(word) + 1));
	size_t kept = 0;
	bool found = false;

	rest[kept++] = '-';
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		const struct option_row *row = find_letter(*letter);
		bool is = row != NULL && row->id == id;

		if (!is)
			rest[kept++] = *letter;
		found |= is;
		if (row != NULL && (row->value == NULL || row->optional))
			continue;
		/* What follows is a value. */
		if (!is)
			strcpy(rest + kept, letter + 1);
		else
			*ret_next = letter[1] == '\0';
		break;
	}
	if (found)
		return rest;
	free(rest);
	return NULL;
}

/* Copies one word, and its value when that is the next one. Returns how many words of
 * the line that was. */
static size_t
keep_word(const char *const words[], size_t left, enum option_id id, char **ret,
    size_t *ret_kept)
{
	const struct option_row *row = options_find(words[0]);
	bool is_short = row != NULL && words[0][1] != '-';
	bool next = options_wants_next(words[0]);
	char *cut = is_short ? cut_letter(words[0], id, &next) : NULL;
	size_t taken = next && left > 1 ? 2 : 1;

	if (cut != NULL && cut[1] != '\0')
		ret[(*ret_kept)++] = must(strdup(cut));
	for (size_t i = 0; cut == NULL && i < taken; i++) {
		if (row == NULL || is_short || row->id != id)
			ret[(*ret_kept)++] = must(strdup(words[i]));
	}
	free(cut);
	return taken;
}

size_t
options_without(const char *const words[], size_t count, enum option_id id, char **ret)
{
	size_t kept = 0, at = 0;

	while (at < count && strcmp(words[at], "--") != 0)
		at += keep_word(words + at, count - at, id, ret, &kept);
	for (; at < count; at++)
		ret[kept++] = must(strdup(words[at]));
	return kept;
}

bool
options_given(const struct options *options, enum option_id id)
{
	return (options->given & OPTION_BIT(id)) != 0;
}

static char *
set_duration(const struct option_row *row, const char *value, int64_t *ret_us)
{
	int64_t us;

	if (units_parse_duration(value, &us) != 0 || us <= 0)
		return must_format("--%s wants a time such as 30s or 5m, not \"%s\"",
		    row->name, value);
	*ret_us = us;
	return NULL;
}

static char *
set_number(const struct option_row *row, const char *value, int64_t *ret)
{
	char *end;
	long long number;

	assert(value != NULL);
	errno = 0;
	number = strtoll(value, &end, 10);
	if (*value == '\0' || *end != '\0' || errno != 0 || number < 0)
		return must_format("--%s wants a number, not \"%s\"", row->name, value);
	*ret = number;
	return NULL;
}

/* Finds `value` among the choices of the row; its index goes to *ret. */
static char *
set_choice(const struct option_row *row, const char *value, unsigned *ret)
{
	for (unsigned i = 0; row->choices[i] != NULL; i++) {
		if (strcmp(row->choices[i], value) == 0) {
			*ret = i;
			return NULL;
		}
	}
	return must_format("--%s does not know \"%s\"", row->name, value);
}

static char *
set_json(const struct option_row *row, const char *value, struct options *options)
{
	unsigned style = 0;
	char *wrong;

	if (value == NULL) {
		options->json = JSON_AUTO;
		return NULL;
	}
	wrong = set_choice(row, value, &style);
	if (wrong == NULL)
		options->json = (enum json_style)(style + JSON_SHORT);
	return wrong;
}

static char *
set_colour(const struct option_row *row, const char *value, struct options *options)
{
	unsigned when = 0;
	char *wrong = set_choice(row, value, &when);

	if (wrong == NULL)
		options->colour = (enum colour_when)when;
	return wrong;
}

static char *
set_option(const struct option_row *row, const char *value, struct options *options)
{
	options->given |= OPTION_BIT(row->id);
	switch (row->id) {
	case OPTION_JSON:
		return set_json(row, value, options);
	case OPTION_COLOR:
		return set_colour(row, value, options);
	case OPTION_WATCH:
		return value == NULL ? NULL
				     : set_duration(row, value, &options->watch_us);
	case OPTION_WAIT:
		options->given &= ~OPTION_BIT(OPTION_NO_WAIT);
		return value == NULL ? NULL
				     : set_duration(row, value, &options->wait_us);
	case OPTION_NO_WAIT:
		options->given &= ~OPTION_BIT(OPTION_WAIT);
		return NULL;
	case OPTION_METHOD:
		options->method = value;
		return NULL;
	case OPTION_REASON:
		options->reason = value;
		return NULL;
	case OPTION_OP_ID:
		options->op_id = value;
		return NULL;
	case OPTION_IF_REV:
		return set_number(row, value, &options->if_rev);
	case OPTION_TIMEOUT:
		return set_duration(row, value, &options->timeout_us);
	case OPTION_RUN_DIR:
		options->run_dir = value;
		return NULL;
	case OPTION_HOST:
		options->hosts = value;
		return NULL;
	case OPTION_FILE:
		options->file = value;
		return NULL;
	case OPTION_NO_LEGEND:
	case OPTION_NO_PAGER:
	case OPTION_QUIET:
	case OPTION_YES:
	case OPTION_FORCE:
	case OPTION_DRY_RUN:
	case OPTION_PERFDATA:
	case OPTION_KEEP_GOING:
	case OPTION_ATOMIC:
	case OPTION_HELP:
	case OPTION_VERSION:
	case OPTION_COUNT_:
		break;
	}
	return NULL;
}

/* The words being read. */
struct reader {
	const char *const *words;
	size_t count, at;
	bool in_shell;
};

static char *
unknown(const char *word)
{
	return must_format("unknown option \"%s\"", word);
}

static char *
check_place(const struct reader *r, const struct option_row *row)
{
	if (!r->in_shell || !row->at_start)
		return NULL;
	return must_format("--%s is an option for the start of hactl", row->name);
}

/* Gives the option its value: what stands after it in the same word, or the next word.
 */
static char *
take_value(struct reader *r, const struct option_row *row, const char *attached,
    struct options *options)
{
	char *wrong = check_place(r, row);

	if (wrong != NULL)
		return wrong;
	if (attached == NULL && row->value != NULL && !row->optional) {
		if (r->at + 1 >= r->count)
			return must_format(
			    "--%s needs a value: %s", row->name, row->value);
		attached = r->words[++r->at];
	}
	return set_option(row, attached, options);
}

static char *
take_long(struct reader *r, struct options *options)
{
	const char *word = r->words[r->at];
	const char *equals = strchr(word, '=');
	const struct option_row *row = options_find(word);

	if (row == NULL)
		return unknown(word);
	if (equals != NULL && row->value == NULL)
		return must_format("--%s takes no value", row->name);
	return take_value(r, row, equals != NULL ? equals + 1 : NULL, options);
}

/* "-jq" is "-j -q"; "-t5s" is "-t 5s". An optional value (--json=pretty) can only be
 * given to the long form, or "-jq" could not be told from it. */
static char *
take_letters(struct reader *r, struct options *options)
{
	const char *word = r->words[r->at];

	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		const struct option_row *row = find_letter(*letter);
		bool valued = row != NULL && row->value != NULL && !row->optional;
		const char *attached = valued && letter[1] != '\0' ? letter + 1 : NULL;
		char *wrong;

		if (row == NULL)
			return unknown(word);
		wrong = take_value(r, row, attached, options);
		if (wrong != NULL || valued)
			return wrong;
	}
	return NULL;
}

static char *
add_word(struct options *options, const char *word)
{
	if (options->count > CMD_WORDS_MAX)
		return must_format("more than %d words", CMD_WORDS_MAX);
	options->words[options->count++] = word;
	return NULL;
}

/* Whether -j stands anywhere: an error that comes before it is one in JSON, too. */
static bool
wants_json(const char *const words[], size_t count)
{
	bool wants = false;

	for (size_t i = 0; i < count && !wants && strcmp(words[i], "--") != 0; i++) {
		const struct option_row *row = options_find(words[i]);
		bool next, is_short = row != NULL && words[i][1] != '-';
		char *cut = is_short ? cut_letter(words[i], OPTION_JSON, &next) : NULL;

		wants = cut != NULL || (row != NULL && row->id == OPTION_JSON);
		free(cut);
		if (options_wants_next(words[i]))
			i++;
	}
	return wants;
}

char *
options_parse(
    const char *const words[], size_t count, bool in_shell, struct options *ret)
{
	struct reader r = {.words = words, .count = count, .in_shell = in_shell};
	bool only_words = false;
	char *wrong = NULL;

	ret->count = ret->dashes = 0;
	for (; r.at < count && wrong == NULL; r.at++) {
		const char *word = words[r.at];

		if (only_words || !is_option(word)) {
			wrong = add_word(ret, word);
		} else if (strcmp(word, "--") == 0) {
			only_words = true;
			ret->dashes = ret->count;
		} else if (word[1] == '-') {
			wrong = take_long(&r, ret);
		} else {
			wrong = take_letters(&r, ret);
		}
	}
	if (wrong != NULL && wants_json(words, count) && ret->json == JSON_OFF)
		ret->json = JSON_AUTO;
	return wrong;
}
