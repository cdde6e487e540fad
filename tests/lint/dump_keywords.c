/* SPDX-License-Identifier: Apache-2.0 */
/* dump_keywords.c - prints the table of the configuration language, tab-separated.
 *
 * Columns: block, keyword, aliases, arguments, type, default, range, unit, live
 * (yes/no), supported (yes/no), daemons (vrrpd, checkd, both), help. One line for each
 * block a keyword may stand in; empty columns are "-".
 */
#include <stdio.h>
#include "common/conf_schema.h"

static const char *
or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static void
print_row(enum conf_block block, const struct conf_row *row)
{
	static const char *const daemons[] = {"-", "vrrpd", "checkd", "both"};
	char range[128];
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
	    conf_schema_block(block)->title, row->name, or_dash(row->aliases),
	    or_dash(row->args), row->opens ? "block" : conf_type_name(row->type),
	    or_dash(row->fallback), or_dash(conf_row_range(row, range, sizeof(range))),
	    or_dash(row->unit), row->flags & CONF_LIVE ? "yes" : "no",
	    row->flags & CONF_DONE ? "yes" : "no", daemons[row->daemons & 3],
	    or_dash(row->help));
}

int
main(void)
{
	for (unsigned block = 0; block < CONF_BLOCK_COUNT_; block++) {
		const struct conf_row *row;
		for (size_t i = 0; (row = conf_schema_row(i)); i++)
			if (row->blocks & (UINT64_C(1) << block))
				print_row((enum conf_block)block, row);
	}
	return 0;
}
