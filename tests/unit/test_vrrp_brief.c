/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_brief.c - what of an instance subscribers have not been told. */
#include "tests/unit/unit.h"

#include "vrrpd/vrrp_brief.h"

#define SECOND INT64_C(1000000)

static char name[] = "VI_1";

struct router {
	struct vrrp_instance_conf conf;
	struct vrrp_fsm fsm;
	struct vrrp_view view;
	struct vrrp_told *told;
};

static int
setup(void **state)
{
	static struct router r;

	r = (struct router){
	    .conf = {.name = name,
		.ifname = "eth0",
		.family = AF_INET,
		.vrid = 51,
		.version = 3,
		.priority = 100,
		.advert_int_us = SECOND},
	    .fsm = {.state = VRRP_STATE_MASTER,
		.since_us = 5 * SECOND,
		.params = {.version = 3, .priority = 100, .advert_int_us = SECOND}},
	    .view = {.now_us = 10 * SECOND, .reason = "took over"},
	};
	r.view.conf = &r.conf;
	r.view.fsm = &r.fsm;
	r.view.layers = layers_new();
	assert_non_null(r.view.layers);
	*state = &r;
	return 0;
}

static int
teardown(void **state)
{
	const struct router *r = *state;

	free(r->told);
	layers_free((struct layers *)(uintptr_t)r->view.layers);
	return 0;
}

/* What is news of these members, as text. */
static void
assert_news(struct router *r, uint32_t members, uint32_t keep, const char *expected)
{
	json_t *object = vrrp_brief_json(&r->view, members);
	char *text;

	vrrp_told_sift(&r->told, object, keep);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(object);
}

static void
nothing_is_news_before_anybody_has_a_picture(void **state)
{
	struct router *r = *state;
	const uint32_t role = VRRP_MEMBER_BIT(VRRP_MEMBER_STATE);

	assert_news(r, role, 0, "{}");
	r->fsm.state = VRRP_STATE_BACKUP;
	assert_news(r, role, role, "{\"state\":\"BACKUP\"}");
	assert_null(r->told);
	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
	assert_non_null(r->told);
}

static void
every_member_that_differs_is_news_once(void **state)
{
	struct router *r = *state;

	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
	r->conf.vrid = 52;
	r->view.vips_set = 1;
	assert_news(
	    r, VRRP_MEMBERS_ALL, 0, "{\"vips\":{\"want\":0,\"set\":1},\"vrid\":52}");
	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
}

static void
what_an_event_told_is_no_news_any_more(void **state)
{
	struct router *r = *state;
	const uint32_t effective = VRRP_MEMBER_BIT(VRRP_MEMBER_EFFECTIVE);

	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
	r->fsm.params.priority = 1;
	assert_news(r, effective, effective, "{\"effective\":1}");
	assert_news(r, effective, effective, "{\"effective\":1}");
	json_t *rest = vrrp_brief_json(&r->view, VRRP_MEMBERS_ALL);
	vrrp_told_sift(&r->told, rest, 0);
	assert_null(json_object_get(rest, "effective"));
	assert_int_equal(
	    json_integer_value(json_object_get(rest, "master_priority")), 1);
	json_decref(rest);
}

static void
time_that_passes_is_no_news(void **state)
{
	struct router *r = *state;

	r->view.move = (struct vrrp_view_move){
	    .kind = "failover", .since_us = SECOND, .until_us = 20 * SECOND};
	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
	r->view.now_us += SECOND;
	r->view.wall_us += SECOND;
	assert_news(r, VRRP_MEMBERS_ALL, 0, "{}");
	r->view.move.until_us += SECOND;
	json_t *news = vrrp_brief_json(&r->view, VRRP_MEMBERS_ALL);
	vrrp_told_sift(&r->told, news, 0);
	assert_int_equal(json_object_size(news), 1);
	assert_int_equal(json_integer_value(
			     json_object_get(json_object_get(news, "move"), "left_ms")),
	    10000);
	json_decref(news);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_is_news_before_anybody_has_a_picture),
	    TEST(every_member_that_differs_is_news_once),
	    TEST(what_an_event_told_is_no_news_any_more),
	    TEST(time_that_passes_is_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
