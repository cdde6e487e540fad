/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - vrrpd itself: its virtual routers, the edges they share, and its life. */
#ifndef VRRPD_ENGINE_H
#define VRRPD_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <systemd/sd-event.h>
#include "common/daemon.h"
#include "common/daemon_phase.h"
#include "common/layers.h"
#include "common/timer_heap.h"
#include "vrrpd/vrouter.h"
#include "vrrpd/vrrp_lateness.h"

struct daemon_reload;
struct engine_repair;
struct conf_tree;
struct ctl_server;
struct helper;

/* The last packet for a virtual router that is not ours. */
struct engine_stranger {
	uint8_t vrid;
	struct addr source;
	int64_t at_us;
};

struct engine {
	sd_event *event;
	struct daemon_options options;
	char run_dir[4096];
	char state_dir[4096]; /* empty: there is none */
	char log_dir[4096];   /* empty: there is none */
	enum daemon_phase phase;
	int64_t started_us;
	bool settled; /* the first election timers of all routers have run */
	uint64_t rev; /* counts changes of configuration and overrides */

	struct conf_tree *tree; /* what `conf` was built from: for config show */
	struct vrrp_conf *conf;
	struct vrouter **routers; /* in the order of the configuration */
	size_t router_count;

	struct timer_heap heap; /* the deadlines of all virtual routers */
	sd_event_source *timer;
	int64_t timer_set_us; /* what `timer` is set to */
	bool serves_timers;   /* words wait until the packets have left */
	STAILQ_HEAD(vrouter_list, vrouter) untold; /* transitions that wait to be told */
	STAILQ_HEAD(vrouter_news, vrouter) news; /* routers to be looked at (vrrp_news.h) */
	struct layers_watcher edits_watcher; /* for the news */
	struct vrrp_news_cause *news_cause;  /* that of the router noted last */
	size_t known; /* so many routers are known to who listens (vrrp_news_begin()) */
	size_t news_at;          /* the place of the one that was noted last */
	sd_event_source *teller; /* on: there are some */
	sd_event_source *status; /* on: the service manager is to hear of changes */

	struct link_mon *links;
	struct nl_queue *netlink;
	struct vip_table *vips;
	struct adv_sockets *sockets;
	struct announcer *announcer;
	struct runstate *runstate;
	struct layers *layers; /* live edits */
	struct helper *helper;
	struct engine_repair *repair; /* the one under way */
	struct ctl_server *control;
	const struct ctl_cause *cause; /* while a client's request is carried out */

	int64_t reloaded_us; /* last successful reload; 0: none */
	bool reload_failed;  /* the last one was refused */
	uint64_t unknown_vrid; /* packets for virtual routers that are not ours */
	struct engine_stranger stranger;
	int64_t stranger_us;   /* when one of them was last looked at */
	struct vrrp_lateness lateness;  /* of our advertisements */
	struct vrrp_lateness reconcile; /* from Master to all addresses set */
	sd_event_source *stop_check;
	int64_t stop_until_us;
	bool stop_keeps_role; /* a successor follows at once */
};

/* Opens the edges, makes the virtual routers of engine->conf and starts them. The caller
 * has filled in event, options, run_dir, tree, conf and helper. Returns 0 or a negative
 * errno after saying why. */
int engine_start(struct engine *engine);

/* Frees everything that engine_start() and the caller put in. */
void engine_done(struct engine *engine);

/* The virtual router called `name`, or NULL. */
struct vrouter *engine_find(const struct engine *engine, const char *name);

/* Reads the configuration anew and applies the differences. On any error nothing changes
 * and its findings say why. One that would end all virtual routers, as a file that was
 * cut short does, needs force. Returns 0, -EINVAL (the configuration), -ECANCELED (force),
 * or a negative errno. */
int engine_reload(struct engine *engine, struct daemon_reload *reload);

/* Begins to stop: Masters hand over, then the loop ends. `keep_role` leaves addresses and
 * roles for a successor that follows at once. */
void engine_stop(struct engine *engine, bool keep_role);

/* Something about `vr` changed that clients may care about: state, master, addresses. */
void engine_publish(struct engine *engine, struct vrouter *vr);

/* Arms the loop's timer for the deadline of `vr`'s state machine. */
void engine_arm(struct engine *engine, struct vrouter *vr);

#endif
