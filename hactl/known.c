/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - whether anything has the names of a line. */
#include "hactl/known.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/ask.h"
#include "hactl/daemons.h"
#include "hactl/must.h"

static bool
is_name(const struct cmd_word *word)
{
	return !word->keyword && strcmp(word->token, "NAME") == 0;
}

/* Asks what the path is of; a name alone is looked for among objects of all kinds. */
static enum ctl_code
look_up(struct session *session, const struct order *order, struct part *part,
    const char *path)
{
	ctl_error_done(&part->error);
	session_call(session, part, "get", must(json_pack("{s:s}", "path", path)),
	    session_timeout(order));
	return part->error.code;
}

/* Leases of checkd are watched too. */
static bool
checkd_has(struct session *session, const struct order *order, const char *name)
{
	struct answer answer = {.order = order, .count = 1};
	bool has;

	if (!ask_concerns(order, "checkd"))
		return false;
	answer.parts[0].daemon = "checkd";
	has = look_up(session, order, &answer.parts[0], name) == CTL_OK;
	answer_done(&answer);
	return has;
}

/* Whether nothing has this name, be it an instance, a lease or else; the part then says
 * so of the instance that was most likely meant. */
static bool
is_unknown(struct session *session, const struct order *order, struct part *part,
    const char *name)
{
	char *path;
	bool unknown;

	/* What happens to a daemon as a whole is under its name. */
	for (size_t i = 0; i < DAEMONS_COUNT; i++)
		if (strcmp(name, daemons_name(i)) == 0)
			return false;
	if (look_up(session, order, part, name) != CTL_NOT_FOUND ||
	    checkd_has(session, order, name))
		return false;
	path = must_format("instance/%s", name);
	unknown = look_up(session, order, part, path) == CTL_NOT_FOUND;
	free(path);
	return unknown;
}

bool
known_refuse(
    struct session *session, const struct order *order, enum ctl_exit *ret_status)
{
	bool unknown = false;

	for (size_t i = 0; i < order->match.count && !unknown; i++) {
		struct answer answer = {.order = order, .count = 1};

		if (!is_name(&order->match.words[i]))
			continue;
		answer.parts[0].daemon = "vrrpd";
		unknown = is_unknown(
		    session, order, &answer.parts[0], order->match.words[i].text);
		if (unknown)
			*ret_status = session_answer(&answer);
		answer_done(&answer);
	}
	return unknown;
}
