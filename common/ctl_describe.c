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

static json_t *
describe_all(const struct ctl_server *server, enum ctl_role role)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "methods", describe_methods(server),
	    "types", describe_kinds(server), "events", describe_events(server),
	    "limits", describe_limits(server, role));
}

static json_t *
describe_kind(const struct ctl_kind_of *of)
{
	return json_pack("{s:s, s:o}", "type", of->kind->name, "fields",
	    of->kind->fields != NULL ? of->kind->fields(of->userdata) : json_object());
}

/* The fields of its kind, those that may change while it runs with the value that they
 * have now: others are keywords of the file, of which an object may tell something else
 * by the same name ("state"). */
static json_t *
describe_object(const struct ctl_kind_of *of, const json_t *object)
{
	json_t *described = describe_kind(of), *field, *value;
	const char *name;

	json_object_foreach (json_object_get(described, "fields"), name, field) {
		value = json_object_get(object, name);
		if (value != NULL && json_is_true(json_object_get(field, "live")))
			(void)json_object_set(field, "value", value);
	}
	(void)json_object_set(described, "path", json_object_get(object, "path"));
	return described;
}

/* Whether the call was answered with the object that is called so. */
static bool
answer_object(const struct ctl_server *server, struct ctl_call *call, const char *name)
{
	const struct ctl_kind_of *of = NULL;
	json_t *object = ctl_object_find(server, name, call->role, &of);
	struct ctl_error error = {0};

	if (object != NULL)
		ctl_call_reply(call, describe_object(of, object));
	else if (strchr(name, '/') != NULL &&
		 ctl_server_refuse_unserved(server, name, &error))
		ctl_call_fail_with(call, &error);
	else
		return false;
	json_decref(object);
	return true;
}

void
ctl_do_describe(void *userdata, struct ctl_call *call)
{
	const struct ctl_server *server = userdata;
	const char *type = ctl_params_text(call->params, "type", NULL);
	const struct ctl_kind_of *of =
	    type != NULL ? ctl_kind_find(server, type, strlen(type)) : NULL;

	if (type == NULL)
		ctl_call_reply(call, describe_all(server, call->role));
	else if (of != NULL)
		ctl_call_reply(call, describe_kind(of));
	else if (!answer_object(server, call, type))
		ctl_fail_unknown_kind(call, server, type, "no object and no type");
}
