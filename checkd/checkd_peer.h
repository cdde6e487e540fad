/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_peer.h - what checkd wants to know of vrrpd: where the addresses are. */
#ifndef CHECKD_CHECKD_PEER_H
#define CHECKD_CHECKD_PEER_H

#include "common/peer.h"

/* Keeps the state of each instance, as "instance/VI_1", and a maintenance of the node,
 * as "lease/ID". Tells "instances", how many are in which state, and "maintenance", the
 * lease or null; both are null when not known. */
extern const struct peer_config checkd_peer;

#endif
