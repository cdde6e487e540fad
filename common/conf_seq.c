/* SPDX-License-Identifier: Apache-2.0 */
/* conf_seq.c - the line generators ~SEQ(...) and ~LST(...). */
#include "common/conf_seq.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	bool is_list, hex;
} forms[] = {
    {"~SEQ(", false, false},
    {"~SEQx(", false, true},
    {"~LST(", true, false},
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

static size_t
form_at(const char *text, size_t len)
{
	size_t i = 0;
	for (; i < FORM_COUNT; i++) {
		size_t n = strlen(forms[i].word);
		if (n <= len && memcmp(text, forms[i].word, n) == 0)
			break;
	}
	return i;
}

size_t
conf_seq_find(const char *text, size_t len, size_t *ret_start)
{
	const char *end = text + len, *p = text;
	while (p < end && (p = memchr(p, '~', (size_t)(end - p)))) {
		const char *close;
		if (form_at(p, (size_t)(end - p)) < FORM_COUNT &&
		    (close = memchr(p, ')', (size_t)(end - p)))) {
			*ret_start = (size_t)(p - text);
			return (size_t)(close - p) + 1;
		}
		p++;
	}
	return 0;
}

static struct conf_slice
trim(struct conf_slice slice)
{
	while (slice.len > 0 && (slice.text[0] == ' ' || slice.text[0] == '\t')) {
		slice.text++;
		slice.len--;
	}
	while (slice.len > 0 &&
	       (slice.text[slice.len - 1] == ' ' || slice.text[slice.len - 1] == '\t'))
		slice.len--;
	return slice;
}

/* Takes the part up to the next comma outside braces off `rest`. */
static struct conf_slice
take(struct conf_slice *rest)
{
	size_t i = 0;
	int depth = 0;
	for (; i < rest->len && (depth > 0 || rest->text[i] != ','); i++)
		depth += rest->text[i] == '{' ? 1 : rest->text[i] == '}' ? -1 : 0;
	struct conf_slice part = trim((struct conf_slice){rest->text, i});
	size_t skip = i < rest->len ? i + 1 : i;
	rest->text += skip;
	rest->len -= skip;
	return part;
}

/* What stands between the braces of a slice; false when it has none. */
static bool
unbrace(struct conf_slice *slice)
{
	if (slice->len < 2 || slice->text[0] != '{' ||
	    slice->text[slice->len - 1] != '}')
		return false;
	*slice = (struct conf_slice){slice->text + 1, slice->len - 2};
	return true;
}

static bool
is_name(struct conf_slice slice)
{
	for (size_t i = 0; i < slice.len; i++) {
		char c = slice.text[i];
		bool letter =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return slice.len > 0;
}

static bool
parse_number(struct conf_slice slice, int64_t *ret)
{
	char text[24], *end;
	if (slice.len == 0 || slice.len >= sizeof(text))
		return false;
	memcpy(text, slice.text, slice.len);
	text[slice.len] = '\0';
	errno = 0;
	intmax_t number = strtoimax(text, &end, 0);
	/* Far from where sums overflow. */
	if (*end || errno || number > INT64_C(1) << 62 || number < -(INT64_C(1) << 62))
		return false;
	*ret = number;
	return true;
}

static const char *
parse_seq(struct conf_slice rest, struct conf_seq *ret)
{
	int64_t numbers[3];
	size_t count = 0;
	while (rest.len > 0) {
		if (count == 3)
			return "has too many arguments: (NAME, [START, [STEP,]] END)";
		if (!parse_number(take(&rest), &numbers[count++]))
			return "counts with whole numbers: (NAME, [START, [STEP,]] END)";
	}
	if (count == 0)
		return "needs an end: (NAME, [START, [STEP,]] END)";
	ret->next = count > 1 ? numbers[0] : 1;
	ret->step = count > 2 ? numbers[1] : 1;
	ret->end = numbers[count - 1];
	if (ret->step == 0)
		return "cannot count in steps of 0";
	if (ret->step > 0 ? ret->next > ret->end : ret->next < ret->end)
		return "never reaches its end";
	return NULL;
}

static const char *
parse_names(struct conf_slice first, struct conf_seq *ret)
{
	bool several = unbrace(&first);
	do {
		struct conf_slice name = several ? take(&first) : first;
		if (!is_name(name))
			return "needs a name made of letters, digits and underscores";
		if (ret->name_count == CONF_SEQ_NAMES_MAX)
			return "has too many names";
		ret->names[ret->name_count++] = name;
	} while (several && first.len > 0);
	return NULL;
}

/* Spreads one value, or one {group} of values, over the names. */
static bool
set_values(struct conf_seq *seq, struct conf_slice value)
{
	if (seq->name_count == 1) {
		(void)unbrace(&value); /* {a} for one name is a */
		seq->values[0] = trim(value);
		return true;
	}
	bool several = unbrace(&value);
	for (size_t i = 0; i < seq->name_count; i++) {
		seq->values[i] = several ? take(&value) : value;
		if (!several)
			value.len = 0; /* missing values are empty */
	}
	return !several || trim(value).len == 0;
}

const char *
conf_seq_parse(const char *text, size_t len, struct conf_seq *ret)
{
	size_t form = form_at(text, len);
	*ret = (struct conf_seq){0};
	if (form == FORM_COUNT || text[len - 1] != ')')
		return "is no generator";
	size_t skip = strlen(forms[form].word);
	struct conf_slice rest = {text + skip, len - skip - 1};
	ret->is_list = forms[form].is_list;
	ret->hex = forms[form].hex;
	const char *wrong = parse_names(take(&rest), ret);
	if (wrong)
		return wrong;
	if (!ret->is_list)
		return ret->name_count > 1 ? "counts one name" : parse_seq(rest, ret);
	for (struct conf_slice all = rest; all.len > 0;)
		if (!set_values(ret, take(&all)))
			return "has more values than names";
	ret->rest = rest;
	return NULL;
}

bool
conf_seq_next(struct conf_seq *seq)
{
	if (seq->is_list) {
		if (seq->rest.len == 0)
			return false;
		(void)set_values(seq, take(&seq->rest)); /* checked when parsed */
		return true;
	}
	if (seq->at_end)
		return false;
	int n = seq->hex
		    ? snprintf(seq->number, sizeof(seq->number), "%" PRIx64,
			  (uint64_t)seq->next)
		    : snprintf(seq->number, sizeof(seq->number), "%" PRId64, seq->next);
	seq->values[0] = (struct conf_slice){seq->number, (size_t)n};
	seq->next += seq->step;
	seq->at_end = seq->step > 0 ? seq->next > seq->end : seq->next < seq->end;
	return true;
}
