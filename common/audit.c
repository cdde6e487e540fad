/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - who changed what, when and why: one line for each, to the log and to a
 * file.
 */
#include "common/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ctl_msg.h"
#include "common/ctl_params.h"
#include "common/layers.h"
#include "common/log.h"
#include "common/units.h"
#include "common/writer.h"

/* A line never outgrows what is written in one piece: long lists are cut. */
#define LINE_MAX_LEN 4000
#define LISTS_HALVED_MAX 16
#define READ_BACK ((size_t)256 * 1024)
#define LOGGED_PARAMS_MAX 400

struct audit {
	char *daemon, *path;
	struct writer *writer;
	void (*lost)(void *userdata, uint64_t count);
	void *userdata;
	json_t *kept[AUDIT_KEPT]; /* a ring */
	size_t kept_from, kept_count;
	uint64_t lost_count;
	struct log_limit lost_limit;
};

/* ---- keeping ------------------------------------------------------------- */

static void
keep(struct audit *audit, json_t *entry)
{
	size_t at = (audit->kept_from + audit->kept_count) % AUDIT_KEPT;

	if (audit->kept_count == AUDIT_KEPT) {
		json_decref(audit->kept[at]);
		audit->kept_from = (audit->kept_from + 1) % AUDIT_KEPT;
	} else {
		audit->kept_count++;
	}
	audit->kept[at] = entry;
}

/* The last bytes of the file, as a text in memory the caller frees. */
static char *
read_end(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char *text = fd >= 0 ? malloc(READ_BACK + 1) : NULL;
	size_t len = 0;
	ssize_t n;

	if (text != NULL) {
		off_t size = lseek(fd, 0, SEEK_END);

		(void)lseek(fd, size > (off_t)READ_BACK ? size - (off_t)READ_BACK : 0,
		    SEEK_SET);
		while (
		    len < READ_BACK && (n = read(fd, text + len, READ_BACK - len)) > 0)
			len += (size_t)n;
		text[len] = '\0';
	}
	if (fd >= 0)
		(void)close(fd);
	return text;
}

/* Takes up what earlier processes wrote; half a line is none. */
static void
read_back(struct audit *audit)
{
	char *text = read_end(audit->path), *rest = text, *line;

	while (text != NULL && (line = strsep(&rest, "\n")) != NULL) {
		json_t *entry = json_loads(line, 0, NULL);

		if (json_is_object(entry))
			keep(audit, entry);
		else
			json_decref(entry);
	}
	free(text);
}

static void
on_written(void *userdata, int error)
{
	struct audit *audit = userdata;
	uint64_t held;

	if (error == 0)
		return;
	audit->lost_count++;
	if (log_limit_pass(&audit->lost_limit, clock_now_us(), &held))
		log_err("audit: cannot write %s: %s", audit->path, strerror(-error));
	if (audit->lost != NULL)
		audit->lost(audit->userdata, audit->lost_count);
}

static void
write_line(struct audit *audit, const json_t *entry)
{
	size_t len;
	char *line = ctl_msg_line(entry, &len);
	int r = line == NULL ? -ENOMEM : 0;

	if (audit->writer != NULL && r == 0)
		r = writer_append(
		    audit->writer, audit->path, line, len, on_written, audit);
	if (r < 0)
		on_written(audit, r);
	free(line);
}

static bool
is_too_long(const json_t *entry)
{
	size_t len = 0;

	free(ctl_msg_line(entry, &len));
	return len > LINE_MAX_LEN;
}

/* Leaves the first half of each list. */
static void
halve_lists(json_t *entry)
{
	const char *name;
	json_t *list;

	json_object_foreach (entry, name, list)
		for (size_t i = json_array_size(list), left = i / 2; i > left; i--)
			(void)json_array_remove(list, i - 1);
}

/* What was asked for is told by what came of it, and the first of that by its half. */
static void
shorten(json_t *entry)
{
	if (!is_too_long(entry))
		return;
	(void)json_object_del(json_object_get(entry, "params"), "changes");
	(void)json_object_set_new(entry, "shortened", json_true());
	for (unsigned i = 0; i < LISTS_HALVED_MAX && is_too_long(entry); i++)
		halve_lists(entry);
	if (is_too_long(entry))
		(void)json_object_del(entry, "params");
}

/* Takes `entry` over. */
static void
add(struct audit *audit, json_t *entry)
{
	if (audit == NULL || entry == NULL) {
		json_decref(entry);
		return;
	}
	shorten(entry);
	write_line(audit, entry);
	keep(audit, entry);
}

/* ---- entries ------------------------------------------------------------- */

static json_t *
user_json(uid_t uid)
{
	return uid != CTL_NO_USER ? json_integer((json_int_t)uid) : json_null();
}

static json_t *
who_json(const struct ctl_peer *peer, enum ctl_role role)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:s, s:s*, s:o*}", "uid",
	    (json_int_t)peer->uid, "gid", (json_int_t)peer->gid, "pid",
	    (json_int_t)peer->pid, "login_uid", user_json(peer->login_uid), "comm",
	    peer->comm[0] != '\0' ? ctl_msg_text(peer->comm) : json_null(), "role",
	    ctl_role_name(role), "socket", peer->socket, "label",
	    peer->label[0] != '\0' ? ctl_msg_text(peer->label) : NULL);
}

/* What is done, by "ok" or the name of the error. */
static const char *
outcome_of(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *name =
	    json_string_value(json_object_get(json_object_get(error, "data"), "name"));

	if (error == NULL)
		return answer != NULL ? "ok" : "internal";
	return name != NULL ? name : "internal";
}

/* The members of a result that tell what came of it. What was saved or discarded is a
 * change like any other. */
static void
put_result(json_t *entry, const json_t *result)
{
	static const struct {
		const char *in_result, *here;
	} rows[] = {
	    {"rev", "rev"},
	    {"lease", "lease"},
	    {"expires", "expires"},
	    {"released", "released"},
	    {"changed", "changed"},
	    {"changes", "changes"},
	    {"saved", "changes"},
	    {"discarded", "changes"},
	    {"moved", "moved"},
	    {"to", "to"},
	    {"durable", "durable"},
	    {"counts", "counts"},
	    {"added", "added"},
	    {"removed", "removed"},
	    {"renamed", "renamed"},
	    {"dropped", "dropped"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *value = json_object_get(result, rows[i].in_result);

		/* Lists may be cut, and the answer has not left yet. */
		if (value != NULL)
			(void)json_object_set_new(
			    entry, rows[i].here, json_copy(value));
	}
}

static json_t *
begin_entry(const char *what)
{
	char now[UNITS_TEXT_SIZE];

	return json_pack("{s:s, s:I, s:s}", "at",
	    units_format_rfc3339(now, clock_realtime_us()), "boot_us",
	    (json_int_t)clock_now_us(), "what", what);
}

static void
log_request(const struct audit_request *request, const char *outcome)
{
	char *text = json_dumps(request->params, JSON_COMPACT);
	const struct log_field fields[] = {
	    {"HAVEN_METHOD", request->method},
	    {"HAVEN_OUTCOME", outcome},
	    {"HAVEN_OP_ID", ctl_params_text(request->params, "op_id", "")},
	};

	/* Denied requests have a line of their own, at a pace. */
	if (strcmp(outcome, "denied") != 0)
		log_fields(LOG_NOTICE, fields, 3,
		    "control: %s %.*s by uid %u, pid %d (%s): %s", request->method,
		    LOGGED_PARAMS_MAX, text != NULL ? text : "?", request->peer->uid,
		    request->peer->pid, ctl_role_name(request->role), outcome);
	free(text);
}

void
audit_request(
    struct audit *audit, const struct audit_request *request, const json_t *answer)
{
	const char *outcome = outcome_of(answer);
	json_t *entry, *message;

	log_request(request, outcome);
	if (audit == NULL)
		return;
	entry = begin_entry("request");
	(void)json_object_set_new(entry, "method", json_string(request->method));
	(void)json_object_set_new(entry, "outcome", json_string(outcome));
	message = json_object_get(json_object_get(answer, "error"), "message");
	if (message != NULL)
		(void)json_object_set(entry, "message", message);
	(void)json_object_set_new(entry, "who", who_json(request->peer, request->role));
	(void)json_object_set_new(entry, "params", json_deep_copy(request->params));
	(void)json_object_set_new(
	    entry, "rev_before", json_integer((json_int_t)request->rev));
	put_result(entry, json_object_get(answer, "result"));
	add(audit, entry);
}

void
audit_expiry(struct audit *audit, const struct layer_entry *entry, json_t *value)
{
	json_t *line;

	if (audit == NULL) {
		json_decref(value);
		return;
	}
	line = begin_entry("expiry");
	(void)json_object_update_new(
	    line, json_pack("{s:s, s:s, s:{s:s}, s:{s:I}}", "method", "lease.expire",
		      "outcome", "ok", "who", "name", audit->daemon, "owner", "uid",
		      (json_int_t)entry->uid));
	(void)json_object_update_new(line,
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "lease",
		ctl_msg_text(entry->id), "kind", ctl_msg_text(entry->kind), "path",
		ctl_msg_text(entry->path), "field", ctl_msg_text(entry->field), "value",
		value, "reason", ctl_msg_text(entry->reason)));
	add(audit, line);
}

/* ---- asking -------------------------------------------------------------- */

json_t *
audit_list(const struct audit *audit, size_t count, int64_t since_us)
{
	json_t *items = json_array();
	char since[UNITS_TEXT_SIZE];

	/* Times of one length and one zone are in the order of their texts. */
	units_format_rfc3339(since, since_us);
	for (size_t i = 0; audit != NULL && i < audit->kept_count; i++) {
		json_t *entry = audit->kept[(audit->kept_from + i) % AUDIT_KEPT];
		const char *at = json_string_value(json_object_get(entry, "at"));

		if (at != NULL && strcmp(at, since) >= 0)
			(void)json_array_append(items, entry);
	}
	while (json_array_size(items) > count)
		(void)json_array_remove(items, 0);
	return items;
}

/* ---- life ---------------------------------------------------------------- */

int
audit_new(const struct audit_config *config, struct audit **ret)
{
	struct audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL)
		return -ENOMEM;
	audit->daemon = strdup(config->daemon);
	audit->path = strdup(config->path);
	if (audit->daemon == NULL || audit->path == NULL) {
		audit_free(audit);
		return -ENOMEM;
	}
	audit->writer = config->writer;
	audit->lost = config->lost;
	audit->userdata = config->userdata;
	read_back(audit);
	*ret = audit;
	return 0;
}

struct audit *
audit_free(struct audit *audit)
{
	if (audit == NULL)
		return NULL;
	for (size_t i = 0; i < audit->kept_count; i++)
		json_decref(audit->kept[(audit->kept_from + i) % AUDIT_KEPT]);
	free(audit->daemon);
	free(audit->path);
	free(audit);
	return NULL;
}
