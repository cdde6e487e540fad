/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_fields.c - what of a virtual router may be changed while it runs. */
#include "vrrpd/vrrp_fields.h"

#include <string.h>

#include "common/conf_schema.h"
#include "common/units.h"

#define PRIORITY_MAX 254 /* 255 is for the address owner, who says so in the file */
#define REPEAT_MAX 1000  /* beyond it a burst would take longer than any peer waits */

/* clang-format off */
#define IN_FILE(name, value) \
	static int64_t name(const struct vrrp_instance_conf *conf) { return (value); }

IN_FILE(priority, conf->priority)
IN_FILE(nopreempt, conf->nopreempt)
IN_FILE(preempt_delay, conf->preempt_delay_us / US_PER_MS)
IN_FILE(garp_master_delay, conf->garp_master_delay_us / US_PER_MS)
IN_FILE(garp_master_repeat, conf->garp_master_repeat)
IN_FILE(garp_master_refresh, conf->garp_master_refresh_us / US_PER_MS)
IN_FILE(garp_master_refresh_repeat, conf->garp_master_refresh_repeat)
IN_FILE(garp_lower_prio_delay, conf->garp_lower_prio_delay_us / US_PER_MS)
IN_FILE(garp_lower_prio_repeat, conf->garp_lower_prio_repeat)

const struct vrrp_field vrrp_fields[] = {
	{VRRP_FIELD_PRIORITY, "priority", CTL_INTEGER, 1, PRIORITY_MAX, priority},
	{VRRP_FIELD_NOPREEMPT, "nopreempt", CTL_BOOLEAN, 1, 1, nopreempt},
	{VRRP_FIELD_PREEMPT_DELAY, "preempt_delay", CTL_INTEGER, US_PER_MS, 0, preempt_delay},
	{VRRP_FIELD_GARP_MASTER_DELAY, "garp_master_delay", CTL_INTEGER, US_PER_MS, 0,
	 garp_master_delay},
	{VRRP_FIELD_GARP_MASTER_REPEAT, "garp_master_repeat", CTL_INTEGER, 1, REPEAT_MAX,
	 garp_master_repeat},
	{VRRP_FIELD_GARP_MASTER_REFRESH, "garp_master_refresh", CTL_INTEGER, US_PER_MS, 0,
	 garp_master_refresh},
	{VRRP_FIELD_GARP_MASTER_REFRESH_REPEAT, "garp_master_refresh_repeat", CTL_INTEGER, 1,
	 REPEAT_MAX, garp_master_refresh_repeat},
	{VRRP_FIELD_GARP_LOWER_PRIO_DELAY, "garp_lower_prio_delay", CTL_INTEGER, US_PER_MS, 0,
	 garp_lower_prio_delay},
	{VRRP_FIELD_GARP_LOWER_PRIO_REPEAT, "garp_lower_prio_repeat", CTL_INTEGER, 1,
	 REPEAT_MAX, garp_lower_prio_repeat},
	{0},
};
/* clang-format on */

const struct vrrp_field *
vrrp_field_find(const char *name)
{
	for (const struct vrrp_field *field = vrrp_fields; field->name != NULL; field++)
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

static const struct conf_row *
row_of(const char *keyword)
{
	return conf_schema_find(CONF_BLOCK_INSTANCE, keyword);
}

const char *
vrrp_field_keyword(const char *name, const char **ret_live)
{
	/* What objects call by another name than the configuration. */
	static const char *const others[] = {"vrid", "family"};
	const struct conf_row *row = row_of(name);

	*ret_live = NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return others[i];
	if (row == NULL)
		return NULL;
	for (const struct vrrp_field *field = vrrp_fields; field->name != NULL; field++)
		if (strcmp(field->keyword, row->name) == 0)
			*ret_live = field->name;
	return row->name;
}

int64_t
vrrp_field_min(const struct vrrp_field *field)
{
	return field->type == CTL_BOOLEAN ? 0
					  : row_of(field->keyword)->min / field->unit;
}

int64_t
vrrp_field_max(const struct vrrp_field *field)
{
	return field->max != 0 ? field->max : row_of(field->keyword)->max / field->unit;
}

json_t *
vrrp_field_json(const struct vrrp_field *field, int64_t value)
{
	return field->type == CTL_BOOLEAN ? json_boolean(value != 0)
					  : json_integer((json_int_t)value);
}

/* ---- describe ------------------------------------------------------------ */

static json_t *
live_json(const struct vrrp_field *field)
{
	const struct conf_row *row = row_of(field->keyword);
	json_t *json = json_pack("{s:s, s:b, s:s, s:s, s:s, s:s*, s:s*}", "type",
	    ctl_type_name(field->type), "live", 1, "role", "operator", "keyword",
	    field->keyword, "help", row->help, "default", row->fallback, "unit",
	    field->unit == US_PER_MS ? "ms" : row->unit);

	if (json == NULL || field->type == CTL_BOOLEAN)
		return json;
	(void)json_object_set_new(
	    json, "min", json_integer((json_int_t)vrrp_field_min(field)));
	(void)json_object_set_new(
	    json, "max", json_integer((json_int_t)vrrp_field_max(field)));
	return json;
}

static json_t *
fixed_json(const struct conf_row *row)
{
	char range[160];

	conf_row_range(row, range, sizeof(range));
	return json_pack("{s:s, s:b, s:s, s:s, s:s*, s:s*, s:s*}", "type",
	    conf_type_name(row->type), "live", 0, "keyword", row->name, "help",
	    row->help, "default", row->fallback, "unit", row->unit, "range",
	    range[0] != '\0' ? range : NULL);
}

json_t *
vrrp_fields_describe(void)
{
	json_t *fields = json_object();
	const struct conf_row *row;
	const char *live;

	for (const struct vrrp_field *field = vrrp_fields; field->name != NULL; field++)
		(void)json_object_set_new(fields, field->name, live_json(field));
	for (size_t i = 0; (row = conf_schema_row(i)) != NULL; i++)
		if ((row->blocks & CONF_IN(INSTANCE)) && (row->flags & CONF_DONE) &&
		    vrrp_field_keyword(row->name, &live) != NULL && live == NULL)
			(void)json_object_set_new(fields, row->name, fixed_json(row));
	return fields;
}
