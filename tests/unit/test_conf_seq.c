/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf_seq.c - the line generators ~SEQ and ~LST. */
#include "common/conf_seq.h"

#include <stdio.h>
#include <string.h>
#include "tests/unit/unit.h"

/* All values of a generator: rows end in ";", values of several names stand with "/".
 */
static const char *
values_of(const char *text)
{
	static char out[1024];
	struct conf_seq seq;
	size_t len = 0;

	out[0] = '\0';
	if (conf_seq_parse(text, strlen(text), &seq))
		return "refused";
	while (conf_seq_next(&seq) && len < sizeof(out) - 64) {
		for (size_t i = 0; i < seq.name_count; i++)
			len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%.*s",
			    i ? "/" : "", (int)seq.values[i].len, seq.values[i].text);
		len += (size_t)snprintf(out + len, sizeof(out) - len, ";");
	}
	return out;
}

CASE(generators_give_their_values_in_order)
{
	static const struct {
		const char *text, *values;
	} rows[] = {
	    /* clang-format off */
	    { "~SEQ(i, 3)",              "1;2;3;" },
	    { "~SEQ(i,5,7)",             "5;6;7;" },
	    { "~SEQ(i, 0, 4, 10)",       "0;4;8;" },
	    { "~SEQ(i, 3, -1, 1)",       "3;2;1;" },
	    { "~SEQ(i, -1, 1)",          "-1;0;1;" },
	    { "~SEQ(i, 0x0e, 0x10)",     "14;15;16;" },
	    { "~SEQ(i, 07, 010)",        "7;8;" },
	    { "~SEQx(i, 14, 17)",        "e;f;10;11;" },
	    { "~LST(x, a, b c , d)",     "a;b c;d;" },
	    { "~LST(x, a,, b)",          "a;;b;" },
	    { "~LST(x)",                 "" },
	    { "~LST({a,b},{1,2},{3,4})", "1/2;3/4;" },
	    { "~LST({a,b}, {1}, 2)",     "1/;2/;" },
	    { "~LST({a}, {1}, {2})",     "1;2;" },
	    /* clang-format on */
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(values_of(rows[i].text), rows[i].values) != 0)
			fail_msg("%s gives %s", rows[i].text, values_of(rows[i].text));
}

CASE(what_cannot_count_is_refused)
{
	static const char *const rows[] = {
	    "~SEQ(i)",
	    "~SEQ()",
	    "~SEQ(1, 2)",
	    "~SEQ(i, a)",
	    "~SEQ(i, 1, 2, 3, 4)",
	    "~SEQ(i, 1, 0, 3)",
	    "~SEQ(i, 3, 1)",
	    "~SEQ(i, 1, -1, 3)",
	    "~SEQ(i, 9999999999999999999999)",
	    "~SEQ({a,b}, 3)",
	    "~LST()",
	    "~LST({a,b}, {1,2,3})",
	    "~LST({a,1}, {1,2})",
	    "~LST({a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q}, {1})",
	    "~XYZ(a)",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(values_of(rows[i]), "refused") != 0)
			fail_msg("%s gives %s", rows[i], values_of(rows[i]));
}

CASE(a_generator_is_found_inside_a_line)
{
	const char *line = "a ~ ~SEQ b ~SEQ(i, 2) $i";
	size_t start = 0;

	assert_int_equal(conf_seq_find(line, strlen(line), &start), 10);
	assert_int_equal(start, 11);
	assert_int_equal(conf_seq_find(line, 15, &start), 0);
	assert_int_equal(conf_seq_find(line, 20, &start), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(generators_give_their_values_in_order),
	    cmocka_unit_test(what_cannot_count_is_refused),
	    cmocka_unit_test(a_generator_is_found_inside_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
