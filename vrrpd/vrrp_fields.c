/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fields.c - what of a virtual router may be changed while it runs. */
#include "vrrpd/vrrp_fields.h"

#include "common/units.h"

#define PRIORITY_MAX 254 /* 255 is for the address owner, who says so in the file */
#define REPEAT_MAX 1000  /* beyond it a burst would take longer than any peer waits */

/* clang-format off */
#define IN_FILE(name, value) \
	static int64_t name(const void *object) \
	{ const struct vrrp_instance_conf *conf = object; return (value); }

IN_FILE(priority, conf->priority)
IN_FILE(nopreempt, conf->nopreempt)
IN_FILE(preempt_delay, conf->preempt_delay_us / US_PER_MS)
IN_FILE(garp_master_delay, conf->garp_master_delay_us / US_PER_MS)
IN_FILE(garp_master_repeat, conf->garp_master_repeat)
IN_FILE(garp_master_refresh, conf->garp_master_refresh_us / US_PER_MS)
IN_FILE(garp_master_refresh_repeat, conf->garp_master_refresh_repeat)
IN_FILE(garp_lower_prio_delay, conf->garp_lower_prio_delay_us / US_PER_MS)
IN_FILE(garp_lower_prio_repeat, conf->garp_lower_prio_repeat)

#define FIELD(name_, keyword_, type_, unit_, max_, in_file_) \
	{.name = (name_), .keyword = (keyword_), .type = (type_), .unit = (unit_), \
	 .max = (max_), .in_file = (in_file_)}

const struct live_field vrrp_fields[] = {
	FIELD(VRRP_FIELD_PRIORITY, "priority", CTL_INTEGER, 1, PRIORITY_MAX, priority),
	FIELD(VRRP_FIELD_NOPREEMPT, "nopreempt", CTL_BOOLEAN, 1, 1, nopreempt),
	FIELD(VRRP_FIELD_PREEMPT_DELAY, "preempt_delay", CTL_INTEGER, US_PER_MS, 0, preempt_delay),
	FIELD(VRRP_FIELD_GARP_MASTER_DELAY, "garp_master_delay", CTL_INTEGER, US_PER_MS, 0,
	 garp_master_delay),
	FIELD(VRRP_FIELD_GARP_MASTER_REPEAT, "garp_master_repeat", CTL_INTEGER, 1, REPEAT_MAX,
	 garp_master_repeat),
	FIELD(VRRP_FIELD_GARP_MASTER_REFRESH, "garp_master_refresh", CTL_INTEGER, US_PER_MS, 0,
	 garp_master_refresh),
	FIELD(VRRP_FIELD_GARP_MASTER_REFRESH_REPEAT, "garp_master_refresh_repeat", CTL_INTEGER, 1,
	 REPEAT_MAX, garp_master_refresh_repeat),
	FIELD(VRRP_FIELD_GARP_LOWER_PRIO_DELAY, "garp_lower_prio_delay", CTL_INTEGER, US_PER_MS, 0,
	 garp_lower_prio_delay),
	FIELD(VRRP_FIELD_GARP_LOWER_PRIO_REPEAT, "garp_lower_prio_repeat", CTL_INTEGER, 1,
	 REPEAT_MAX, garp_lower_prio_repeat),
	{0},
};
/* clang-format on */

const char *const vrrp_fields_others[] = {"vrid", "family", NULL};
