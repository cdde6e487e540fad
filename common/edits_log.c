/* SPDX-License-Identifier: Apache-2.0 */
/* edits_log.c - the log level as a live field of the daemon, and the method log.level.
 */
#include "common/edits_internal.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/names.h"
#include "common/units.h"

static const char *const level_names[] = {
    [LOG_EMERG] = "emerg",
    [LOG_ALERT] = "alert",
    [LOG_CRIT] = "crit",
    [LOG_ERR] = "err",
    [LOG_WARNING] = "warning",
    [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
    NULL,
};

static int64_t
level_of_start(const void *object)
{
	return ((const struct edits *)object)->log_level;
}

static const struct live_field daemon_fields[] = {
    {
	.name = EDITS_FIELD_LOG_LEVEL,
	.type = CTL_STRING,
	.unit = 1,
	.in_file = level_of_start,
	.words = level_names,
	.help = "from which level on it logs: debug, info, notice, warning, err, crit, "
		"alert, emerg; at first as the command line says",
    },
    {0},
};

const struct live_kind edits_daemon_kind = {
    .name = EDITS_DAEMON_KIND,
    .fields = daemon_fields,
};

void
edits_apply_log_level(const struct edits *edits)
{
	const struct layer_entry *top =
	    layers_top(edits->config.layers, edits->daemon_path, EDITS_FIELD_LOG_LEVEL);

	int old = log_level();

	log_set_level(top != NULL ? (int)top->value : edits->log_level);
	if (edits->tells && log_level() != old)
		ctl_publish(edits->server, "daemon.log_level", edits->daemon_path,
		    *edits->config.cause, json_pack("{s:s}", "level", level_names[old]),
		    json_pack("{s:s}", "level", level_names[log_level()]));
}

/* What the request asks for; answers the call when that is not right. */
static bool
take_request(struct ctl_call *call, int *ret_level, int64_t *ret_ttl_us)
{
	const char *name = ctl_params_text(call->params, "level", "");
	const json_t *lease = json_object_get(call->params, "lease");

	*ret_level = names_find(level_names, LOG_DEBUG + 1, name);
	*ret_ttl_us = ctl_params_integer(lease, "ttl_ms", 0) * US_PER_MS;
	if (*ret_level < 0) {
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path", "params.level", "expected",
			"debug, info, notice, warning, err, crit, alert or emerg"),
		    "there is no such level");
		return false;
	}
	if (lease != NULL && (*ret_ttl_us < US_PER_S || json_object_size(lease) != 1)) {
		ctl_call_fail(call, CTL_INVALID_PARAMS,
		    json_pack("{s:s, s:s}", "path", "params.lease", "expected",
			"{\"ttl_ms\": 1000 or more}"),
		    "\"lease\" must say ttl_ms");
		return false;
	}
	return true;
}

/* Whether the caller may, for so long. */
static bool
may_set_level(const struct edits *edits, struct ctl_call *call, int64_t ttl_us)
{
	if (ttl_us != 0)
		return edits_may_give(edits, call, ttl_us, false);
	if (call->role >= CTL_ROLE_ADMIN)
		return true;
	ctl_call_fail(call, CTL_DENIED,
	    json_pack("{s:s, s:s}", "need", "admin", "have", ctl_role_name(call->role)),
	    "a level without an end needs the role admin; add \"for 30m\"");
	return false;
}

/* What it is without leases and without an edit. */
static int64_t
level_below(const struct edits *edits)
{
	const struct layer_entry *saved = layers_find_in(edits->config.layers,
	    edits->daemon_path, EDITS_FIELD_LOG_LEVEL, LAYER_SAVED);

	return saved != NULL ? saved->value : edits->log_level;
}

/* Puts the level in place; the id of its lease is "" without one. Returns whether there
 * is another edit than before. */
static bool
set_level(struct edits *edits, const struct ctl_call *call, int level, int64_t ttl_us,
    char id[64])
{
	int64_t now_us = clock_now_us();
	const struct layer_entry entry = {
	    .path = edits->daemon_path,
	    .field = EDITS_FIELD_LOG_LEVEL,
	    .value = level,
	    .layer = ttl_us != 0 ? LAYER_LEASE : LAYER_RUNTIME,
	    .kind = LAYER_KIND_OVERRIDE,
	    .id = "",
	    .uid = call->peer.uid,
	    .reason = ctl_params_text(call->params, "reason", ""),
	    .created_us = now_us,
	    .expires_us = ttl_us != 0 ? now_us + ttl_us : 0,
	};
	const struct layer_entry *stored = NULL, *old;
	bool changed = true;

	old = layers_find_in(
	    edits->config.layers, entry.path, entry.field, LAYER_RUNTIME);
	if (ttl_us != 0)
		stored = edits_give(edits, &entry);
	else if (level == level_below(edits)) /* it is that anyway: no edit */
		changed = layers_unset_in(
		    edits->config.layers, entry.path, entry.field, LAYER_RUNTIME);
	else if (old != NULL && old->value == level)
		changed = false;
	else
		(void)layers_set(edits->config.layers, &entry, &stored);
	(void)snprintf(id, 64, "%s", stored != NULL ? stored->id : "");
	return changed;
}

void
edits_do_log_level(void *userdata, struct ctl_call *call)
{
	struct edits *edits = userdata;
	int old = log_level(), level;
	int64_t ttl_us;
	char id[64];

	if (!take_request(call, &level, &ttl_us) || !may_set_level(edits, call, ttl_us))
		return;
	if (set_level(edits, call, level, ttl_us, id)) {
		edits_apply_log_level(edits);
		edits_changed(edits);
	}
	json_t *result = json_pack("{s:I, s:b, s:s, s:s}", "rev",
	    (json_int_t)*edits->config.rev, "changed", old != log_level(), "old",
	    level_names[old], "level", level_names[log_level()]);
	edits_put_lease(edits, result, id);
	edits_reply(edits, call, result);
}
