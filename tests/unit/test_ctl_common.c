/* SPDX-License-Identifier: Apache-2.0 */
/* test_ctl_common.c - the methods that every daemon has. */
#include "tests/unit/ctl_server_fixture.h"

#include <stdio.h>

#include "common/ctl_events.h"
#include "common/ctl_server_internal.h"

static void
list_goes_in_pages(void **state)
{
	struct client c = connect_to(*state, "public.sock");
	json_int_t at = 0, seen = 0;
	char text[128];

	do {
		(void)snprintf(text, sizeof(text),
		    "{\"id\":1,\"method\":\"list\",\"params\":{\"type\":\"thing\","
		    "\"next\":%d}}\n",
		    (int)at);
		say(&c, text);
		json_t *result = result_of(&c, 1);
		assert_int_equal(
		    json_integer_value(json_object_get(result, "total")), 600);
		seen += (json_int_t)json_array_size(json_object_get(result, "items"));
		at = json_integer_value(json_object_get(result, "next"));
		json_decref(result);
	} while (at != 0);
	assert_int_equal(seen, 600);
	say(&c,
	    "{\"id\":2,\"method\":\"list\",\"params\":{\"type\":\"thing\",\"next\":900}}\n");
	json_t *result = result_of(&c, 2);
	assert_null(json_object_get(result, "next"));
	json_decref(result);
	say(&c, "{\"id\":3,\"method\":\"list\",\"params\":{\"type\":\"thnig\"}}\n");
	assert_error(&c, "invalid_params");
	hang_up(&c);
}

static void
object_is_found_by_path_and_by_name_alone(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"get\",\"params\":{\"path\":\"thing/a/b\"}}\n");
	assert_result(&c, 1);
	say(&c, "{\"id\":2,\"method\":\"get\",\"params\":{\"path\":\"a/b\"}}\n");
	assert_result(&c, 2);
	say(&c, "{\"id\":3,\"method\":\"get\",\"params\":{\"path\":\"thing/c\"}}\n");
	assert_error(&c, "not_found");
	say(&c, "{\"id\":4,\"method\":\"explain\",\"params\":{\"path\":\"a/b\"}}\n");
	assert_error(&c, "not_found");
	hang_up(&c);
}

static void
description_names_every_method(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"describe\"}\n");
	json_t *result = result_of(&c, 1);
	json_t *described = json_object_get(result, "methods");
	for (const struct ctl_method *row = methods; row->name != NULL; row++)
		assert_non_null(json_object_get(described, row->name));
	for (const struct ctl_method *row = ctl_common_methods; row->name != NULL;
	     row++)
		assert_non_null(json_object_get(described, row->name));
	json_decref(result);
	hang_up(&c);
}

static void
description_names_every_event(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"describe\"}\n");
	json_t *result = result_of(&c, 1);
	json_t *described = json_object_get(result, "events");
	assert_int_equal(json_object_size(described), 2);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(described, "thing.done"), "help")),
	    "something was done");
	assert_non_null(json_object_get(described, "part.done"));
	json_decref(result);
	hang_up(&c);
}

static void
status_and_clients_and_versions_are_told(void **state)
{
	struct client c = connect_to(*state, "public.sock");

	say(&c, "{\"id\":1,\"method\":\"status\"}\n{\"id\":2,\"method\":\"clients\"}\n"
		"{\"id\":3,\"method\":\"session.hello\",\"params\":{\"major\":1}}\n"
		"{\"id\":4,\"method\":\"session.hello\",\"params\":{\"major\":2}}\n");
	json_t *status = result_of(&c, 1);
	assert_string_equal(json_string_value(json_object_get(status, "role")), "read");
	assert_string_equal(
	    json_string_value(json_object_get(status, "version")), "1.2.3");
	json_decref(status);
	json_t *clients = result_of(&c, 2);
	assert_int_equal(json_array_size(json_object_get(clients, "items")), 1);
	json_decref(clients);
	assert_result(&c, 3);
	assert_error(&c, "unsupported_version");
	hang_up(&c);
}

static void
log_tells_the_last_events_and_readers_not_who(void **state)
{
	struct fixture *f = *state;
	const struct ctl_cause cause = {.by_client = true, .uid = 7};
	struct client admin = connect_to(f, "control.sock");
	struct client reader = connect_to(f, "public.sock");
	const char *line = "{\"id\":\"a\\\"b\",\"method\":\"log.tail\","
			   "\"params\":{\"count\":2}}\n";

	for (int i = 1; i <= 3; i++)
		ctl_publish(f->server, "thing.done", "thing/x", i == 3 ? &cause : NULL,
		    NULL, json_pack("{s:i}", "number", i));
	for (int i = 0; i < 2; i++) {
		struct client *c = i == 0 ? &admin : &reader;

		say(c, line);
		json_t *answer = next(c);
		json_t *result = json_object_get(answer, "result");
		json_t *items = json_object_get(result, "items");
		assert_string_equal(
		    json_string_value(json_object_get(answer, "id")), "a\"b");
		assert_int_equal(json_integer_value(json_object_get(result, "seq")), 3);
		assert_int_equal(json_array_size(items), 2);
		json_t *last = json_array_get(items, 1);
		assert_int_equal(json_integer_value(json_object_get(last, "seq")), 3);
		assert_int_equal(json_object_get(last, "cause") != NULL, i == 0);
		json_decref(answer);
	}
	hang_up(&admin);
	hang_up(&reader);
}

/* Asks for a subscription called `name`. */
static void
subscribe(struct client *c, const char *name)
{
	char text[128];

	(void)snprintf(text, sizeof(text),
	    "{\"id\":1,\"method\":\"subscribe\",\"params\":{\"sub\":\"%s\","
	    "\"snapshot\":\"never\"}}\n",
	    name);
	say(c, text);
}

static void
subscription_needs_a_name_of_its_own(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct client c = connect_to(*state, "public.sock");

	subscribe(&c, "a");
	assert_result(&c, 1);
	subscribe(&c, "a");
	json_t *answer = next(&c);
	json_t *data = json_object_get(json_object_get(answer, "error"), "data");
	assert_string_equal(
	    json_string_value(json_object_get(data, "name")), "invalid_params");
	assert_string_equal(
	    json_string_value(json_object_get(data, "path")), "params.sub");
	json_decref(answer);
	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
		subscribe(&c, names[i]);
		assert_result(&c, 1);
	}
	subscribe(&c, "e");
	assert_error(&c, "too_many");
	hang_up(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(log_tells_the_last_events_and_readers_not_who),
	    TEST(list_goes_in_pages),
	    TEST(object_is_found_by_path_and_by_name_alone),
	    TEST(description_names_every_method),
	    TEST(description_names_every_event),
	    TEST(status_and_clients_and_versions_are_told),
	    TEST(subscription_needs_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
