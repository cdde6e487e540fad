/* SPDX-License-Identifier: Apache-2.0 */
/* when.c - times as daemons write them and as people say them. */
#include "hactl/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NO_TIME "-"

/* Reads ".551377" as microseconds; digits beyond the sixth are dropped. */
static const char *
parse_fraction(const char *text, int64_t *ret_us)
{
	int64_t unit = US_PER_S;

	*ret_us = 0;
	if (*text != '.')
		return text;
	for (text++; isdigit((unsigned char)*text); text++) {
		unit /= 10;
		*ret_us += unit * (*text - '0');
	}
	return text;
}

bool
when_parse(const char *text, int64_t *ret_us)
{
	struct tm tm = {0};
	int64_t fraction;
	const char *end;

	if (text == NULL)
		return false;
	end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end == NULL)
		return false;
	end = parse_fraction(end, &fraction);
	if (strcmp(end, "Z") != 0)
		return false;
	*ret_us = (int64_t)timegm(&tm) * US_PER_S + fraction;
	return true;
}

const char *
when_age(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us)
{
	int64_t us;

	if (!when_parse(text, &us))
		return strcpy(buf, NO_TIME);
	return units_format_span(buf, now_us > us ? now_us - us : 0);
}

const char *
when_left(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us)
{
	int64_t us;

	if (!when_parse(text, &us))
		return strcpy(buf, NO_TIME);
	return units_format_span(buf, us > now_us ? us - now_us : 0);
}

/* Local time, with the date before it when that is another day than that of `now_us`.
 */
static size_t
put_local(char buf[UNITS_TEXT_SIZE], int64_t us, int64_t now_us)
{
	time_t seconds = (time_t)(us / US_PER_S), now = (time_t)(now_us / US_PER_S);
	struct tm then, today;
	bool same_day;

	(void)localtime_r(&seconds, &then);
	(void)localtime_r(&now, &today);
	same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
	return strftime(
	    buf, UNITS_TEXT_SIZE, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then);
}

const char *
when_clock(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us)
{
	int64_t us;

	if (!when_parse(text, &us))
		return strcpy(buf, NO_TIME);
	(void)put_local(buf, us, now_us);
	return buf;
}

const char *
when_stamp(char buf[UNITS_TEXT_SIZE], const char *text, int64_t now_us)
{
	int64_t us;
	size_t len;

	if (!when_parse(text, &us))
		return strcpy(buf, NO_TIME);
	len = put_local(buf, us, now_us);
	(void)snprintf(buf + len, UNITS_TEXT_SIZE - len, ".%03u",
	    (unsigned)(us % US_PER_S / US_PER_MS));
	return buf;
}

bool
when_until(const char *text, int64_t now_us, int64_t *ret_span_us)
{
	time_t now = (time_t)(now_us / US_PER_S);
	struct tm tm;
	const char *end;
	time_t then;

	(void)localtime_r(&now, &tm);
	tm.tm_sec = 0;
	end = strptime(text, "%H:%M", &tm);
	if (end != NULL && *end == ':')
		end = strptime(end, ":%S", &tm);
	if (end == NULL || *end != '\0')
		return false;
	/* The day may have 23 or 25 hours: let mktime() find out. */
	tm.tm_isdst = -1;
	then = mktime(&tm);
	if (then <= now) {
		tm.tm_mday++;
		tm.tm_isdst = -1;
		then = mktime(&tm);
	}
	*ret_span_us = (int64_t)(then - now) * US_PER_S;
	return true;
}
