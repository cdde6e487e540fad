/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_reload.c - a reload from its request, or signal, to its answer.
 *
 * The helper reads the files aside (helper_load.c), however long they take; the daemon
 * goes on meanwhile, and takes the text into use once it is there.
 */
#include "common/ctl_reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_call.h"
#include "common/ctl_config.h"
#include "common/ctl_findings.h"
#include "common/daemon_frame.h"
#include "common/helper.h"
#include "common/log.h"
#include "common/units.h"

#define RETRY_MS 1000 /* for who comes while another one waits */

/* ---- the answer ------------------------------------------------------------ */

/* The answer to a reload that was carried out, which waits for the comparison. */
struct waiting {
	struct ctl_call *call;
	json_t *answer;
};

/* The reload is done all the same, and whoever asked must not think that nothing is. */
static void
fail_repair(struct ctl_call *call, json_t *answer, int error)
{
	if (error == -ECANCELED)
		ctl_call_fail(call, CTL_UNAVAILABLE, answer,
		    "the daemon stops: the comparison with the kernel has no result");
	else
		ctl_call_fail(call, CTL_PARTIAL, answer,
		    "the configuration was read, but not compared with the kernel: %s",
		    error == -ETIMEDOUT
			? "addresses are still being put in or removed; ask "
			  "again in a moment"
			: strerror(-error));
}

static void
on_repaired(void *userdata, int error, json_t *told)
{
	struct waiting *waiting = userdata;

	if (error == 0) {
		(void)json_object_set_new(waiting->answer, "repair", told);
		ctl_call_reply(waiting->call, waiting->answer);
	} else {
		fail_repair(waiting->call, waiting->answer, error);
	}
	free(waiting);
}

static void
repair_first(const struct ctl_config *config, struct ctl_call *call, bool dry_run,
    json_t *answer)
{
	struct waiting *waiting = malloc(sizeof(*waiting));
	int r = waiting == NULL ? -ENOMEM : 0;

	if (r == 0) {
		*waiting = (struct waiting){call, answer};
		r = config->repair(config->userdata, dry_run, on_repaired, waiting);
	}
	if (r < 0) {
		free(waiting);
		fail_repair(call, answer, r);
	}
}

static void
answer_done(const struct ctl_config *config, struct ctl_call *call,
    const struct daemon_reload *reload, json_t *json)
{
	bool repair = ctl_params_boolean(call->params, "repair", false);

	(void)json_object_update(json, reload->told);
	(void)json_object_set_new(json, "rev", json_integer((json_int_t)*config->rev));
	if (reload->dry_run)
		(void)json_object_set_new(json, "dry_run", json_true());
	if (repair && config->repair != NULL) {
		repair_first(config, call, reload->dry_run, json);
		return;
	}
	if (repair) /* there is nothing to compare */
		(void)json_object_set_new(
		    json, "repair", json_pack("{s:i}", "compared", 0));
	ctl_call_reply(call, json);
}

static void
answer_reload(const struct ctl_config *config, struct ctl_call *call,
    const struct daemon_reload *reload, int r)
{
	json_t *json = ctl_findings_json(reload->diags);

	if (r == 0 && json != NULL) {
		answer_done(config, call, reload, json);
	} else if (r == -EINVAL) {
		ctl_call_fail(call, CTL_CONFIG_INVALID, json,
		    "the configuration has errors, nothing was changed");
	} else if (r == -ECANCELED) {
		ctl_call_fail(call, CTL_WOULD_BREAK, json, "nothing was changed: %s",
		    reload->refused);
	} else if (r == -EBUSY) {
		ctl_call_fail(call, CTL_BUSY, json, "%s is not ready for a reload",
		    config->daemon);
	} else {
		ctl_call_fail(call, CTL_IO, json, "nothing was changed: %s",
		    reload->refused[0] != '\0' ? reload->refused : strerror(-r));
	}
}

/* ---- the files are read ----------------------------------------------------- */

/* A reload that is under way. */
struct ctl_reading {
	struct ctl_config *config;
	struct ctl_call *call; /* NULL: a signal asked */
	struct daemon_reload reload;
	int64_t began_us;
};

/* What a signal asked for is told in the log alone. */
static void
carry_out(void *userdata)
{
	struct ctl_reading *reading = userdata;
	struct daemon_reload *reload = &reading->reload;
	const struct ctl_config *config = reading->config;
	int r = config->reload(config->userdata, reload);

	if (reading->call != NULL)
		answer_reload(config, reading->call, reload, r);
	else if (conf_diags_count(reload->diags) > 0)
		conf_diags_print(reload->diags, stderr);
}

static struct ctl_reading *
reading_free(struct ctl_reading *reading)
{
	if (reading == NULL)
		return NULL;
	conf_text_free(reading->reload.text);
	json_decref(reading->reload.told);
	conf_diags_free(reading->reload.diags);
	free(reading);
	return NULL;
}

static void
explain_error(struct ctl_reading *reading)
{
	struct daemon_reload *reload = &reading->reload;
	const char *path = reading->config->options->config_path;
	char span[UNITS_TEXT_SIZE];

	/* Sooner than that only somebody else can have ended it. */
	bool killed = clock_now_us() - reading->began_us < HELPER_LOAD_WAIT_US;

	if (reload->read_error == -ETIMEDOUT && killed)
		(void)snprintf(reload->refused, sizeof(reload->refused),
		    "%s: the process that reads it was killed", path);
	else if (reload->read_error == -ETIMEDOUT)
		(void)snprintf(reload->refused, sizeof(reload->refused),
		    "%s could not be read within %s", path,
		    units_format_span(span, HELPER_LOAD_WAIT_US));
	else
		(void)snprintf(reload->refused, sizeof(reload->refused), "%s: %s", path,
		    helper_strerror(reload->read_error));
}

/* The files are read, or cannot be. */
static void
go_on(struct ctl_reading *reading)
{
	struct ctl_config *config = reading->config;

	helper_wait_end(&config->wait);
	config->reading = NULL;
	if (reading->reload.read_error < 0)
		explain_error(reading);
	if (reading->call != NULL)
		ctl_server_as_cause(reading->call, carry_out, reading);
	else
		carry_out(reading);
	reading_free(reading);
	if (config->again)
		ctl_reload_by_signal(config);
}

static int
on_text(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct ctl_reading *reading = userdata;
	struct daemon_reload *reload = &reading->reload;
	int r = helper_take_config(fd, reload->diags, &reload->text);

	(void)source;
	(void)revents;
	if (r == -EAGAIN)
		return 0;
	reload->read_error = r;
	go_on(reading);
	return 0;
}

static int
on_late(sd_event_source *source, uint64_t at_us, void *userdata)
{
	struct ctl_reading *reading = userdata;

	(void)source;
	(void)at_us;
	reading->reload.read_error = -EAGAIN;
	go_on(reading);
	return 0;
}

/* ---- the request ------------------------------------------------------------ */

static int
await_text(struct ctl_reading *reading, struct helper *helper)
{
	struct ctl_config *config = reading->config;
	int fd;
	int r = helper_load_config(helper, &fd);

	if (r == 0)
		r = helper_wait(&config->wait, config->event, fd, HELPER_LOAD_WAIT_US,
		    on_text, on_late, reading);
	return r;
}

/* Without a helper the daemon reads the files itself. */
static void
start(struct ctl_config *config, struct ctl_call *call,
    const struct daemon_reload *request)
{
	struct ctl_reading *reading = calloc(1, sizeof(*reading));
	struct conf_diags *diags = conf_diags_new();

	if (reading == NULL || diags == NULL) {
		log_err("reload refused, nothing changed: out of memory");
		if (call != NULL)
			ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		conf_diags_free(diags);
		free(reading);
		return;
	}
	*reading = (struct ctl_reading){config, call, *request, clock_now_us()};
	reading->reload.diags = diags;
	config->reading = reading;
	if (*config->helper != NULL)
		reading->reload.read_error = await_text(reading, *config->helper);
	if (*config->helper == NULL || reading->reload.read_error < 0)
		go_on(reading);
}

void
ctl_reload(void *userdata, struct ctl_call *call)
{
	struct ctl_config *config = userdata;
	const struct daemon_reload request = {
	    .force = ctl_params_boolean(call->params, "force", false),
	    .dry_run = ctl_params_boolean(call->params, "dry_run", false),
	};

	if (config->reading != NULL)
		ctl_call_fail(call, CTL_BUSY, json_pack("{s:i}", "retry_ms", RETRY_MS),
		    "%s is reading the configuration for another reload",
		    config->daemon);
	else if (ctl_params_boolean(call->params, "repair", false) &&
		 config->repair != NULL && config->is_repairing(config->userdata))
		ctl_call_fail(call, CTL_BUSY, NULL,
		    "%s is comparing with the kernel already", config->daemon);
	else
		start(config, call, &request);
}

/* A file that changed since it was read must be read again. */
void
ctl_reload_by_signal(struct ctl_config *config)
{
	static const struct daemon_reload request;

	config->again = config->reading != NULL;
	if (!config->again)
		start(config, NULL, &request);
}

void
ctl_reload_close(struct ctl_config *config)
{
	struct ctl_reading *reading = config->reading;

	helper_wait_end(&config->wait);
	if (reading != NULL && reading->call != NULL)
		ctl_call_fail(
		    reading->call, CTL_UNAVAILABLE, NULL, "the daemon is stopping");
	config->reading = reading_free(reading);
}
