/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c - what a reload would take from this node, said before it is done.
 *
 * What a reload would do, vrrpd tells: hactl tries it first, and looks at what becomes
 * of the instances that are MASTER. A daemon that cannot tell (an older one, a file
 * with errors) is asked without a question: it changes nothing or says why.
 */
#include "hactl/reload.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/ask.h"
#include "hactl/cmd_table.h"
#include "hactl/escape.h"
#include "hactl/must.h"
#include "hactl/question.h"
#include "hactl/value_text.h"
#include "hactl/view.h"

/* What a reload would do; NULL: the daemon cannot tell. */
static json_t *
try_reload(struct session *session, const struct order *order)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	struct part *part = &answer.parts[0];
	json_t *params = must(json_object()), *result;

	(void)json_object_set_new(params, "dry_run", json_true());
	if (options_given(&order->options, OPTION_FORCE))
		(void)json_object_set_new(params, "force", json_true());
	session_call(
	    session, part, order->command->method, params, session_timeout(order));
	result = json_incref(json_array_get(part->items, 0));
	answer_done(&answer);
	return result;
}

static bool
has(const json_t *names, const char *name)
{
	const json_t *each;
	size_t i;

	json_array_foreach (names, i, each) {
		if (json_is_string(each) && strcmp(json_string_value(each), name) == 0)
			return true;
	}
	return false;
}

/* ---- what a MASTER loses ----------------------------------------------------- */

/* "priority 150 -> 50"; NULL: neither the role nor an address can go by it. */
static char *
loss_text(const json_t *change)
{
	static const char *const heard_by_all[] = {
	    "version", "authentication", "auth_pass", "advert_int_ms"};
	const char *field = view_string(change, "field", "");
	const json_t *before = json_object_get(change, "old");
	const json_t *after = json_object_get(change, "new");
	char *name, *old, *new, *text = NULL;

	name = value_text_name(field);
	old = value_text(field, before);
	new = value_text(field, after);
	if (strcmp(field, "priority") == 0 &&
	    json_integer_value(after) < json_integer_value(before))
		text = must_format("priority %s -> %s", old, new);
	else if (strncmp(field, "virtual_ipaddress", 17) == 0 &&
		 json_array_size(before) > 0)
		text = must_format("loses %s%s", old,
		    json_array_size(before) > 3 ? " and maybe more" : "");
	for (size_t i = 0; i < sizeof(heard_by_all) / sizeof(heard_by_all[0]); i++) {
		if (strcmp(field, heard_by_all[i]) == 0)
			text = must_format("%s %s -> %s, which its peers must have too",
			    name, old, new);
	}
	free(name);
	free(old);
	free(new);
	return text;
}

/* Adds a sentence about an instance; the text is freed. */
static void
add_loss(json_t *losses, const char *name, char *text)
{
	char *sentence = must_format("%s: %s", name, text);

	(void)json_array_append_new(losses, json_string(sentence));
	free(sentence);
	free(text);
}

/* What a MASTER ends by that is no longer in the file as it was. */
static char *
end_text(const json_t *result, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(result, "missing_interfaces"), i, entry) {
		if (strcmp(view_string(entry, "name", ""), name) == 0)
			return must_format("there is no interface %s: it will be FAULT",
			    view_string(entry, "interface", "?"));
	}
	return must(strdup(has(json_object_get(result, "added"), name)
			       ? "ends and begins anew (its interface, router id or "
				 "address family is another)"
			       : "no longer in the file, its addresses go"));
}

/* What becomes of one that is MASTER, as sentences. */
static void
add_losses(json_t *losses, const json_t *result, const char *name)
{
	const json_t *change;
	size_t i;

	if (has(json_object_get(result, "removed"), name))
		add_loss(losses, name, end_text(result, name));
	json_array_foreach (json_object_get(result, "changes"), i, change) {
		const char *path = view_string(change, "path", "");
		const char *slash = strchr(path, '/');
		char *text = NULL;

		if (slash != NULL && strcmp(slash + 1, name) == 0)
			text = loss_text(change);
		if (text != NULL)
			add_loss(losses, name, text);
	}
}

/* What those that are MASTER here would lose. */
static json_t *
losses_of(struct session *session, const struct order *order, const json_t *result)
{
	struct answer answer = {.order = order, .count = 1, .parts[0].daemon = "vrrpd"};
	struct part *part = &answer.parts[0];
	json_t *losses = must(json_array());
	const json_t *item;
	size_t i;

	session_list(session, part, "instance", session_timeout(order));
	json_array_foreach (part->items, i, item) {
		if (strcmp(view_string(item, "state", ""), "MASTER") == 0)
			add_losses(losses, result, view_string(item, "name", ""));
	}
	answer_done(&answer);
	return losses;
}

/* ---- the question ------------------------------------------------------------ */

static void
describe(const void *userdata)
{
	enum { SHOWN = 8 };
	json_t *losses = escape_json(userdata);
	size_t count = json_array_size(losses);
	const json_t *sentence;
	size_t i;

	fputs("MASTER here, and the file has it otherwise:\n", stderr);
	json_array_foreach (losses, i, sentence) {
		if (i == SHOWN)
			break;
		fprintf(stderr, "    %s\n", json_string_value(sentence));
	}
	if (count > SHOWN)
		fprintf(stderr, "    and %zu more\n", count - SHOWN);
	json_decref(losses);
}

enum ctl_exit
reload_ask(struct session *session, const struct order *order)
{
	enum ctl_exit status = CTL_EXIT_DONE;
	json_t *result, *losses;

	if (options_given(&order->options, OPTION_YES) ||
	    options_given(&order->options, OPTION_DRY_RUN) ||
	    !ask_concerns(order, "vrrpd"))
		return status;
	result = try_reload(session, order);
	if (json_array_size(json_object_get(result, "removed")) +
		json_array_size(json_object_get(result, "changes")) >
	    0) {
		losses = losses_of(session, order, result);
		if (json_array_size(losses) > 0)
			status = question_ask(order,
			    options_given(&order->options, OPTION_FORCE), describe,
			    losses);
		json_decref(losses);
	}
	json_decref(result);
	return status;
}
