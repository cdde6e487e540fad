/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_op.c - moves that begin when the slice of time for it is over already. */
#include "vrrpd/vrrp_op.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/vrrp_ctl_fixture.h"
#include "vrrpd/vrrp_fields.h"

/* ---- a process that the kernel takes off the processor --------------------- */

int64_t __real_clock_now_us(void);
int64_t __wrap_clock_now_us(void);

static struct {
	unsigned pauses; /* before so many looks at the clock it was away */
	int64_t away_us; /* in all */
} preempted;

int64_t
__wrap_clock_now_us(void)
{
	if (preempted.pauses > 0) {
		preempted.pauses--;
		preempted.away_us += 2 * US_PER_MS;
	}
	return __real_clock_now_us() + preempted.away_us;
}

/* ---- cases ----------------------------------------------------------------- */

static void
send_line(int fd, const char *line)
{
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
}

/* The edit of another client comes while the moves begin, and the look at all
 * maintenances that follows must find the lease of this one. */
CASE(a_maintenance_has_its_lease_from_the_first_slice_on)
{
	int fd = connect_client("operator"), other = connect_client("admin");

	become_backup_of(&fake.routers[0], "192.0.2.12", 150);
	preempted.pauses = 500;
	send_line(fd, "{\"id\":1,\"method\":\"maintenance\",\"params\":"
		      "{\"action\":\"on\",\"target\":\"VI_1\",\"for_ms\":60000}}\n");
	send_line(other, "{\"id\":1,\"method\":\"apply\",\"params\":"
			 "{\"changes\":[{\"path\":\"instance/VI_2\","
			 "\"set\":{\"priority\":150}}]}}\n");
	json_decref(result_in(next(other)));
	preempted.pauses = 0;

	json_t *result = result_in(next(fd));

	assert_string_not_equal(text_of(result, "lease"), "");
	json_decref(result);
	assert_non_null(
	    layers_top(fake.engine.layers, "instance/VI_1", VRRP_FIELD_MAINTENANCE));
	hang_up(fd);
	hang_up(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_maintenance_has_its_lease_from_the_first_slice_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
