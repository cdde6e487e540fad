/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_text.c - files and their includes, lines found again, texts handed over. */
#include "common/conf_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/unit/conf_fixture.h"

static char directory[64];

static int
make_directory(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/haven-test-XXXXXX");
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int
remove_directory(void **state)
{
	static const char *const names[] = {
	    "a.conf", "b.conf", "c.conf", "sub/d.conf", "sub/e.conf", "run.conf"};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("sub");
	return chdir("/") == 0 && rmdir(directory) == 0 ? 0 : -1;
}

static void
put(const char *name, const char *text)
{
	FILE *to = fopen(name, "w");
	assert_non_null(to);
	assert_true(fputs(text, to) >= 0);
	assert_int_equal(fclose(to), 0);
}

/* The lines of a text with where they are from: "a.conf:1 line|". */
static const char *
lines_of(const struct conf_text *text)
{
	static char out[1024];
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < text->segment_count; i++) {
		const struct conf_segment *segment = &text->segments[i];
		const char *at = segment->data, *end = at + segment->len;
		for (uint32_t line = segment->first_line; at < end; line++) {
			size_t n = strcspn(at, "\n");
			if (n > (size_t)(end - at))
				n = (size_t)(end - at);
			len += (size_t)snprintf(out + len, sizeof(out) - len,
			    "%s:%u %.*s|", text->files[segment->file], line, (int)n,
			    at);
			at += n + 1;
		}
	}
	return out;
}

CASE(includes_stand_where_they_are_written)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text;

	assert_int_equal(mkdir("sub", 0700), 0);
	put("a.conf", "1\n  include sub/*.conf # all\n3\ninclude \"c.conf\"\n5");
	put("c.conf", "c1\n");
	/* Relative to the file it stands in. */
	put("sub/d.conf", "d1\ninclude ../c.conf");
	put("sub/e.conf", "including\nd2\n");
	assert_int_equal(conf_text_load("a.conf", diags, &text), 0);
	assert_int_equal(conf_diags_count(diags), 0);
	assert_string_equal(lines_of(text),
	    "a.conf:1 1|sub/d.conf:1 d1|sub/../c.conf:1 c1|sub/e.conf:1 including|"
	    "sub/e.conf:2 d2|a.conf:3 3|c.conf:1 c1|a.conf:5 5|");
	conf_text_free(text);
	conf_diags_free(diags);
}

static void
assert_include_finding(const char *line, const char *finding)
{
	struct conf_fixture conf = {.diags = conf_diags_new()};
	struct conf_text *text;

	put("a.conf", line);
	assert_int_equal(conf_text_load("a.conf", conf.diags, &text), 0);
	assert_findings(&conf, finding);
	conf_text_free(text);
	conf_done(&conf);
}

CASE(an_include_that_fails_is_a_finding_by_its_form)
{
	put("b.conf", "b\n");
	put("run.conf", "#!/bin/sh\n");
	assert_int_equal(chmod("run.conf", 0700), 0);
	static const struct {
		const char *line, *finding;
	} rows[] = {
	    {"include none.conf",
		"1:9: warning: no such file, nothing is included: 'none.conf'\n"},
	    {"include none*.conf", ""},
	    {"include {b,none}.conf",
		"1:9: warning: no such file, nothing is included: 'none.conf'\n"},
	    {"includem none.conf", "1:10: error: no file matches: 'none.conf'\n"},
	    {"includem none*.conf", ""},
	    {"includew none*.conf", "1:10: error: no file matches: 'none*.conf'\n"},
	    {"includew b*.conf", ""},
	    {"includeb {b,none}.conf", "1:10: error: no file matches: 'none.conf'\n"},
	    {"includea {b,no*e}.conf", "1:10: error: no file matches: 'no*e.conf'\n"},
	    {"includer b.conf", ""},
	    {"include", "1:8: error: the name of a file is missing after: 'include'\n"},
	    {"include .", "1:9: warning: left out, no ordinary file: '.'\n"},
	    {"include run.conf",
		"1:9: warning: left out, an executable file is no configuration: "
		"'run.conf'\n"},
	    {"include a.conf",
		"1:9: error: left out, a file that includes itself or too many files: "
		"'a.conf'\n"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_include_finding(rows[i].line, rows[i].finding);
}

CASE(files_that_include_each_other_end)
{
	struct conf_fixture conf = {.diags = conf_diags_new()};
	struct conf_text *text;

	put("a.conf", "include b.conf\n");
	put("b.conf", "b\ninclude a.conf\n");
	assert_int_equal(conf_text_load("a.conf", conf.diags, &text), 0);
	assert_string_equal(lines_of(text), "b.conf:1 b|");
	assert_findings(&conf,
	    "2:9: error: left out, a file that includes itself or too many files: "
	    "'a.conf'\n");
	conf_text_free(text);
	conf_done(&conf);
}

CASE(a_main_file_that_cannot_be_read_is_an_error)
{
	struct conf_fixture conf = {.diags = conf_diags_new()};
	struct conf_text *text;

	assert_int_equal(conf_text_load("missing.conf", conf.diags, &text), -ENOENT);
	assert_findings(
	    &conf, "0:0: error: cannot be read: No such file or directory\n");
	conf_done(&conf);
	conf.diags = conf_diags_new();
	assert_int_equal(conf_text_load(".", conf.diags, &text), -EISDIR);
	conf_done(&conf);
}

CASE(lines_are_found_again_in_any_order)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text;
	size_t len;

	put("a.conf", "1\ninclude b.conf\n33\n444");
	put("b.conf", "b1\nb2\n");
	assert_int_equal(conf_text_load("a.conf", diags, &text), 0);
	struct conf_line_finder finder = {.text = text};
	static const struct {
		uint32_t file, line;
		const char *expected;
	} rows[] = {
	    {0, 4, "444"}, {0, 1, "1"}, {1, 2, "b2"}, {1, 1, "b1"}, {0, 3, "33"}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *line =
		    conf_line_find(&finder, rows[i].file, rows[i].line, &len);
		assert_non_null(line);
		assert_int_equal(len, strlen(rows[i].expected));
		assert_memory_equal(line, rows[i].expected, len);
	}
	assert_null(conf_line_find(&finder, 0, 5, &len));
	assert_null(conf_line_find(&finder, 0, 2, &len));
	assert_null(conf_line_find(&finder, 7, 1, &len));
	conf_text_free(text);
	conf_diags_free(diags);
}

CASE(a_text_survives_the_way_to_another_process)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text, *copy;
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(setenv("HAVEN_TEST", "value", 1), 0);
	put("a.conf", "1\ninclude b.conf\n${_ENV HAVEN_TEST}\n");
	put("b.conf", "b1\n");
	assert_int_equal(conf_text_load("a.conf", diags, &text), 0);
	assert_int_equal(conf_text_write(text, fd), 0);
	assert_int_equal(conf_text_read(fd, &copy), 0);
	assert_string_equal(
	    lines_of(copy), "a.conf:1 1|b.conf:1 b1|a.conf:3 ${_ENV HAVEN_TEST}|");
	assert_string_equal(conf_text_variable(copy, "HAVEN_TEST"), "value");
	assert_null(conf_text_variable(copy, "PATH"));
	assert_string_equal(copy->config_id, text->config_id);
	assert_true(copy->seed == text->seed);
	conf_text_free(copy);
	conf_text_free(text);
	conf_diags_free(diags);
	close(fd);
}

CASE(a_damaged_text_is_refused)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text, *copy;
	char bytes[512];
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(
	    conf_text_from_memory("a.conf", "one\ntwo\n", 8, diags, &text), 0);
	assert_int_equal(conf_text_write(text, fd), 0);
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);
	assert_true(len > 64 && len < (ssize_t)sizeof(bytes));
	for (ssize_t cut = 0; cut < len; cut++) {
		assert_int_equal(ftruncate(fd, cut), 0);
		assert_int_equal(conf_text_read(fd, &copy), -EBADMSG);
	}
	/* Every number made huge: lengths, counts, the index of a file. */
	for (ssize_t at = 0; at + 8 <= len; at += 1) {
		static const char huge[8] = "\xff\xff\xff\xff\xff\xff\xff\x7f";
		assert_int_equal(pwrite(fd, bytes, (size_t)len, 0), len);
		assert_int_equal(pwrite(fd, huge, 8, at), 8);
		if (conf_text_read(fd, &copy) == 0)
			conf_text_free(copy);
	}
	conf_text_free(text);
	conf_diags_free(diags);
	close(fd);
}

int
main(void)
{
#define FILES(test) \
	cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
	const struct CMUnitTest tests[] = {
	    FILES(includes_stand_where_they_are_written),
	    FILES(an_include_that_fails_is_a_finding_by_its_form),
	    FILES(files_that_include_each_other_end),
	    FILES(a_main_file_that_cannot_be_read_is_an_error),
	    FILES(lines_are_found_again_in_any_order),
	    FILES(a_text_survives_the_way_to_another_process),
	    cmocka_unit_test(a_damaged_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
