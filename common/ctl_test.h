/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_test.h - config.test: what a reload would say of the configuration.
 *
 * The helper has the file read and checked aside (helper_test.c). Everybody may ask: to
 * readers the places of findings are told and not their texts, which quote a file that
 * may be root's alone; and all of them together may ask every few seconds only.
 */
#ifndef COMMON_CTL_TEST_H
#define COMMON_CTL_TEST_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/ctl_server.h"
#include "common/helper_wait.h"

struct helper;

#define CTL_TEST_READERS_US (INT64_C(5) * 1000000) /* between tests of readers */

struct ctl_test {
	sd_event *event;
	struct helper *const *helper; /* NULL in it: there is none */
	struct helper_wait wait;      /* for the answer */
	struct ctl_call *call;        /* that waits for it; NULL: nobody asks */
	char *text;                   /* what came of it */
	size_t len, room;
	int64_t reader_us; /* when a reader asked last; 0: never */
};

/* What the daemon's server is to serve of it. */
struct ctl_part ctl_test_part(struct ctl_test *test);

/* Answers who waits. */
void ctl_test_close(struct ctl_test *test);

#endif
