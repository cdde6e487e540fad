/* SPDX-License-Identifier: Apache-2.0 */
/* vrouter_internal.h - what the files of vrouter share among themselves. */
#ifndef VRRPD_VROUTER_INTERNAL_H
#define VRRPD_VROUTER_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "vrrpd/vrouter.h"

/* vrouter_step.c: steps the state machine, carries the effects out and re-arms the
 * timer. Packets stay in the queue until adv_sockets_flush(). */
void vrouter_step(struct vrouter *vr, const struct vrrp_event *event, int64_t now_us);

/* The same for events without data, at the present time, with a flush. */
void vrouter_step_now(struct vrouter *vr, enum vrrp_event_kind kind);

/* Tells of the transitions that waited until the packets had left. */
void vrouter_tell_all(struct engine *engine);

/* vrouter_send.c: queues an advertisement or a resignation. */
void vrouter_send_advert(struct vrouter *vr);
void vrouter_send_resign(struct vrouter *vr);
/* Makes the next advertisement be encoded again. */
void vrouter_invalidate_packet(struct vrouter *vr);
/* The length of this router's advertisement in bytes, IP header excluded. */
size_t vrouter_packet_len(const struct vrrp_instance_conf *conf);

/* vrouter_move.c: what the effects and the clock mean for a move under way. */
void vrouter_move_effects(struct vrouter *vr, unsigned effects);
void vrouter_move_heard(struct vrouter *vr, uint8_t priority, int64_t rx_us);
void vrouter_move_timer(struct vrouter *vr, int64_t now_us);
/* When vrouter_move_timer() has something to do; 0: not. */
int64_t vrouter_move_deadline(const struct vrouter *vr);

/* vrouter_host.c: what is wrong with the host for this router (enum vrouter_fault);
 * sets its interface and source address. */
unsigned vrouter_look_at_host(struct vrouter *vr);
/* Looks at the host anew when a maintenance begins to keep this router out, or ends. */
void vrouter_check_out(struct vrouter *vr);
/* Leaves the socket for advertisements, if it has one. */
void vrouter_close_socket(struct vrouter *vr);

/* vrouter_params.c: gives the state machine the values that count now. */
void vrouter_set_params(struct vrouter *vr);

/* What a field is now: the top of its layers, or `in_file`. */
int64_t vrouter_live(const struct vrouter *vr, const char *field, int64_t in_file);

/* Whether a maintenance keeps it from serving at all: from when it is not Master and its
 * addresses are gone. A Master whom nobody relieved serves on. */
bool vrouter_is_out(const struct vrouter *vr);

/* How many announcements of each address a new Master sends at once. */
unsigned vrouter_master_repeat(const struct vrouter *vr);

#endif
