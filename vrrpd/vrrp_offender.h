/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_offender.h - the last packet of each kind that was refused, or was odd.
 *
 * A virtual router keeps one entry for each kind that ever occurred: nothing until
 * then. With them a split brain is found: who is it that we do not understand.
 */
#ifndef VRRPD_VRRP_OFFENDER_H
#define VRRPD_VRRP_OFFENDER_H

#include <stdbool.h>
#include <stdint.h>
#include "common/addr.h"
#include "vrrpd/vrrp_packet.h"

/* What is odd about a packet: it was refused (enum vrrp_drop), or it was believed and
 * yet is worth to be told. */
enum vrrp_oddity {
	VRRP_ODD_RIVAL =
	    VRRP_DROP_COUNT_, /* a Master heard another, and stays Master */
	VRRP_ODD_LIST,        /* VRRPv3: other addresses than ours */
	VRRP_ODD_INTERVAL,    /* VRRPv3: another interval than ours */
	VRRP_ODD_OTHER_VRID,  /* a VRID that nobody has here, with our addresses */
	VRRP_ODD_COUNT_
};

struct vrrp_offender {
	struct vrrp_offender *next; /* the one before it in time */
	unsigned what;              /* enum vrrp_drop or enum vrrp_oddity */
	struct addr source;
	int64_t at_us;
	uint64_t count;   /* from this source, without a long gap between */
	uint64_t total;   /* of this kind, from whomever */
	char detail[128]; /* the two values that differed; never a secret */
	uint8_t mac[6];   /* filled in for whoever asks */
	bool has_mac;
	bool over; /* judged by a configuration that has changed since */
};

/* Takes note of a packet: the entry of its kind becomes the first of `list`. It counts
 * from one again after another source or a silence of more than `gap_us`. The caller
 * writes `detail`. Returns the entry, or NULL when there is no memory for a new one. */
struct vrrp_offender *vrrp_offender_note(struct vrrp_offender **list, unsigned what,
    const struct addr *source, int64_t at_us, int64_t gap_us);

/* Packets of this kind that came until now, from `source` or, if that is NULL, from
 * whomever, say nothing of what is now: the next is the first again. */
void vrrp_offender_expect_anew(
    struct vrrp_offender *list, unsigned what, const struct addr *source);

/* The configuration by which packets of this kind were judged has changed: the entry,
 * if there is one, is over until the next such packet. What was counted stays. */
void vrrp_offender_end(struct vrrp_offender *list, unsigned what);

/* Frees all entries. Returns NULL. */
struct vrrp_offender *vrrp_offender_free(struct vrrp_offender *list);

/* How many packets of a kind were noted. */
uint64_t vrrp_offender_total(const struct vrrp_offender *list, unsigned what);

/* The last packet that was refused and is not over, or NULL. */
const struct vrrp_offender *vrrp_offender_refused(const struct vrrp_offender *list);

/* The stable short name of a kind ("auth_data", "rival") and its sentence. */
const char *vrrp_offender_name(unsigned what);
const char *vrrp_offender_text(unsigned what);

#endif
