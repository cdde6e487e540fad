/* SPDX-License-Identifier: Apache-2.0 */
/* test_units.c - durations as text, in both directions. */
#include "common/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "tests/unit/unit.h"

CASE(durations_are_read_in_microseconds)
{
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
	    /* clang-format off */
	    { "0",           0 },
	    { "1",           1000000 },
	    { "0.25",        250000 },
	    { ".5",          500000 },
	    { "007",         7000000 },
	    { "0.000001",    1 },
	    { "0.0000010",   1 }, /* zeros lose nothing */
	    { "7us",         7 },
	    { "100ms",       100000 },
	    { "0.5ms",       500 },
	    { "1.5s",        1500000 },
	    { "1.5m",        90000000 },
	    { "2h",          7200000000 },
	    { "0.25h",       900000000 },
	    { "1d",          86400000000 },
	    { "1h30m",       5400000000 },
	    { "1d2h3m4s5ms6us", 93784005006 },
	    { "9223372036854775807us", INT64_MAX },
	    { "9223372036854.775807", INT64_MAX },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t us = -1;

		if (units_parse_duration(rows[i].text, &us) != 0 || us != rows[i].us)
			fail_msg("\"%s\" is %jd", rows[i].text, (intmax_t)us);
	}
}

CASE(what_is_no_duration_is_refused_and_leaves_the_result_alone)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
	    /* clang-format off */
	    { "",            -EINVAL },
	    { "s",           -EINVAL },
	    { ".",           -EINVAL },
	    { "5.",          -EINVAL },
	    { "-1",          -EINVAL },
	    { "+1",          -EINVAL },
	    { " 1",          -EINVAL },
	    { "1 ",          -EINVAL },
	    { "1x",          -EINVAL },
	    { "1e3",         -EINVAL },
	    { "0x10",        -EINVAL },
	    { "1,5",         -EINVAL },
	    { "1S",          -EINVAL },
	    { "1h30",        -EINVAL }, /* 30 what? */
	    { "30m1h",       -EINVAL },
	    { "1h1h",        -EINVAL },
	    { "1.5h30m",     -EINVAL },
	    { "1h1.5m",      -EINVAL },
	    { "0.0000001",   -EINVAL }, /* below a microsecond */
	    { "0.5us",       -EINVAL },
	    { "0.0001ms",    -EINVAL },
	    { "9223372036854775808us",  -ERANGE },
	    { "9223372036854.775808",   -ERANGE },
	    { "99999999999999999999",   -ERANGE },
	    { "106751991168d",          -ERANGE },
	    { "106751991d23h",          -ERANGE },
	    { "99999999999999999999x",  -EINVAL },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t us = -1;
		int r = units_parse_duration(rows[i].text, &us);

		if (r != rows[i].error || us != -1)
			fail_msg("\"%s\" gives %d, %jd", rows[i].text, r, (intmax_t)us);
	}
}

CASE(spans_are_written_with_at_most_two_units)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
	    /* clang-format off */
	    { -1,             "0s" },
	    { INT64_MIN,      "0s" },
	    { 0,              "0s" },
	    { 1,              "1us" },
	    { 999,            "999us" },
	    { 1000,           "1ms" },
	    { 612999,         "612ms" },
	    { 1000000,        "1s" },
	    { 3609000,        "3.6s" },
	    { 3619999,        "3.61s" },
	    { 59999999,       "59.99s" },
	    { 60000000,       "1m" },
	    { 192000000,      "3m12s" },
	    { 3599999999,     "59m59s" },
	    { 7860000000,     "2h11m" },
	    { 86400000000,    "1d" },
	    { 529200000000,   "6d3h" },
	    { INT64_MAX,      "106751991d4h" },
	    /* clang-format on */
	};
	char buf[UNITS_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(units_format_span(buf, rows[i].us), rows[i].text);
}

CASE(seconds_are_written_exactly)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
	    /* clang-format off */
	    { 0,         "0" },
	    { 1000000,   "1" },
	    { 10000,     "0.01" },
	    { 40950000,  "40.95" },
	    { 100000000, "100" },
	    { 1,         "0.000001" },
	    { -1500000,  "-1.5" },
	    { INT64_MIN, "-9223372036854.775808" },
	    /* clang-format on */
	};
	char buf[UNITS_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(
		    units_format_seconds(buf, rows[i].us), rows[i].text);
}

CASE(written_seconds_read_back_the_same)
{
	for (int64_t us = 1; us > 0 && us < INT64_MAX / 7; us = us * 7 + 3) {
		char buf[UNITS_TEXT_SIZE];
		int64_t again = -1;

		assert_int_equal(
		    units_parse_duration(units_format_seconds(buf, us), &again), 0);
		assert_true(again == us);
	}
}

CASE(wall_clock_is_written_as_rfc3339)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
	    /* clang-format off */
	    { 0,                 "1970-01-01T00:00:00.000000Z" },
	    { -1,                "1969-12-31T23:59:59.999999Z" },
	    { 951782400000000,   "2000-02-29T00:00:00.000000Z" },
	    { 951868800000000,   "2000-03-01T00:00:00.000000Z" },
	    { 1704067199000000,  "2023-12-31T23:59:59.000000Z" },
	    { 1763696462551377,  "2025-11-21T03:41:02.551377Z" },
	    { 4107542400000000,  "2100-03-01T00:00:00.000000Z" }, /* no leap year */
	    { 253402300799000000, "9999-12-31T23:59:59.000000Z" },
	    /* clang-format on */
	};
	char buf[UNITS_TEXT_SIZE];

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(
		    units_format_rfc3339(buf, rows[i].us), rows[i].text);
	/* The far ends only have to fit. */
	assert_true(strlen(units_format_rfc3339(buf, INT64_MIN)) < UNITS_TEXT_SIZE);
	assert_true(strlen(units_format_rfc3339(buf, INT64_MAX)) < UNITS_TEXT_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durations_are_read_in_microseconds),
	    cmocka_unit_test(
		what_is_no_duration_is_refused_and_leaves_the_result_alone),
	    cmocka_unit_test(spans_are_written_with_at_most_two_units),
	    cmocka_unit_test(seconds_are_written_exactly),
	    cmocka_unit_test(written_seconds_read_back_the_same),
	    cmocka_unit_test(wall_clock_is_written_as_rfc3339),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
