/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_packet_check.c - advertisements against what a virtual router expects. */
#include "vrrpd/vrrp_packet.h"

#include <string.h>
#include "common/units.h"
#include "tests/unit/unit.h"
#include "tests/unit/vrrp_samples.h"

/* A virtual router for which `s` is just right. */
static struct vrrp_expect
expecting(const struct sample *s)
{
	struct vrrp_advert a = decoded(s);
	struct vrrp_expect e = {
	    .version = a.version,
	    .advert_int_us = a.advert_int_us,
	    .auth_type = a.auth_type,
	    .own_source = an_address(s->ipv6 ? "fe80::1" : "192.0.2.1"),
	    .destination = an_address(s->ipv6 ? "ff02::12" : "224.0.0.18"),
	    .address_count = a.address_count,
	    .addresses = a.addresses,
	};

	memcpy(e.auth_data, a.auth_data, VRRP_AUTH_LEN);
	return e;
}

static enum vrrp_drop
check(const struct sample *s, const struct vrrp_expect *e, bool *differs)
{
	struct vrrp_packet_meta meta = meta_of(s);
	struct vrrp_advert a = decoded(s);

	return vrrp_packet_check(&a, &meta, e, differs);
}

static enum vrrp_drop
check_advert(const struct vrrp_advert *a, const struct vrrp_expect *e)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	bool differs;

	return vrrp_packet_check(a, &meta, e, &differs);
}

CASE(what_is_expected_is_taken)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_expect e = expecting(&samples[i]);
		bool differs = true;

		assert_int_equal(check(&samples[i], &e, &differs), VRRP_DROP_NONE);
		assert_false(differs);
	}
}

CASE(the_version_must_be_ours)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_expect e = expecting(&samples[i]);
		bool differs;

		e.version = (uint8_t)(5 - e.version);
		assert_int_equal(check(&samples[i], &e, &differs), VRRP_DROP_VERSION);
	}
}

CASE(our_own_source_is_refused)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_expect e = expecting(&samples[i]);
		bool differs;

		e.own_source = meta_of(&samples[i]).source;
		assert_int_equal(
		    check(&samples[i], &e, &differs), VRRP_DROP_OWN_SOURCE);
		e.own_source = (struct addr){0};
		assert_int_equal(check(&samples[i], &e, &differs), VRRP_DROP_NONE);
	}
}

CASE(another_destination_is_refused)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_expect e = expecting(&samples[i]);
		bool differs;

		e.destination = an_address(samples[i].ipv6 ? "ff02::13" : "192.0.2.1");
		assert_int_equal(
		    check(&samples[i], &e, &differs), VRRP_DROP_DESTINATION);
	}
}

/* RFC 3768 7.1. */
CASE(v2_refuses_every_authentication_type_but_its_own)
{
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);

	for (unsigned type = 1; type < 256; type++) {
		struct vrrp_advert a = decoded(&samples[SAMPLE_V2]);

		a.auth_type = (uint8_t)type;
		assert_int_equal(check_advert(&a, &e), VRRP_DROP_AUTH_TYPE);
		/* A type that nothing here can verify is no better when expected. */
		if (type != VRRP_AUTH_PASS) {
			struct vrrp_expect same = e;

			same.auth_type = (uint8_t)type;
			assert_int_equal(check_advert(&a, &same), VRRP_DROP_AUTH_TYPE);
		}
	}
}

CASE(v2_wants_the_password_to_its_last_byte)
{
	for (size_t i = 0; i < VRRP_AUTH_LEN; i++) {
		struct vrrp_expect e = expecting(&samples[SAMPLE_V2_PASS]);
		struct vrrp_advert a = decoded(&samples[SAMPLE_V2_PASS]);

		e.auth_data[i] ^= 1;
		assert_int_equal(check_advert(&a, &e), VRRP_DROP_AUTH_DATA);
	}
}

CASE(v2_without_password_does_not_answer_to_one)
{
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2_PASS]);
	struct vrrp_advert a = decoded(&samples[SAMPLE_V2_PASS]);

	e.auth_type = VRRP_AUTH_NONE;
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_AUTH_TYPE);
	e.auth_type = VRRP_AUTH_PASS;
	a.auth_type = VRRP_AUTH_NONE;
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_AUTH_TYPE);
}

/* RFC 3768 5.3.10. */
CASE(junk_in_the_auth_field_of_type_0_is_ignored)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);
	uint8_t bytes[V2_LEN];
	struct vrrp_advert a;

	memcpy(bytes, samples[SAMPLE_V2].bytes, sizeof(bytes));
	memset(bytes + 12, 0xa5, VRRP_AUTH_LEN);
	fix_checksum(bytes, sizeof(bytes), &meta);
	assert_int_equal(
	    vrrp_packet_decode(bytes, sizeof(bytes), &meta, &a, NULL), VRRP_DROP_NONE);
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_NONE);
}

/* RFC 3768 7.1 against RFC 9568 7.1. */
CASE(another_interval_is_refused_in_v2_and_taken_in_v3)
{
	for (size_t i = 0; i < SAMPLE_COUNT_; i++) {
		struct vrrp_expect e = expecting(&samples[i]);
		bool differs;

		e.advert_int_us += US_PER_S;
		assert_int_equal(check(&samples[i], &e, &differs),
		    e.version == 2 ? VRRP_DROP_INTERVAL : VRRP_DROP_NONE);
	}
}

CASE(another_address_list_is_refused_in_v2_and_told_in_v3)
{
	static const uint8_t other[] = {192, 0, 2, 100, 192, 0, 2, 102, [31] = 0};

	for (size_t i = 0; i < SAMPLE_COUNT_; i++)
		for (uint8_t count = 0; count <= 2; count++) {
			struct vrrp_expect e = expecting(&samples[i]);
			bool differs = false;

			if (e.address_count == 1 && count == 1)
				continue; /* would be the same */
			e.addresses = other;
			e.address_count = count;
			assert_int_equal(check(&samples[i], &e, &differs),
			    e.version == 2 ? VRRP_DROP_ADDRESS_LIST : VRRP_DROP_NONE);
			assert_true(differs);
		}
}

/* RFC 3768 7.1: unless the packet came from the owner. */
CASE(v2_takes_another_list_from_the_owner)
{
	struct vrrp_packet_meta meta = meta_ipv4();
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);
	struct vrrp_advert a = decoded(&samples[SAMPLE_V2]);
	bool differs = false;

	e.address_count = 0;
	a.priority = VRRP_PRIORITY_OWNER;
	assert_int_equal(vrrp_packet_check(&a, &meta, &e, &differs), VRRP_DROP_NONE);
	assert_true(differs);
}

CASE(the_order_of_addresses_does_not_matter_but_their_number_does)
{
	static const uint8_t ours[] = {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3};
	static const uint8_t turned[] = {10, 0, 0, 3, 10, 0, 0, 1, 10, 0, 0, 2};
	static const uint8_t twice[] = {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 2};
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);
	struct vrrp_advert a = decoded(&samples[SAMPLE_V2]);

	e.address_count = a.address_count = 3;
	e.addresses = ours;
	a.addresses = turned;
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_NONE);
	a.addresses = twice;
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_ADDRESS_LIST);
	e.addresses = twice;
	a.addresses = ours;
	assert_int_equal(check_advert(&a, &e), VRRP_DROP_ADDRESS_LIST);
}

CASE(one_other_address_anywhere_in_the_list_is_noticed)
{
	static const uint8_t ours[] = {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3};
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);
	struct vrrp_advert a = decoded(&samples[SAMPLE_V2]);

	e.address_count = a.address_count = 3;
	e.addresses = ours;
	for (size_t i = 0; i < sizeof(ours); i++) {
		uint8_t other[sizeof(ours)];

		memcpy(other, ours, sizeof(ours));
		other[i] ^= 0x80;
		a.addresses = other;
		assert_int_equal(check_advert(&a, &e), VRRP_DROP_ADDRESS_LIST);
	}
}

CASE(a_list_is_not_told_of_when_another_check_refused)
{
	struct vrrp_expect e = expecting(&samples[SAMPLE_V2]);
	bool differs = false;

	e.address_count = 0;
	e.advert_int_us = 2 * US_PER_S;
	assert_int_equal(check(&samples[SAMPLE_V2], &e, &differs), VRRP_DROP_INTERVAL);
	assert_false(differs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_expected_is_taken),
	    cmocka_unit_test(the_version_must_be_ours),
	    cmocka_unit_test(our_own_source_is_refused),
	    cmocka_unit_test(another_destination_is_refused),
	    cmocka_unit_test(v2_refuses_every_authentication_type_but_its_own),
	    cmocka_unit_test(v2_wants_the_password_to_its_last_byte),
	    cmocka_unit_test(v2_without_password_does_not_answer_to_one),
	    cmocka_unit_test(junk_in_the_auth_field_of_type_0_is_ignored),
	    cmocka_unit_test(another_interval_is_refused_in_v2_and_taken_in_v3),
	    cmocka_unit_test(another_address_list_is_refused_in_v2_and_told_in_v3),
	    cmocka_unit_test(v2_takes_another_list_from_the_owner),
	    cmocka_unit_test(
		the_order_of_addresses_does_not_matter_but_their_number_does),
	    cmocka_unit_test(one_other_address_anywhere_in_the_list_is_noticed),
	    cmocka_unit_test(a_list_is_not_told_of_when_another_check_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
