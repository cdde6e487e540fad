/* SPDX-License-Identifier: Apache-2.0 */
/* repeat.c - shows an answer again and again ("--watch"). */
#include "hactl/repeat.h"

#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/terminal.h"
#include "hactl/when.h"

#define REPEAT_US (2 * US_PER_S)

/* A daemon that does not answer must not leave its last answer on the screen for long.
 */
#define ANSWER_US (2 * US_PER_S)

/* Home, and clear to the end of the screen. It leaves in one write with all that
 * follows, so there is never an empty screen to be seen. */
#define REPAINT "\033[H\033[J"
#define PAGE_BYTES ((size_t)256 * 1024)

static bool
can_repaint(const struct order *order)
{
	return order->options.json == JSON_OFF && isatty(STDOUT_FILENO) == 1 &&
	       terminal_is_able();
}

/* "12:33:01, every 2s: show instances" */
static void
put_head(const struct order *order, int64_t us)
{
	char at[UNITS_TEXT_SIZE], rfc[UNITS_TEXT_SIZE], span[UNITS_TEXT_SIZE];
	char *text = order_text(order);

	if (!options_given(&order->options, OPTION_NO_LEGEND))
		printf("%s, every %s: %s\n\n",
		    when_clock(
			at, units_format_rfc3339(rfc, order->now_us), order->now_us),
		    units_format_span(span, us), text);
	free(text);
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
	if (again.options.timeout_us == 0)
		again.options.timeout_us = ANSWER_US;
	if (repaints)
		(void)setvbuf(stdout, NULL, _IOFBF, PAGE_BYTES);
	while (terminal_interrupted == 0 && ferror(stdout) == 0) {
		again.now_us = clock_realtime_us();
		if (repaints) {
			fputs(REPAINT, stdout);
			put_head(&again, us);
		}
		(void)once(session, &again);
		if (!repaints && again.options.json == JSON_OFF)
			putchar('\n');
		(void)fflush(stdout);
		pause_for(us);
	}
	if (repaints)
		(void)setvbuf(stdout, NULL, _IOLBF, 0);
	return terminal_interrupted != 0 ? CTL_EXIT_INTERRUPTED : CTL_EXIT_FAILED;
}
