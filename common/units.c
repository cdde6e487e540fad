/* SPDX-License-Identifier: Apache-2.0 */
/* units.c - time as microseconds: conversions, parsing and printing for people. */
#include "common/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define US_PER_MIN (60 * US_PER_S)
#define US_PER_H (60 * US_PER_MIN)
#define US_PER_D (24 * US_PER_H)

static const struct unit {
	const char *suffix;
	int64_t us;
} units[] = {
    /* clang-format off */
	{ "d",  US_PER_D },
	{ "h",  US_PER_H },
	{ "ms", US_PER_MS }, /* before "m", of which it is a longer match */
	{ "m",  US_PER_MIN },
	{ "s",  US_PER_S },
	{ "us", 1 },
    /* clang-format on */
};

/* One "12", "1.5" or "30m" of a duration. */
struct part {
	int64_t us;
	int64_t unit_us;
	bool has_suffix, has_fraction;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the suffix at *text into `part`; none means seconds. */
static void
parse_suffix(const char **text, struct part *part)
{
	part->unit_us = US_PER_S;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].suffix);

		if (strncmp(*text, units[i].suffix, len) == 0) {
			part->unit_us = units[i].us;
			part->has_suffix = true;
			*text += len;
			return;
		}
	}
}

static int
add_scaled(int64_t *sum, int64_t factor, int64_t scale)
{
	int64_t product;

	if (__builtin_mul_overflow(factor, scale, &product) ||
	    __builtin_add_overflow(*sum, product, sum))
		return -ERANGE;
	return 0;
}

/* Adds the digits behind the point; each is worth a tenth of the one before. */
static int
add_fraction(struct part *part, const char *digits, size_t count)
{
	int64_t scale = part->unit_us;

	for (size_t i = 0; i < count; i++) {
		int64_t digit = digits[i] - '0';

		if (scale % 10 != 0) {
			if (digit != 0)
				return -EINVAL;
			continue;
		}
		scale /= 10;
		if (add_scaled(&part->us, digit, scale) < 0)
			return -ERANGE;
	}
	return 0;
}

static int
parse_part(const char **text, struct part *part)
{
	const char *whole = *text, *fraction = NULL;
	size_t whole_count = 0, fraction_count = 0;
	int64_t number = 0;
	int r = 0;

	*part = (struct part){0};
	for (; is_digit(**text); (*text)++, whole_count++)
		if (r == 0 && (__builtin_mul_overflow(number, 10, &number) ||
				  add_scaled(&number, **text - '0', 1) < 0))
			r = -ERANGE;
	if (**text == '.') {
		part->has_fraction = true;
		fraction = ++*text;
		for (; is_digit(**text); (*text)++)
			fraction_count++;
		if (fraction_count == 0)
			return -EINVAL;
	}
	if (*text == whole)
		return -EINVAL;
	parse_suffix(text, part);
	if (r < 0)
		return r;
	r = add_scaled(&part->us, number, part->unit_us);
	if (r == 0 && fraction != NULL)
		r = add_fraction(part, fraction, fraction_count);
	return r;
}

int
units_parse_duration(const char *text, int64_t *ret_us)
{
	int64_t sum = 0, last_unit = INT64_MAX;
	bool first = true, overflow = false;

	for (; first || *text != '\0'; first = false) {
		struct part part;
		int r = parse_part(&text, &part);

		if (r == -EINVAL)
			return r;
		overflow = overflow || r == -ERANGE;
		/* "1h30m" yes; "1h30", "30m1h" and "1.5h30m" are slips. */
		if ((!first || *text != '\0') &&
		    (!part.has_suffix || part.has_fraction))
			return -EINVAL;
		if (part.unit_us >= last_unit)
			return -EINVAL;
		last_unit = part.unit_us;
		if (add_scaled(&sum, part.us, 1) < 0)
			overflow = true;
	}
	if (overflow)
		return -ERANGE;
	*ret_us = sum;
	return 0;
}

/* Writes "3m12s", or "3m" when the lesser unit is 0. */
static void
format_two(char *buf, int64_t us, int64_t major, const char *major_name, int64_t minor,
    const char *minor_name)
{
	int64_t rest = us % major / minor;

	if (rest == 0)
		(void)snprintf(
		    buf, UNITS_TEXT_SIZE, "%" PRId64 "%s", us / major, major_name);
	else
		(void)snprintf(buf, UNITS_TEXT_SIZE, "%" PRId64 "%s%" PRId64 "%s",
		    us / major, major_name, rest, minor_name);
}

/* Writes "3.61s". Cut, not rounded: 59.999 s must not become "60s". */
static void
format_fraction(char *buf, int64_t us)
{
	(void)units_format_seconds(buf, us / US_PER_CS * US_PER_CS);
	(void)strcat(buf, "s");
}

const char *
units_format_span(char buf[UNITS_TEXT_SIZE], int64_t us)
{
	if (us <= 0)
		return strcpy(buf, "0s");
	if (us < US_PER_MS)
		format_two(buf, us, 1, "us", 1, "");
	else if (us < US_PER_S)
		format_two(buf, us, US_PER_MS, "ms", US_PER_MS, "");
	else if (us < US_PER_MIN)
		format_fraction(buf, us);
	else if (us < US_PER_H)
		format_two(buf, us, US_PER_MIN, "m", US_PER_S, "s");
	else if (us < US_PER_D)
		format_two(buf, us, US_PER_H, "h", US_PER_MIN, "m");
	else
		format_two(buf, us, US_PER_D, "d", US_PER_H, "h");
	return buf;
}

const char *
units_format_seconds(char buf[UNITS_TEXT_SIZE], int64_t us)
{
	uint64_t magnitude = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	int len = snprintf(buf, UNITS_TEXT_SIZE, "%s%" PRIu64 ".%06u",
	    us < 0 ? "-" : "", magnitude / (uint64_t)US_PER_S,
	    (unsigned)(magnitude % (uint64_t)US_PER_S));

	while (buf[len - 1] == '0')
		buf[--len] = '\0';
	if (buf[len - 1] == '.')
		buf[--len] = '\0';
	return buf;
}

/* The date of a day counted from 1970-01-01, in the Gregorian calendar. Years are taken
 * to begin in March, so that the leap day is the last of its year and needs no rule. */
static void
civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	const int64_t days_per_era = 146097; /* 400 years */
	int64_t shifted = days + 719468;     /* days since 0000-03-01 */
	int64_t era =
	    (shifted >= 0 ? shifted : shifted - (days_per_era - 1)) / days_per_era;
	int64_t of_era = shifted - era * days_per_era;
	int64_t year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int from_march = (int)((5 * of_year + 2) / 153);

	*day = (int)(of_year - (153 * from_march + 2) / 5) + 1;
	*month = from_march < 10 ? from_march + 3 : from_march - 9;
	*year = year_of_era + era * 400 + (*month <= 2);
}

const char *
units_format_rfc3339(char buf[UNITS_TEXT_SIZE], int64_t realtime_us)
{
	int64_t days = realtime_us / US_PER_D, of_day = realtime_us % US_PER_D;
	int64_t year;
	int month, day;

	if (of_day < 0) {
		of_day += US_PER_D;
		days--;
	}
	civil_from_days(days, &year, &month, &day);
	(void)snprintf(buf, UNITS_TEXT_SIZE,
	    "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
	    (int)(of_day / US_PER_H), (int)(of_day / US_PER_MIN % 60),
	    (int)(of_day / US_PER_S % 60), (int)(of_day % US_PER_S));
	return buf;
}
