/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_news.c - tells what changed of routers beside their events. */
#include "vrrpd/vrrp_news.h"

#include <string.h>

#include "common/event.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_events.h"

/* Routers that are looked at in one turn of the loop: about half a millisecond. */
#define ROUTERS_A_TURN 16

static bool
is_called(const struct vrouter *vr, const char *name)
{
	return strcmp(vr->conf->name, name) == 0;
}

/* Edits of many routers come in their order: the search begins where it ended. */
static struct vrouter *
find_next(struct engine *engine, const char *name)
{
	for (size_t i = 0; i < engine->router_count; i++) {
		size_t at = (engine->news_at + i) % engine->router_count;

		if (!is_called(engine->routers[at], name))
			continue;
		engine->news_at = at;
		return engine->routers[at];
	}
	return NULL;
}

static void
on_edit(void *userdata, const struct layer_entry *entry)
{
	const char *kind = "instance/";
	struct vrouter *vr = NULL;

	if (strncmp(entry->path, kind, strlen(kind)) == 0)
		vr = find_next(userdata, entry->path + strlen(kind));
	if (vr != NULL)
		vrrp_news_note(vr);
}

static int
on_turn(sd_event_source *source, void *userdata)
{
	struct engine *engine = userdata;
	struct vrouter *vr;

	for (unsigned i = 0; i < ROUTERS_A_TURN; i++) {
		vr = STAILQ_FIRST(&engine->news);
		if (vr == NULL)
			return 0;
		STAILQ_REMOVE_HEAD(&engine->news, of_news);
		vr->has_news = false;
		vrrp_event_news(vr);
	}
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int
vrrp_news_open(struct engine *engine)
{
	int r;

	STAILQ_INIT(&engine->news);
	r = sd_event_add_defer(engine->event, &engine->teller, on_turn, engine);
	if (r < 0)
		return r;
	engine->edits_watcher = (struct layers_watcher){on_edit, engine, NULL};
	layers_watch(engine->layers, &engine->edits_watcher);
	(void)sd_event_source_set_description(engine->teller, "news");
	(void)sd_event_source_set_enabled(engine->teller, SD_EVENT_OFF);
	return sd_event_source_set_priority(engine->teller, EVENT_PRIORITY_CONTROL);
}

void
vrrp_news_close(struct engine *engine)
{
	if (engine->layers != NULL)
		layers_unwatch(engine->layers, &engine->edits_watcher);
	engine->teller = sd_event_source_unref(engine->teller);
}

void
vrrp_news_note(struct vrouter *vr)
{
	struct engine *engine = vr->engine;

	if (vr->has_news || engine->teller == NULL)
		return;
	vr->has_news = true;
	STAILQ_INSERT_TAIL(&engine->news, vr, of_news);
	(void)sd_event_source_set_enabled(engine->teller, SD_EVENT_ONESHOT);
}

void
vrrp_news_forget(struct vrouter *vr)
{
	if (!vr->has_news)
		return;
	STAILQ_REMOVE(&vr->engine->news, vr, vrouter, of_news);
	vr->has_news = false;
}
