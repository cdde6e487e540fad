/* SPDX-License-Identifier: Apache-2.0 */
/* view_audit.c - who changed what, and why. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/order.h"
#include "hactl/render.h"
#include "hactl/value_text.h"
#include "hactl/view.h"
#include "hactl/when.h"

/* Whoever logged in, also behind sudo: "dave(1000)", "dave(1000) as root". */
static void
put_who(FILE *to, const json_t *who)
{
	json_int_t uid = view_integer(who, "uid", -1);
	json_int_t login = view_integer(who, "login_uid", uid);

	if (uid < 0)
		fputs(view_string(who, "name", "-"), to);
	else if (login != uid)
		fprintf(to, "%s(%" JSON_INTEGER_FORMAT ") as %s",
		    view_string(who, "login_user", "?"), login,
		    view_string(who, "user", "?"));
	else
		fprintf(to, "%s(%" JSON_INTEGER_FORMAT ")",
		    view_string(who, "user", "?"), uid);
}

/* The words of the command that calls a method. */
static const char *
words_of(const char *method)
{
	static const struct {
		const char *method, *words;
	} rows[] = {
	    {"config.save", "save"},
	    {"apply.undo", "take back"},
	    {"config.discard", "discard"},
	    {"config.reload", "reload"},
	    {"lease.renew", "lease renew"},
	    {"lease.release", "lease release"},
	    {"log.level", "log level"},
	    {"check.now", "check-now"},
	    {"lease.expire", "lease ended by itself:"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].method, method) == 0)
			return rows[i].words;
	}
	return method;
}

/* "VI_1" for "instance/VI_1", as one types it; others with their kind. */
static const char *
object_of(const char *path)
{
	static const char instance[] = "instance/";
	size_t len = strlen(instance);

	return strncmp(path, instance, len) == 0 ? path + len : path;
}

static void
put_change(FILE *to, const json_t *change)
{
	const char *field = view_string(change, "field", "?");
	char *name = value_text_name(field);
	char *old = value_text(field, json_object_get(change, "old"));
	char *new = value_text(field, json_object_get(change, "new"));

	fprintf(to, " %s %s ", object_of(view_string(change, "path", "?")), name);
	if (json_is_false(json_object_get(change, "in_force"))) {
		char *set = value_text(field, json_object_get(change, "set"));

		fprintf(to, "%s (not in force: lease %s gives %s)", set,
		    view_string(change, "lease", "?"), new);
		free(set);
	} else {
		fprintf(to, "%s -> %s", old, new);
	}
	free(name);
	free(old);
	free(new);
}

/* What a request that was refused wanted: " VI_1 priority 150". */
static void
put_wanted(FILE *to, const json_t *change)
{
	const json_t *unset = json_object_get(change, "unset");
	bool is_mixed = json_object_size(json_object_get(change, "set")) > 0;
	const char *field;
	json_t *value;

	fprintf(to, " %s", object_of(view_string(change, "path", "?")));
	json_object_foreach (json_loose(json_object_get(change, "set")), field, value) {
		char *name = value_text_name(field);
		char *text = value_text(field, value);

		fprintf(to, " %s %s", name, text);
		free(name);
		free(text);
	}
	for (size_t i = 0; i < json_array_size(unset); i++) {
		const char *word = json_string_value(json_array_get(unset, i));
		char *name = value_text_name(word != NULL ? word : "?");

		fprintf(to, "%s %s", is_mixed ? " unset" : "", name);
		free(name);
	}
}

/* How a role was given away, where that was not asked for as usual. */
static void
put_method(FILE *to, const char *method)
{
	if (strcmp(method, "release") == 0)
		fputs(" --force", to);
	else if (strcmp(method, "handover") != 0)
		fprintf(to, " --method=%s", method);
}

/* For how long, and how: " for 2h out stay", " clear", " --dry-run". */
static void
put_how(FILE *to, const json_t *params)
{
	static const char *const spans[] = {"for_ms", "hold_ms", "ttl_ms"};
	static const struct {
		const char *param, *word;
	} words[] = {{"out", "out"}, {"stay", "stay"}, {"clear", "clear"},
	    {"force", "--force"}, {"dry_run", "--dry-run"}};
	const json_t *lease = json_object_get(params, "lease");
	json_int_t ms = view_integer(lease, "ttl_ms", 0);
	char span[UNITS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		ms = view_integer(params, spans[i], ms);
	if (ms > 0)
		fprintf(to, " for %s", units_format_span(span, ms * US_PER_MS));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (json_is_true(json_object_get(params, words[i].param)))
			fprintf(to, " %s", words[i].word);
	}
	put_method(to, view_string(params, "method", "handover"));
}

/* The word before a change; NULL where the method has one for all. */
static const char *
verb_of(const char *method, const json_t *change)
{
	if (strcmp(method, "apply") != 0)
		return NULL;
	/* Of what was refused, the wish is all there is. */
	return json_is_true(json_object_get(change, "unset")) ||
		       (json_is_array(json_object_get(change, "unset")) &&
			   json_object_size(json_object_get(change, "set")) == 0)
		   ? "unset"
		   : "set";
}

/* "set VI_1 priority 110 -> 150, VI_2 priority 100 -> 120, unset VI_3 nopreempt on ->
 * off" */
static void
put_changes(FILE *to, const char *method, const json_t *changes,
    void (*put)(FILE *, const json_t *))
{
	const char *said = "";
	const json_t *change;
	size_t i;

	json_array_foreach (changes, i, change) {
		const char *verb = verb_of(method, change);

		fputs(i > 0 ? "," : "", to);
		if (verb != NULL && strcmp(verb, said) != 0) {
			fprintf(to, "%s%s", i > 0 ? " " : "", verb);
			said = verb;
		}
		put(to, change);
	}
	if (i == 0 && strcmp(method, "apply") == 0)
		fputs("set", to);
}

/* What was asked for: "set VI_1 priority 110 -> 150". */
static void
put_what(FILE *to, const json_t *item)
{
	const char *method =
	    view_string(item, "method", view_string(item, "what", "?"));
	const json_t *params = json_object_get(item, "params");
	const json_t *changes = json_object_get(item, "changes");
	const char *const texts[] = {view_string(params, "action", NULL),
	    json_is_true(json_object_get(params, "saved")) ? "saved" : NULL,
	    view_string(params, "target",
		view_string(item, "path", view_string(params, "id", NULL))),
	    view_string(params, "level", NULL)};

	if (strcmp(method, "apply") != 0)
		fputs(words_of(method), to);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i] != NULL)
			fprintf(to, " %s", object_of(texts[i]));
	}
	if (changes != NULL)
		put_changes(to, method, changes, put_change);
	else
		put_changes(to, method, json_object_get(params, "changes"), put_wanted);
	put_how(to, params);
}

/* ", 2 added: VI_3, VI_4" */
static void
put_kind(FILE *to, const json_t *item, const char *kind, const char **separator)
{
	json_int_t count = view_integer(json_object_get(item, "counts"), kind, 0);
	const json_t *names = json_object_get(item, kind), *name;
	size_t i;

	if (count == 0)
		return;
	fprintf(to, "%s%" JSON_INTEGER_FORMAT " %s", *separator, count, kind);
	json_array_foreach (names, i, name)
		fprintf(to, "%s%s", i == 0 ? ": " : ", ", json_string_value(name));
	if (i > 0 && (json_int_t)i < count)
		fputs(", ...", to);
	*separator = "; ";
}

/* What a reload did, and that it dropped edits: that must not be missed later. */
static void
put_reloaded(FILE *to, const json_t *item)
{
	static const char *const kinds[] = {"removed", "added", "changed"};
	const char *separator = "  ";
	const json_t *edit;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		put_kind(to, item, kinds[i], &separator);
	json_array_foreach (json_object_get(item, "dropped"), i, edit) {
		const char *field = view_string(edit, "field", "?");
		char *name = value_text_name(field);
		char *value = value_text(field, json_object_get(edit, "value"));

		fprintf(to, "%sdropped %s %s %s", separator,
		    object_of(view_string(edit, "path", "?")), name, value);
		separator = "; ";
		free(name);
		free(value);
	}
}

/* "  rev 13->14" */
static void
put_revisions(FILE *to, const json_t *item)
{
	json_int_t before = view_integer(item, "rev_before", -1);
	json_int_t after = view_integer(item, "rev", before);

	if (before >= 0 && after != before)
		fprintf(to, "  rev %" JSON_INTEGER_FORMAT "->%" JSON_INTEGER_FORMAT,
		    before, after);
}

/* "03:40:59 dave(1000) operator  failover VI_1  ok moved to 192.0.2.12" */
static void
put_audited(FILE *to, const json_t *item, int64_t now_us, const struct style *style)
{
	const char *outcome = view_string(item, "outcome", "?");
	enum paint paint = strcmp(outcome, "ok") == 0 ? PAINT_NONE : PAINT_NOTE;
	const json_t *params = json_object_get(item, "params");
	const json_t *who = json_object_get(item, "who");
	const char *const texts[] = {view_string(item, "message", NULL),
	    view_string(item, "lease", NULL), view_string(params, "op_id", NULL)};
	const char *reason =
	    view_string(params, "reason", view_string(item, "reason", ""));
	char clock[UNITS_TEXT_SIZE];

	fprintf(to, "%s ", when_clock(clock, view_string(item, "at", NULL), now_us));
	if (view_string(item, "daemon", NULL) != NULL)
		fprintf(to, "%-6s ", view_string(item, "daemon", NULL));
	put_who(to, who);
	fprintf(to, " %s  ", view_string(who, "role", "-"));
	put_what(to, item);
	fputs("  ", to);
	style_begin(to, style, paint);
	fputs(outcome, to);
	style_end(to, style, paint);
	if (strcmp(view_string(item, "to", ""), "self") == 0)
		fputs(" MASTER here", to);
	else if (view_string(item, "to", NULL) != NULL)
		fprintf(to, " moved to %s", view_string(item, "to", ""));
	put_reloaded(to, item);
	put_revisions(to, item);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		fprintf(to, texts[i] != NULL ? "  %s" : "%s",
		    texts[i] != NULL ? texts[i] : "");
	if (json_object_get(item, "owner") != NULL) {
		fputs("  given by ", to);
		put_who(to, json_object_get(item, "owner"));
	}
	fprintf(to, reason[0] != '\0' ? "  \"%s\"\n" : "%s\n", reason);
}

void
view_audit(FILE *to, const struct answer *answer, const struct style *style)
{
	const json_t *item;
	size_t i;

	json_array_foreach (answer_good(answer)->items, i, item)
		put_audited(to, item, answer->order->now_us, style);
	if (i == 0 && style->legend)
		fputs("Nothing was changed.\n", to);
	view_failures(to, answer, style);
}
