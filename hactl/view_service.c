/* SPDX-License-Identifier: Apache-2.0 */
/* view_service.c - virtual services and real servers. */
#include "hactl/columns.h"
#include "hactl/view.h"

static void
add_age(struct columns *columns, const json_t *object)
{
	char span[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", view_span(span, object, "for_ms"));
}

static void
print_and_free(
    struct columns *columns, FILE *to, const struct style *style, const char *what)
{
	size_t rows = columns_rows(columns);

	columns_print(columns, to, style);
	if (style->legend)
		fprintf(to, "\n%zu %s%s.\n", rows, what, rows == 1 ? "" : "s");
	columns_free(columns);
}

void
view_services(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "SERVICE", .flexible = true},
	    {.title = "ADDRESS", .flexible = true},
	    {.title = "STATE"},
	    {.title = "REALS", .align = COLUMN_RIGHT},
	    {.title = "WEIGHT", .align = COLUMN_RIGHT},
	    {.title = "NEED", .align = COLUMN_RIGHT},
	    {.title = "SINCE"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item) {
		const json_t *reals = json_object_get(item, "reals");

		view_add_text(columns, item, "name");
		view_add_text(columns, item, "address");
		view_add_state(columns, item);
		columns_add(columns, PAINT_NONE,
		    "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
		    view_integer(reals, "up", 0), view_integer(reals, "total", 0));
		view_add_text(columns, item, "up_weight");
		view_add_text(columns, item, "need");
		add_age(columns, item);
	}
	print_and_free(columns, to, style, "service");
}

static void
add_real(struct columns *columns, const json_t *item)
{
	static const char *const numbers[] = {
	    "weight", "effective", "active", "inactive"};

	view_add_text(columns, item, "vs");
	view_add_text(columns, item, "real");
	view_add_state(columns, item);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		view_add_text(columns, item, numbers[i]);
	view_add_text(columns, item, "check");
	add_age(columns, item);
}

void
view_reals(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "SERVICE", .flexible = true},
	    {.title = "REAL", .flexible = true},
	    {.title = "STATE"},
	    {.title = "WEIGHT", .align = COLUMN_RIGHT},
	    {.title = "EFF", .align = COLUMN_RIGHT},
	    {.title = "ACTIVE", .align = COLUMN_RIGHT},
	    {.title = "INACT", .align = COLUMN_RIGHT},
	    {.title = "CHECK", .flexible = true},
	    {.title = "SINCE"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		add_real(columns, item);
	print_and_free(columns, to, style, "real server");
}
