/* SPDX-License-Identifier: Apache-2.0 */
/* daemon_phase.c - where a daemon is in its life. */
#include "common/daemon_phase.h"

const char *
daemon_phase_name(enum daemon_phase phase)
{
	static const char *const names[DAEMON_PHASE_COUNT_] = {
	    [DAEMON_STARTING] = "starting",
	    [DAEMON_RUNNING] = "running",
	    [DAEMON_RELOADING] = "reloading",
	    [DAEMON_STOPPING] = "stopping",
	};

	return names[phase];
}
