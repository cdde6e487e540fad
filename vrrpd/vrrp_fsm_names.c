/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fsm_names.c - the states and causes of the state machine in words. */
#include "vrrpd/vrrp_fsm.h"

#include "common/names.h"

/* clang-format off */
static const char *const state_names[VRRP_STATE_COUNT_] = {
	[VRRP_STATE_INITIALIZE] = "INITIALIZE",
	[VRRP_STATE_BACKUP]     = "BACKUP",
	[VRRP_STATE_MASTER]     = "MASTER",
	[VRRP_STATE_FAULT]      = "FAULT",
};

static const struct {
	const char *name, *text;
} causes[VRRP_CAUSE_COUNT_] = {
	[VRRP_CAUSE_NONE]              = {"none", "nothing happened yet"},
	[VRRP_CAUSE_STARTUP]           = {"startup", "started"},
	[VRRP_CAUSE_OWNER]             = {"owner", "it owns the addresses (priority 255)"},
	[VRRP_CAUSE_RESUMED]           = {"resumed", "took up the role it held before a restart"},
	[VRRP_CAUSE_MASTER_DOWN_TIMER] = {"master_down_timer", "Master_Down_Timer expired"},
	[VRRP_CAUSE_MASTER_RESIGNED]   = {"master_resigned", "the Master resigned"},
	[VRRP_CAUSE_PREEMPTED]         = {"preempted", "preempted a Master of lower priority"},
	[VRRP_CAUSE_TAKEOVER]          = {"takeover", "an operator asked for it"},
	[VRRP_CAUSE_HIGHER_PRIORITY]   = {"higher_priority", "heard a higher priority"},
	[VRRP_CAUSE_HIGHER_ADDRESS]    = {"higher_address", "heard the same priority from a higher address"},
	[VRRP_CAUSE_HANDED_OVER]       = {"handed_over", "handed the role over"},
	[VRRP_CAUSE_RELEASED]          = {"released", "resigned and let go"},
	[VRRP_CAUSE_STALLED]           = {"stalled", "was not running for longer than its peers wait"},
	[VRRP_CAUSE_FAULT]             = {"fault", "something it needs is missing"},
	[VRRP_CAUSE_FAULT_CLEARED]     = {"fault_cleared", "what was missing is back"},
	[VRRP_CAUSE_SHUTDOWN]          = {"shutdown", "stopped"},
};
/* clang-format on */

const char *
vrrp_state_name(enum vrrp_state state)
{
	return names_text(state_names, VRRP_STATE_COUNT_, state);
}

const char *
vrrp_cause_name(enum vrrp_cause cause)
{
	return cause < VRRP_CAUSE_COUNT_ ? causes[cause].name : "?";
}

const char *
vrrp_cause_text(enum vrrp_cause cause)
{
	return cause < VRRP_CAUSE_COUNT_ ? causes[cause].text : "?";
}
