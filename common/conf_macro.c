/* SPDX-License-Identifier: Apache-2.0 */
/* conf_macro.c - $macros: definitions, and their replacement in a line. */
#include "common/conf_macro.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 2048

struct macro {
	struct macro *next;
	size_t name_len, value_len;
	char *value;
	char name[];
};

struct conf_macros {
	const struct conf_text *text;
	struct macro *buckets[BUCKETS];
	char *instance;
	uint64_t random;   /* state of the generator */
	char number[24];   /* the last ${_RANDOM} */
	char missing[256]; /* the last ${_ENV} without a value */
	bool is_missing;
};

struct conf_macros *
conf_macros_new(const struct conf_text *text)
{
	struct conf_macros *macros = calloc(1, sizeof(*macros));
	if (!macros)
		return NULL;
	macros->text = text;
	conf_macros_seed(macros, text->seed);
	return macros;
}

struct conf_macros *
conf_macros_free(struct conf_macros *macros)
{
	if (!macros)
		return NULL;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct macro *next;
		for (struct macro *macro = macros->buckets[i]; macro; macro = next) {
			next = macro->next;
			free(macro->value);
			free(macro);
		}
	}
	free(macros->instance);
	free(macros);
	return NULL;
}

static size_t
bucket_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash % BUCKETS;
}

static struct macro *
find(const struct conf_macros *macros, const char *name, size_t len)
{
	struct macro *macro = macros->buckets[bucket_of(name, len)];
	while (macro && (macro->name_len != len || memcmp(macro->name, name, len) != 0))
		macro = macro->next;
	return macro;
}

int
conf_macros_define(struct conf_macros *macros, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	char *copy = malloc(value_len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, value, value_len);
	copy[value_len] = '\0';
	struct macro *macro = find(macros, name, name_len);
	if (!macro) {
		macro = calloc(1, sizeof(*macro) + name_len);
		if (!macro) {
			free(copy);
			return -ENOMEM;
		}
		memcpy(macro->name, name, name_len);
		macro->name_len = name_len;
		size_t bucket = bucket_of(name, name_len);
		macro->next = macros->buckets[bucket];
		macros->buckets[bucket] = macro;
	}
	free(macro->value);
	macro->value = copy;
	macro->value_len = value_len;
	return 0;
}

void
conf_macros_seed(struct conf_macros *macros, uint64_t seed)
{
	macros->random = seed;
}

int
conf_macros_set_instance(struct conf_macros *macros, const char *name)
{
	char *copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	free(macros->instance);
	macros->instance = copy;
	return 0;
}

static bool
is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static size_t
name_length(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && is_name_char(text[n], n == 0))
		n++;
	return n;
}

size_t
conf_macro_definition(const char *text, size_t len)
{
	if (len < 3 || text[0] != '$')
		return 0;
	size_t n = name_length(text + 1, len - 1);
	return n > 0 && n + 1 < len && text[n + 1] == '=' ? n + 2 : 0;
}

/* A use of a macro in a text: what it names, and what follows the name in braces. */
struct use {
	struct conf_slice name, args;
	size_t len;
	bool braced;
	bool ended; /* a bare $NAME stands before a delimiter */
};

/* The use that begins with the "$" at `text`, if there is one. */
static bool
use_at(const char *text, size_t len, struct use *ret)
{
	*ret = (struct use){.braced = len > 1 && text[1] == '{', .ended = true};
	size_t skip = ret->braced ? 2 : 1;
	if (len <= skip)
		return false;
	ret->name.text = text + skip;
	ret->name.len = name_length(text + skip, len - skip);
	if (ret->name.len == 0)
		return false;
	size_t end = skip + ret->name.len;
	if (!ret->braced) {
		ret->len = end;
		ret->ended = end == len || strchr(" \t,)\n", text[end]) != NULL;
		return true;
	}
	const char *close = memchr(text + end, '}', len - end);
	if (!close)
		return false;
	ret->args = (struct conf_slice){text + end, (size_t)(close - text) - end};
	ret->len = (size_t)(close - text) + 1;
	/* Only the built-in names take arguments. */
	return ret->args.len == 0 ||
	       (ret->name.text[0] == '_' && strchr(" \t", ret->args.text[0]));
}

/* splitmix64: small, and the same everywhere. */
static uint64_t
random_next(struct conf_macros *macros)
{
	uint64_t z = macros->random += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static struct conf_slice
slice_of(const char *text)
{
	return (struct conf_slice){text, strlen(text)};
}

static struct conf_slice
builtin_random(struct conf_macros *macros, struct conf_slice args)
{
	char copy[48] = "";
	uint32_t low = 0, high = 32767;
	if (args.len < sizeof(copy))
		memcpy(copy, args.text, args.len);
	int n = sscanf(copy, "%" SCNu32 "%" SCNu32, &low, &high);
	if (n == 1)
		high = 32767;
	if (high < low)
		high = low;
	uint64_t span = (uint64_t)high - low + 1;
	(void)snprintf(macros->number, sizeof(macros->number), "%" PRIu64,
	    low + random_next(macros) % span);
	return slice_of(macros->number);
}

static struct conf_slice
builtin_pwd(const struct conf_macros *macros, uint32_t file)
{
	const char *name = macros->text->files[file];
	const char *slash = strrchr(name, '/');
	if (!slash)
		return slice_of(".");
	return (struct conf_slice){name, slash == name ? 1 : (size_t)(slash - name)};
}

static struct conf_slice
builtin_env(struct conf_macros *macros, struct conf_slice args)
{
	char name[sizeof(macros->missing)];
	while (args.len > 0 && (*args.text == ' ' || *args.text == '\t')) {
		args.text++;
		args.len--;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)args.len, args.text);
	name[strcspn(name, " \t")] = '\0';
	const char *value = conf_text_variable(macros->text, name);
	if (!value) {
		memcpy(macros->missing, name, sizeof(name));
		macros->is_missing = true;
	}
	return slice_of(value ? value : "");
}

const char *
conf_macros_take_missing(struct conf_macros *macros)
{
	bool missing = macros->is_missing;
	macros->is_missing = false;
	return missing ? macros->missing : NULL;
}

static bool
slice_is(struct conf_slice slice, const char *text)
{
	return slice.len == strlen(text) && memcmp(slice.text, text, slice.len) == 0;
}

static bool
builtin_value(struct conf_macros *macros, uint32_t file, const struct use *use,
    struct conf_slice *ret)
{
	if (slice_is(use->name, "_RANDOM"))
		*ret = builtin_random(macros, use->args);
	else if (slice_is(use->name, "_PWD"))
		*ret = builtin_pwd(macros, file);
	else if (slice_is(use->name, "_INSTANCE"))
		*ret = slice_of(macros->instance ? macros->instance : "");
	else if (slice_is(use->name, "_HASH"))
		*ret = slice_of("#");
	else if (slice_is(use->name, "_BANG"))
		*ret = slice_of("!");
	else if (slice_is(use->name, "_ENV"))
		*ret = builtin_env(macros, use->args);
	else
		return false;
	return true;
}

static bool
scope_value(
    const struct conf_scope *scope, struct conf_slice name, struct conf_slice *ret)
{
	for (; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->seq->name_count; i++)
			if (scope->seq->names[i].len == name.len &&
			    memcmp(scope->seq->names[i].text, name.text, name.len) ==
				0) {
				*ret = scope->seq->values[i];
				return true;
			}
	return false;
}

/* The value of a use, or false when it has none and stays as it is. */
static bool
value_of(struct conf_macros *macros, const struct conf_scope *scope, uint32_t file,
    const struct use *use, struct conf_slice *ret)
{
	if (!use->ended)
		return false;
	if (use->braced && builtin_value(macros, file, use, ret))
		return true;
	if (use->args.len > 0)
		return false;
	if (scope_value(scope, use->name, ret))
		return true;
	const struct macro *macro = find(macros, use->name.text, use->name.len);
	if (!macro)
		return false;
	*ret = (struct conf_slice){macro->value, macro->value_len};
	return true;
}

bool
conf_macros_replace(struct conf_macros *macros, const struct conf_scope *scope,
    uint32_t file, const struct conf_chars *from, struct conf_chars *to)
{
	bool replaced = false;
	size_t done = 0, i = 0;
	while (i < from->len) {
		struct use use;
		struct conf_slice value;
		if (from->text[i] != '$' ||
		    !use_at(from->text + i, from->len - i, &use) ||
		    !value_of(macros, scope, file, &use, &value)) {
			i++;
			continue;
		}
		conf_chars_copy(to, from, done, i - done);
		conf_chars_add(to, value.text, value.len, from->columns[i]);
		done = i += use.len;
		replaced = true;
	}
	conf_chars_copy(to, from, done, from->len - done);
	return replaced;
}

size_t
conf_macros_leftover(const struct conf_macros *macros, const struct conf_scope *scope,
    const struct conf_chars *line, size_t *ret_start, bool *ret_known)
{
	struct use use;
	struct conf_slice value;
	char quote = 0;
	for (size_t i = 0; i < line->len; i++) {
		char c = line->text[i];
		if (c == '"' || c == '\'')
			quote = quote == c ? 0 : quote ? quote : c;
		if (quote || c != '$' || !use_at(line->text + i, line->len - i, &use))
			continue;
		*ret_start = i;
		*ret_known = scope_value(scope, use.name, &value) ||
			     find(macros, use.name.text, use.name.len) != NULL;
		if (*ret_known ? !use.ended : use.braced)
			return use.len;
	}
	return 0;
}
