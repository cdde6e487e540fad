/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_listen.h - makes the sockets of the control plane, asks who connects. */
#ifndef COMMON_CTL_LISTEN_H
#define COMMON_CTL_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "common/ctl_role.h"

#define CTL_SOCKET_CONTROL "control.sock"
#define CTL_SOCKET_PUBLIC "public.sock"

/* A listening socket and the place it was given. */
struct ctl_listener {
	int fd; /* -1: none */
	char path[108];
	dev_t device;
	ino_t inode; /* of the path as we made it; 0: it was passed to us, and stays */
};

/* Looks a group up. Returns 0 and its gid, CTL_NO_GROUP when there is none, or a
 * negative errno when nobody could tell. It may wait long for a directory service. */
int ctl_group_find(const char *name, gid_t *ret);

/* Looks the groups up, waiting for it: at the start only. What nobody can tell is taken
 * not to be there. */
struct ctl_identities ctl_identities_find(void);

/* Makes <run_dir>/<name> with `mode`, and `group` unless that is CTL_NO_GROUP, and
 * listens. It is bound under another name and renamed when it is ready, so nobody finds
 * it half made and an old one is replaced without a gap. A socket at that path that the
 * service manager passed (sd_listen_fds(3)) is taken as it is. Returns 0 or a negative
 * errno. */
int ctl_listener_open(const char *run_dir, const char *name, mode_t mode, gid_t group,
    struct ctl_listener *ret);

/* Whether it was made here, and not passed. */
bool ctl_listener_is_own(const struct ctl_listener *listener);

/* Closes it and removes the path unless somebody else has made it anew. */
void ctl_listener_close(struct ctl_listener *listener);

/* Who connected, and with it the role on a socket of the class `cap`. Returns 0 or a
 * negative errno. */
int ctl_peer_identify(int fd, enum ctl_role cap, const struct ctl_identities *ids,
    struct ctl_peer *ret_peer, enum ctl_role *ret_role);

/* The role of the peer of a connection with these identities; `cap` at most. */
enum ctl_role ctl_peer_role(int fd, enum ctl_role cap, const struct ctl_peer *peer,
    const struct ctl_identities *ids);

#endif
