/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_peer.c - what vrrpd wants to know of checkd. */
#include "vrrpd/vrrp_peer.h"

static const struct peer_kind kinds[] = {{0}};

static const char *const types[] = {"daemon.settled", "daemon.stopping", NULL};

const struct peer_config vrrp_peer = {
    .daemon = "checkd",
    .types = types,
    .kinds = kinds,
    .without = "virtual routers do not depend on it",
};
