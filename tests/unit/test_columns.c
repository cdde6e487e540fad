/* SPDX-License-Identifier: Apache-2.0 */
/* test_columns.c - tables for people: widths, alignment, cutting, colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hactl/columns.h"

static const struct column heads[] = {
    {.title = "NAME", .flexible = true},
    {.title = "PRIO", .align = COLUMN_RIGHT},
    {.title = "REASON", .flexible = true},
};

/* Prints the table into fresh memory and frees it. */
static char *
print(struct columns *columns, const struct style *style)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	columns_print(columns, to, style);
	fclose(to);
	columns_free(columns);
	return text;
}

static void
assert_prints(struct columns *columns, const struct style *style, const char *expected)
{
	char *text = print(columns, style);

	assert_string_equal(text, expected);
	free(text);
}

static struct columns *
two_rows(void)
{
	struct columns *columns = columns_new(heads, 3);

	columns_add(columns, PAINT_NONE, "VI_%d", 1);
	columns_add(columns, PAINT_NONE, "100");
	columns_add(columns, PAINT_NONE, "link down");
	columns_add(columns, PAINT_NONE, "long_name");
	columns_add(columns, PAINT_NONE, "5");
	columns_add(columns, PAINT_NONE, "%s", "");
	return columns;
}

static void
columns_are_as_wide_as_their_widest_cell(void **state)
{
	const struct style style = {.legend = true};

	(void)state;
	assert_prints(two_rows(), &style,
	    "NAME       PRIO  REASON\n"
	    "VI_1        100  link down\n"
	    "long_name     5  -\n");
}

static void
without_legend_heads_take_no_room(void **state)
{
	const struct style style = {.legend = false};

	(void)state;
	assert_prints(two_rows(), &style,
	    "VI_1       100  link down\n"
	    "long_name    5  -\n");
}

static void
flexible_columns_are_cut_to_the_terminal(void **state)
{
	const struct style style = {.legend = false, .width = 23};

	(void)state;
	assert_prints(two_rows(), &style,
	    "VI_1      100  link do>\n"
	    "long_na>    5  -\n");
}

static void
columns_are_not_cut_beyond_recognition(void **state)
{
	const struct style style = {.legend = false, .width = 3};
	char *text = print(two_rows(), &style);

	(void)state;
	assert_non_null(strstr(text, "long_na>"));
	assert_non_null(strstr(text, "100"));
	free(text);
}

/* Addresses of one network begin alike. */
static void
column_may_keep_its_end(void **state)
{
	static const struct column addresses[] = {
	    {.title = "ADDRESS", .flexible = true, .keeps_end = true}, {.title = "UP"}};
	const struct style style = {.legend = true, .width = 15};
	struct columns *columns = columns_new(addresses, 2);

	(void)state;
	columns_add(columns, PAINT_NONE, "2001:db8:1:2::a1");
	columns_add(columns, PAINT_NONE, "yes");
	columns_add(columns, PAINT_NONE, "192.0.2.1");
	columns_add(columns, PAINT_NONE, "no");
	assert_prints(columns, &style,
	    "ADDRESS     UP\n"
	    "<8:1:2::a1  yes\n"
	    "192.0.2.1   no\n");
}

static void
characters_count_not_bytes(void **state)
{
	const struct style style = {.legend = true};
	struct columns *columns = columns_new(heads, 3);

	(void)state;
	columns_add(columns, PAINT_NONE, "gr\xc3\xbcn");
	columns_add(columns, PAINT_NONE, "1");
	columns_add(columns, PAINT_NONE, "x");
	assert_prints(columns, &style, "NAME  PRIO  REASON\ngr\xc3\xbcn     1  x\n");
}

static void
paint_does_not_move_the_columns(void **state)
{
	const struct style style = {.colour = true};
	struct columns *columns = columns_new(heads, 2);

	(void)state;
	columns_add(columns, PAINT_BAD, "FAULT");
	columns_add(columns, PAINT_NONE, "1");
	columns_add(columns, PAINT_GOOD, "M");
	columns_add(columns, PAINT_NONE, "22");
	assert_prints(columns, &style,
	    "\033[31mFAULT\033[0m   1\n"
	    "\033[32mM\033[0m      22\n");
}

static void
untitled_columns_may_be_empty_and_leave_no_blanks(void **state)
{
	static const struct column untitled[] = {{.title = ""}, {.title = ""}};
	const struct style style = {.legend = false};
	struct columns *columns = columns_new(untitled, 2);

	(void)state;
	columns_add(columns, PAINT_NONE, "a");
	columns_add(columns, PAINT_NONE, "%s", "");
	columns_add(columns, PAINT_NONE, "bb");
	columns_add(columns, PAINT_NONE, "c");
	assert_prints(columns, &style, "a\nbb  c\n");
}

static void
empty_table_is_its_head(void **state)
{
	const struct style style = {.legend = true};
	struct columns *columns = columns_new(heads, 3);

	(void)state;
	assert_int_equal(columns_rows(columns), 0);
	assert_prints(columns, &style, "NAME  PRIO  REASON\n");
	assert_null(columns_free(NULL));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
	    cmocka_unit_test(without_legend_heads_take_no_room),
	    cmocka_unit_test(flexible_columns_are_cut_to_the_terminal),
	    cmocka_unit_test(columns_are_not_cut_beyond_recognition),
	    cmocka_unit_test(column_may_keep_its_end),
	    cmocka_unit_test(characters_count_not_bytes),
	    cmocka_unit_test(paint_does_not_move_the_columns),
	    cmocka_unit_test(untitled_columns_may_be_empty_and_leave_no_blanks),
	    cmocka_unit_test(empty_table_is_its_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
