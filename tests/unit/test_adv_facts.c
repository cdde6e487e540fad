/* SPDX-License-Identifier: Apache-2.0 */
/* test_adv_facts.c - ancillary data: several messages, none, foreign ones, short ones.
 */
#include "vrrpd/adv_facts.h"

#include <string.h>
#include <time.h>
#include "common/units.h"
#include "tests/unit/unit.h"

static struct {
	_Alignas(struct cmsghdr) char room[512];
	size_t used;
} control;

static int
set_up(void **state __attribute__((unused)))
{
	memset(&control, 0, sizeof(control));
	return 0;
}

/* Appends a message that says its data has `len` bytes. */
static void
put(int level, int type, const void *data, size_t len)
{
	struct cmsghdr *cmsg = (void *)(control.room + control.used);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), data, len);
	control.used += CMSG_SPACE(len);
}

static void
put_hop_limit(int hops)
{
	put(IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
}

static void
put_destination(void)
{
	const struct in6_pktinfo info = {
	    .ipi6_addr = {{{0xff, 0x02, [15] = 0x12}}}, .ipi6_ifindex = 7};

	put(IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
}

static void
put_time(int64_t seconds, long ns)
{
	const struct timespec ts = {.tv_sec = seconds, .tv_nsec = ns};

	put(SOL_SOCKET, SCM_TIMESTAMPNS, &ts, sizeof(ts));
}

static struct adv_facts
read_all(void)
{
	struct msghdr msg = {
	    .msg_control = control.room, .msg_controllen = control.used};

	return adv_facts_read(&msg);
}

CASE(nothing_told_is_nothing_known)
{
	const struct adv_facts facts = read_all();

	assert_int_equal(facts.hop_limit, -1);
	assert_int_equal(facts.real_us, -1);
	assert_false(addr_is_set(&facts.destination));
}

CASE(all_three_are_found_in_any_order)
{
	static const char group[] = "ff02::12";
	char text[ADDR_TEXT_SIZE];

	for (int first = 0; first < 3; first++) {
		control.used = 0;
		for (int i = 0; i < 3; i++)
			switch ((first + i) % 3) {
			case 0:
				put_time(1000, 2000);
				break;
			case 1:
				put_destination();
				break;
			case 2:
				put_hop_limit(254);
				break;
			}

		const struct adv_facts facts = read_all();

		assert_int_equal(facts.hop_limit, 254);
		assert_int_equal(facts.real_us, 1000 * US_PER_S + 2);
		assert_string_equal(addr_format(text, &facts.destination), group);
	}
}

/* RFC 9568 5.1.2.3: without a hop limit there is no way to tell that it was 255. */
CASE(a_hop_limit_that_was_withheld_stays_unknown)
{
	put_time(1, 0);
	put_destination();
	assert_int_equal(read_all().hop_limit, -1);
}

CASE(messages_of_other_kinds_are_passed_over)
{
	const int other = 255;

	put(SOL_SOCKET, SCM_RIGHTS, &other, sizeof(other));
	put(IPPROTO_IP, IP_TTL, &other, sizeof(other));
	put_hop_limit(255);
	assert_int_equal(read_all().hop_limit, 255);
	assert_int_equal(read_all().real_us, -1);
}

CASE(a_message_cut_short_is_not_believed)
{
	const short half = 255;

	put(IPPROTO_IPV6, IPV6_HOPLIMIT, &half, sizeof(half));
	put(IPPROTO_IPV6, IPV6_PKTINFO, &half, sizeof(half));
	put(SOL_SOCKET, SCM_TIMESTAMPNS, &half, sizeof(half));

	const struct adv_facts facts = read_all();

	assert_int_equal(facts.hop_limit, -1);
	assert_int_equal(facts.real_us, -1);
	assert_false(addr_is_set(&facts.destination));
}

/* A length of zero must not make the walk stand still. */
CASE(a_length_that_lies_ends_the_walk)
{
	struct cmsghdr *first = (void *)control.room;

	put_hop_limit(255);
	put_time(1, 0);
	first->cmsg_len = 0;
	assert_int_equal(read_all().real_us, -1);
	first->cmsg_len = 100000;
	assert_int_equal(read_all().real_us, -1);
}

CASE(the_time_is_told_on_our_clock)
{
	const struct adv_moment moment = {
	    .now_us = 50 * US_PER_S, .real_us = 1000 * US_PER_S};
	const struct adv_facts facts = {.real_us = 990 * US_PER_S};

	assert_int_equal(adv_facts_time(&facts, &moment), 40 * US_PER_S);
}

CASE(a_packet_without_a_time_came_now)
{
	const struct adv_moment moment = {.now_us = 50, .real_us = 1000};
	const struct adv_facts facts = {.real_us = -1};

	assert_int_equal(adv_facts_time(&facts, &moment), 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(nothing_told_is_nothing_known, set_up),
	    cmocka_unit_test_setup(all_three_are_found_in_any_order, set_up),
	    cmocka_unit_test_setup(a_hop_limit_that_was_withheld_stays_unknown, set_up),
	    cmocka_unit_test_setup(messages_of_other_kinds_are_passed_over, set_up),
	    cmocka_unit_test_setup(a_message_cut_short_is_not_believed, set_up),
	    cmocka_unit_test_setup(a_length_that_lies_ends_the_walk, set_up),
	    cmocka_unit_test(the_time_is_told_on_our_clock),
	    cmocka_unit_test(a_packet_without_a_time_came_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
