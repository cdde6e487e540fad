/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fields.h - what of a virtual router may be changed while it runs: the table
 * behind common/live_field.h. Pure.
 */
#ifndef VRRPD_VRRP_FIELDS_H
#define VRRPD_VRRP_FIELDS_H

#include "common/live_field.h"
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
#define VRRP_FIELD_MAINTENANCE "maintenance" /* its value: */
#define VRRP_MAINTENANCE_OUT 1               /* does not even serve as a last resort */
#define VRRP_MAINTENANCE_STAY 2 /* does not take the role back at its end */
#define VRRP_FIELD_STAY \
	"stay" /* leaves the role to whoever has it, until that one goes */

/* Fields of a struct vrrp_instance_conf; ends without a name. */
extern const struct live_field vrrp_fields[];

/* Members of an instance that the configuration calls by another name; ends with NULL.
 */
extern const char *const vrrp_fields_others[];

#endif
