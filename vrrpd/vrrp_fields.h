/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fields.h - what of a virtual router may be changed while it runs.
 *
 * Names and ranges are those of the configuration language; a time there is in seconds,
 * and here in whole milliseconds with a name that says so. Pure.
 */
#ifndef VRRPD_VRRP_FIELDS_H
#define VRRPD_VRRP_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "common/ctl_params.h"
#include "vrrpd/vrrp_conf.h"

#define VRRP_FIELD_PRIORITY "priority"
#define VRRP_FIELD_NOPREEMPT "nopreempt"
#define VRRP_FIELD_PREEMPT_DELAY "preempt_delay_ms"
#define VRRP_FIELD_GARP_MASTER_DELAY "garp_master_delay_ms"
#define VRRP_FIELD_GARP_MASTER_REPEAT "garp_master_repeat"
#define VRRP_FIELD_GARP_MASTER_REFRESH "garp_master_refresh_ms"
#define VRRP_FIELD_GARP_MASTER_REFRESH_REPEAT "garp_master_refresh_repeat"
#define VRRP_FIELD_GARP_LOWER_PRIO_DELAY "garp_lower_prio_delay_ms"
#define VRRP_FIELD_GARP_LOWER_PRIO_REPEAT "garp_lower_prio_repeat"

/* Not of the language: set by maintenance alone. */
#define VRRP_FIELD_OUT "out" /* does not serve at all */
#define VRRP_FIELD_STAY \
	"stay" /* leaves the role to whoever has it, until that one goes */

struct vrrp_field {
	const char *name;
	const char *keyword; /* in vrrp_instance */
	enum ctl_type type;  /* CTL_INTEGER or CTL_BOOLEAN */
	int64_t unit; /* of the configuration's microseconds in one of ours, or 1 */
	int64_t max;  /* where it is less than that of the keyword; 0: it is not */
	int64_t (*in_file)(const struct vrrp_instance_conf *conf);
};

/* Ends with a row without a name. */
extern const struct vrrp_field vrrp_fields[];

/* The row of a field, or NULL. */
const struct vrrp_field *vrrp_field_find(const char *name);

/* The keyword of the configuration that `name` means though it is no live field: one
 * that changes by a reload alone; NULL: there is none. *ret_live is the field's name
 * when a live one is meant ("preempt_delay"). */
const char *vrrp_field_keyword(const char *name, const char **ret_live);

/* The least and the greatest value. */
int64_t vrrp_field_min(const struct vrrp_field *field);
int64_t vrrp_field_max(const struct vrrp_field *field);

json_t *vrrp_field_json(const struct vrrp_field *field, int64_t value);

/* All fields for `describe`: {"priority": {"type", "min", "max", "unit", "default",
 * "live", "role", "keyword", "help"}}, and the keywords that are not live. */
json_t *vrrp_fields_describe(void);

#endif
