/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash_table.c - what is put in is found, and only that. */
#include "common/hash_table.h"

#include "tests/unit/unit.h"

struct item {
	int key;
	struct hash_node node;
};

static struct item *
find(const struct hash_table *table, int key)
{
	struct hash_node *node;

	node = hash_table_first(table, hash_bytes(0, &key, sizeof(key)));
	for (; node != NULL; node = hash_table_next(node)) {
		struct item *item = hash_entry(node, struct item, node);

		if (item->key == key)
			return item;
	}
	return NULL;
}

CASE(an_empty_table_finds_nothing)
{
	struct hash_table table = {0};

	assert_null(hash_table_first(&table, 0));
	assert_null(find(&table, 1));
	hash_table_done(&table);
}

CASE(everything_is_found_while_the_table_grows_and_shrinks)
{
	enum { COUNT = 5000 };
	static struct item items[COUNT];
	struct hash_table table = {0};

	for (int i = 0; i < COUNT; i++) {
		items[i].key = i;
		assert_int_equal(hash_table_add(&table, &items[i].node,
				     hash_bytes(0, &i, sizeof(i))),
		    0);
	}
	for (int i = 0; i < COUNT; i += 2)
		hash_table_remove(&table, &items[i].node);
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(find(&table, i), i % 2 == 0 ? NULL : &items[i]);
	assert_int_equal(table.count, COUNT / 2);
	hash_table_done(&table);
}

CASE(nodes_with_the_same_hash_are_all_found)
{
	struct item a = {.key = 1}, b = {.key = 2}, c = {.key = 3}, other = {.key = 4};
	struct hash_table table = {0};
	int keys = 0;

	assert_int_equal(hash_table_add(&table, &a.node, 7), 0);
	assert_int_equal(hash_table_add(&table, &other.node, 7 + 64), 0);
	assert_int_equal(hash_table_add(&table, &b.node, 7), 0);
	assert_int_equal(hash_table_add(&table, &c.node, 7), 0);
	hash_table_remove(&table, &b.node);
	for (struct hash_node *node = hash_table_first(&table, 7); node != NULL;
	     node = hash_table_next(node))
		keys += hash_entry(node, struct item, node)->key;
	assert_int_equal(keys, 1 + 3);
	hash_table_done(&table);
}

CASE(neighbouring_addresses_spread_over_the_buckets)
{
	enum { ROOM = 256, FULLEST = 8 };
	unsigned fill[ROOM] = {0};

	for (unsigned i = 0; i < ROOM; i++) {
		unsigned char address[4] = {10, 0, 0, (unsigned char)i};

		fill[hash_bytes(3, address, sizeof(address)) % ROOM]++;
	}
	for (unsigned i = 0; i < ROOM; i++)
		assert_true(fill[i] <= FULLEST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_table_finds_nothing),
	    cmocka_unit_test(everything_is_found_while_the_table_grows_and_shrinks),
	    cmocka_unit_test(nodes_with_the_same_hash_are_all_found),
	    cmocka_unit_test(neighbouring_addresses_spread_over_the_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
