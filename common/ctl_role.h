/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_role.h - who may do what over a control socket.
 *
 * An operator may do what undoes itself; an admin may do what stays.
 */
#ifndef COMMON_CTL_ROLE_H
#define COMMON_CTL_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CTL_GROUP_OPERATOR "ha"
#define CTL_GROUP_ADMIN "ha-admin"
#define CTL_NO_GROUP ((gid_t)-1)
#define CTL_NO_USER ((uid_t)-1)

enum ctl_role { CTL_ROLE_READ = 0, CTL_ROLE_OPERATOR, CTL_ROLE_ADMIN, CTL_ROLE_COUNT_ };

/* The process at the other end, as it was when it connected. */
struct ctl_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	uid_t login_uid; /* who logged in, before sudo(8); CTL_NO_USER: not known */
	char comm[16];   /* empty: not known */
	char
	    label[128]; /* of a security module such as SELinux; empty: there is none */
	const char *socket; /* "control" or "public" */
};

/* The identities that count here; CTL_NO_GROUP where a group does not exist. */
struct ctl_identities {
	uid_t owner; /* who started the daemon: an admin as root is */
	gid_t operators;
	gid_t admins;
};

const char *ctl_role_name(enum ctl_role role); /* "operator" */
/* Who has the role, for people: "it is for root and members of the group ha". */
const char *ctl_role_who(enum ctl_role role);
int ctl_role_find(const char *name);           /* enum ctl_role, or -1 */

/* The role of a peer on a socket of the class `cap`: the lesser of the socket's cap and
 * of what the peer's uid, gid and supplementary groups earn. */
enum ctl_role ctl_role_of(enum ctl_role cap, const struct ctl_peer *peer,
    const gid_t groups[], size_t group_count, const struct ctl_identities *ids);

#endif
