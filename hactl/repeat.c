/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.c - shows an answer again and again ("--watch"). */
#include "hactl/repeat.h"

#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/terminal.h"

#define REPEAT_US (2 * US_PER_S)

/* Home, and clear to the end of the screen: nothing flickers as with a full clear. */
#define REPAINT "\033[H\033[J"

static bool
can_repaint(const struct order *order)
{
	return order->options.json == JSON_OFF && isatty(STDOUT_FILENO) == 1 &&
	       terminal_is_able();
}

static void
pause_for(int64_t us)
{
	struct timespec left = {
	    .tv_sec = us / US_PER_S, .tv_nsec = us % US_PER_S * 1000};

	if (terminal_interrupted == 0)
		(void)nanosleep(&left, NULL);
}

enum ctl_exit
repeat_run(struct session *session, const struct order *order,
    enum ctl_exit (*once)(struct session *session, const struct order *order))
{
	int64_t us = order->options.watch_us > 0 ? order->options.watch_us : REPEAT_US;
	bool repaints = can_repaint(order);
	struct order again = *order;

	again.options.given |= OPTION_BIT(OPTION_NO_PAGER);
	again.options.json =
	    order->options.json == JSON_AUTO ? JSON_SHORT : order->options.json;
	while (terminal_interrupted == 0 && ferror(stdout) == 0) {
		again.now_us = clock_realtime_us();
		if (repaints)
			fputs(REPAINT, stdout);
		(void)once(session, &again);
		if (!repaints && again.options.json == JSON_OFF)
			putchar('\n');
		(void)fflush(stdout);
		pause_for(us);
	}
	return terminal_interrupted != 0 ? CTL_EXIT_INTERRUPTED : CTL_EXIT_FAILED;
}
