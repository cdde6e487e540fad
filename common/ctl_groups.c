/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_groups.c - takes up groups that were made, or removed, since the start.
 *
 * The answer comes when it comes, and until then all stays as it is: a directory
 * service that does not answer gives and takes no rights.
 */
#include "common/ctl_server_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/audit.h"
#include "common/helper.h"

static void
tell_change(const char *name, gid_t old, gid_t new)
{
	if (old == new)
		return;
	if (new == CTL_NO_GROUP)
		log_notice("control: there is no group %s any more, its members are "
			   "readers now",
		    name);
	else if (old == CTL_NO_GROUP)
		log_notice("control: there is a group %s now, gid %u", name, new);
	else
		log_notice(
		    "control: the group %s is gid %u now, before %u", name, new, old);
}

/* Who was connected keeps no right that the groups no longer give. Nor is anybody given
 * one: what a connection may do is told when it begins, and only becomes less. */
static void
lower_roles(struct ctl_server *server)
{
	for (struct ctl_conn *conn = server->conns; conn != NULL; conn = conn->next) {
		enum ctl_role role =
		    ctl_peer_role(conn->fd, conn->role, &conn->peer, &server->ids);

		if (role == conn->role)
			continue;
		log_notice("control: uid %u, pid %d has the role %s now, before %s",
		    conn->peer.uid, conn->peer.pid, ctl_role_name(role),
		    ctl_role_name(conn->role));
		conn->role = role;
	}
}

static void
take_groups(struct ctl_server *server, const struct helper_groups *groups)
{
	if (groups->socket_error < 0)
		log_warning("control: %s cannot be given to the group %s: %s",
		    server->listeners[CTL_SOCKET_IS_CONTROL].path, CTL_GROUP_OPERATOR,
		    strerror(-groups->socket_error));
	if (groups->audit_error < 0)
		log_warning("control: " AUDIT_FILE
			    " cannot be given to the group %s: %s",
		    CTL_GROUP_ADMIN, strerror(-groups->audit_error));
	tell_change(CTL_GROUP_OPERATOR, server->ids.operators, groups->operators);
	tell_change(CTL_GROUP_ADMIN, server->ids.admins, groups->admins);
	server->ids.operators = groups->operators;
	server->ids.admins = groups->admins;
	lower_roles(server);
}

static int
on_answer(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct ctl_server *server = userdata;
	struct helper_groups groups;
	ssize_t len = read(fd, &groups, sizeof(groups));

	(void)source;
	(void)revents;
	helper_wait_end(&server->groups);
	if (len == sizeof(groups) && groups.error == 0)
		take_groups(server, &groups);
	else
		log_warning(
		    "control: the groups %s and %s could not be looked up (%s): "
		    "everybody has the role as before",
		    CTL_GROUP_OPERATOR, CTL_GROUP_ADMIN,
		    len == sizeof(groups) ? strerror(-groups.error)
					  : "it took too long");
	return 0;
}

static int
on_late(sd_event_source *source, uint64_t at_us, void *userdata)
{
	struct ctl_server *server = userdata;

	(void)source;
	(void)at_us;
	helper_wait_end(&server->groups);
	log_warning("control: the groups %s and %s were not looked up (%s): everybody "
		    "has the role as before",
	    CTL_GROUP_OPERATOR, CTL_GROUP_ADMIN, helper_strerror(-EAGAIN));
	return 0;
}

void
ctl_server_find_groups(struct ctl_server *server, struct helper *helper)
{
	const struct ctl_listener *control = &server->listeners[CTL_SOCKET_IS_CONTROL];
	int r, fd;

	/* Started by somebody else than root, it serves that user. */
	if (helper == NULL || server->ids.owner != 0)
		return;
	/* One is enough: an answer that is still awaited is out of date by now. */
	helper_wait_end(&server->groups);
	r = helper_find_groups(helper, ctl_listener_is_own(control), &fd);
	if (r == 0)
		r = helper_wait(&server->groups, server->event, fd, HELPER_TASK_WAIT_US,
		    on_answer, on_late, server);
	if (r < 0)
		log_warning("control: the groups %s and %s cannot be looked up: %s",
		    CTL_GROUP_OPERATOR, CTL_GROUP_ADMIN, helper_strerror(r));
}
