/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_config.c - the configuration over the control socket: show, status, the table. */
#include "common/ctl_config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/clock.h"
#include "common/conf.h"
#include "common/conf_tree.h"
#include "common/ctl_call.h"
#include "common/ctl_events.h"
#include "common/ctl_findings.h"
#include "common/ctl_reload.h"
#include "common/daemon_frame.h"
#include "common/units.h"

/* Changed fields in the event of a reload, which is one line of limited length. */
#define EVENT_CHANGES_MAX 16

/* Bytes of text in one answer of config.show. */
#define SHOW_CHUNK ((size_t)256 * 1024)

/* ---- events -------------------------------------------------------------- */

void
ctl_config_put_told(const struct daemon_reload *reload, bool failed, json_t *new)
{
	json_t *finding = NULL, *changes;

	(void)json_object_update(new, reload->told);
	/* The answer has them all. */
	changes = json_copy(json_object_get(new, "changes"));
	while (json_array_size(changes) > EVENT_CHANGES_MAX)
		(void)json_array_remove(changes, json_array_size(changes) - 1);
	if (changes != NULL)
		(void)json_object_set_new(new, "changes", changes);
	if (failed)
		finding = ctl_findings_first_json(
		    reload->diags, reload->refused[0] != '\0' ? reload->refused : NULL);
	if (finding != NULL)
		(void)json_object_set_new(new, CTL_EVENT_FINDING, finding);
}

/* ---- show ---------------------------------------------------------------- */

/* How much of `text` goes into one answer: whole lines, if the first fits. */
static size_t
chunk_len(const char *text, size_t len)
{
	const char *end;

	if (len <= SHOW_CHUNK)
		return len;
	end = memrchr(text, '\n', SHOW_CHUNK);
	return end != NULL ? (size_t)(end - text) + 1 : SHOW_CHUNK;
}

static void
answer_text(struct ctl_call *call, const struct ctl_config *config, const char *text)
{
	size_t len = strlen(text);
	size_t from = (size_t)ctl_params_integer(call->params, "next", 0);

	if (from > len)
		from = len;

	size_t chunk = chunk_len(text + from, len - from);
	char *copy = strndup(text + from, chunk);
	json_t *result =
	    copy == NULL ? NULL
			 : json_pack("{s:I, s:o, s:o}", "rev", (json_int_t)*config->rev,
			       "file", ctl_msg_text(config->options->config_path),
			       "text", ctl_msg_text(copy));

	free(copy);
	if (result != NULL && from + chunk < len)
		(void)json_object_set_new(
		    result, "next", json_integer((json_int_t)(from + chunk)));
	ctl_call_reply(call, result);
}

static void
do_show(void *userdata, struct ctl_call *call)
{
	const struct ctl_config *config = userdata;
	const struct conf_tree *tree = *config->tree;
	char *text = tree != NULL ? conf_tree_print(tree, false) : NULL;

	if (text == NULL)
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
	else
		answer_text(call, config, text);
	free(text);
}

/* ---- status -------------------------------------------------------------- */

/* The blocks of this name in the configuration in use. */
static json_int_t
count_blocks(const struct ctl_config *config, const char *name)
{
	const struct conf_node *at =
	    *config->tree != NULL ? conf_tree_first(*config->tree) : NULL;
	json_int_t count = 0;

	for (; at != NULL; at = at->next)
		if (strcmp(at->row->name, name) == 0)
			count++;
	return count;
}

/* What @ID lines are compared with, as conf_text_load() would at the next reload. */
static json_t *
config_id_json(const struct ctl_config *config)
{
	struct utsname host;

	if (config->options->config_id != NULL)
		return ctl_msg_text(config->options->config_id);
	if (uname(&host) < 0)
		return json_null();
	host.nodename[strcspn(host.nodename, ".")] = '\0';
	return ctl_msg_text(host.nodename);
}

json_t *
ctl_config_json(
    const struct ctl_config *config, int64_t reloaded_us, bool reload_failed)
{
	char text[UNITS_TEXT_SIZE];

	return json_pack("{s:o, s:o, s:o, s:b, s:I, s:I}", "file",
	    ctl_msg_text(config->options->config_path), "id", config_id_json(config),
	    "reloaded",
	    reloaded_us != 0 ? json_string(units_format_rfc3339(
				   text, clock_realtime_of_us(reloaded_us)))
			     : json_null(),
	    "reload_failed", reload_failed, "instances",
	    count_blocks(config, "vrrp_instance"), "services",
	    count_blocks(config, "virtual_server"));
}

/* ---- table --------------------------------------------------------------- */

/* clang-format off */
static const struct ctl_param show_params[] = {
	{"next", CTL_INTEGER, false, 0, INT32_MAX, "where the answer before said to go on"},
	{0},
};

static const struct ctl_param reload_params[] = {
	{"force", CTL_BOOLEAN, false, 0, 0, "also when the file leaves nothing to do"},
	{"dry_run", CTL_BOOLEAN, false, 0, 0, "check, and say what would change"},
	{"repair", CTL_BOOLEAN, false, 0, 0,
	 "compare with the kernel afterwards, and put right what differs"},
	CTL_PARAMS_OF_CHANGES,
	{0},
};

static const struct ctl_method methods[] = {
	{"config.reload", CTL_ROLE_ADMIN, true, reload_params, ctl_reload,
	 "read the configuration anew and apply the differences"},
	{"reload", CTL_ROLE_ADMIN, true, reload_params, ctl_reload, "the same as config.reload"},
	{"config.show", CTL_ROLE_OPERATOR, false, show_params, do_show,
	 "the configuration in use, in its canonical form, without secrets"},
	{0},
};

static const struct ctl_event_type event_types[] = {
	{"config.reloaded", "the configuration was read anew and is in use"},
	{"config.refused", "a new configuration was refused; the old one stays in use"},
	{0},
};
/* clang-format on */

struct ctl_part
ctl_config_part(struct ctl_config *config)
{
	return (struct ctl_part){
	    .methods = methods,
	    .events = event_types,
	    .userdata = config,
	};
}
