/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_describe.c - what can be asked of a daemon, from the tables that answer it. */
#include "common/ctl_server_internal.h"

#include <string.h>

#include "common/ctl_events.h"

static json_t *
describe_methods(const struct ctl_server *server)
{
	json_t *methods = json_object();

	for (const struct ctl_table *table = server->tables; table->methods != NULL;
	     table++)
		for (const struct ctl_method *row = table->methods; row->name != NULL;
		     row++)
			(void)json_object_set_new(methods, row->name,
			    json_pack("{s:s, s:b, s:s, s:o}", "role",
				ctl_role_name(row->role), "changes", row->changes,
				"help", row->help, "params",
				ctl_params_describe(ctl_method_params(row))));
	return methods;
}

static json_t *
describe_kinds(const struct ctl_server *server)
{
	json_t *types = json_object();

	for (const struct ctl_kind_of *of = server->kinds; of->kind != NULL; of++)
		(void)json_object_set_new(
		    types, of->kind->name, json_pack("{s:s}", "help", of->kind->help));
	return types;
}

static json_t *
describe_events(const struct ctl_server *server)
{
	json_t *events = json_object();

	for (size_t i = 0; i < sizeof(server->events) / sizeof(server->events[0]); i++)
		for (const struct ctl_event_type *row = server->events[i];
		     row != NULL && row->name != NULL; row++)
			(void)json_object_set_new(
			    events, row->name, json_pack("{s:s}", "help", row->help));
	return events;
}

/* What refuses a request because of who asks for how much. */
static json_t *
describe_limits(const struct ctl_server *server, enum ctl_role role)
{
	json_t *limits = json_pack("{s:s}", "role", ctl_role_name(role));

	for (const struct ctl_limits_of *of = server->limits; of->limits != NULL; of++)
		of->limits(of->userdata, role, limits);
	return limits;
}

void
ctl_do_describe(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const char *type = ctl_params_text(call->params, "type", NULL);

	if (type == NULL) {
		ctl_call_reply(
		    call, json_pack("{s:o, s:o, s:o, s:o}", "methods",
			      describe_methods(server), "types", describe_kinds(server),
			      "events", describe_events(server), "limits",
			      describe_limits(server, call->role)));
		return;
	}

	const struct ctl_kind_of *of = ctl_kind_find(server, type, strlen(type));

	if (of == NULL)
		ctl_fail_unknown_kind(call, server, type);
	else
		ctl_call_reply(
		    call, json_pack("{s:s, s:o}", "type", of->kind->name, "fields",
			      of->kind->fields != NULL ? of->kind->fields(of->userdata)
						       : json_object()));
}
