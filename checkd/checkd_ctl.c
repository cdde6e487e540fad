/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_ctl.c - the methods checkd offers over its control sockets. */
#include "checkd/checkd_ctl.h"

#include <errno.h>
#include <string.h>

#include "checkd/checkd.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_findings.h"
#include "common/ctl_server.h"
#include "common/units.h"
#include "config.h"

/* ---- the daemon ---------------------------------------------------------- */

static void
get_state(void *userdata, struct ctl_state *ret)
{
	static const char *const phases[CHECKD_PHASE_COUNT_] = {
	    [CHECKD_STARTING] = "starting",
	    [CHECKD_RUNNING] = "running",
	    [CHECKD_RELOADING] = "reloading",
	    [CHECKD_STOPPING] = "stopping",
	};
	const struct checkd *checkd = userdata;

	*ret = (struct ctl_state){
	    .node = checkd->options.config_id != NULL ? checkd->options.config_id
						      : checkd->host,
	    .phase = phases[checkd->phase],
	    .rev = checkd->rev,
	};
}

static json_t *
config_json(const struct checkd *checkd)
{
	char text[UNITS_TEXT_SIZE];

	return json_pack("{s:o, s:o, s:b}", "file",
	    ctl_msg_text(checkd->options.config_path), "reloaded",
	    checkd->reloaded_us != 0 ? json_string(units_format_rfc3339(text,
					   clock_realtime_of_us(checkd->reloaded_us)))
				     : json_null(),
	    "reload_failed", checkd->reload_failed);
}

static void
add_status(void *userdata, json_t *status)
{
	const struct checkd *checkd = userdata;
	char summary[128];

	(void)json_object_set_new(status, "services",
	    json_pack("{s:I, s:I}", "configured", (json_int_t)checkd->counts.services,
		"checked", (json_int_t)0));
	(void)json_object_set_new(status, "reals",
	    json_pack("{s:I, s:I}", "configured", (json_int_t)checkd->counts.reals,
		"checked", (json_int_t)0));
	(void)json_object_set_new(status, "config", config_json(checkd));
	(void)json_object_set_new(status, "leases", json_array());
	(void)json_object_set_new(status, "note",
	    json_string(checkd_summary(checkd, summary, sizeof(summary))));
}

/* ---- objects: none are served before there are checks -------------------- */

static size_t
count_none(void *userdata)
{
	(void)userdata;
	return 0;
}

static json_t *
page_none(void *userdata, size_t first, size_t count)
{
	(void)userdata;
	(void)first;
	(void)count;
	return json_array();
}

/* ---- methods ------------------------------------------------------------- */

static void
do_reload(void *userdata, struct ctl_call *call)
{
	struct checkd *checkd = userdata;
	struct conf_diags *diags = conf_diags_new();

	if (diags == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	int r = checkd_reload(checkd, diags);
	json_t *json = ctl_findings_json(diags);
	conf_diags_free(diags);
	if (r == 0 && json != NULL) {
		(void)json_object_set_new(
		    json, "rev", json_integer((json_int_t)checkd->rev));
		ctl_call_reply(call, json);
	} else if (r == -EINVAL) {
		ctl_call_fail(call, CTL_CONFIG_INVALID, json,
		    "the configuration has errors, nothing was changed");
	} else {
		ctl_call_fail(call, r == -EBUSY ? CTL_BUSY : CTL_IO, json,
		    "nothing was changed: %s", strerror(-r));
	}
}

/* clang-format off */
static const struct ctl_kind kinds[] = {
	{"vs", "a virtual service", count_none, page_none, NULL, NULL, NULL,
	 false},
	{"real", "a real server of a virtual service", count_none, page_none, NULL, NULL,
	 NULL, false},
	{"lease", "an override that ends by itself", count_none, page_none, NULL, NULL, NULL,
	 false},
	{0},
};

static const struct ctl_method methods[] = {
	{"config.reload", CTL_ROLE_ADMIN, true, NULL, do_reload,
	 "read the configuration anew"},
	{"reload", CTL_ROLE_ADMIN, true, NULL, do_reload, "the same as config.reload"},
	{0},
};

static const char *const features[] = {NULL};
/* clang-format on */

int
checkd_ctl_open(struct checkd *checkd)
{
	const struct ctl_server_config config = {
	    .daemon = "checkd",
	    .version = PACKAGE_VERSION,
	    .run_dir = checkd->run_dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .state = get_state,
	    .status = add_status,
	    .userdata = checkd,
	};

	return ctl_server_new(checkd->event, &config, &checkd->control);
}

void
checkd_ctl_close(struct checkd *checkd)
{
	checkd->control = ctl_server_free(checkd->control);
}
