/* SPDX-License-Identifier: Apache-2.0 */
/* helper_wait.h - an answer of the helper, awaited in the loop.
 *
 * What the helper does aside ends by itself in time; a helper that is stopped never
 * begins. So whoever waits for it does so for a while only.
 */
#ifndef COMMON_HELPER_WAIT_H
#define COMMON_HELPER_WAIT_H

#include <stdint.h>
#include <systemd/sd-event.h>

struct helper_wait {
	sd_event_source *answer, *limit; /* NULL: nothing is awaited */
};

/* Calls `on_answer` whenever `fd` is readable, until helper_wait_end(), and `on_late` when
 * that was not called a second after `span_us`, which the helper allows. `fd` is taken
 * over, on failure, too. Returns 0 or a negative errno. */
int helper_wait(struct helper_wait *wait, sd_event *event, int fd, int64_t span_us,
    sd_event_io_handler_t on_answer, sd_event_time_handler_t on_late, void *userdata);

/* Closes the descriptor. Does nothing when nothing is awaited. */
void helper_wait_end(struct helper_wait *wait);

#endif
