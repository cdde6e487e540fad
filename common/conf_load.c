/* SPDX-License-Identifier: Apache-2.0 */
/* conf_load.c - reads configuration files and what they include.
 *
 * Includes are the first thing done to the text, before conditions and macros: so they
 * cannot depend on either, and who reads the files needs to understand nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "common/conf.h"
#include "common/conf_text.h"

#define INCLUDE_DEPTH_MAX 16
#define ALTERNATIVES_MAX 1000 /* of braces in one pattern */

/* Which problems of a pattern are errors; else they are warnings or nothing. */
enum include_check {
	CHECK_MATCH = 1,
	CHECK_WILDCARD = 2,
	CHECK_BRACE = 4,
	CHECK_ALL = 7,
};

// clang-format off
static const struct {
	const char *word;
	int checks;
} include_words[] = {
	{"include", 0},
	{"includer", 0}, /* a file that cannot be read is always an error */
	{"includem", CHECK_MATCH},
	{"includew", CHECK_MATCH | CHECK_WILDCARD},
	{"includeb", CHECK_BRACE},
	{"includea", CHECK_ALL},
};
// clang-format on

/* One file on the way from the main file to the one being read. */
struct level {
	const struct level *above;
	dev_t device;
	ino_t inode;
	uint32_t file;
};

struct loader {
	struct conf_text *text;
	struct conf_diags *diags;
	size_t size;
	size_t depth;
};

/* An include line being carried out. */
struct include {
	const struct level *level;
	uint32_t line;
	int column;
	const char *source; /* the whole line */
	const char *pattern;
	int checks;
	bool has_braces;
	size_t alternatives;
};

static void
report(struct loader *loader, const struct include *include,
    enum conf_severity severity, const char *what, const char *path)
{
	conf_diags_add(loader->diags, severity,
	    loader->text->files[include->level->file], (int)include->line,
	    include->column, (int)strlen(include->pattern), include->source, NULL,
	    "%s: '%s'", what, path);
}

static int read_file(
    struct loader *loader, const char *path, const struct include *include);

/* Reads an open file to its end. Returns 0 or a negative errno. */
static int
slurp(int fd, size_t limit, char **ret_data, size_t *ret_len)
{
	size_t room = 16384, len = 0;
	char *data = malloc(room + 1);
	while (data) {
		ssize_t n = read(fd, data + len, room - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || len > limit) {
			int error = n < 0 ? -errno : -EFBIG;
			free(data);
			return error;
		}
		if (n == 0) {
			/* Ten thousand small files are one configuration. */
			char *fitting = realloc(data, len + 1);
			*ret_data = fitting ? fitting : data;
			(*ret_data)[len] = '\0';
			*ret_len = len;
			return 0;
		}
		len += (size_t)n;
		if (len < room)
			continue;
		room *= 2;
		char *more = realloc(data, room + 1);
		if (!more)
			free(data);
		data = more;
	}
	return -ENOMEM;
}

/* Notes the environment variables that the text mentions. */
static int
note_variables(struct conf_text *text, const char *data, size_t len)
{
	static const char mark[] = "${_ENV ";
	const char *end = data + len;
	while ((data = memmem(data, (size_t)(end - data), mark, sizeof(mark) - 1))) {
		data += sizeof(mark) - 1;
		size_t n = strcspn(data, "} \t\r\n");
		char name[256];
		if (n == 0 || n >= sizeof(name))
			continue;
		memcpy(name, data, n);
		name[n] = '\0';
		const char *value = getenv(name);
		if (!value || conf_text_variable(text, name))
			continue;
		if (conf_text_add_variable(text, name, value))
			return -ENOMEM;
	}
	return 0;
}

/* Reads one file that a pattern matched. Returns 0, or -ENOMEM; everything else is a
 * finding. */
static int
include_path(struct loader *loader, const struct include *include, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		report(loader, include, CONF_ERROR, strerror(errno), path);
		return 0;
	}
	if (S_ISDIR(st.st_mode) || !S_ISREG(st.st_mode)) {
		report(
		    loader, include, CONF_WARNING, "left out, no ordinary file", path);
		return 0;
	}
	if (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) {
		report(loader, include, CONF_WARNING,
		    "left out, an executable file is no configuration", path);
		return 0;
	}
	int r = read_file(loader, path, include);
	if (r == -ENOMEM)
		return r;
	if (r == -ELOOP)
		report(loader, include, CONF_ERROR,
		    "left out, a file that includes itself or too many files", path);
	else if (r < 0)
		report(loader, include, CONF_ERROR, strerror(-r), path);
	return 0;
}

static void
report_no_match(struct loader *loader, const struct include *include, const char *path)
{
	bool wild = strpbrk(path, "*?[") != NULL;
	int check = wild                  ? CHECK_WILDCARD
		    : include->has_braces ? CHECK_BRACE
					  : CHECK_MATCH;
	if (include->checks & check)
		report(loader, include, CONF_ERROR, "no file matches", path);
	else if (!wild)
		report(loader, include, CONF_WARNING,
		    "no such file, nothing is included", path);
}

/* Reads all files that a pattern without braces matches. */
static int
include_pattern(struct loader *loader, struct include *include, const char *pattern)
{
	const char *from = loader->text->files[include->level->file];
	const char *slash = strrchr(from, '/');
	char *path = NULL;
	int n = pattern[0] == '/' || !slash
		    ? asprintf(&path, "%s", pattern)
		    : asprintf(&path, "%.*s/%s", (int)(slash - from), from, pattern);
	if (n < 0)
		return -ENOMEM;
	glob_t found = {0};
	int r = 0;
	switch (glob(path, 0, NULL, &found)) {
	case 0:
		for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
			r = include_path(loader, include, found.gl_pathv[i]);
		break;
	case GLOB_NOSPACE:
		r = -ENOMEM;
		break;
	default:
		report_no_match(loader, include, path);
	}
	globfree(&found);
	free(path);
	return r;
}

/* The brace that closes the one at `open`, or NULL. */
static const char *
closing_brace(const char *open)
{
	int depth = 0;
	for (const char *p = open; *p; p++) {
		depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
		if (depth == 0)
			return p;
	}
	return NULL;
}

/* The end of the alternative that begins at `p`: its comma or the closing brace. */
static const char *
alternative_end(const char *p, const char *close)
{
	int depth = 0;
	for (; p < close && (depth > 0 || *p != ','); p++)
		depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
	return p;
}

/* Takes the first {a,b} of a pattern apart: each alternative must be told apart, to say
 * which of them matched nothing. */
static int
include_alternatives(
    struct loader *loader, struct include *include, const char *pattern)
{
	const char *open = strchr(pattern, '{');
	const char *close = open ? closing_brace(open) : NULL;
	if (!close)
		return include_pattern(loader, include, pattern);
	include->has_braces = true;
	int r = 0;
	for (const char *p = open + 1; r == 0 && p <= close;) {
		if (++include->alternatives > ALTERNATIVES_MAX) {
			report(loader, include, CONF_ERROR, "too many alternatives",
			    include->pattern);
			return 0;
		}
		const char *end = alternative_end(p, close);
		char *one = NULL;
		if (asprintf(&one, "%.*s%.*s%s", (int)(open - pattern), pattern,
			(int)(end - p), p, close + 1) < 0)
			return -ENOMEM;
		r = include_alternatives(loader, include, one);
		free(one);
		p = end + 1;
	}
	return r;
}

/* The row of include_words[] at the start of a line, or -1; *ret_arg is what follows.
 */
static int
include_word(const char *line, const char **ret_arg)
{
	line += strspn(line, " \t");
	size_t n = strcspn(line, " \t\r");
	for (size_t i = 0; i < sizeof(include_words) / sizeof(include_words[0]); i++) {
		if (n != strlen(include_words[i].word) ||
		    memcmp(line, include_words[i].word, n) != 0)
			continue;
		*ret_arg = line + n + strspn(line + n, " \t\r");
		return (int)i;
	}
	return -1;
}

/* Cuts comment, quotes and blanks off the argument of an include, in place. */
static char *
trim_pattern(char *arg)
{
	if (arg[0] == '"') {
		arg++;
		arg[strcspn(arg, "\"")] = '\0';
		return arg;
	}
	arg[strcspn(arg, "#!\r")] = '\0';
	size_t len = strlen(arg);
	while (len > 0 && (arg[len - 1] == ' ' || arg[len - 1] == '\t'))
		arg[--len] = '\0';
	return arg;
}

static int
include_line(struct loader *loader, const struct level *level, uint32_t number,
    const char *line, size_t word, const char *arg)
{
	char *pattern = strdup(arg);
	if (!pattern)
		return -ENOMEM;
	struct include include = {
	    .level = level,
	    .line = number,
	    .column = (int)(arg - line) + 1,
	    .source = line,
	    .pattern = trim_pattern(pattern),
	    .checks = include_words[word].checks,
	};
	int r = 0;
	if (include.pattern[0] == '\0')
		report(loader, &include, CONF_ERROR,
		    "the name of a file is missing after", include_words[word].word);
	else
		r = include_alternatives(loader, &include, include.pattern);
	free(pattern);
	return r;
}

/* Cuts a file into segments at its include lines, and reads those in between. */
static int
split_file(struct loader *loader, const struct level *level, char *data, size_t len)
{
	struct conf_segment segment = {level->file, 1, data, 0};
	char *end = data + len;
	uint32_t number = 1;
	for (char *line = data; line < end; number++) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		char *next = newline ? newline + 1 : end;
		const char *arg;
		/* Most lines are told apart by their first letter. */
		size_t blanks = strspn(line, " \t");
		if (line[blanks] == 'i') {
			if (newline)
				*newline = '\0';
			int word = include_word(line, &arg);
			if (word >= 0) {
				segment.len = (size_t)(line - segment.data);
				if (conf_text_add_segment(loader->text, &segment) ||
				    include_line(
					loader, level, number, line, (size_t)word, arg))
					return -ENOMEM;
				segment = (struct conf_segment){
				    level->file, number + 1, next, 0};
			}
			if (newline)
				*newline = '\n';
		}
		line = next;
	}
	segment.len = (size_t)(end - segment.data);
	return conf_text_add_segment(loader->text, &segment);
}

/* Whether the file is being read already, further up. */
static bool
is_open_above(const struct level *level, const struct stat *st)
{
	for (; level; level = level->above)
		if (level->device == st->st_dev && level->inode == st->st_ino)
			return true;
	return false;
}

/* Adds an open file to the text and goes through its lines. */
static int
take_file(struct loader *loader, int fd, const char *path, const struct level *above)
{
	struct stat st;
	char *data = NULL;
	size_t len = 0;
	struct level level = {.above = above};
	if (fstat(fd, &st) < 0)
		return -errno;
	if (is_open_above(above, &st) || loader->depth >= INCLUDE_DEPTH_MAX ||
	    loader->text->file_count >= CONF_TEXT_FILES_MAX)
		return -ELOOP;
	level.device = st.st_dev;
	level.inode = st.st_ino;
	int r = slurp(fd, CONF_TEXT_SIZE_MAX - loader->size, &data, &len);
	if (r < 0)
		return r;
	loader->size += len;
	if (conf_text_add_blob(loader->text, data) ||
	    conf_text_add_file(loader->text, path, &level.file) ||
	    note_variables(loader->text, data, len))
		return -ENOMEM;
	conf_diags_add_file(loader->diags, path);
	loader->depth++;
	r = split_file(loader, &level, data, len);
	loader->depth--;
	return r;
}

/* Reads a file; `include` is NULL for the main file. Returns 0 or a negative errno. */
static int
read_file(struct loader *loader, const char *path, const struct include *include)
{
	/* Nothing an include names may make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | (include ? O_NONBLOCK : 0));
	if (fd < 0)
		return -errno;
	int r = take_file(loader, fd, path, include ? include->level : NULL);
	(void)close(fd); /* only read from */
	return r;
}

/* Notes what else the text may depend on. */
static int
note_host(struct conf_text *text)
{
	struct utsname host;
	if (uname(&host) == 0) {
		host.nodename[strcspn(host.nodename, ".")] = '\0';
		if (!(text->config_id = strdup(host.nodename)))
			return -ENOMEM;
	}
	if (getrandom(&text->seed, sizeof(text->seed), GRND_NONBLOCK) < 0)
		text->seed = 1; /* early at boot: not random, but not wrong */
	return 0;
}

int
conf_text_load(const char *path, struct conf_diags *diags, struct conf_text **ret)
{
	struct loader loader = {.text = conf_text_new(), .diags = diags};
	if (!loader.text)
		return -ENOMEM;
	int r = note_host(loader.text);
	if (r == 0)
		r = read_file(&loader, path, NULL);
	if (r < 0) {
		conf_diags_add(diags, CONF_ERROR, path, 0, 0, 1, NULL, NULL,
		    "cannot be read: %s", strerror(-r));
		conf_text_free(loader.text);
		return r;
	}
	*ret = loader.text;
	return 0;
}
