/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_brief.c - an instance as a list has it, and what of that is news. */
#include "vrrpd/vrrp_brief.h"

#include <stdlib.h>
#include <string.h>

#include "common/ctl_msg.h"
#include "common/units.h"
#include "vrrpd/vrrp_fields.h"
#include "vrrpd/vrrp_json.h"
#include "vrrpd/vrrp_json_values.h"

/* ---- names --------------------------------------------------------------- */

static json_t *
path_json(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];

	return ctl_msg_text(vrrp_json_path(path, view->conf->name));
}

static json_t *
name_json(const struct vrrp_view *view)
{
	return ctl_msg_text(view->conf->name);
}

static json_t *
group_json(const struct vrrp_view *view)
{
	(void)view;
	return json_null();
}

/* ---- the role ------------------------------------------------------------ */

static json_t *
state_json(const struct vrrp_view *view)
{
	return json_string(vrrp_state_name(view->fsm->state));
}

static json_t *
cause_json(const struct vrrp_view *view)
{
	return json_string(vrrp_cause_name(view->fsm->cause));
}

static json_t *
reason_json(const struct vrrp_view *view)
{
	return ctl_msg_text(view->reason);
}

static json_t *
priority_json(const struct vrrp_view *view)
{
	return json_integer(vrrp_view_priority(view));
}

static json_t *
effective_json(const struct vrrp_view *view)
{
	return vrrp_view_runs(view) ? json_integer(view->fsm->params.priority)
				    : json_null();
}

static json_t *
master_json(const struct vrrp_view *view)
{
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_string("self");
	return vrrp_view_knows_master(view) ? vrrp_json_address(&view->fsm->master)
					    : json_null();
}

static json_t *
master_priority_json(const struct vrrp_view *view)
{
	if (view->fsm->state == VRRP_STATE_MASTER)
		return json_integer(view->fsm->params.priority);
	return vrrp_view_knows_master(view) ? json_integer(view->fsm->master_priority)
					    : json_null();
}

static json_t *
since_json(const struct vrrp_view *view)
{
	return vrrp_json_instant(view, view->fsm->since_us);
}

static json_t *
for_json(const struct vrrp_view *view)
{
	int64_t since_us = view->fsm->since_us;

	return since_us != 0 ? vrrp_json_whole_ms(view->now_us - since_us)
			     : json_null();
}

static json_t *
moving_json(const struct vrrp_view *view)
{
	return view->moving != NULL ? json_string(view->moving) : json_null();
}

/* What is under way, and for how long yet. */
static json_t *
move_json(const struct vrrp_view *view)
{
	const struct vrrp_view_move *move = &view->move;
	int64_t left_us =
	    move->until_us > view->now_us ? move->until_us - view->now_us : 0;

	if (move->kind == NULL)
		return json_null();
	return json_pack("{s:s, s:s*, s:o, s:o, s:o}", "kind", move->kind, "method",
	    move->method, "since", vrrp_json_instant(view, move->since_us), "until",
	    vrrp_json_instant(view, move->until_us), "left_ms",
	    vrrp_json_whole_ms(left_us));
}

static json_t *
faults_json(const struct vrrp_view *view)
{
	json_t *list = json_array();

	for (const char *const *at = view->faults; at != NULL && *at != NULL; at++)
		(void)json_array_append_new(list, json_string(*at));
	return list;
}

/* ---- leases -------------------------------------------------------------- */

/* The next entry of a lease on this instance, in the order of being given. */
static const struct layer_entry *
next_lease(const struct vrrp_view *view, const struct layer_entry *entry)
{
	char path[VRRP_PATH_SIZE];

	vrrp_json_path(path, view->conf->name);
	do
		entry = layers_next_of(view->layers, path, entry);
	while (entry != NULL && entry->layer != LAYER_LEASE);
	return entry;
}

/* A lease may be about several fields. */
static void
add_once(json_t *ids, const char *id)
{
	for (size_t i = 0; i < json_array_size(ids); i++)
		if (strcmp(json_string_value(json_array_get(ids, i)), id) == 0)
			return;
	(void)json_array_append_new(ids, ctl_msg_text(id));
}

static json_t *
leases_json(const struct vrrp_view *view)
{
	json_t *ids = json_array();
	const struct layer_entry *entry = NULL;

	while ((entry = next_lease(view, entry)) != NULL)
		add_once(ids, entry->id);
	return ids;
}

/* The lease that decides the priority, as what is beside it in a list is the effective
 * one; else the one that was given last. */
static const struct layer_entry *
first_to_know(const struct vrrp_view *view)
{
	char path[VRRP_PATH_SIZE];
	const struct layer_entry *entry = NULL, *last = NULL;
	const struct layer_entry *top = layers_top(
	    view->layers, vrrp_json_path(path, view->conf->name), VRRP_FIELD_PRIORITY);

	if (top != NULL && top->layer == LAYER_LEASE)
		return top;
	while ((entry = next_lease(view, entry)) != NULL)
		last = entry;
	return last;
}

static json_t *
lease_json(const struct vrrp_view *view)
{
	const struct layer_entry *lease = first_to_know(view);

	if (lease == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o}", "id", lease->id, "kind", lease->kind,
	    "expires", vrrp_json_instant(view, lease->expires_us), "left_ms",
	    vrrp_json_whole_ms(lease->expires_us - view->now_us));
}

/* Until when it was to be out of the way and is MASTER all the same. */
static json_t *
last_resort_json(const struct vrrp_view *view)
{
	const struct layer_entry *maintenance = vrrp_view_last_resort(view);

	return maintenance != NULL ? vrrp_json_instant(view, maintenance->expires_us)
				   : json_null();
}

/* Until when somebody else may yet come to relieve it. */
static json_t *
heir_due_json(const struct vrrp_view *view)
{
	int64_t due_us = vrrp_view_heir_due_us(view);

	return due_us != 0 ? vrrp_json_instant(view, due_us) : json_null();
}

/* Whether a maintenance left the role where it is. */
static json_t *
stay_json(const struct vrrp_view *view)
{
	return json_boolean(vrrp_view_stays(view));
}

/* ---- what is heard and held ------------------------------------------------ */

static json_t *
vips_json(const struct vrrp_view *view)
{
	return json_pack("{s:I, s:I}", "want", (json_int_t)view->vips_want, "set",
	    (json_int_t)view->vips_set);
}

static json_t *
last_refused_json(const struct vrrp_view *view)
{
	const struct vrrp_offender *last = vrrp_offender_refused(view->offenders);

	if (last == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "drop",
	    vrrp_offender_name(last->what), "text", vrrp_offender_text(last->what),
	    "source", vrrp_json_address(&last->source), "at",
	    vrrp_json_instant(view, last->at_us), "detail",
	    vrrp_json_text(last->detail));
}

static json_t *
split_brain_json(const struct vrrp_view *view)
{
	const struct vrrp_offender *sign = vrrp_view_split_brain(view);

	return sign != NULL ? vrrp_json_address(&sign->source) : json_null();
}

/* ---- what it was configured to be ------------------------------------------ */

static json_t *
interface_json(const struct vrrp_view *view)
{
	return ctl_msg_text(view->conf->ifname);
}

static json_t *
vrid_json(const struct vrrp_view *view)
{
	return json_integer(view->conf->vrid);
}

static json_t *
version_json(const struct vrrp_view *view)
{
	return json_integer(view->conf->version);
}

static json_t *
family_json(const struct vrrp_view *view)
{
	return json_string(view->conf->family == AF_INET6 ? "ipv6" : "ipv4");
}

static json_t *
advert_int_json(const struct vrrp_view *view)
{
	return vrrp_json_ms(view->conf->advert_int_us);
}

static json_t *
nopreempt_json(const struct vrrp_view *view)
{
	return json_boolean(vrrp_view_nopreempt(view));
}

static json_t *
preempt_delay_json(const struct vrrp_view *view)
{
	return vrrp_json_ms(view->fsm->params.preempt_delay_us);
}

/* How long moves of its role would wait for their proof, and hold it then. */
static json_t *
waits_json(const struct vrrp_view *view)
{
	const struct vrrp_fsm *fsm = view->fsm;

	return json_pack("{s:I, s:I, s:I, s:I}", "handover_ms",
	    (json_int_t)(vrrp_fsm_handover_wait_us(fsm) / US_PER_MS), "yield_ms",
	    (json_int_t)(vrrp_fsm_yield_wait_us(fsm) / US_PER_MS), "takeover_ms",
	    (json_int_t)(vrrp_fsm_takeover_wait_us(fsm) / US_PER_MS), "hold_ms",
	    (json_int_t)(VRRP_MOVE_LEASE_US / US_PER_MS));
}

/* ---- all of it ------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name;
	json_t *(*value)(const struct vrrp_view *view);
} members[VRRP_MEMBER_COUNT_] = {
	[VRRP_MEMBER_PATH]            = {"path", path_json},
	[VRRP_MEMBER_NAME]            = {"name", name_json},
	[VRRP_MEMBER_GROUP]           = {"group", group_json},
	[VRRP_MEMBER_STATE]           = {"state", state_json},
	[VRRP_MEMBER_CAUSE]           = {"cause", cause_json},
	[VRRP_MEMBER_REASON]          = {"reason", reason_json},
	[VRRP_MEMBER_PRIORITY]        = {"priority", priority_json},
	[VRRP_MEMBER_EFFECTIVE]       = {"effective", effective_json},
	[VRRP_MEMBER_MASTER]          = {"master", master_json},
	[VRRP_MEMBER_MASTER_PRIORITY] = {"master_priority", master_priority_json},
	[VRRP_MEMBER_SINCE]           = {"since", since_json},
	[VRRP_MEMBER_FOR]             = {"for_ms", for_json},
	[VRRP_MEMBER_MOVING]          = {"moving", moving_json},
	[VRRP_MEMBER_MOVE]            = {"move", move_json},
	[VRRP_MEMBER_FAULTS]          = {"faults", faults_json},
	[VRRP_MEMBER_LEASES]          = {"leases", leases_json},
	[VRRP_MEMBER_LEASE]           = {"lease", lease_json},
	[VRRP_MEMBER_LAST_RESORT]     = {"last_resort_until", last_resort_json},
	[VRRP_MEMBER_HEIR_DUE]        = {"heir_due", heir_due_json},
	[VRRP_MEMBER_STAY]            = {"stay", stay_json},
	[VRRP_MEMBER_VIPS]            = {"vips", vips_json},
	[VRRP_MEMBER_LAST_REFUSED]    = {"last_refused", last_refused_json},
	[VRRP_MEMBER_SPLIT_BRAIN]     = {"split_brain", split_brain_json},
	[VRRP_MEMBER_INTERFACE]       = {"interface", interface_json},
	[VRRP_MEMBER_VRID]            = {"vrid", vrid_json},
	[VRRP_MEMBER_VERSION]         = {"version", version_json},
	[VRRP_MEMBER_FAMILY]          = {"family", family_json},
	[VRRP_MEMBER_ADVERT_INT]      = {"advert_int_ms", advert_int_json},
	[VRRP_MEMBER_NOPREEMPT]       = {"nopreempt", nopreempt_json},
	[VRRP_MEMBER_PREEMPT_DELAY]   = {"preempt_delay_ms", preempt_delay_json},
	[VRRP_MEMBER_WAITS]           = {"waits", waits_json},
};
/* clang-format on */

json_t *
vrrp_brief_json(const struct vrrp_view *view, uint32_t wanted)
{
	json_t *object = json_object();

	for (unsigned m = 0; m < VRRP_MEMBER_COUNT_; m++)
		if (wanted & VRRP_MEMBER_BIT(m))
			(void)json_object_set_new(
			    object, members[m].name, members[m].value(view));
	return object;
}

/* ---- news ------------------------------------------------------------------ */

/* FNV-1a */
static void
add_bytes(uint64_t *mark, const void *bytes, size_t len)
{
	for (const uint8_t *at = bytes; len > 0; at++, len--)
		*mark = (*mark ^ *at) * UINT64_C(0x100000001b3);
}

static void
add_number(uint64_t *mark, json_int_t number)
{
	add_bytes(mark, &number, sizeof(number));
}

static void add_value(uint64_t *mark, const json_t *value);

/* Without what only counts time on. */
static void
add_members(uint64_t *mark, const json_t *object)
{
	const char *key;
	json_t *inner;

	json_object_foreach ((json_t *)(uintptr_t)object, key, inner) {
		if (strcmp(key, "left_ms") == 0)
			continue;
		add_bytes(mark, key, strlen(key));
		add_value(mark, inner);
	}
}

static void
add_items(uint64_t *mark, const json_t *array)
{
	add_number(mark, (json_int_t)json_array_size(array));
	for (size_t i = 0; i < json_array_size(array); i++)
		add_value(mark, json_array_get(array, i));
}

static void
add_value(uint64_t *mark, const json_t *value)
{
	double real = json_real_value(value);

	add_number(mark, json_typeof(value));
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		add_members(mark, value);
		break;
	case JSON_ARRAY:
		add_items(mark, value);
		break;
	case JSON_STRING:
		add_bytes(mark, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		add_number(mark, json_integer_value(value));
		break;
	case JSON_REAL:
		add_bytes(mark, &real, sizeof(real));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
}

/* A number for a value: all are looked at with each event of a router, so it is not put
 * into words for that. */
static uint64_t
mark_of(const json_t *value)
{
	uint64_t mark = UINT64_C(0xcbf29ce484222325);

	add_value(&mark, value);
	return mark;
}

/* Whether the member is another than was told; it counts as told then. */
static bool
is_news(struct vrrp_told *told, enum vrrp_member member, const json_t *value)
{
	uint64_t mark = mark_of(value);
	uint32_t folded = (uint32_t)(mark ^ mark >> 32);
	bool news = folded != told->marks[member];

	told->marks[member] = folded;
	return news;
}

void
vrrp_told_sift(struct vrrp_told **told, json_t *object, uint32_t keep)
{
	bool is_first = *told == NULL && json_object_size(object) == VRRP_MEMBER_COUNT_;

	if (is_first)
		*told = calloc(1, sizeof(**told)); /* NULL: the next one is the first */
	for (unsigned m = 0; m < VRRP_MEMBER_COUNT_; m++) {
		const json_t *value = json_object_get(object, members[m].name);
		bool news = value != NULL && m != VRRP_MEMBER_FOR && *told != NULL &&
			    is_news(*told, (enum vrrp_member)m, value) && !is_first;

		if (value != NULL && !news && !(keep & VRRP_MEMBER_BIT(m)))
			(void)json_object_del(object, members[m].name);
	}
}

void
vrrp_told_note(struct vrrp_told *told, const char *name, const json_t *value)
{
	for (unsigned m = 0; told != NULL && m < VRRP_MEMBER_COUNT_; m++)
		if (strcmp(members[m].name, name) == 0)
			(void)is_news(told, (enum vrrp_member)m, value);
}
