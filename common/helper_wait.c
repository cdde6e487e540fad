/* SPDX-License-Identifier: Apache-2.0 */
/* helper_wait.c - an answer of the helper, awaited in the loop. */
#include "common/helper_wait.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/event.h"
#include "common/units.h"

int
helper_wait(struct helper_wait *wait, sd_event *event, int fd, int64_t span_us,
    sd_event_io_handler_t on_answer, sd_event_time_handler_t on_late, void *userdata)
{
	int r = sd_event_add_io(event, &wait->answer, fd, EPOLLIN, on_answer, userdata);

	if (r < 0) {
		(void)close(fd);
		return r;
	}
	(void)sd_event_source_set_io_fd_own(wait->answer, true);
	r = sd_event_add_time_relative(event, &wait->limit, EVENT_CLOCK,
	    (uint64_t)(span_us + US_PER_S), 0, on_late, userdata);
	if (r >= 0)
		r = sd_event_source_set_priority(wait->answer, EVENT_PRIORITY_CONTROL);
	if (r >= 0)
		r = sd_event_source_set_priority(wait->limit, EVENT_PRIORITY_CONTROL);
	if (r < 0)
		helper_wait_end(wait);
	return r < 0 ? r : 0;
}

void
helper_wait_end(struct helper_wait *wait)
{
	wait->answer = sd_event_source_disable_unref(wait->answer);
	wait->limit = sd_event_source_disable_unref(wait->limit);
}
