/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_log_tail.c - the method `log.tail`: the last events, as the ring keeps them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ctl_server_internal.h"

#define LOG_TEXT_MAX (CTL_RESPONSE_MAX - 4096) /* and the envelope */

static const char *
text_for(const struct ctl_event *event, enum ctl_role role)
{
	return role == CTL_ROLE_READ && event->redacted != NULL ? event->redacted
								: event->full;
}

/* The first of the last `count` events that fit into an answer together. */
static uint64_t
first_event(const struct ctl_ring *ring, uint64_t count, enum ctl_role role)
{
	uint64_t seq = ctl_ring_head(ring);
	size_t len = 0;

	while (count-- > 0 && seq > ctl_ring_tail(ring)) {
		const struct ctl_event *event = ctl_ring_get(ring, seq - 1);

		if (event != NULL)
			len += strlen(text_for(event, role)) + CTL_EVENT_HEAD_SIZE;
		if (len > LOG_TEXT_MAX)
			break;
		seq--;
	}
	return seq;
}

void
ctl_do_log_tail(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const struct ctl_ring *ring = server->ring;
	uint64_t count = (uint64_t)ctl_params_integer(call->params, "count", 20);
	uint64_t head = ctl_ring_head(ring);
	char head_text[CTL_EVENT_HEAD_SIZE];
	const char *comma = "";
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to == NULL) {
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
		return;
	}
	fprintf(to, "{\"epoch\":\"%s\",\"seq\":%" PRIu64 ",\"items\":[", server->epoch,
	    head - 1);
	for (uint64_t seq = first_event(ring, count, call->role); seq < head; seq++) {
		const struct ctl_event *event = ctl_ring_get(ring, seq);

		if (event == NULL)
			continue;
		fprintf(to, "%s{%s%s", comma, ctl_event_head(server, event, head_text),
		    text_for(event, call->role));
		comma = ",";
	}
	fputs("]}", to);
	if (fclose(to) == 0)
		ctl_call_reply_text(call, text);
	else
		ctl_call_fail(call, CTL_INTERNAL, NULL, "out of memory");
	free(text);
}
