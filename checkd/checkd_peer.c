/* SPDX-License-Identifier: Apache-2.0 */
/* checkd_peer.c - what checkd wants to know of vrrpd: where the addresses are. */
#include "checkd/checkd_peer.h"

#include <ctype.h>
#include <string.h>

#define MAINTENANCE "maintenance" /* a kind of lease */
#define NODE "node"               /* an object of one: all there is here */

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* ---- what is kept ---------------------------------------------------------- */

static const char *
state_of_instance(const json_t *members)
{
	return json_string_value(json_object_get(members, "state"));
}

/* Of leases only one that takes the whole node out of the way: it has the node among
 * its objects, and first of all. */
static const char *
state_of_lease(const json_t *members)
{
	bool is_of_node = strcmp(text_of(members, "kind"), MAINTENANCE) == 0 &&
			  strcmp(text_of(members, "object"), NODE) == 0;

	return is_of_node ? MAINTENANCE : NULL;
}

static const struct peer_kind kinds[] = {
    {"instance", state_of_instance},
    {"lease", state_of_lease},
    {0},
};

static const char *const types[] = {"instance.state", "instance.changed",
    "instance.added", "instance.removed", "lease.*", "daemon.settled",
    "daemon.stopping", NULL};

/* ---- what is told ---------------------------------------------------------- */

static void
bump(json_t *counts, const char *key)
{
	json_int_t count = json_integer_value(json_object_get(counts, key));

	(void)json_object_set_new(counts, key, json_integer(count + 1));
}

/* As `status` of vrrpd has them: "total", and each state in small letters. */
static void
count_instance(void *userdata, const char *path, const char *state)
{
	char key[PEER_STATE_SIZE];
	size_t i = 0;

	(void)path;
	for (; state[i] != '\0'; i++)
		key[i] = (char)tolower((unsigned char)state[i]);
	key[i] = '\0';
	bump(userdata, "total");
	bump(userdata, key);
}

static void
note_lease(void *userdata, const char *path, const char *state)
{
	(void)state;
	(void)json_object_set_new(
	    userdata, MAINTENANCE, ctl_msg_text(path + strlen("lease/")));
}

static void
add(const struct peer_mirror *mirror, json_t *object)
{
	json_t *counts = NULL;

	(void)json_object_set_new(object, MAINTENANCE, json_null());
	if (mirror != NULL) {
		counts = json_pack("{s:i}", "total", 0);
		peer_mirror_visit(mirror, "instance", count_instance, counts);
		peer_mirror_visit(mirror, "lease", note_lease, object);
	}
	(void)json_object_set_new(
	    object, "instances", counts != NULL ? counts : json_null());
}

const struct peer_config checkd_peer = {
    .daemon = "vrrpd",
    .types = types,
    .kinds = kinds,
    .without = "what it said last is kept",
    .add = add,
};
