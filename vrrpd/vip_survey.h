/* SPDX-License-Identifier: Apache-2.0 */
/* vip_survey.h - compares all virtual addresses with a listing of the kernel's own.
 *
 * link_mon's picture comes from events; this asks the kernel itself, once, and looks at
 * what no event is watched for, too: label, scope, broadcast address, lifetime. It
 * changes nothing, here or there.
 */
#ifndef VRRPD_VIP_SURVEY_H
#define VRRPD_VIP_SURVEY_H

#include <systemd/sd-event.h>
#include "vrrpd/vip.h"

enum vip_drift {
	VIP_DRIFT_NONE = 0,
	VIP_DRIFT_MISSING, /* wanted and not there, though nothing is under way */
	VIP_DRIFT_CHANGED, /* there and ours, with other attributes than configured */
	VIP_DRIFT_FOREIGN, /* wanted and there without our mark: it is left alone */
	VIP_DRIFT_STRAY,   /* there with our mark, and nobody wants it */
	VIP_DRIFT_COUNT_
};

struct vip_survey_ops {
	/* Something differs. `owner` is NULL for an address that no set lists; `what`
	 * is the attribute of a changed one. A missing address comes after the listing.
	 */
	void (*found)(void *userdata, enum vip_drift drift, void *owner,
	    const struct link_addr *addr, const char *what);
	/* The end: `compared` addresses of all sets. 0 or a negative errno. */
	void (*done)(void *userdata, int error, size_t compared);
};

struct vip_survey;

/* Begins; the ops are called from the loop, which is shared with others. One survey of
 * a table at a time. It must be freed before the table. Returns 0 or a negative errno.
 */
int vip_survey_new(struct vip_table *table, sd_event *event,
    const struct vip_survey_ops *ops, void *userdata, struct vip_survey **ret);
struct vip_survey *vip_survey_free(struct vip_survey *survey);

/* Has what was found changed put right: a new lifetime is asked for, other attributes
 * need the address to go for a moment. */
void vip_survey_correct(struct vip_survey *survey);

/* Calls `fn` for every address that was found missing and is still wanted. */
void vip_survey_each_missing(struct vip_survey *survey,
    void (*fn)(void *userdata, void *owner, const struct prefix *prefix, bool present),
    void *userdata);

/* Calls `fn` for every stray that was found and still is one: it is there, and nobody
 * has come to want it. */
void vip_survey_each_stray(const struct vip_survey *survey,
    void (*fn)(void *userdata, const struct link_addr *addr), void *userdata);

#endif
