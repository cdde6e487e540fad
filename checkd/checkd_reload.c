/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_reload.c - the configuration read again while checkd runs, and told of. */
#include "checkd/checkd_reload.h"

#include <errno.h>

#include "checkd/checkd.h"
#include "checkd/checkd_ctl.h"
#include "common/clock.h"
#include "common/daemon_frame.h"
#include "common/log.h"

int
checkd_reload(struct checkd *checkd, struct daemon_reload *request)
{
	char summary[128];

	if (checkd->phase != DAEMON_RUNNING)
		return -EBUSY;
	if (request->dry_run)
		return checkd_exchange(checkd, request);
	checkd->phase = DAEMON_RELOADING;
	daemon_notify_reloading();
	int r = checkd_exchange(checkd, request);
	checkd->phase = DAEMON_RUNNING;
	checkd->reload_failed = r < 0;
	if (r == 0) {
		checkd->rev++;
		checkd->reloaded_us = clock_now_us();
		checkd_ctl_reloaded(checkd, request->told);
		log_info(
		    "reloaded: %s", checkd_summary(checkd, summary, sizeof(summary)));
	} else {
		daemon_log_refused(request, r);
	}
	checkd_ctl_tell_reload(checkd, request);
	daemon_notify_ready(checkd_summary(checkd, summary, sizeof(summary)));
	return r;
}
