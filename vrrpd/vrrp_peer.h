/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_peer.h - what vrrpd wants to know of checkd. */
#ifndef VRRPD_VRRP_PEER_H
#define VRRPD_VRRP_PEER_H

#include "common/peer.h"

/* That it lives: checkd has no services yet that virtual routers could follow. */
extern const struct peer_config vrrp_peer;

#endif
