/* SPDX-License-Identifier: Apache-2.0 */
/* view_peer.c - what the daemons know of each other. */
#include <stdlib.h>
#include <string.h>

#include "hactl/columns.h"
#include "hactl/peer_text.h"
#include "hactl/view.h"

static void
add_peer(struct columns *columns, const struct part *part, const json_t *peer)
{
	const json_t *instances = json_object_get(peer, "instances");
	const char *maintenance = view_string(peer, "maintenance", NULL);
	char total[VIEW_TEXT_SIZE], age[UNITS_TEXT_SIZE], span[UNITS_TEXT_SIZE];

	columns_add(columns, PAINT_NONE, "%s", part->daemon);
	view_add_text(columns, peer, "name");
	view_add_state(columns, peer);
	columns_add(columns, PAINT_NONE, "%s", view_span(span, peer, "for_ms"));
	columns_add(columns, PAINT_NONE, "%s", peer_text_age(age, peer));
	view_add_text(columns, peer, "version");
	view_add_text(columns, peer, "phase");
	columns_add(columns, PAINT_NONE, "%s",
	    json_is_object(instances) ? view_text(total, instances, "total") : "-");
	columns_add(columns, PAINT_NONE, "%s", maintenance != NULL ? maintenance : "-");
}

static void
put_why(FILE *to, const struct part *part, const json_t *peer)
{
	char *why = peer_text_why(peer);

	fprintf(to, "%s: %s\n", part->daemon, why);
	free(why);
}

void
view_peers(FILE *to, const struct answer *answer, const struct style *style)
{
	static const struct column heads[] = {
	    {.title = "DAEMON"},
	    {.title = "HEARS"},
	    {.title = "STATE"},
	    {.title = "FOR", .align = COLUMN_RIGHT},
	    {.title = "AGE", .align = COLUMN_RIGHT},
	    {.title = "VERSION"},
	    {.title = "PHASE"},
	    {.title = "INSTANCES", .align = COLUMN_RIGHT},
	    {.title = "MAINTENANCE"},
	};
	struct columns *columns = columns_new(heads, sizeof(heads) / sizeof(heads[0]));
	const json_t *peer;
	size_t at;

	for (size_t i = 0; i < answer->count; i++)
		json_array_foreach (answer->parts[i].items, at, peer)
			add_peer(columns, &answer->parts[i], peer);
	columns_print(columns, to, style);
	columns_free(columns);
	for (size_t i = 0; i < answer->count; i++)
		json_array_foreach (answer->parts[i].items, at, peer)
			if (peer_is_lost(peer))
				put_why(to, &answer->parts[i], peer);
	view_failures(to, answer, style);
}
