/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_schema.c - the table of the language is whole and without contradiction. */
#include "common/conf_schema.h"

#include <string.h>
#include "common/conf_value.h"
#include "tests/unit/unit.h"

static size_t
row_count(void)
{
	size_t count = 0;
	while (conf_schema_row(count))
		count++;
	return count;
}

CASE(every_row_fits_into_arrays_by_number)
{
	struct conf_index *index = conf_index_new();
	size_t count = row_count();

	assert_non_null(index);
	assert_true(count > 400 && count < CONF_ROWS_MAX);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(conf_index_number(index, conf_schema_row(i)), i);
	conf_index_free(index);
}

CASE(every_row_says_what_it_is)
{
	const struct conf_row *row;

	for (size_t i = 0; (row = conf_schema_row(i)); i++) {
		if (!row->help || !row->help[0] || !row->args || !row->blocks ||
		    !row->daemons)
			fail_msg("%s is incomplete", row->name);
		if (row->help[strlen(row->help) - 1] != '.')
			fail_msg("%s: the help is no sentence", row->name);
		if (row->args_min > row->args_max)
			fail_msg("%s: more arguments needed than allowed", row->name);
		if ((row->type == CONF_TYPE_NONE) != (row->args_max == 0))
			fail_msg("%s: type and arguments differ", row->name);
		if (row->type == CONF_TYPE_CHOICE && !row->choices)
			fail_msg("%s: a choice of nothing", row->name);
		if (row->min > row->max)
			fail_msg("%s: empty range", row->name);
	}
}

CASE(every_spelling_is_found_once_in_its_block)
{
	struct conf_index *index = conf_index_new();
	const struct conf_row *row;

	assert_non_null(index);
	for (size_t i = 0; (row = conf_schema_row(i)); i++) {
		for (unsigned block = 0; block < CONF_BLOCK_COUNT_; block++) {
			if (!(row->blocks & (UINT64_C(1) << block)))
				continue;
			/* A second row of that name would hide behind the first. */
			if (conf_index_find(index, (enum conf_block)block, row->name,
				strlen(row->name)) != row)
				fail_msg("%s stands twice in %s", row->name,
				    conf_schema_block((enum conf_block)block)->title);
			assert_ptr_equal(
			    conf_schema_find((enum conf_block)block, row->name), row);
		}
	}
	conf_index_free(index);
}

CASE(aliases_lead_to_their_row)
{
	static const struct {
		enum conf_block block;
		const char *alias, *name;
	} rows[] = {
	    {CONF_BLOCK_ROOT, "vrrp_track_file", "track_file"},
	    {CONF_BLOCK_VS, "lvs_sched", "lb_algo"},
	    {CONF_BLOCK_ADDRESS_LINE, "broadcast", "brd"},
	    {CONF_BLOCK_RULE_LINE, "order", "preference"},
	    {CONF_BLOCK_RULE_LINE, "priority", "preference"},
	    {CONF_BLOCK_BFD, "neighbour_ip", "neighbor_ip"},
	};
	struct conf_index *index = conf_index_new();

	assert_non_null(index);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct conf_row *row = conf_index_find(
		    index, rows[i].block, rows[i].alias, strlen(rows[i].alias));
		assert_non_null(row);
		assert_string_equal(row->name, rows[i].name);
	}
	assert_null(conf_index_find(index, CONF_BLOCK_VS, "lvs_sche", 8));
	assert_null(conf_index_find(index, CONF_BLOCK_RS, "lvs_sched", 9));
	conf_index_free(index);
}

CASE(every_block_has_a_title_and_a_keyword_that_opens_it)
{
	for (unsigned i = 0; i < CONF_BLOCK_COUNT_; i++) {
		enum conf_block block = (enum conf_block)i;
		const struct conf_row *row = NULL;
		assert_non_null(conf_schema_block(block)->title);
		if (block == CONF_BLOCK_ROOT || conf_schema_is_line(block))
			continue;
		for (size_t n = 0; (row = conf_schema_row(n)); n++)
			if (row->opens == block)
				break;
		if (!row)
			fail_msg("nothing opens %s", conf_schema_block(block)->title);
	}
}

CASE(defaults_that_are_numbers_are_in_range)
{
	const struct conf_row *row;
	size_t checked = 0;

	for (size_t i = 0; (row = conf_schema_row(i)); i++) {
		int64_t number;
		struct conf_value value;
		/* 0 often means "off", which needs no range. */
		if (!row->fallback || row->type != CONF_TYPE_INT ||
		    conf_value_parse_int(row->fallback, &number) || number == 0)
			continue;
		conf_value_check(row, row->fallback, strlen(row->fallback), &value);
		if (value.verdict != CONF_VALUE_GOOD)
			fail_msg("%s: default %s", row->name, row->fallback);
		checked++;
	}
	assert_true(checked > 20);
}

CASE(ranges_read_as_the_manual_writes_them)
{
	char buf[128];

	assert_string_equal(
	    conf_row_range(
		conf_schema_find(CONF_BLOCK_INSTANCE, "priority"), buf, sizeof(buf)),
	    "1..255");
	assert_string_equal(
	    conf_row_range(
		conf_schema_find(CONF_BLOCK_INSTANCE, "advert_int"), buf, sizeof(buf)),
	    "0.01..255");
	assert_string_equal(
	    conf_row_range(
		conf_schema_find(CONF_BLOCK_INSTANCE, "state"), buf, sizeof(buf)),
	    "MASTER BACKUP");
	assert_string_equal(conf_row_range(conf_schema_find(CONF_BLOCK_BFD, "idle_tx"),
				buf, sizeof(buf)),
	    "1000..4294967295");
	assert_string_equal(
	    conf_row_range(
		conf_schema_find(CONF_BLOCK_INSTANCE, "nopreempt"), buf, sizeof(buf)),
	    "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_fits_into_arrays_by_number),
	    cmocka_unit_test(every_row_says_what_it_is),
	    cmocka_unit_test(every_spelling_is_found_once_in_its_block),
	    cmocka_unit_test(aliases_lead_to_their_row),
	    cmocka_unit_test(every_block_has_a_title_and_a_keyword_that_opens_it),
	    cmocka_unit_test(defaults_that_are_numbers_are_in_range),
	    cmocka_unit_test(ranges_read_as_the_manual_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
