/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules.c - rules for the whole tree: names that must be unique, what must be
 * given. */
#include "common/conf_rules.h"

#include <errno.h>
#include <string.h>
#include "common/conf_rules_vrrp.h"
#include "common/conf_seen.h"
#include "common/conf_vrrp.h"

#define NAME_LEN_MAX 127

/* Kinds of block whose names must be unique among themselves. */
static const enum conf_key named_kinds[] = {
    CONF_KEY_VRRP_INSTANCE,
    CONF_KEY_SYNC_GROUP,
    CONF_KEY_SCRIPT,
    CONF_KEY_TRACK_PROCESS,
    CONF_KEY_TRACK_FILE,
    CONF_KEY_BFD,
    CONF_KEY_SERVICE_GROUP,
};

/* The control protocol calls an instance "instance/NAME". */
static void
check_name(
    struct conf_tree *tree, struct conf_diags *diags, const struct conf_node *node)
{
	const char *name = conf_node_word(node, 0);
	if (name[0] == '\0' || strchr(name, '/') || strlen(name) > NAME_LEN_MAX)
		conf_tree_report(tree, diags, CONF_ERROR, node, 0,
		    "a name must not be empty, longer than %d bytes, or contain '/'",
		    NAME_LEN_MAX);
}

static int
check_names(struct conf_tree *tree, struct conf_diags *diags, enum conf_key key)
{
	struct conf_seen seen = {0};
	for (const struct conf_node *node = conf_tree_first(tree); node;
	     node = node->next) {
		if (node->row->key != key || node->bad)
			continue;
		check_name(tree, diags, node);
		const char *name = conf_node_word(node, 0);
		const struct conf_node *earlier =
		    conf_seen_add(&seen, name, strlen(name), node);
		if (earlier)
			conf_tree_report(tree, diags, CONF_ERROR, node, 0,
			    "%s '%s' stands at %s:%u already", node->row->name, name,
			    conf_tree_file(tree, earlier->file), earlier->line);
	}
	int r = seen.failed ? -ENOMEM : 0;
	conf_seen_done(&seen);
	return r;
}

void
conf_rules_check_work(const struct conf_tree *tree, struct conf_diags *diags)
{
	for (const struct conf_node *node = conf_tree_first(tree); node;
	     node = node->next)
		if (node->row->key == CONF_KEY_VRRP_INSTANCE ||
		    node->row->key == CONF_KEY_VIRTUAL_SERVER)
			return;
	if (conf_diags_errors(diags) == 0)
		conf_diags_add(diags, CONF_WARNING, conf_tree_file(tree, 0), 0, 0, 1,
		    NULL, NULL,
		    "there is no vrrp_instance and no virtual_server in it: nothing to "
		    "do");
}

int
conf_rules_check(struct conf_tree *tree, struct conf_diags *diags)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof(named_kinds) / sizeof(named_kinds[0]);
	     i++)
		r = check_names(tree, diags, named_kinds[i]);
	if (r == 0)
		r = conf_rules_check_vrrp(tree, diags);
	return r;
}
