/* SPDX-License-Identifier: Apache-2.0 */
/* test_engine_repair.c - a repair tells of what was done, and of nothing else. */
#include "vrrpd/engine_repair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "tests/unit/unit.h"
#include "vrrpd/engine.h"
#include "vrrpd/vip_survey.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_pending.h"

/* ---- a kernel that answers when the test says so ---------------------------- */

struct vip_survey {
	const struct vip_survey_ops *ops;
	void *userdata;
};

static struct {
	struct engine engine;
	struct vip_survey survey;
	int64_t ahead_us; /* of the clock */
	uint64_t compared;
	unsigned corrected, removed;
	bool wanted; /* the stray is wanted by now */
	unsigned answers;
	int error;
	json_t *told;
} fake;

static const struct link_addr stray = {.ifindex = 3};

int64_t __real_clock_now_us(void);
int64_t __wrap_clock_now_us(void);

int64_t
__wrap_clock_now_us(void)
{
	return __real_clock_now_us() + fake.ahead_us;
}

int
vip_survey_new(struct vip_table *table, sd_event *event,
    const struct vip_survey_ops *ops, void *userdata, struct vip_survey **ret)
{
	(void)table;
	(void)event;
	fake.survey = (struct vip_survey){.ops = ops, .userdata = userdata};
	*ret = &fake.survey;
	return 0;
}

struct vip_survey *
vip_survey_free(struct vip_survey *survey)
{
	(void)survey;
	return NULL;
}

void
vip_survey_correct(struct vip_survey *survey)
{
	(void)survey;
	fake.corrected++;
}

void
vip_survey_each_missing(struct vip_survey *survey,
    void (*fn)(void *userdata, void *owner, const struct prefix *prefix, bool present),
    void *userdata)
{
	(void)survey;
	(void)fn;
	(void)userdata;
}

void
vip_survey_each_stray(const struct vip_survey *survey,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	(void)survey;
	if (!fake.wanted)
		fn(userdata, &stray);
}

size_t
vip_table_remove_leftovers(struct vip_table *table)
{
	(void)table;
	fake.removed++;
	return 1;
}

bool
vip_table_is_busy(const struct vip_table *table)
{
	(void)table;
	return false;
}

uint64_t
link_mon_compare(struct link_mon *mon)
{
	(void)mon;
	return 1;
}

struct link_mon_stats
link_mon_stats(const struct link_mon *mon)
{
	(void)mon;
	return (struct link_mon_stats){.compared = fake.compared};
}

const struct link *
link_mon_by_index(const struct link_mon *mon, int ifindex)
{
	(void)mon;
	(void)ifindex;
	return NULL;
}

json_t *
vrrp_pending_all(const struct engine *engine)
{
	(void)engine;
	return json_array();
}

const char *
vrrp_json_path(char buf[VRRP_PATH_SIZE], const char *name)
{
	(void)name;
	buf[0] = '\0';
	return buf;
}

/* ---- cases ------------------------------------------------------------------ */

static void
on_repaired(void *userdata, int error, json_t *told)
{
	(void)userdata;
	fake.answers++;
	fake.error = error;
	fake.told = told;
}

static void
begin(bool dry_run)
{
	assert_int_equal(engine_repair(&fake.engine, dry_run, on_repaired, NULL), 0);
}

/* The listing is there, with a stray. */
static void
end_survey(void)
{
	const struct vip_survey *survey = &fake.survey;

	survey->ops->found(survey->userdata, VIP_DRIFT_STRAY, NULL, &stray, NULL);
	survey->ops->done(survey->userdata, 0, 4);
}

static void
wait_for_answer(void)
{
	while (fake.answers == 0)
		assert_true(sd_event_run(fake.engine.event, US_PER_S) > 0);
}

static json_int_t
removed_in_answer(void)
{
	json_t *counts = json_object_get(fake.told, "counts");

	return json_integer_value(json_object_get(counts, "removed_stray"));
}

CASE(what_is_found_is_done_and_told)
{
	begin(false);
	fake.compared = 1;
	end_survey();
	wait_for_answer();
	assert_int_equal(fake.error, 0);
	assert_int_equal(fake.corrected, 1);
	assert_int_equal(fake.removed, 1);
	assert_int_equal(removed_in_answer(), 1);
}

CASE(a_dry_run_tells_what_would_be_done)
{
	begin(true);
	end_survey();
	assert_int_equal(fake.answers, 1);
	assert_int_equal(fake.removed, 0);
	assert_int_equal(removed_in_answer(), 1);
}

/* Nothing was put right, so nothing is told as put right. */
CASE(a_comparison_that_takes_too_long_is_an_error)
{
	begin(false);
	end_survey();
	fake.ahead_us = 10 * US_PER_S;
	wait_for_answer();
	assert_int_equal(fake.error, -ETIMEDOUT);
	assert_null(fake.told);
	assert_int_equal(fake.corrected + fake.removed, 0);
}

CASE(what_a_reload_made_wanted_meanwhile_is_not_told_as_removed)
{
	begin(false);
	end_survey();
	fake.wanted = true;
	fake.compared = 1;
	wait_for_answer();
	assert_int_equal(fake.error, 0);
	assert_int_equal(removed_in_answer(), 0);
}

/* ---- the fixture ------------------------------------------------------------ */

static int
setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	return sd_event_new(&fake.engine.event) < 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(fake.told);
	sd_event_unref(fake.engine.event);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_found_is_done_and_told),
	    TEST(a_dry_run_tells_what_would_be_done),
	    TEST(a_comparison_that_takes_too_long_is_an_error),
	    TEST(what_a_reload_made_wanted_meanwhile_is_not_told_as_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
