/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_role.c - who may do what over a control socket. */
#include "common/ctl_role.h"

#include "common/names.h"

static const char *const role_names[CTL_ROLE_COUNT_] = {
    [CTL_ROLE_READ] = "read",
    [CTL_ROLE_OPERATOR] = "operator",
    [CTL_ROLE_ADMIN] = "admin",
};

const char *
ctl_role_name(enum ctl_role role)
{
	return names_text(role_names, CTL_ROLE_COUNT_, (size_t)role);
}

int
ctl_role_find(const char *name)
{
	return names_find(role_names, CTL_ROLE_COUNT_, name);
}

const char *
ctl_role_who(enum ctl_role role)
{
	switch (role) {
	case CTL_ROLE_READ:
	case CTL_ROLE_COUNT_:
		break;
	case CTL_ROLE_OPERATOR:
		return "it is for root and members of the group " CTL_GROUP_OPERATOR;
	case CTL_ROLE_ADMIN:
		return "it is for root and members of the group " CTL_GROUP_ADMIN;
	}
	return "it is for everybody";
}

static bool
is_member(gid_t wanted, gid_t primary, const gid_t groups[], size_t group_count)
{
	if (wanted == CTL_NO_GROUP)
		return false;
	if (primary == wanted)
		return true;
	for (size_t i = 0; i < group_count; i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

enum ctl_role
ctl_role_of(enum ctl_role cap, const struct ctl_peer *peer, const gid_t groups[],
    size_t group_count, const struct ctl_identities *ids)
{
	enum ctl_role earned = CTL_ROLE_READ;

	if (peer->uid == 0 || peer->uid == ids->owner ||
	    is_member(ids->admins, peer->gid, groups, group_count))
		earned = CTL_ROLE_ADMIN;
	else if (is_member(ids->operators, peer->gid, groups, group_count))
		earned = CTL_ROLE_OPERATOR;
	return earned < cap ? earned : cap;
}
