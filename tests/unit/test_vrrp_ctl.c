/* SPDX-License-Identifier: Apache-2.0 */
/* test_vrrp_ctl.c - vrrpd's methods over its real socket: objects, roles, operations,
 * the audit. */
#include "tests/unit/vrrp_ctl_fixture.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/ctl_role.h"
#include "common/log.h"
#include "vrrpd/vrrp_ctl.h"

/* The label of a security module, which few hosts have; NULL: none here either. */
static const char *peer_label;

int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	int (*real)(int, int, int, void *, socklen_t *);

	*(void **)&real = dlsym(RTLD_NEXT, "getsockopt");
	if (name != SO_PEERSEC || level != SOL_SOCKET)
		return real(fd, level, name, value, len);
	if (peer_label == NULL) {
		errno = ENOPROTOOPT;
		return -1;
	}
	*len = (socklen_t)snprintf(value, *len, "%s", peer_label);
	return 0;
}

/* ---- operations with a name ---------------------------------------------- */

#define NAMED_SET(value) \
	"{\"op_id\":\"CHG-1\",\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":" #value \
	"}}]}"

CASE(named_request_is_done_once)
{
	json_decref(ask("apply", NAMED_SET(150)));
	json_decref(ask("apply", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{"
				 "\"priority\":120}}]}"));
	json_t *again = ask("apply", NAMED_SET(150));
	assert_true(json_is_true(json_object_get(again, "replayed")));
	assert_int_equal(json_integer_value(json_object_get(again, "rev")), 1);
	json_decref(again);
	assert_int_equal(priority_of("instance/VI_1"), 120);
	assert_error(ask_as("admin", "apply", NAMED_SET(99)), "op_mismatch");
	assert_error(ask_as("admin", "reload", "{\"op_id\":\"CHG-1\"}"), "op_mismatch");
}

CASE(outcome_of_an_accepted_move_can_be_asked_for)
{
	json_decref(result_in(ask_as("operator", "failover",
	    "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}")));
	json_t *op = ask("op.get", "{\"op_id\":\"a\"}");
	assert_string_equal(json_string_value(json_object_get(op, "state")), "running");
	json_decref(op);
	assert_error(ask_as("operator", "failover",
			 "{\"target\":\"VI_1\",\"wait\":false,\"op_id\":\"a\"}"),
	    "busy");
	end_move(&fake.routers[0], VROUTER_MOVE_NOBODY);
	op = ask("op.get", "{\"op_id\":\"a\"}");
	assert_string_equal(json_string_value(json_object_get(op, "state")), "done");
	assert_non_null(json_object_get(op, "error"));
	json_decref(op);
	assert_error(ask_as("admin", "op.get", "{\"op_id\":\"b\"}"), "not_found");
}

CASE(name_that_is_nearly_right_is_recognised)
{
	static const struct {
		const char *method, *path, *suggest;
	} rows[] = {
	    {"get", "instance/vi_1", "VI_1"},
	    {"explain", "instance/VI_22", "VI_2"},
	    {"get", "vi_2", "VI_2"},
	    {"get", "instance/elsewhere", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *params = json_pack("{s:s}", "path", rows[i].path);
		char *text = json_dumps(params, JSON_COMPACT);
		json_t *message = ask_as("read", rows[i].method, text);
		json_t *error = json_object_get(message, "error"), *data;
		const char *suggest, *said;

		data = json_object_get(error, "data");
		suggest = json_string_value(json_object_get(data, "suggest"));
		said = json_string_value(json_object_get(error, "message"));
		if (rows[i].suggest == NULL) {
			assert_null(suggest);
			assert_string_equal(said, "there is no instance \"elsewhere\"");
		} else {
			assert_string_equal(suggest, rows[i].suggest);
			assert_non_null(strstr(said, rows[i].suggest));
		}
		assert_error(message, "not_found");
		free(text);
		json_decref(params);
	}
}

CASE(readers_do_not_see_who_and_why)
{
	json_decref(ask("apply",
	    "{\"reason\":\"s3cr3t\",\"lease\":{\"ttl_ms\":60000},\"changes\":[{"
	    "\"path\":\"VI_1\",\"set\":{\"priority\":7}}]}"));
	static const struct {
		const char *method, *params;
	} rows[] = {
	    {"list", "{\"type\":\"lease\"}"},
	    {"list", "{\"type\":\"override\"}"},
	    {"status", "{}"},
	    {"explain", "{\"path\":\"VI_1\"}"},
	    {"get", "{\"path\":\"VI_1\"}"},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *read = ask_as("read", rows[i].method, rows[i].params);
		char *text = json_dumps(read, 0);
		assert_null(strstr(text, "s3cr3t"));
		assert_null(strstr(text, "\"uid\""));
		free(text);
		json_decref(read);
	}
	json_t *list = ask_as("operator", "list", "{\"type\":\"lease\"}");
	char *text = json_dumps(list, 0);
	assert_non_null(strstr(text, "s3cr3t"));
	free(text);
	json_decref(list);
}

/* ---- garp, log.level ------------------------------------------------------ */

CASE(master_alone_announces)
{
	json_decref(result_in(ask_as("operator", "garp", "{\"target\":\"VI_1\"}")));
	assert_int_equal(fake.announced, 1);
	assert_error(
	    ask_as("operator", "garp", "{\"target\":\"VI_2\"}"), "wrong_state");
}

CASE(operator_changes_the_log_level_for_a_while)
{
	int before = log_level();

	assert_error(ask_as("operator", "log.level", "{\"level\":\"crit\"}"), "denied");
	assert_error(
	    ask_as("admin", "log.level", "{\"level\":\"loud\"}"), "invalid_params");
	json_t *result = result_in(ask_as("operator", "log.level",
	    "{\"level\":\"crit\",\"lease\":{\"ttl_ms\":60000}}"));
	assert_int_equal(log_level(), LOG_CRIT);
	char params[64];
	(void)snprintf(
	    params, sizeof(params), "{\"id\":\"%s\"}", text_of(result, "lease"));
	json_decref(result);
	json_decref(ask("lease.release", params));
	assert_int_equal(log_level(), before);
	json_t *tail = ask("log.tail", "{\"count\":1}");
	json_t *event = json_array_get(json_object_get(tail, "items"), 0);
	assert_string_equal(text_of(event, "type"), "daemon.log_level");
	assert_string_equal(text_of(json_object_get(event, "old"), "level"), "crit");
	json_decref(tail);
}

/* ---- who may do what ----------------------------------------------------- */

/* Every method that there is, and the least role for it; parameters that pass the check
 * of the table. A method that is not here fails the test. */
static const struct {
	const char *method, *role, *params;
} matrix[] = {
    {"session.hello", "read", "{\"major\":1}"},
    {"session.drop", "read", "{\"role\":\"read\"}"},
    {"ping", "read", "{}"},
    {"status", "read", "{}"},
    {"list", "read", "{\"type\":\"lease\"}"},
    {"get", "read", "{\"path\":\"VI_1\"}"},
    {"explain", "read", "{\"path\":\"VI_1\"}"},
    {"describe", "read", "{}"},
    {"subscribe", "read", "{\"sub\":\"s\"}"},
    {"unsubscribe", "read", "{\"sub\":\"s\"}"},
    {"log.tail", "read", "{}"},
    {"op.get", "read", "{\"op_id\":\"x\"}"},
    {"clients", "read", "{}"},
    {"lease.list", "read", "{}"},
    {"config.diff", "read", "{}"},
    {"config.test", "read", "{}"},
    {"audit.list", "operator", "{}"},
    {"config.show", "operator", "{}"},
    {"confirm", "operator", "{}"},
    {"lease.renew", "operator", "{\"id\":\"L-x\",\"ttl_ms\":1000}"},
    {"lease.release", "operator", "{\"id\":\"L-x\"}"},
    {"failover", "operator", "{\"target\":\"VI_9\"}"},
    {"takeover", "operator", "{\"target\":\"VI_9\"}"},
    {"hold", "operator", "{\"target\":\"VI_9\"}"},
    {"maintenance", "operator", "{\"action\":\"off\"}"},
    {"garp", "operator", "{\"target\":\"VI_9\"}"},
    {"log.level", "operator", "{\"level\":\"emerg\",\"lease\":{\"ttl_ms\":1000}}"},
    {"apply", "operator",
	"{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}],\"lease\":{"
	"\"ttl_ms\":1000}}"},
    {"apply.undo", "operator", "{\"rev\":0}"},
    {"log.level", "admin", "{\"level\":\"emerg\"}"},
    {"apply", "admin", "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":9}}]}"},
    {"apply", "admin", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"nopreempt\"]}]}"},
    {"config.save", "admin", "{}"},
    {"config.discard", "admin", "{}"},
    {"config.reload", "admin", "{}"},
    {"reload", "admin", "{}"},
    {"stop", "admin", "{}"},
};

static bool
is_denied(const json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	const json_t *data = json_object_get(error, "data");

	return strcmp(text_of(data, "name"), "denied") == 0;
}

CASE(every_method_asks_for_its_role)
{
	static const char *const roles[] = {"read", "operator", "admin"};

	/* As a service it refuses to stop. */
	assert_int_equal(setenv("NOTIFY_SOCKET", "/nobody", 1), 0);
	for (size_t i = 0; i < COUNT_OF(matrix); i++)
		for (int have = 0; have < 3; have++) {
			int need = ctl_role_find(matrix[i].role);
			json_t *message =
			    ask_as(roles[have], matrix[i].method, matrix[i].params);
			if (is_denied(message) != (have < need))
				fail_msg("%s %s as %s: %s", matrix[i].method,
				    matrix[i].params, roles[have],
				    json_dumps(message, 0));
			json_decref(message);
		}
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
}

CASE(matrix_of_roles_names_every_method)
{
	json_t *description = ask("describe", "{}");
	const char *name;
	json_t *method;

	json_object_foreach (json_object_get(description, "methods"), name, method) {
		bool found = false;

		for (size_t i = 0; !found && i < COUNT_OF(matrix); i++)
			found = strcmp(matrix[i].method, name) == 0;
		/* Diagnosis asks for what the kernel says and has tests of its own. */
		if (!found && strcmp(name, "doctor") != 0 &&
		    strcmp(name, "metrics") != 0)
			fail_msg("%s is in no cell", name);
	}
	json_decref(description);
}

/* ---- the audit ----------------------------------------------------------- */

CASE(changes_and_denials_are_in_the_audit_over_a_restart)
{
	json_decref(ask("apply", SET_150));
	assert_error(ask_as("read", "apply", SET_150), "denied");
	close_engine();
	open_engine();
	assert_error(ask_as("read", "audit.list", "{}"), "denied");
	json_t *list = result_in(ask_as("operator", "audit.list", "{\"count\":2}"));
	json_t *items = json_object_get(list, "items");
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(text_of(json_array_get(items, 0), "outcome"), "ok");
	assert_string_equal(text_of(json_array_get(items, 1), "outcome"), "denied");
	json_t *who = json_object_get(json_array_get(items, 0), "who");
	assert_int_equal(json_integer_value(json_object_get(who, "uid")), getuid());
	assert_true(text_of(who, "comm")[0] != '\0');
	assert_string_equal(text_of(who, "socket"), "control");
	assert_null(json_object_get(who, "label"));
	json_decref(list);
}

static json_int_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* The newest entry of the audit, freed with *ret_list. */
static const json_t *
last_audited(json_t **ret_list)
{
	*ret_list = ask("audit.list", "{\"count\":1}");
	return json_array_get(json_object_get(*ret_list, "items"), 0);
}

CASE(audit_has_the_values_that_a_discard_changed)
{
	json_t *list;
	const json_t *entry, *change;

	json_decref(ask("apply", SET_150));
	json_decref(ask("config.discard", "{}"));
	entry = last_audited(&list);
	change = json_array_get(json_object_get(entry, "changes"), 0);
	assert_string_equal(text_of(change, "path"), "instance/VI_1");
	assert_int_equal(number_of(change, "old"), 150);
	assert_int_equal(number_of(change, "new"), 100);
	assert_int_equal(number_of(entry, "rev_before") + 1, number_of(entry, "rev"));
	json_decref(list);
}

CASE(audit_tells_an_unset_from_a_set)
{
	json_t *list;
	const json_t *changes;

	json_decref(ask("apply", SET_150));
	changes = json_object_get(last_audited(&list), "changes");
	assert_null(json_object_get(json_array_get(changes, 0), "unset"));
	json_decref(list);
	json_decref(ask(
	    "apply", "{\"changes\":[{\"path\":\"VI_1\",\"unset\":[\"priority\"]}]}"));
	changes = json_object_get(last_audited(&list), "changes");
	assert_true(json_is_true(json_object_get(json_array_get(changes, 0), "unset")));
	json_decref(list);
}

CASE(an_allowed_dry_run_is_no_change_to_the_audit)
{
	static const char try_150[] =
	    "{\"changes\":[{\"path\":\"VI_1\",\"set\":{\"priority\":150}}],"
	    "\"dry_run\":true}";
	json_t *list;

	json_decref(ask("apply", SET_150));
	json_decref(ask("apply", try_150));
	assert_false(json_is_true(json_object_get(
	    json_object_get(last_audited(&list), "params"), "dry_run")));
	json_decref(list);
	assert_error(ask_as("read", "apply", try_150), "denied");
	assert_string_equal(text_of(last_audited(&list), "outcome"), "denied");
	json_decref(list);
}

CASE(label_of_a_security_module_is_in_the_audit)
{
	peer_label = "staff_u:staff_r:staff_t:s0";
	json_decref(ask("apply", SET_150));
	peer_label = NULL;
	json_t *list = ask("audit.list", "{\"count\":1}");
	json_t *entry = json_array_get(json_object_get(list, "items"), 0);
	assert_string_equal(text_of(json_object_get(entry, "who"), "label"),
	    "staff_u:staff_r:staff_t:s0");
	json_decref(list);
}

/* ---- the rest ------------------------------------------------------------ */

CASE(stop_answers_those_who_wait)
{
	int fd = connect_client("operator");

	say(fd, "failover", "{\"target\":\"VI_1\"}");
	fake.engine.phase = DAEMON_STOPPING;
	vrrp_ctl_close(&fake.engine);
	assert_error(next(fd), "unavailable");
	assert_null(fake.moves[0].done);
	hang_up(fd);
}

CASE(reload_reports_findings_without_secrets)
{
	fake.reload_result = -EINVAL;
	json_t *message = ask_as("admin", "config.reload", "{}");
	char *text = json_dumps(message, 0);
	assert_non_null(strstr(text, "it is wrong"));
	assert_null(strstr(text, "s3cr3t"));
	free(text);
	assert_error(message, "config_invalid");
	fake.reload_result = -ECANCELED;
	assert_error(ask_as("admin", "reload", "{}"), "would_break");
	fake.reload_result = 0;
	json_t *result = ask("reload", "{}");
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 1);
	json_decref(result);
	assert_error(ask_as("operator", "reload", "{}"), "denied");
}

CASE(dry_run_of_a_reload_says_that_it_was_one)
{
	json_t *result = ask("reload", "{\"dry_run\":true}");
	assert_true(json_is_true(json_object_get(result, "dry_run")));
	assert_int_equal(json_integer_value(json_object_get(result, "rev")), 0);
	json_decref(result);
	result = ask("reload", "{}");
	assert_null(json_object_get(result, "dry_run"));
	json_decref(result);
	fake.reload_result = -EINVAL;
	assert_error(ask_as("admin", "reload", "{\"dry_run\":true}"), "config_invalid");
	fake.reload_result = -ECANCELED;
	assert_error(ask_as("admin", "reload", "{\"dry_run\":true}"), "would_break");
	assert_error(ask_as("operator", "reload", "{\"dry_run\":true}"), "denied");
}

CASE(objects_are_listed_and_shown)
{
	json_t *list = ask("list", "{\"type\":\"instance\"}");
	json_t *object = ask("get", "{\"path\":\"VI_2\"}");
	json_t *why = ask("explain", "{\"path\":\"instance/VI_2\"}");
	json_t *status = ask("status", "{}");

	assert_int_equal(json_array_size(json_object_get(list, "items")), 2);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(object, "object"), "master")),
	    "192.0.2.12");
	assert_non_null(
	    json_object_get(json_object_get(why, "explanation"), "to_be_master"));
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(status, "instances"), "backup")),
	    1);
	json_decref(list);
	json_decref(object);
	json_decref(why);
	json_decref(status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(named_request_is_done_once),
	    TEST(outcome_of_an_accepted_move_can_be_asked_for),
	    TEST(name_that_is_nearly_right_is_recognised),
	    TEST(readers_do_not_see_who_and_why),
	    TEST(master_alone_announces),
	    TEST(operator_changes_the_log_level_for_a_while),
	    TEST(every_method_asks_for_its_role),
	    TEST(matrix_of_roles_names_every_method),
	    TEST(changes_and_denials_are_in_the_audit_over_a_restart),
	    TEST(audit_has_the_values_that_a_discard_changed),
	    TEST(audit_tells_an_unset_from_a_set),
	    TEST(an_allowed_dry_run_is_no_change_to_the_audit),
	    TEST(label_of_a_security_module_is_in_the_audit),
	    TEST(stop_answers_those_who_wait),
	    TEST(reload_reports_findings_without_secrets),
	    TEST(dry_run_of_a_reload_says_that_it_was_one),
	    TEST(objects_are_listed_and_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
