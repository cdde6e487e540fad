/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - events as they happen. */
#include "hactl/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hactl/follow.h"
#include "hactl/known.h"
#include "hactl/must.h"

/* "EPOCH:SEQ" as {"epoch", "seq"}; NULL when it is none. */
static json_t *
read_position(const char *text)
{
	const char *colon = strrchr(text, ':');
	char *end = NULL;
	long long seq;

	if (colon == NULL || colon == text)
		return NULL;
	errno = 0;
	seq = strtoll(colon + 1, &end, 10);
	if (end == colon + 1 || *end != '\0' || errno != 0 || seq < 0)
		return NULL;
	return json_pack("{s:s%, s:I}", "epoch", text, (size_t)(colon - text), "seq",
	    (json_int_t)seq);
}

static json_t *
types_of(const struct order *order)
{
	if (cmd_match_has(&order->match, "instance"))
		return must(json_pack("[s, s]", "instance.*", "move.*"));
	if (cmd_match_has(&order->match, "lease"))
		return must(json_pack("[s]", "lease.*"));
	if (cmd_match_has(&order->match, "vs"))
		return must(json_pack("[s]", "vs.*"));
	return must(json_array());
}

/* "EPOCH:SEQ", or with a comma that of another daemon too, as an array. */
static char *
read_positions(const char *text, json_t *ret)
{
	char *list = must(strdup(text)), *rest = list, *one, *wrong = NULL;

	while (wrong == NULL && (one = strsep(&rest, ",")) != NULL) {
		json_t *position = read_position(one);

		if (position == NULL)
			wrong = must_format("\"%s\" is not EPOCH:SEQ", one);
		else
			(void)json_array_append_new(ret, position);
	}
	free(list);
	return wrong;
}

/* Where to begin: an empty position is that of a script that runs for the first time;
 * it gets the picture of what is, as one whose position is too old. */
static char *
put_since(json_t *params, json_t *positions, const char *text)
{
	(void)json_object_set_new(params, "snapshot",
	    must(json_string(text != NULL ? "if-needed" : "never")));
	if (text == NULL || text[0] == '\0')
		return NULL;
	return read_positions(text, positions);
}

char *
watch_read_count(
    const struct order *order, const char *token, long long absent, long long *ret)
{
	const char *text = cmd_match_arg(&order->match, token);
	char *end;

	*ret = absent;
	if (text == NULL)
		return NULL;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0 || *ret <= 0)
		return must_format("\"%s\" is no number above 0", text);
	return NULL;
}

/* A daemon that does not serve its virtual services has no events of them to come. */
static bool
refuse_unserved(
    struct session *session, const struct order *order, enum ctl_exit *ret_status)
{
	struct answer answer = {.order = order, .count = 1};
	bool refused;

	if (!cmd_match_has(&order->match, "vs"))
		return false;
	answer.parts[0].daemon = "checkd";
	session_list(session, &answer.parts[0], "vs", session_timeout(order));
	refused = answer.parts[0].error.code != CTL_OK;
	if (refused)
		*ret_status = session_answer(&answer);
	answer_done(&answer);
	return refused;
}

enum ctl_exit
watch_run(struct session *session, const struct order *order)
{
	json_t *params = must(json_object());
	json_t *positions = must(json_array());
	enum ctl_exit status;
	long long count;
	char *wrong = watch_read_count(order, "N", 0, &count);

	(void)json_object_set_new(params, "types", types_of(order));
	if (wrong == NULL)
		wrong = put_since(
		    params, positions, cmd_match_after(&order->match, "since"));
	if (wrong != NULL)
		status = session_usage(&order->options, wrong);
	else if (!refuse_unserved(session, order, &status) &&
		 !known_refuse(session, order, &status))
		return follow_run(session, order, params, positions, count);
	json_decref(params);
	json_decref(positions);
	return status;
}
