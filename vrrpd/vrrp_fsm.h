/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm.h - the state machine of one virtual router (RFC 9568 6.4, RFC 3768 6.4).
 *
 * Pure: vrrp_fsm_step() takes an event and a time, changes the struct and returns the
 * effects the caller must carry out. It reads no clock, so the whole protocol runs in the
 * daemon, in the simulator and in tests from the same object file. A late wake-up is just
 * a larger `now_us`.
 *
 * Names are those of RFC 5798, which configuration files, scripts and MIBs use. RFC 9568
 * says: Active = Master, Active_Down_Timer = Master_Down_Timer, Active_Adver_Interval =
 * Master_Adver_Interval. FAULT is Initialize because something the router needs is
 * missing (its interface, its source address).
 */
#ifndef VRRPD_VRRP_FSM_H
#define VRRPD_VRRP_FSM_H

#include <stdbool.h>
#include <stdint.h>
#include "common/addr.h"

enum vrrp_state {
	VRRP_STATE_INITIALIZE = 0,
	VRRP_STATE_BACKUP,
	VRRP_STATE_MASTER,
	VRRP_STATE_FAULT,
	VRRP_STATE_COUNT_
};

/* Why the last transition happened. */
enum vrrp_cause {
	VRRP_CAUSE_NONE = 0,
	VRRP_CAUSE_STARTUP,            /* started, priority below 255 */
	VRRP_CAUSE_OWNER,              /* started as address owner */
	VRRP_CAUSE_RESUMED,            /* a restart found our own role still valid */
	VRRP_CAUSE_MASTER_DOWN_TIMER,  /* no advertisement for Master_Down_Interval */
	VRRP_CAUSE_MASTER_RESIGNED,    /* priority 0 heard, then silence for Skew_Time */
	VRRP_CAUSE_PREEMPTED,          /* took over from a lower priority */
	VRRP_CAUSE_TAKEOVER,           /* asked to by an operator */
	VRRP_CAUSE_HIGHER_PRIORITY,    /* heard a higher priority */
	VRRP_CAUSE_HIGHER_ADDRESS,     /* heard our priority from a higher address */
	VRRP_CAUSE_HANDED_OVER,        /* resigned, and heard the new Master */
	VRRP_CAUSE_RELEASED,           /* resigned and let go, nobody was heard */
	VRRP_CAUSE_STALLED,            /* was not running for longer than peers wait */
	VRRP_CAUSE_FAULT,              /* something it needs is missing */
	VRRP_CAUSE_FAULT_CLEARED,
	VRRP_CAUSE_SHUTDOWN,
	VRRP_CAUSE_COUNT_
};

/* What the caller must do after a step, in the order of the bits: an advertisement always
 * leaves before addresses are added (C56), and a resignation before they are removed. */
enum vrrp_effect {
	VRRP_EFFECT_SEND_RESIGN = 1 << 0,    /* priority 0; twice back to back */
	VRRP_EFFECT_SEND_ADVERT = 1 << 1,    /* fsm->advert_priority */
	VRRP_EFFECT_ADD_ADDRESSES = 1 << 2,
	VRRP_EFFECT_REMOVE_ADDRESSES = 1 << 3,
	VRRP_EFFECT_ANNOUNCE = 1 << 4,       /* burst of gratuitous ARP or NA */
	VRRP_EFFECT_ANNOUNCE_REFRESH = 1 << 5, /* periodic refresh, its own repeat count */
	VRRP_EFFECT_ANNOUNCE_LOWER = 1 << 6, /* a losing Master was heard */
	VRRP_EFFECT_TRANSITION = 1 << 7,     /* state changed: log, publish, remember */
	VRRP_EFFECT_HANDOVER_MOVED = 1 << 8, /* the new Master was heard */
	VRRP_EFFECT_HANDOVER_FAILED = 1 << 9, /* nobody took over in time, or until it was
						 cancelled */
	VRRP_EFFECT_STALL_NOTICED = 1 << 10,
	VRRP_EFFECT_OWNER_CONFLICT = 1 << 11, /* another router says it owns the addresses */
};

enum vrrp_event_kind {
	VRRP_EVENT_STARTUP = 0,  /* from Initialize: RFC 9568 6.4.1 */
	VRRP_EVENT_RESUME,       /* from Initialize straight to Master, after a restart */
	VRRP_EVENT_SHUTDOWN,     /* to Initialize; a Master resigns and lets go at once */
	VRRP_EVENT_ADVERT,       /* an advertisement that passed every check */
	VRRP_EVENT_TIMER,        /* now_us may have reached a deadline */
	VRRP_EVENT_PARAMS,       /* params were changed (reload, operator, own address) */
	VRRP_EVENT_FAULT,        /* to Fault; a Master resigns and lets go */
	VRRP_EVENT_FAULT_CLEARED,
	VRRP_EVENT_HANDOVER,     /* Master: keeps the addresses until the heir is heard */
	VRRP_EVENT_HANDOVER_CANCEL,
	VRRP_EVENT_RELEASE,      /* Master: resign and let go at once, stay as Backup */
	VRRP_EVENT_TAKEOVER,     /* Backup: become Master now, whatever Preempt_Mode says */
	VRRP_EVENT_KIND_COUNT_
};

struct vrrp_event {
	enum vrrp_event_kind kind;
	union {
		struct {
			uint8_t priority;
			int64_t advert_int_us;
			struct addr source;
			int64_t received_us; /* when it reached this host; 0: now */
		} advert;
		struct {
			int64_t wait_us; /* for a new Master; 0: the default */
			bool release_at_end; /* nobody came: let go (stop) or take back */
			bool yields; /* speak on, as a last resort; else resign */
		} handover;
		struct {
			int64_t since_us; /* when the earlier process became Master */
		} resume;
	};
};

/* What configuration, live edits and the host make of a virtual router. The caller
 * changes these freely and then steps VRRP_EVENT_PARAMS. */
struct vrrp_fsm_params {
	uint8_t version;  /* 2 or 3 */
	uint8_t priority; /* effective, 1..255 */
	int64_t advert_int_us; /* Advertisement_Interval */
	bool preempt;          /* Preempt_Mode; an owner always preempts */
	int64_t preempt_delay_us;
	unsigned down_timer_adverts; /* 3 by the RFC */
	int64_t startup_delay_until_us; /* no timer runs before this; 0: none */
	struct addr primary; /* our advertisements' source address */
	int64_t linger_us; /* how long addresses stay after a hand-over; 0: not at all */
	int64_t announce_delay_us; /* second burst after becoming Master; 0: none */
	int64_t announce_refresh_us; /* periodic announcements; 0: none */
	int64_t announce_lower_delay_us; /* second burst after a losing Master was heard */
};

/* One virtual router. Deadlines are absolute, 0 means stopped. Zero-initialise, set
 * params, step VRRP_EVENT_STARTUP. Read freely; only vrrp_fsm_step() writes below
 * `params`. */
struct vrrp_fsm {
	struct vrrp_fsm_params params;

	enum vrrp_state state;
	enum vrrp_cause cause;
	int64_t since_us;
	uint64_t transitions;

	int64_t master_down_at_us; /* Master_Down_Timer */
	int64_t master_down_armed_us; /* when it was last armed */
	unsigned down_adverts; /* for how many intervals, besides Skew_Time */
	enum vrrp_cause down_cause; /* what its firing will mean */
	bool listening; /* after a stall, until somebody is heard or time is over */
	int64_t adver_at_us;       /* Adver_Timer */
	int64_t preempt_at_us;     /* preempt_delay runs until then */
	int64_t announce_at_us;
	int64_t announce_lower_at_us;
	int64_t refresh_at_us;

	int64_t master_adver_int_us; /* Master_Adver_Interval, learned in v3 */
	/* The last Master heard: unset address when none since the last change. */
	struct addr master;
	uint8_t master_priority;
	int64_t master_says_int_us; /* its interval, also where that is not learned */
	int64_t master_heard_us;

	uint8_t advert_priority; /* what SEND_ADVERT carries; Backup: would carry */

	int64_t handover_until_us; /* the role is being handed over; 0: it is not */
	bool handover_release; /* while it is: whether to let go if nobody comes */
	bool handover_yields; /* while it is: advertises as a last resort, or not at all */
	int64_t let_go_at_us; /* Backup, but still serving until the heir is ready */

	/* Answers to losing advertisements are bounded: a burst, then one an interval. */
	unsigned reassert_tokens;
	int64_t reassert_refill_us;
	int64_t announce_lower_free_us;
};

/* Carries out RFC 9568 6.4 for one event that is handled at `now_us`; returns effects
 * (enum vrrp_effect). Times must not run backwards between steps of one router; only an
 * advertisement may have been received before (it waited while the process did not run):
 * a Backup counts from when it came, a Master acts at the time it acts. */
unsigned vrrp_fsm_step(struct vrrp_fsm *fsm, const struct vrrp_event *event,
    int64_t now_us);

/* The earliest deadline, or 0 when nothing runs: when to step VRRP_EVENT_TIMER. */
int64_t vrrp_fsm_deadline(const struct vrrp_fsm *fsm);

/* Skew_Time of a router with `priority`. v2: (256 - priority) / 256 s whatever the
 * interval (RFC 3768 6.1); v3: ((256 - priority) * interval) / 256 (RFC 9568 6.1). */
int64_t vrrp_fsm_skew_us(uint8_t version, uint8_t priority, int64_t master_adver_int_us);

/* Master_Down_Interval of this router with what it has learned. */
int64_t vrrp_fsm_master_down_interval_us(const struct vrrp_fsm *fsm);

/* How long the quickest peer waits before it takes our silence for our end: that of a
 * router with priority 254 and our own interval. A Master that was silent for longer must
 * listen before it speaks, and after a restart a role may be resumed only within it. */
int64_t vrrp_fsm_peers_down_interval_us(const struct vrrp_fsm *fsm);

/* Whether it is a Master that resigned and waits for its heir: it serves on and says
 * nothing. */
bool vrrp_fsm_is_silent(const struct vrrp_fsm *fsm);

/* Master_Down_Interval of the slowest possible peer (priority 1) with our interval: how
 * long one takes that hears only what it does not heed. */
int64_t vrrp_fsm_slowest_peer_us(const struct vrrp_fsm *fsm);

/* The default wait for a handover: Skew_Time of the slowest possible peer (priority 1)
 * and two intervals, at least one second. */
int64_t vrrp_fsm_handover_wait_us(const struct vrrp_fsm *fsm);

/* The same for a Master that yields: the full Master_Down_Interval of the slowest peer
 * and two intervals. A peer's preempt_delay comes on top; it is in no packet, so it is
 * taken to be ours. */
int64_t vrrp_fsm_yield_wait_us(const struct vrrp_fsm *fsm);

/* How long after its last advertisement an old Master has fallen silent: one that has not
 * given way speaks again within its interval. */
int64_t vrrp_fsm_silence_us(const struct vrrp_fsm *fsm);

/* The default wait for the end of a takeover: twice that, at least a second. */
int64_t vrrp_fsm_takeover_wait_us(const struct vrrp_fsm *fsm);

const char *vrrp_state_name(enum vrrp_state state); /* "MASTER" */
const char *vrrp_cause_name(enum vrrp_cause cause); /* "master_down_timer" */
const char *vrrp_cause_text(enum vrrp_cause cause); /* a clause for people */

#endif
