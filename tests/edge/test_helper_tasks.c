/* SPDX-License-Identifier: Apache-2.0 */
/* test_helper_tasks.c - what the helper has done aside: groups looked up again, by a
 * directory service that fails or never answers, and what a server makes of it; the
 * configuration checked. */
#include "common/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/audit.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/ctl_server_internal.h"
#include "common/log.h"
#include "common/units.h"
#include "tests/unit/unit.h"

#define HA 4711
#define HA_ADMIN 4712
#define SHORT_US (500 * US_PER_MS) /* yet enough for who does answer */

/* The directory service, as all processes see it. */
static struct service {
	int error; /* what it answers with; 1: never */
	gid_t operators, admins;
	pid_t asked_by;
} * service;

static char dir[64], conf_path[96], socket_path[96], other_path[96], audit_path[96];

static int
find_group(const char *name, gid_t *ret)
{
	service->asked_by = getpid();
	while (service->error == 1)
		(void)pause();
	*ret = strcmp(name, CTL_GROUP_OPERATOR) == 0 ? service->operators
						     : service->admins;
	return service->error;
}

static int
set_up(void **state __attribute__((unused)))
{
	*service = (struct service){.operators = HA, .admins = HA_ADMIN};
	(void)snprintf(dir, sizeof(dir), "/tmp/test_helper_tasks.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(conf_path, sizeof(conf_path), "%s/haven.conf", dir);
	(void)snprintf(socket_path, sizeof(socket_path), "%s/" CTL_SOCKET_CONTROL, dir);
	(void)snprintf(audit_path, sizeof(audit_path), "%s/" AUDIT_FILE, dir);
	(void)snprintf(other_path, sizeof(other_path), "%s/other", dir);
	return 0;
}

static int
tear_down(void **state __attribute__((unused)))
{
	(void)unlink(conf_path);
	(void)unlink(socket_path);
	(void)unlink(other_path);
	(void)unlink(audit_path);
	return rmdir(dir);
}

static struct helper *
start(int64_t wait_us)
{
	const struct helper_duties duties = {
	    .daemon = "tested",
	    .config_path = conf_path,
	    .lock_path = "/nonexistent/lock",
	    .control_path = socket_path,
	    .log_dir = dir,
	    .find_group = find_group,
	    .task_wait_us = wait_us,
	};
	struct helper *helper = NULL;

	if (helper_start(&duties, NULL, 0, &helper) < 0)
		abort();
	return helper;
}

static bool
ends_within(pid_t pid, int64_t us)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	int64_t until_us = clock_now_us() + us;

	while (clock_now_us() < until_us) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

static void
dismiss(struct helper *helper)
{
	helper_dismiss(helper, true);
	assert_true(ends_within(helper_pid(helper), 5 * US_PER_S));
	helper_free(helper);
}

static int
ask(struct helper *helper, bool gives_socket)
{
	int fd = -1;

	assert_int_equal(helper_find_groups(helper, gives_socket, &fd), 0);
	return fd;
}

/* The answer, or false at the end of it without one. */
static bool
answer_of(int fd, struct helper_groups *ret)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&p, 1, 10000), 1);
	ssize_t len = read(fd, ret, sizeof(*ret));
	(void)close(fd);
	assert_true(len == 0 || len == sizeof(*ret));
	return len != 0;
}

static void
wait_until_asked(void)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	while (*(volatile pid_t *)&service->asked_by == 0)
		(void)nanosleep(&pause, NULL);
}

/* ---- the lookup ----------------------------------------------------------- */

CASE(groups_are_found)
{
	struct helper *helper = start(0);
	struct helper_groups groups;

	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.error, 0);
	assert_int_equal(groups.operators, HA);
	assert_int_equal(groups.admins, HA_ADMIN);
	service->admins = CTL_NO_GROUP;
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.admins, CTL_NO_GROUP);
	dismiss(helper);
}

CASE(group_that_is_nowhere_is_told_from_a_failure)
{
	gid_t gid = 1;

	assert_int_equal(ctl_group_find("no-such-group-4711", &gid), 0);
	assert_int_equal(gid, CTL_NO_GROUP);
	assert_int_equal(ctl_group_find("root", &gid), 0);
	assert_int_equal(gid, 0);
}

CASE(service_that_fails_is_told)
{
	struct helper *helper = start(0);
	struct helper_groups groups;

	service->error = -EIO;
	assert_true(answer_of(ask(helper, true), &groups));
	assert_int_equal(groups.error, -EIO);
	dismiss(helper);
}

CASE(service_that_hangs_keeps_no_reload_waiting)
{
	struct helper *helper = start(0);
	struct conf_diags *diags = conf_diags_new();
	struct conf_text *text = NULL;
	FILE *file = fopen(conf_path, "we");
	struct pollfd p = {.events = POLLIN}, load = {.events = POLLIN};

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	service->error = 1;
	p.fd = ask(helper, false);
	wait_until_asked();
	assert_int_equal(helper_load_config(helper, &load.fd), 0);
	assert_int_equal(poll(&load, 1, 10000), 1);
	assert_int_equal(helper_take_config(load.fd, diags, &text), 0);
	(void)close(load.fd);
	assert_int_equal(poll(&p, 1, 0), 0);
	conf_text_free(text);
	conf_diags_free(diags);
	(void)close(p.fd);
	dismiss(helper);
}

CASE(service_that_hangs_is_waited_for_a_while_only)
{
	struct helper *helper = start(SHORT_US);
	struct helper_groups groups;

	service->error = 1;
	assert_false(answer_of(ask(helper, false), &groups));
	dismiss(helper);
}

CASE(another_request_ends_the_one_before)
{
	struct helper *helper = start(0);
	struct helper_groups groups;
	int first;

	service->error = 1;
	first = ask(helper, false);
	wait_until_asked();
	service->error = 0;
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.operators, HA);
	assert_false(answer_of(first, &groups));
	dismiss(helper);
}

CASE(lookup_ends_with_the_helper)
{
	struct helper *helper = start(0);
	int fd;

	service->error = 1;
	fd = ask(helper, false);
	wait_until_asked();
	dismiss(helper);
	/* An orphan of the helper is this process's child. */
	assert_true(ends_within(service->asked_by, 5 * US_PER_S));
	(void)close(fd);
}

/* ---- the socket ------------------------------------------------------------ */

static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
assert_given(const char *path, gid_t group, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_gid, group);
	assert_int_equal(st.st_mode & 0777, mode);
}

CASE(socket_follows_its_group)
{
	struct helper_groups groups;
	struct helper *helper;
	int fd;

	if (geteuid() != 0)
		skip();
	fd = listen_at(socket_path);
	helper = start(0);
	assert_true(answer_of(ask(helper, true), &groups));
	assert_int_equal(groups.socket_error, 0);
	assert_given(socket_path, HA, 0660);
	service->operators = CTL_NO_GROUP;
	assert_true(answer_of(ask(helper, true), &groups));
	assert_given(socket_path, 0, 0600);
	service->operators = HA;
	assert_true(answer_of(ask(helper, false), &groups));
	assert_given(socket_path, 0, 0600);
	dismiss(helper);
	(void)close(fd);
}

static void
make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	assert_true(fd >= 0);
	(void)close(fd);
}

CASE(audit_follows_its_group)
{
	struct helper_groups groups;
	struct helper *helper;

	if (geteuid() != 0)
		skip();
	helper = start(0);
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.audit_error, 0);
	make_file(audit_path);
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.audit_error, 0);
	assert_given(audit_path, HA_ADMIN, 0640);
	service->admins = CTL_NO_GROUP;
	assert_true(answer_of(ask(helper, false), &groups));
	assert_given(audit_path, 0, 0640);
	dismiss(helper);
}

CASE(no_file_of_others_is_given_as_the_audit)
{
	struct helper_groups groups;
	struct helper *helper;

	if (geteuid() != 0)
		skip();
	helper = start(0);
	make_file(other_path);
	assert_int_equal(symlink(other_path, audit_path), 0);
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.audit_error, -EPERM);
	assert_int_equal(unlink(audit_path), 0);
	assert_int_equal(link(other_path, audit_path), 0);
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.audit_error, -EPERM);
	assert_int_equal(unlink(other_path), 0);
	assert_int_equal(chown(audit_path, HA, 0), 0);
	assert_true(answer_of(ask(helper, false), &groups));
	assert_int_equal(groups.audit_error, -EPERM);
	assert_given(audit_path, 0, 0640);
	dismiss(helper);
}

/* The directory is the daemon's user's: he must get nobody else's file given away. */
CASE(nothing_but_the_socket_is_given)
{
	struct helper_groups groups;
	struct helper *helper;
	int fd;

	if (geteuid() != 0)
		skip();
	helper = start(0);
	fd = listen_at(other_path);
	assert_int_equal(chmod(other_path, 0600), 0);
	assert_int_equal(symlink(other_path, socket_path), 0);
	assert_true(answer_of(ask(helper, true), &groups));
	assert_int_equal(groups.socket_error, -EPERM);
	assert_int_equal(unlink(socket_path), 0);
	assert_int_equal(link(other_path, socket_path), 0);
	assert_true(answer_of(ask(helper, true), &groups));
	assert_int_equal(groups.socket_error, -EPERM);
	assert_given(other_path, 0, 0600);
	dismiss(helper);
	(void)close(fd);
}

/* ---- the configuration ------------------------------------------------------ */

/* What comes out of a test, up to its end; the caller frees it. */
static char *
test_config(struct helper *helper, bool redacted)
{
	struct pollfd p = {.events = POLLIN};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	char part[4096];
	ssize_t n;

	assert_int_equal(helper_test_config(helper, redacted, &p.fd), 0);
	do {
		assert_int_equal(poll(&p, 1, 10000), 1);
		n = read(p.fd, part, sizeof(part));
		if (n > 0)
			(void)fwrite(part, 1, (size_t)n, to);
	} while (n > 0);
	(void)close(p.fd);
	(void)fclose(to);
	return text;
}

static void
write_conf(const char *line, int count)
{
	FILE *file = fopen(conf_path, "we");

	assert_non_null(file);
	for (int i = 0; i < count; i++)
		fputs(line, file);
	assert_int_equal(fclose(file), 0);
}

CASE(findings_longer_than_a_pipe_come_whole)
{
	struct helper *helper = start(0);
	const char *finding;
	char *text;

	write_conf("secret_word_of_the_file 1\n", 1000);
	text = test_config(helper, false);
	finding = strstr(text, "secret_word_of_the_file");
	assert_non_null(finding);
	assert_true(strlen(text) > (size_t)65536);
	assert_int_equal(strncmp(text, "0\n{", 3), 0);
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
	text = test_config(helper, true);
	assert_non_null(strstr(text, "\"line\":7,"));
	assert_null(strstr(text, "secret_word_of_the_file"));
	free(text);
	dismiss(helper);
}

CASE(file_that_cannot_be_read_is_told)
{
	struct helper *helper = start(0);
	char *text = test_config(helper, false);

	assert_int_equal(strtol(text, NULL, 10), -ENOENT);
	free(text);
	dismiss(helper);
}

/* ---- the server ------------------------------------------------------------- */

static void
get_state(void *userdata __attribute__((unused)), struct ctl_state *ret)
{
	*ret = (struct ctl_state){.node = "n", .phase = DAEMON_RUNNING};
}

static struct ctl_server *
serve(sd_event *event)
{
	static const char *const features[] = {NULL};
	static const struct ctl_method methods[] = {{0}};
	static const struct ctl_kind kinds[] = {{0}};
	const struct ctl_server_config config = {
	    .daemon = "tested",
	    .version = "1",
	    .run_dir = dir,
	    .features = features,
	    .methods = methods,
	    .kinds = kinds,
	    .state = get_state,
	};
	struct ctl_server *server = NULL;

	assert_int_equal(ctl_server_new(event, &config, &server), 0);
	server->ids.operators = server->ids.admins = CTL_NO_GROUP;
	return server;
}

static void
run_until_answered(const struct ctl_server *server)
{
	int64_t until_us = clock_now_us() + 10 * US_PER_S;

	while (server->groups.answer != NULL && clock_now_us() < until_us)
		(void)sd_event_run(server->event, 100 * US_PER_MS);
	assert_null(server->groups.answer);
}

CASE(server_takes_what_is_there_and_keeps_it_when_nobody_can_tell)
{
	struct helper *helper;
	struct ctl_server *server;
	sd_event *event;

	if (geteuid() != 0)
		skip();
	helper = start(SHORT_US);
	assert_int_equal(sd_event_new(&event), 0);
	server = serve(event);
	ctl_server_find_groups(server, helper);
	/* Nothing waits for it. */
	assert_int_equal(server->ids.operators, CTL_NO_GROUP);
	run_until_answered(server);
	assert_int_equal(server->ids.operators, HA);
	assert_int_equal(server->ids.admins, HA_ADMIN);
	assert_given(socket_path, HA, 0660);
	for (int error = -EIO; error != 0; error = error == -EIO ? 1 : 0) {
		service->error = error;
		service->admins = CTL_NO_GROUP;
		ctl_server_find_groups(server, helper);
		run_until_answered(server);
		assert_int_equal(server->ids.admins, HA_ADMIN);
	}
	service->error = 0;
	ctl_server_find_groups(server, helper);
	run_until_answered(server);
	assert_int_equal(server->ids.admins, CTL_NO_GROUP);
	ctl_server_free(server);
	sd_event_unref(event);
	dismiss(helper);
}

CASE(server_ends_while_the_lookup_hangs)
{
	struct helper *helper;
	struct ctl_server *server;
	sd_event *event;

	if (geteuid() != 0)
		skip();
	helper = start(0);
	assert_int_equal(sd_event_new(&event), 0);
	server = serve(event);
	service->error = 1;
	ctl_server_find_groups(server, helper);
	wait_until_asked();
	ctl_server_free(server);
	sd_event_unref(event);
	dismiss(helper);
	assert_true(ends_within(service->asked_by, 5 * US_PER_S));
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(groups_are_found),
	    ROW(group_that_is_nowhere_is_told_from_a_failure),
	    ROW(service_that_fails_is_told),
	    ROW(service_that_hangs_keeps_no_reload_waiting),
	    ROW(service_that_hangs_is_waited_for_a_while_only),
	    ROW(another_request_ends_the_one_before),
	    ROW(lookup_ends_with_the_helper),
	    ROW(socket_follows_its_group),
	    ROW(audit_follows_its_group),
	    ROW(no_file_of_others_is_given_as_the_audit),
	    ROW(nothing_but_the_socket_is_given),
	    ROW(findings_longer_than_a_pipe_come_whole),
	    ROW(file_that_cannot_be_read_is_told),
	    ROW(server_takes_what_is_there_and_keeps_it_when_nobody_can_tell),
	    ROW(server_ends_while_the_lookup_hangs),
	};

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
	log_open("test_helper_tasks", LOG_TARGET_STDERR, LOG_ERR);
	service = mmap(NULL, sizeof(*service), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return service == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
