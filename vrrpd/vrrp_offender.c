/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_offender.c - the last packet of each kind that was refused, or was odd. */
#include "vrrpd/vrrp_offender.h"

#include <stdlib.h>

/* Takes the entry of this kind out of the list, or makes one. */
static struct vrrp_offender *
take(struct vrrp_offender **list, unsigned what)
{
	struct vrrp_offender *found;

	for (struct vrrp_offender **at = list; *at != NULL; at = &(*at)->next) {
		if ((*at)->what != what)
			continue;
		found = *at;
		*at = found->next;
		return found;
	}
	found = calloc(1, sizeof(*found));
	if (found != NULL)
		found->what = what;
	return found;
}

struct vrrp_offender *
vrrp_offender_note(struct vrrp_offender **list, unsigned what,
    const struct addr *source, int64_t at_us, int64_t gap_us)
{
	struct vrrp_offender *entry = take(list, what);

	if (entry == NULL)
		return NULL;
	if (!addr_equal(&entry->source, source)) {
		entry->source = *source;
		entry->has_mac = false;
		entry->count = 0;
	} else if (at_us - entry->at_us > gap_us) {
		entry->count = 0;
	}
	entry->over = false;
	entry->at_us = at_us;
	entry->count++;
	entry->total++;
	entry->detail[0] = '\0';
	entry->next = *list;
	*list = entry;
	return entry;
}

void
vrrp_offender_expect_anew(
    struct vrrp_offender *list, unsigned what, const struct addr *source)
{
	for (; list != NULL; list = list->next)
		if (list->what == what &&
		    (source == NULL || addr_equal(&list->source, source)))
			list->count = 0;
}

void
vrrp_offender_end(struct vrrp_offender *list, unsigned what)
{
	for (; list != NULL; list = list->next) {
		if (list->what != what)
			continue;
		list->over = true;
		list->count = 0;
	}
}

struct vrrp_offender *
vrrp_offender_free(struct vrrp_offender *list)
{
	while (list != NULL) {
		struct vrrp_offender *next = list->next;

		free(list);
		list = next;
	}
	return NULL;
}

uint64_t
vrrp_offender_total(const struct vrrp_offender *list, unsigned what)
{
	while (list != NULL && list->what != what)
		list = list->next;
	return list != NULL ? list->total : 0;
}

const struct vrrp_offender *
vrrp_offender_refused(const struct vrrp_offender *list)
{
	while (list != NULL && (list->over || list->what >= VRRP_DROP_COUNT_))
		list = list->next;
	return list;
}

static const struct {
	const char *name, *text;
} oddities[VRRP_ODD_COUNT_ - VRRP_DROP_COUNT_] = {
    {"rival", "another router says it is MASTER too"},
    {"list_mismatch", "advertises other addresses than configured here; believed"},
    {"interval_mismatch", "advertises at another interval than configured here; "
			  "believed"},
    {"other_vrid", "advertises an address of this virtual router under another VRID"},
};

const char *
vrrp_offender_name(unsigned what)
{
	return what < VRRP_DROP_COUNT_ ? vrrp_drop_name((enum vrrp_drop)what)
				       : oddities[what - VRRP_DROP_COUNT_].name;
}

const char *
vrrp_offender_text(unsigned what)
{
	return what < VRRP_DROP_COUNT_ ? vrrp_drop_text((enum vrrp_drop)what)
				       : oddities[what - VRRP_DROP_COUNT_].text;
}
