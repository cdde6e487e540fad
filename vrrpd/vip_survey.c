/* SPDX-License-Identifier: Apache-2.0 */
/* vip_survey.c - compares all virtual addresses with a listing of the kernel's own. */
#include "vrrpd/vip_survey.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/event.h"
#include "common/nl_request.h"
#include "vrrpd/link_msg.h"
#include "vrrpd/vip_internal.h"

enum {
	RECEIVE_ROOM = 1 << 20,
	BUFFER_SIZE = 32768,  /* as long as a piece of a listing can be */
	PAUSE_US = 20 * 1000, /* before a listing that changes disturbed is repeated */
};

/* Told, and compared by their addresses. */
static const char label_changed[] = "label";
static const char broadcast_changed[] = "broadcast";
static const char scope_changed[] = "scope";
static const char lifetime_changed[] = "lifetime";

struct vip_survey {
	struct vip_table *table;
	const struct vip_survey_ops *ops;
	void *userdata;
	int fd;
	sd_event_source *io, *pause;
	uint32_t seq;
	bool disturbed;          /* the listing cannot be trusted to be complete */
	uint64_t answers_before; /* as the table counts them, when the listing began */
	struct link_addr *strays;
	size_t stray_count, stray_room;
	int error;

	_Alignas(struct nlmsghdr) char buffer[BUFFER_SIZE];
};

/* ---- one address --------------------------------------------------------------------
 */

/* Nothing is being done about it: what differs stays so. */
static bool
is_at_rest(const struct vip_item *item)
{
	return item->step == VIP_STEP_NONE && !item->queued;
}

static bool
has_label(const struct vip_item *item, struct nlattr *const attrs[])
{
	const char *label =
	    item->vip->label[0] != '\0' ? item->vip->label : item->dev->name;

	return attrs[IFA_LABEL] == NULL ||
	       strcmp(nla_get_string(attrs[IFA_LABEL]), label) == 0;
}

static bool
has_broadcast(const struct vip_item *item, struct nlattr *const attrs[])
{
	const struct addr *broadcast = &item->vip->broadcast;

	if (attrs[IFA_BROADCAST] == NULL)
		return !addr_is_set(broadcast);
	return addr_is_set(broadcast) && nla_len(attrs[IFA_BROADCAST]) == 4 &&
	       memcmp(nla_data(attrs[IFA_BROADCAST]), broadcast->bytes, 4) == 0;
}

/* What is left of a lease is never more than all of it. */
static bool
has_lifetime(const struct vip_item *item, struct nlattr *const attrs[])
{
	struct ifa_cacheinfo lifetime;

	if (attrs[IFA_CACHEINFO] == NULL ||
	    nla_len(attrs[IFA_CACHEINFO]) < (int)sizeof(lifetime))
		return true;
	memcpy(&lifetime, nla_data(attrs[IFA_CACHEINFO]), sizeof(lifetime));
	return item->set->lease_s == 0 ? lifetime.ifa_valid == UINT32_MAX
				       : lifetime.ifa_valid <= item->set->lease_s;
}

/* The first attribute that is not as configured, or NULL. */
static const char *
changed_attribute(const struct vip_item *item, struct nlmsghdr *message)
{
	struct nlattr *attrs[IFA_MAX + 1];
	const struct ifaddrmsg *info = nlmsg_data(message);

	if (nlmsg_parse(message, sizeof(*info), attrs, IFA_MAX, NULL) < 0)
		return NULL;
	if (item->prefix.addr.family == AF_INET) {
		if (!has_label(item, attrs))
			return label_changed;
		if (!has_broadcast(item, attrs))
			return broadcast_changed;
		if (info->ifa_scope != item->vip->scope)
			return scope_changed;
	}
	return has_lifetime(item, attrs) ? NULL : lifetime_changed;
}

static void
note(struct vip_item *item, struct nlmsghdr *message, const struct link_addr *addr)
{
	item->listed = true;
	if (!item->set->wanted || !is_at_rest(item) || !item->present)
		return;
	if (addr->protocol == VIP_ADDRESS_PROTOCOL)
		item->changed = changed_attribute(item, message);
	else if (item->table->kernel_marks)
		item->foreign = true;
}

/* Nobody wants the address, and nobody is removing it yet. */
static bool
is_stray(const struct vip_survey *survey, const struct link_addr *addr)
{
	const struct vip_item *item = vip_first_item(survey->table, addr);

	for (; item != NULL; item = vip_next_item(item, addr))
		if (item->prefix.len == addr->prefix.len &&
		    (item->set->wanted || !is_at_rest(item)))
			return false;
	return addr->protocol == VIP_ADDRESS_PROTOCOL;
}

static int
add_stray(struct vip_survey *survey, const struct link_addr *addr)
{
	if (survey->stray_count == survey->stray_room) {
		size_t room = 2 * survey->stray_room + 16;
		struct link_addr *strays =
		    realloc(survey->strays, room * sizeof(*strays));

		if (strays == NULL)
			return -ENOMEM;
		survey->strays = strays;
		survey->stray_room = room;
	}
	survey->strays[survey->stray_count++] = *addr;
	return 0;
}

static void
handle_addr(struct vip_survey *survey, struct nlmsghdr *message)
{
	struct link_addr addr;
	struct vip_item *item;

	if (message->nlmsg_type != RTM_NEWADDR || !link_msg_parse_addr(message, &addr))
		return;
	item = vip_first_item(survey->table, &addr);
	for (; item != NULL; item = vip_next_item(item, &addr))
		if (item->prefix.len == addr.prefix.len && item->vip != NULL)
			note(item, message, &addr);
	if (is_stray(survey, &addr) && add_stray(survey, &addr) < 0)
		survey->error = -ENOMEM;
}

/* ---- the listing --------------------------------------------------------------------
 */

static void
forget_findings(struct vip_survey *survey)
{
	struct vip_set *set;

	TAILQ_FOREACH(set, &survey->table->sets, of_table)
	for (size_t i = 0; i < set->count; i++) {
		struct vip_item *item = set->items[i];

		item->listed = item->missing = item->foreign = false;
		item->changed = NULL;
	}
	survey->stray_count = 0;
}

static int
ask(struct vip_survey *survey)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct nl_msg *message = link_msg_list_addrs();
	struct nlmsghdr *header;
	int r = 0;

	if (message == NULL)
		return -ENOMEM;
	forget_findings(survey);
	survey->disturbed = false;
	survey->answers_before = survey->table->answers;
	header = nlmsg_hdr(message);
	header->nlmsg_seq = ++survey->seq;
	if (sendto(survey->fd, header, header->nlmsg_len, 0,
		(const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		r = -errno;
	nlmsg_free(message);
	return r;
}

/* What was asked for since the listing began need not be in it. */
static bool
is_missing(const struct vip_survey *survey, const struct vip_item *item)
{
	if (!item->set->wanted || item->listed)
		return false;
	return item->lost || item->error != 0 ||
	       (is_at_rest(item) && item->answered <= survey->answers_before);
}

static void
tell_item(struct vip_survey *survey, struct vip_item *item)
{
	const struct link_addr addr = {
	    .ifindex = item->dev->ifindex, .prefix = item->prefix};
	enum vip_drift drift = VIP_DRIFT_NONE;

	item->missing = is_missing(survey, item);
	if (item->missing)
		drift = VIP_DRIFT_MISSING;
	else if (item->changed != NULL)
		drift = VIP_DRIFT_CHANGED;
	else if (item->foreign)
		drift = VIP_DRIFT_FOREIGN;
	if (drift != VIP_DRIFT_NONE)
		survey->ops->found(
		    survey->userdata, drift, item->set->owner, &addr, item->changed);
}

static void
tell_stray(void *userdata, const struct link_addr *addr)
{
	const struct vip_survey *survey = userdata;

	survey->ops->found(survey->userdata, VIP_DRIFT_STRAY, NULL, addr, NULL);
}

static void
tell_all(struct vip_survey *survey)
{
	const struct vip_set *set;
	size_t compared = 0;

	TAILQ_FOREACH(set, &survey->table->sets, of_table)
	{
		compared += set->count;
		for (size_t i = 0; i < set->count; i++)
			tell_item(survey, set->items[i]);
	}
	vip_survey_each_stray(survey, tell_stray, survey);
	survey->ops->done(survey->userdata, 0, compared);
}

/* The last call: the survey may be gone afterwards. */
static void
finish(struct vip_survey *survey, int error)
{
	(void)sd_event_source_set_enabled(survey->io, SD_EVENT_OFF);
	if (error == 0)
		error = survey->error;
	if (error < 0)
		survey->ops->done(survey->userdata, error, 0);
	else
		tell_all(survey);
}

static int
on_pause(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct vip_survey *survey = userdata;
	int r = ask(survey);

	(void)source;
	(void)usec;
	if (r < 0)
		finish(survey, r);
	return 0;
}

static int
pause_listing(struct vip_survey *survey)
{
	int r = sd_event_source_set_time_relative(survey->pause, PAUSE_US);

	if (r >= 0)
		r = sd_event_source_set_enabled(survey->pause, SD_EVENT_ONESHOT);
	return r < 0 ? r : 0;
}

static void
end_listing(struct vip_survey *survey, int error)
{
	if (error == 0 && survey->disturbed) {
		error = pause_listing(survey);
		if (error == 0)
			return;
	}
	finish(survey, error);
}

static int
error_of(const struct nlmsghdr *message)
{
	int error = 0;

	if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, nlmsg_data(message), sizeof(error));
	return error < 0 ? error : 0;
}

static void
handle_datagram(struct vip_survey *survey, int len)
{
	struct nlmsghdr *message = (struct nlmsghdr *)(void *)survey->buffer;

	for (; nlmsg_ok(message, len); message = nlmsg_next(message, &len)) {
		if (message->nlmsg_seq != survey->seq)
			continue;
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			survey->disturbed = true;
		if (message->nlmsg_type == NLMSG_DONE ||
		    message->nlmsg_type == NLMSG_ERROR) {
			end_listing(survey, error_of(message));
			return;
		}
		handle_addr(survey, message);
	}
}

/* One piece of the listing in a turn of the loop. */
static int
on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct vip_survey *survey = userdata;
	struct sockaddr_nl from = {0};
	socklen_t from_len = sizeof(from);
	ssize_t len = recvfrom(fd, survey->buffer, sizeof(survey->buffer), MSG_DONTWAIT,
	    (struct sockaddr *)&from, &from_len);

	(void)source;
	(void)revents;
	if (len < 0 && errno != EAGAIN && errno != EINTR)
		finish(survey, -errno);
	/* Other processes can write to our port, too. */
	else if (len > 0 && from.nl_pid == 0)
		handle_datagram(survey, (int)len);
	return 0;
}

/* ---- what to do about it ------------------------------------------------------------
 */

void
vip_survey_correct(struct vip_survey *survey)
{
	struct vip_set *set;

	TAILQ_FOREACH(set, &survey->table->sets, of_table)
	for (size_t i = 0; i < set->count; i++) {
		struct vip_item *item = set->items[i];

		if (item->changed == NULL || !item->present || !item->ours)
			continue;
		item->kernel_lease_s = VIP_LEASE_UNKNOWN;
		if (item->changed != lifetime_changed)
			item->outdated = true;
		(void)vip_item_check(item);
	}
	vip_table_finish(survey->table);
}

void
vip_survey_each_missing(struct vip_survey *survey,
    void (*fn)(void *userdata, void *owner, const struct prefix *prefix, bool present),
    void *userdata)
{
	struct vip_set *set;

	TAILQ_FOREACH(set, &survey->table->sets, of_table)
	for (size_t i = 0; i < set->count; i++) {
		const struct vip_item *item = set->items[i];

		if (item->missing && set->wanted)
			fn(userdata, set->owner, &item->prefix, item->present);
	}
}

/* Since it was listed it may have gone, or a reload may have made it wanted. */
void
vip_survey_each_stray(const struct vip_survey *survey,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata)
{
	const struct link_mon *mon = survey->table->mon;

	for (size_t i = 0; i < survey->stray_count; i++) {
		const struct link_addr *addr = &survey->strays[i];

		if (is_stray(survey, addr) &&
		    link_mon_find_addr(mon, addr->ifindex, &addr->prefix) != NULL)
			fn(userdata, addr);
	}
}

/* ---- life ---------------------------------------------------------------------------
 */

int
vip_survey_new(struct vip_table *table, sd_event *event,
    const struct vip_survey_ops *ops, void *userdata, struct vip_survey **ret)
{
	struct vip_survey *survey = calloc(1, sizeof(*survey));
	int r;

	if (survey == NULL)
		return -ENOMEM;
	survey->table = table;
	survey->ops = ops;
	survey->userdata = userdata;
	survey->fd = nl_open(NETLINK_ROUTE, RECEIVE_ROOM);
	r = survey->fd < 0 ? survey->fd : 0;
	if (r == 0)
		r = sd_event_add_io(
		    event, &survey->io, survey->fd, EPOLLIN, on_io, survey);
	if (r >= 0)
		r = sd_event_source_set_priority(survey->io, EVENT_PRIORITY_BULK);
	if (r >= 0)
		r = sd_event_add_time(event, &survey->pause, EVENT_CLOCK, 0,
		    PAUSE_US / 2, on_pause, survey);
	if (r >= 0)
		r = sd_event_source_set_enabled(survey->pause, SD_EVENT_OFF);
	if (r >= 0)
		r = ask(survey);
	if (r < 0) {
		vip_survey_free(survey);
		return r;
	}
	*ret = survey;
	return 0;
}

struct vip_survey *
vip_survey_free(struct vip_survey *survey)
{
	if (survey == NULL)
		return NULL;
	sd_event_source_disable_unref(survey->io);
	sd_event_source_disable_unref(survey->pause);
	if (survey->fd >= 0)
		close(survey->fd);
	free(survey->strays);
	free(survey);
	return NULL;
}
