/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter.h - owns one virtual router: feeds events to vrrp_fsm and carries its effects
 * out with the edges (sockets, addresses, announcements). Decides nothing itself. */
#ifndef VRRPD_VROUTER_H
#define VRRPD_VROUTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "common/ctl_events.h"
#include "common/log.h"
#include "common/timer_heap.h"
#include "vrrpd/adv_socket.h"
#include "vrrpd/link_mon.h"
#include "vrrpd/runstate.h"
#include "vrrpd/vip.h"
#include "vrrpd/vrrp_brief.h"
#include "vrrpd/vrrp_conf.h"
#include "vrrpd/vrrp_fsm.h"
#include "vrrpd/vrrp_offender.h"
#include "vrrpd/vrrp_packet.h"
#include "vrrpd/vrrp_view.h"

struct engine;

/* Lines of the log that a packet can cause, again and again. */
enum vrouter_line {
	VROUTER_LINE_REFUSED = 0,
	VROUTER_LINE_FOREIGN,  /* a source outside our networks */
	VROUTER_LINE_MISMATCH, /* v3: accepted though it differs */
	VROUTER_LINE_CONFLICT, /* another owner */
	VROUTER_LINE_UNSENT,
	VROUTER_LINE_COUNT_
};

/* What was said of other routers lately; few ever have one. */
struct vrouter_lines {
	struct log_limit limits[VROUTER_LINE_COUNT_];
	int64_t interval_us; /* the interval of another that was told last */
	struct addr source;  /* and whose it is */
};

/* What keeps a virtual router in FAULT; several may hold at once. */
enum vrouter_fault {
	VROUTER_FAULT_NO_INTERFACE = 1 << 0,
	VROUTER_FAULT_LINK_DOWN = 1 << 1,
	VROUTER_FAULT_NO_ADDRESS = 1 << 2, /* no source address for advertisements */
	VROUTER_FAULT_SOCKET = 1 << 3,     /* the raw socket could not be opened */
	VROUTER_FAULT_MTU = 1 << 4,        /* an advertisement would be fragmented */
	VROUTER_FAULT_OUT = 1 << 5,        /* taken out of service by maintenance */
};

struct vrouter_stats {
	uint64_t adverts_sent, adverts_received;
	uint64_t resigns_sent, resigns_received; /* priority 0 */
	uint64_t became_master, released_master;
	uint64_t send_errors;
	uint64_t list_mismatch, interval_mismatch; /* v3: accepted and logged */
	uint64_t vips_repaired;
	uint32_t causes[VRRP_CAUSE_COUNT_]; /* transitions */
	int64_t worst_lateness_us; /* of an advertisement of ours */
	struct vrrp_view_times at;
};

enum vrouter_move_kind {
	VROUTER_MOVE_NONE = 0,
	VROUTER_MOVE_FAILOVER, /* hand over; take the role back when nobody comes */
	VROUTER_MOVE_YIELD,    /* the same without a resignation */
	VROUTER_MOVE_STOP,     /* hand over; let go when nobody comes */
	VROUTER_MOVE_RELEASE,  /* resign and let go at once */
	VROUTER_MOVE_TAKEOVER,
};

enum vrouter_move_result {
	VROUTER_MOVE_DONE = 0,  /* the new Master was heard; takeover: we are Master and
	                           the other fell silent; stop: let go */
	VROUTER_MOVE_NOBODY,    /* failover: nobody took over, still Master here; release:
	                           nobody was heard */
	VROUTER_MOVE_CONTESTED, /* takeover: another router keeps the role */
	VROUTER_MOVE_OVERTAKEN, /* a fault, a reload or a stop came in between */
};

struct vrouter;

/* A change of role that was asked for and is under way. */
struct vrouter_move {
	enum vrouter_move_kind kind;
	int64_t started_us;
	struct ctl_cause cause; /* its texts are op_id and reason here */
	char op_id[65], reason[128];
	int64_t until_us; /* takeover and release: when it ends without a proof; else the
			     state machine knows */
	int64_t quiet_us; /* takeover: so much silence of others proves it */
	int64_t quiet_since_us;
	/* Called once with the outcome (NULL: nobody waits). The router may be changed
	 * from it. */
	void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result);
	void *userdata;
};

struct vrouter {
	struct engine *engine;
	const struct vrrp_instance_conf *conf; /* owned by the engine's vrrp_conf */
	struct vrrp_fsm fsm;
	struct timer_node timer; /* in the engine's heap */

	unsigned faults; /* enum vrouter_fault */
	int ifindex;     /* 0: no such interface now */
	struct adv_socket *socket;
	struct addr group; /* that `socket` has joined */
	struct vip_set *vips;
	struct runstate_record *record;
	uint8_t *addresses; /* the advertised addresses as bytes, vip_count of them */
	uint8_t *packet;    /* the encoded advertisement, then the resignation */
	uint16_t packet_len;     /* of each of the two */
	int16_t packet_priority; /* what `packet` says; -1: must be encoded again */

	enum vrrp_checksum_form checksum_form; /* as this VRID's peers send it */
	int64_t lease_renewed_us;
	int64_t stepped_us; /* time of the last step: the state machine's clock */
	int64_t settled_for_us; /* since_us of the role whose addresses were all set */
	STAILQ_ENTRY(vrouter) of_untold;
	bool untold; /* its transition from the next is still to be told */
	enum vrrp_state untold_from;
	struct vrrp_told *told; /* what subscribers know of it; NULL: nothing */
	STAILQ_ENTRY(vrouter) of_news;
	struct vrrp_news_cause *because; /* of the news; NULL: nobody's */
	bool has_news; /* it may have changed beside its events (vrrp_news.h) */
	uint8_t outbid;     /* its priority when it last stopped being Master */
	int64_t silence_us; /* how long nothing was heard when it last became Master */

	struct vrouter_stats stats;
	struct vrrp_offender *offenders; /* the last packet of each odd kind */
	struct vrouter_lines *lines; /* NULL: none of them was written yet */
	struct vrouter_move *move; /* under way; NULL: none */
};

/* Makes a virtual router in Initialize. Returns 0 or a negative errno. */
int vrouter_new(struct engine *engine, const struct vrrp_instance_conf *conf,
    struct vrouter **ret);
struct vrouter *vrouter_free(struct vrouter *vr);

/* Looks at the host (interface, address), then starts, or faults with the reason. With
 * `may_resume`, a role held by an earlier process is taken up again while it is valid. */
void vrouter_start(struct vrouter *vr, bool may_resume);

/* Resigns and lets go at once (a reload removed it, or the last step of a stop). */
void vrouter_shutdown(struct vrouter *vr);

/* Exchanges the configuration while running. Returns 0 or -ENOMEM. */
int vrouter_change(struct vrouter *vr, const struct vrrp_instance_conf *conf);

/* Takes note of its place in the run-state file, which moves when the file grows. */
void vrouter_bind_record(struct vrouter *vr);

/* The host changed: looks again at interface and source address. */
void vrouter_check_host(struct vrouter *vr);

/* Recomputes effective priority and preemption from file and overrides, and lets the
 * state machine know. Call after the overrides of this router changed. */
void vrouter_update_params(struct vrouter *vr);

/* Announces its addresses once more. Returns false unless it is Master. */
bool vrouter_announce(struct vrouter *vr);

/* A packet arrived for this VRID. */
void vrouter_receive(struct vrouter *vr, enum vrrp_drop drop,
    const struct vrrp_packet_meta *meta, const struct vrrp_advert *advert, int64_t rx_us);

/* A packet arrived for a VRID that no router has here: takes note of it when one of its
 * addresses is advertised by this router. */
void vrouter_receive_stranger(struct vrouter *vr, const struct vrrp_packet_meta *meta,
    const struct vrrp_advert *advert, int64_t rx_us);

/* Its timer is due. */
void vrouter_timer(struct vrouter *vr, int64_t now_us);

/* Starts a move of `kind`; `done` is told how it ended, maybe before this returns, and is
 * not called when this fails. `wait_us` bounds the wait (0: vrouter_move_wait_us()).
 * Returns 0, -EBUSY when one is under way (a stop may overtake a failover), -EINVAL when
 * the state does not allow it: a takeover needs BACKUP, all others MASTER; or -ENOMEM.
 * Overrides that are given meanwhile take effect when it ends. The caller flushes the
 * sockets, once for all that it starts. */
int vrouter_move_start(struct vrouter *vr, enum vrouter_move_kind kind, int64_t wait_us,
    void (*done)(void *userdata, struct vrouter *vr, enum vrouter_move_result result),
    void *userdata);

/* Which move is under way. */
enum vrouter_move_kind vrouter_move_kind(const struct vrouter *vr);

/* The priority of the router while a move of `kind` is under way, whatever its overrides
 * say; 0: the move does not change it. It is a part of the move and no lease: nothing of
 * it is left when the move fails or the daemon dies. */
uint8_t vrouter_move_priority(const struct vrouter *vr, enum vrouter_move_kind kind);

/* Ends a hand-over where it is: the router speaks again as the Master that it still is.
 * Nothing to do without one. */
void vrouter_move_cancel(struct vrouter *vr);

/* How long a move of `kind` would wait for its proof. */
int64_t vrouter_move_wait_us(const struct vrouter *vr, enum vrouter_move_kind kind);

/* When the move under way ends at the latest; 0: there is none. */
int64_t vrouter_move_until(const struct vrouter *vr);

/* Whether a line may go out at `now_us`, as log_limit_pass(); not without memory. When
 * it may, vr->lines is there. */
bool vrouter_line_pass(struct vrouter *vr, enum vrouter_line line, int64_t now_us,
    uint64_t *ret_held);

/* Why this router is in its state, as a clause for logs and explain, both values included:
 * "Master_Down_Timer expired after 3.609s without advertisement". */
void vrouter_reason(const struct vrouter *vr, char *buf, size_t room);

/* What keeps it in FAULT, as a clause ("interface eth2 is down"); empty when nothing. */
void vrouter_fault_text(const struct vrouter *vr, char *buf, size_t room);

/* Looks the offenders' link-layer addresses up: for an answer, not while receiving. */
void vrouter_find_macs(const struct vrouter *vr);

/* Valid lifetime of its addresses in seconds, 0 when they have no lease. */
unsigned vrouter_lease_s(const struct vrouter *vr);

#endif
