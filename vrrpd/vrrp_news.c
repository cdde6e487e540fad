/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_news.c - tells what changed of routers beside their events. */
#include "vrrpd/vrrp_news.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/event.h"
#include "vrrpd/engine.h"
#include "vrrpd/vrrp_events.h"

/* Routers that are looked at in one turn of the loop: about half a millisecond. */
#define ROUTERS_A_TURN 16

/* Thousands of routers may have one cause. */
struct vrrp_news_cause {
	unsigned used;
	struct ctl_kept_cause kept;
};

/* ---- causes ---------------------------------------------------------------- */

static struct vrrp_news_cause *
release(struct vrrp_news_cause *because)
{
	if (because != NULL && --because->used == 0)
		free(because);
	return NULL;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_same(const struct ctl_cause *a, const struct ctl_cause *b)
{
	return a->uid == b->uid && is_same_text(a->op_id, b->op_id) &&
	       is_same_text(a->reason, b->reason);
}

/* The cause that the routers noted last have, made anew when it is another. */
static struct vrrp_news_cause *
share(struct engine *engine, const struct ctl_cause *cause)
{
	struct vrrp_news_cause *last = engine->news_cause;

	if (last != NULL && is_same(&last->kept.cause, cause))
		return last;
	engine->news_cause = release(last);
	last = calloc(1, sizeof(*last));
	if (last == NULL)
		return NULL; /* it is told without */
	last->used = 1;
	ctl_keep_cause(&last->kept, cause);
	engine->news_cause = last;
	return last;
}

static void
note_cause(struct vrouter *vr)
{
	const struct ctl_cause *cause = vrrp_event_cause(vr);
	struct vrrp_news_cause *because;

	if (cause == NULL || !cause->by_client)
		return;
	because = share(vr->engine, cause);
	if (because != NULL)
		because->used++;
	(void)release(vr->because);
	vr->because = because;
}

/* ---- edits ----------------------------------------------------------------- */

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

/* ---- telling --------------------------------------------------------------- */

static void
tell(struct vrouter *vr)
{
	vrrp_event_news(vr, vr->because != NULL ? ctl_kept_cause(&vr->because->kept)
						: vrrp_event_cause(vr));
	vr->because = release(vr->because);
}

static int
on_turn(sd_event_source *source, void *userdata)
{
	struct engine *engine = userdata;
	struct vrouter *vr;

	for (unsigned i = 0; i < ROUTERS_A_TURN; i++) {
		if (engine->known < engine->router_count) {
			vrrp_events_know(engine->routers[engine->known++]);
			continue;
		}
		vr = STAILQ_FIRST(&engine->news);
		if (vr == NULL)
			return 0;
		STAILQ_REMOVE_HEAD(&engine->news, of_news);
		vr->has_news = false;
		tell(vr);
	}
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int
vrrp_news_open(struct engine *engine)
{
	int r;

	STAILQ_INIT(&engine->news);
	engine->known = SIZE_MAX; /* nobody listens */
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
	engine->news_cause = release(engine->news_cause);
}

void
vrrp_news_begin(struct engine *engine)
{
	engine->known = 0;
	if (engine->teller != NULL)
		(void)sd_event_source_set_enabled(engine->teller, SD_EVENT_ONESHOT);
}

void
vrrp_news_note(struct vrouter *vr)
{
	struct engine *engine = vr->engine;

	if (engine->teller == NULL)
		return;
	note_cause(vr);
	if (vr->has_news)
		return;
	vr->has_news = true;
	STAILQ_INSERT_TAIL(&engine->news, vr, of_news);
	(void)sd_event_source_set_enabled(engine->teller, SD_EVENT_ONESHOT);
}

void
vrrp_news_forget(struct vrouter *vr)
{
	vr->because = release(vr->because);
	if (!vr->has_news)
		return;
	STAILQ_REMOVE(&vr->engine->news, vr, vrouter, of_news);
	vr->has_news = false;
}
