/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_limits.h - how much one client, and all of them, may take of a daemon. */
#ifndef COMMON_CTL_LIMITS_H
#define COMMON_CTL_LIMITS_H

#include <stdint.h>

#define CTL_CLIENTS_MAX 32     /* of each socket */
#define CTL_CLIENTS_ROOT 4     /* more, for uid 0 and the daemons themselves */
#define CTL_CLIENTS_PER_USER 8 /* of a uid other than 0, on each socket */
#define CTL_WAITING_MAX 8      /* requests of a client that wait for an outcome */
#define CTL_BACKLOG 16         /* listen(2) */
#define CTL_UNSENT_PAUSE (64 * 1024) /* from then on nothing more is served */
#define CTL_UNSENT_MAX (2 * 1024 * 1024)
#define CTL_SUBS_MAX 4 /* subscriptions of a client */
/* Objects built at a time for a subscriber: what it is told cannot be paged, and
 * between two slices the loop serves its timers. Fewer than a page of `list` has
 * (CTL_PAGE), which is one request's work. */
#define CTL_PICTURE_SLICE 64
#define CTL_PARSE_ERRORS_MAX 3 /* the third closes the connection */

#define CTL_IDLE_US (INT64_C(600) * 1000000)
#define CTL_HALF_LINE_US (INT64_C(10) * 1000000)
#define CTL_STUCK_US (INT64_C(30) * 1000000) /* unsent bytes without progress */

#endif
