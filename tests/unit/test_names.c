/* SPDX-License-Identifier: Apache-2.0 */
/* test_names.c - enum <-> text, and how far two words are apart. */
#include "common/names.h"

#include "tests/unit/unit.h"

static const char *const table[] = {"one", NULL, "three"};

CASE(texts_are_found_by_value)
{
	assert_string_equal(names_text(table, COUNT_OF(table), 0), "one");
	assert_string_equal(names_text(table, COUNT_OF(table), 2), "three");
}

CASE(a_value_without_text_is_a_question_mark)
{
	assert_string_equal(names_text(table, COUNT_OF(table), 1), "?");
	assert_string_equal(names_text(table, COUNT_OF(table), 3), "?");
	assert_string_equal(names_text(table, COUNT_OF(table), SIZE_MAX), "?");
}

CASE(values_are_found_by_exact_text)
{
	assert_int_equal(names_find(table, COUNT_OF(table), "three"), 2);
	assert_int_equal(names_find(table, COUNT_OF(table), "Three"), -1);
	assert_int_equal(names_find(table, COUNT_OF(table), "thre"), -1);
	assert_int_equal(names_find(table, COUNT_OF(table), ""), -1);
}

CASE(distance_counts_edits)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} rows[] = {
	    /* clang-format off */
	    { "",          "",          0 },
	    { "",          "abc",       3 },
	    { "priority",  "priority",  0 },
	    { "priority",  "prority",   1 }, /* delete */
	    { "prority",   "priority",  1 }, /* insert */
	    { "priority",  "pryority",  1 }, /* replace */
	    { "priority",  "priorityx", 1 },
	    { "priority",  "proirity",  1 }, /* swap of neighbours */
	    { "ab",        "ba",        1 },
	    { "abcd",      "badc",      2 },
	    { "ca",        "abc",       3 }, /* a swapped pair is not edited again */
	    { "kitten",    "sitting",   3 },
	    { "abc",       "xyz",       3 },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(
		    names_distance(rows[i].a, rows[i].b, 10), rows[i].distance);
		assert_int_equal(
		    names_distance(rows[i].b, rows[i].a, 10), rows[i].distance);
	}
}

CASE(distance_above_the_limit_is_limit_and_one)
{
	assert_int_equal(names_distance("abc", "xyz", 2), 3);
	assert_int_equal(names_distance("abc", "xyz", 0), 1);
	assert_int_equal(names_distance("a", "abcdefgh", 2), 3);
}

CASE(very_long_words_are_equal_or_far_apart)
{
	static const char a[] =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const char b[] =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

	assert_int_equal(names_distance(a, b, 2), 3);
	assert_int_equal(names_distance(a, a, 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_are_found_by_value),
	    cmocka_unit_test(a_value_without_text_is_a_question_mark),
	    cmocka_unit_test(values_are_found_by_exact_text),
	    cmocka_unit_test(distance_counts_edits),
	    cmocka_unit_test(distance_above_the_limit_is_limit_and_one),
	    cmocka_unit_test(very_long_words_are_equal_or_far_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
