/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_config.c - the configuration over the control socket: reload, test, show. */
#include "vrrpd/vrrp_ctl_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf.h"
#include "common/ctl_findings.h"
#include "common/helper.h"

/* Bytes of text in one answer of config.show. */
#define SHOW_CHUNK ((size_t)256 * 1024)

/* ---- reload -------------------------------------------------------------- */

static void
answer_reload(
    struct vrrp_ctl *ctl, struct ctl_call *call, struct conf_diags *diags, int r)
{
	json_t *json = ctl_findings_json(diags);

	if (r == 0 && json != NULL) {
		(void)json_object_set_new(
		    json, "rev", json_integer((json_int_t)ctl->engine->rev));
		ctl_call_reply(call, json);
	} else if (r == -EINVAL) {
		ctl_call_fail(call, CTL_CONFIG_INVALID, json,
		    "the configuration has errors, nothing was changed");
	} else if (r == -EBUSY) {
		ctl_call_fail(call, CTL_BUSY, json, "vrrpd is not ready for a reload");
	} else {
		ctl_call_fail(
		    call, CTL_IO, json, "nothing was changed: %s", strerror(-r));
	}
}

void
vrrp_do_reload(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct conf_diags *diags = conf_diags_new();

	if (diags == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	int r = engine_reload(ctl->engine, diags);
	answer_reload(ctl, call, diags, r);
	conf_diags_free(diags);
}

/* ---- test ---------------------------------------------------------------- */

/* As a reload would read it, up to where the reload would use it. */
static int
test_file(const struct engine *engine, struct conf_diags *diags)
{
	const struct conf_env env = {.config_id = engine->options.config_id};
	struct conf_text *text = NULL;
	struct conf_tree *tree = NULL;
	struct vrrp_conf *conf = NULL;
	int r = engine->helper != NULL
		    ? helper_load_config(engine->helper, diags, &text)
		    : conf_text_load(engine->options.config_path, diags, &text);

	if (r < 0)
		return r;
	r = conf_tree_parse(text, &env, diags, &tree);
	if (r == 0 && conf_diags_errors(diags) == 0)
		r = vrrp_conf_build(tree, diags, &conf);
	vrrp_conf_free(conf);
	conf_tree_free(tree);
	conf_text_free(text);
	/* Errors in the file are the answer, not a failure to answer. */
	return r == -EINVAL ? 0 : r;
}

void
vrrp_do_config_test(void *userdata, struct ctl_call *call)
{
	struct vrrp_ctl *ctl = userdata;
	struct conf_diags *diags = conf_diags_new();
	int r = diags != NULL ? test_file(ctl->engine, diags) : -ENOMEM;

	if (r < 0) {
		ctl_call_fail(call, CTL_IO,
		    diags != NULL ? ctl_findings_json(diags) : NULL,
		    "cannot read the configuration: %s", strerror(-r));
	} else {
		json_t *json = ctl_findings_json(diags);
		if (json != NULL)
			(void)json_object_set_new(json, "file",
			    ctl_msg_text(ctl->engine->options.config_path));
		ctl_call_reply(call, json);
	}
	if (diags != NULL)
		conf_diags_free(diags);
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
answer_text(struct ctl_call *call, const struct vrrp_ctl *ctl, const char *text)
{
	size_t len = strlen(text);
	size_t from = (size_t)ctl_params_integer(call->params, "next", 0);

	if (from > len)
		from = len;

	size_t chunk = chunk_len(text + from, len - from);
	char *copy = strndup(text + from, chunk);
	json_t *result =
	    copy == NULL
		? NULL
		: json_pack("{s:I, s:o, s:o}", "rev", (json_int_t)ctl->engine->rev,
		      "file", ctl_msg_text(ctl->engine->options.config_path), "text",
		      ctl_msg_text(copy));

	free(copy);
	if (result != NULL && from + chunk < len)
		(void)json_object_set_new(
		    result, "next", json_integer((json_int_t)(from + chunk)));
	ctl_call_reply(call, result);
}

void
vrrp_do_config_show(void *userdata, struct ctl_call *call)
{
	const struct vrrp_ctl *ctl = userdata;
	char *text = ctl->engine->tree != NULL
			 ? conf_tree_print(ctl->engine->tree, false)
			 : NULL;

	if (text == NULL)
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
	else
		answer_text(call, ctl, text);
	free(text);
}
