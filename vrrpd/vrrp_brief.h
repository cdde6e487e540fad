/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_brief.h - an instance as a list has it, member by member, and which of these
 * subscribers have not been told.
 *
 * Lists, pictures and events are made from the same table, so a member is the same in
 * all of them. What was told last of each member is kept as a number made from its
 * text: whatever a member depends on, a difference is seen (one in four thousand
 * million is not). Pure. */
#ifndef VRRPD_VRRP_BRIEF_H
#define VRRPD_VRRP_BRIEF_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrrp_view.h"

/* In the order in which they are written. */
enum vrrp_member {
	VRRP_MEMBER_PATH = 0,
	VRRP_MEMBER_NAME,
	VRRP_MEMBER_GROUP,
	VRRP_MEMBER_STATE,
	VRRP_MEMBER_CAUSE,
	VRRP_MEMBER_REASON,
	VRRP_MEMBER_PRIORITY,
	VRRP_MEMBER_EFFECTIVE,
	VRRP_MEMBER_MASTER,
	VRRP_MEMBER_MASTER_PRIORITY,
	VRRP_MEMBER_SINCE,
	VRRP_MEMBER_FOR,
	VRRP_MEMBER_MOVING,
	VRRP_MEMBER_MOVE,
	VRRP_MEMBER_FAULTS,
	VRRP_MEMBER_LEASES,
	VRRP_MEMBER_LEASE,
	VRRP_MEMBER_LAST_RESORT,
	VRRP_MEMBER_HEIR_DUE,
	VRRP_MEMBER_STAY,
	VRRP_MEMBER_VIPS,
	VRRP_MEMBER_LAST_REFUSED,
	VRRP_MEMBER_SPLIT_BRAIN,
	VRRP_MEMBER_INTERFACE,
	VRRP_MEMBER_VRID,
	VRRP_MEMBER_VERSION,
	VRRP_MEMBER_FAMILY,
	VRRP_MEMBER_ADVERT_INT,
	VRRP_MEMBER_NOPREEMPT,
	VRRP_MEMBER_PREEMPT_DELAY,
	VRRP_MEMBER_WAITS,
	VRRP_MEMBER_COUNT_
};

/* A set of members. */
#define VRRP_MEMBER_BIT(member) (UINT32_C(1) << (member))
#define VRRP_MEMBERS_ALL (VRRP_MEMBER_BIT(VRRP_MEMBER_COUNT_) - 1)

/* What subscribers know of one instance, when somebody has a picture of it. */
struct vrrp_told {
	uint32_t marks[VRRP_MEMBER_COUNT_];
};

/* How long the lease of a failover or takeover lasts unless that is said, or the caller may
 * not have one for so long. */
#define VRRP_MOVE_LEASE_US (600 * US_PER_S)

/* An object of these members. NULL: out of memory. */
json_t *vrrp_brief_json(const struct vrrp_view *view, uint32_t members);

/* Takes out of `object`, which has members as vrrp_brief_json() makes them, those that
 * were told as they are; not those in `keep`. What is left counts as told from now on.
 * As long as nothing is known (*told is NULL), nothing is news, and an object of all
 * members becomes what is known: *told is then made, and the caller's to free. A member
 * that only counts time on is no news. */
void vrrp_told_sift(struct vrrp_told **told, json_t *object, uint32_t keep);

/* Somebody else told `value` of a member; a name that is none is ignored, and NULL for
 * `told` as well. */
void vrrp_told_note(struct vrrp_told *told, const char *name, const json_t *value);

#endif
