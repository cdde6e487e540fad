/* SPDX-License-Identifier: Apache-2.0 */
/* daemon_phase.h - where a daemon is in its life. */
#ifndef COMMON_DAEMON_PHASE_H
#define COMMON_DAEMON_PHASE_H

enum daemon_phase {
	DAEMON_STARTING = 0,
	DAEMON_RUNNING,
	DAEMON_RELOADING,
	DAEMON_STOPPING,
	DAEMON_PHASE_COUNT_
};

/* "running", as the control protocol has it. */
const char *daemon_phase_name(enum daemon_phase phase);

#endif
