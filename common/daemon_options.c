/* SPDX-License-Identifier: Apache-2.0 */
/* daemon_options.c - the command line of both daemons. */
#include "common/daemon.h"

#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define USER_DEFAULT "haven"

enum {
	EXIT_STATUS_USAGE = 2,
	/* Values of options that have no short form. */
	OPTION_USER = 256,
	OPTION_CLEANUP,
	OPTION_STATE_DIR,
	OPTION_LOG_DIR,
};

struct option_row {
	int value; /* the short form, or OPTION_... */
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *program;  /* NULL: both daemons */
	const char *help;
};

/* clang-format off */
static const struct option_row rows[] = {
    {'f', "config", "FILE", NULL,
	"the configuration file (default " DAEMON_CONFIG_DEFAULT ")"},
    {'t', "test", NULL, NULL,
	"check the configuration, print what was found and exit:\n"
	"0 it runs, 1 it has errors, 2 it cannot be read"},
    {'j', "json", NULL, NULL, "with -t: print what was found as JSON"},
    {'R', "run-dir", "DIR", NULL,
	"the directory that stands for " DAEMON_RUN_BASE_DEFAULT},
    {OPTION_STATE_DIR, "state-dir", "DIR", NULL,
	"the directory that stands for " DAEMON_STATE_BASE_DEFAULT "\n"
	"(with --run-dir: lib in it)"},
    {OPTION_LOG_DIR, "log-dir", "DIR", NULL,
	"the directory that stands for " DAEMON_LOG_BASE_DEFAULT "\n"
	"(with --run-dir: log in it)"},
    {'i', "config-id", "ID", NULL,
	"the name that @ID lines are compared with (default: the host's)"},
    {OPTION_USER, "user", "NAME", NULL,
	"the user to become after the start (default " USER_DEFAULT ")"},
    {'d', "debug", NULL, NULL, "log every packet and probe"},
    {'n', "dont-fork", NULL, NULL,
	"does nothing: the daemon always stays in the foreground"},
    {OPTION_CLEANUP, "cleanup", NULL, "vrrpd",
	"remove the addresses that a dead vrrpd left behind, and exit"},
    {'v', "version", NULL, NULL, "print the version and exit"},
    {'h', "help", NULL, NULL, "print this text and exit"},
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool
row_applies(const struct option_row *row, const char *program)
{
	return row->program == NULL || strcmp(row->program, program) == 0;
}

static void
print_row(const struct option_row *row)
{
	char head[64], text[128];
	const char *line = text, *end;

	if (row->value < OPTION_USER)
		(void)snprintf(head, sizeof(head), "-%c, --%s", row->value, row->name);
	else
		(void)snprintf(head, sizeof(head), "    --%s", row->name);
	if (row->argument != NULL)
		(void)snprintf(head + strlen(head), sizeof(head) - strlen(head), " %s",
		    row->argument);
	(void)snprintf(text, sizeof(text), "%s", row->help);
	while ((end = strchr(line, '\n')) != NULL) {
		(void)printf("  %-22s %.*s\n", head, (int)(end - line), line);
		head[0] = '\0';
		line = end + 1;
	}
	(void)printf("  %-22s %s\n", head, line);
}

static void
print_help(const char *program)
{
	(void)printf("Usage: %s [OPTION]...\n\n", program);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (row_applies(&rows[i], program))
			print_row(&rows[i]);
	(void)printf("\nSIGHUP reads the configuration again, SIGTERM stops. "
		     "See %s(8).\n",
	    program);
}

/* Fills what getopt_long(3) wants from the rows. */
static void
make_tables(const char *program, char brief[2 * ROW_COUNT + 3],
    struct option names[ROW_COUNT + 1])
{
	/* Stop at the first word that is no option; tell a missing argument from an
	 * unknown option. */
	*brief++ = '+';
	*brief++ = ':';
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct option_row *row = &rows[i];

		if (!row_applies(row, program))
			continue;
		*names++ = (struct option){row->name,
		    row->argument != NULL ? required_argument : no_argument, NULL,
		    row->value};
		if (row->value >= OPTION_USER)
			continue;
		*brief++ = (char)row->value;
		if (row->argument != NULL)
			*brief++ = ':';
	}
	*brief = '\0';
	*names = (struct option){NULL, 0, NULL, 0};
}

static int
refuse(const char *program, const char *what, const char *word)
{
	(void)fprintf(stderr,
	    "%s: %s \"%s\"\nTry \"%s --help\" for the options there are.\n", program,
	    what, word, program);
	return EXIT_STATUS_USAGE;
}

/* Takes one option over. Returns false when it asks for text and an end instead. */
static bool
take(struct daemon_options *options, int value, const char *argument)
{
	switch (value) {
	case 'f':
		options->config_path = argument;
		break;
	case 'R':
		options->run_base = argument;
		break;
	case 'i':
		options->config_id = argument;
		break;
	case OPTION_STATE_DIR:
		options->state_base = argument;
		break;
	case OPTION_LOG_DIR:
		options->log_base = argument;
		break;
	case OPTION_USER:
		options->user = argument;
		break;
	case 't':
		options->test_only = true;
		break;
	case 'j':
		options->json = true;
		break;
	case 'd':
		options->debug = true;
		break;
	case OPTION_CLEANUP:
		options->cleanup_only = true;
		break;
	case 'n':
		break;
	default:
		return false;
	}
	return true;
}

/* `word` is what the option was found in: itself, or a group of short ones. */
static int
refuse_option(const char *program, const char *what, const char *word)
{
	const char one[] = {'-', (char)optopt, '\0'};

	return refuse(program, what, strncmp(word, "--", 2) == 0 ? word : one);
}

static int
stop_after(const char *program, int value, const char *word)
{
	switch (value) {
	case 'h':
		print_help(program);
		return 0;
	case 'v':
		(void)printf("%s %s\n", program, PACKAGE_VERSION);
		return 0;
	case ':':
		return refuse_option(program, "an argument is missing after", word);
	default:
		return refuse_option(program, "unknown option", word);
	}
}

static bool
is_empty(const char *word)
{
	return word != NULL && word[0] == '\0';
}

static int
check_rest(
    const char *program, const struct daemon_options *options, int argc, char *argv[])
{
	if (optind < argc)
		return refuse(program, "unexpected word", argv[optind]);
	if (options->config_path[0] == '\0')
		return refuse(program, "no file is named by --config", "");
	if (options->run_base[0] == '\0')
		return refuse(program, "no directory is named by --run-dir", "");
	if (is_empty(options->state_base))
		return refuse(program, "no directory is named by --state-dir", "");
	if (is_empty(options->log_base))
		return refuse(program, "no directory is named by --log-dir", "");
	if (options->json && !options->test_only)
		return refuse(program, "only together with --test:", "--json");
	return 0;
}

int
daemon_options_parse(int argc, char *argv[], const char *program,
    struct daemon_options *ret, int *ret_status)
{
	struct daemon_options options = {
	    .daemon = program,
	    .config_path = DAEMON_CONFIG_DEFAULT,
	    .run_base = DAEMON_RUN_BASE_DEFAULT,
	    .user = USER_DEFAULT,
	};
	char brief[2 * ROW_COUNT + 3];
	struct option names[ROW_COUNT + 1];

	make_tables(program, brief, names);
	opterr = 0;
	optind = 0;
	for (;;) {
		int place = optind > 0 ? optind : 1;
		int value = getopt_long(argc, argv, brief, names, NULL);

		if (value == -1)
			break;
		if (take(&options, value, optarg))
			continue;
		*ret_status = stop_after(program, value, argv[place]);
		return 1;
	}
	*ret_status = check_rest(program, &options, argc, argv);
	if (*ret_status != 0)
		return 1;
	*ret = options;
	return 0;
}
