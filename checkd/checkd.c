/* SPDX-License-Identifier: Apache-2.0 */
/* checkd.c - the configuration of checkd: read aside, count, take into use. */
#include "checkd/checkd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/conf.h"
#include "common/conf_tree.h"
#include "common/conf_vrrp.h"
#include "common/daemon_frame.h"

static size_t
count_children(const struct conf_node *node, const char *name)
{
	size_t count = 0;

	for (const struct conf_node *at = node->child; at != NULL; at = at->next)
		if (strcmp(at->row->name, name) == 0)
			count++;
	return count;
}

static struct checkd_counts
count_services(const struct conf_tree *tree)
{
	struct checkd_counts counts = {0};

	for (const struct conf_node *at = conf_tree_first(tree); at != NULL;
	     at = at->next) {
		if (strcmp(at->row->name, "virtual_server") != 0)
			continue;
		counts.services++;
		counts.reals += count_children(at, "real_server");
	}
	return counts;
}

static const char *
find_router_id(const struct conf_tree *tree)
{
	struct conf_statements globals;
	const struct conf_node *node;

	conf_vrrp_globals(tree, &globals);
	node = globals.at[CONF_KEY_ROUTER_ID];
	return node != NULL && !node->bad ? conf_node_word(node, 0) : NULL;
}

static void
take_into_use(struct checkd *checkd, struct conf_tree *tree)
{
	conf_tree_free(checkd->tree);
	checkd->tree = tree;
	checkd->counts = count_services(tree);
	checkd->router_id = find_router_id(tree);
}

int
checkd_load(struct checkd *checkd, struct conf_diags *diags)
{
	struct conf_tree *tree = NULL;
	int r = daemon_read_config(&checkd->options, NULL, diags, &tree);

	if (r == 0)
		take_into_use(checkd, tree);
	return r;
}

/* A file that is empty was more often cut short than meant. */
static int
guard_work(const struct checkd *checkd, const struct conf_tree *tree,
    struct daemon_reload *request)
{
	if (request->force || checkd->counts.services == 0 ||
	    count_services(tree).services > 0)
		return 0;
	(void)snprintf(request->refused, sizeof(request->refused),
	    "there is no virtual_server in the file, and %zu in use; \"hactl reload "
	    "--force\" forgets them",
	    checkd->counts.services);
	return -ECANCELED;
}

static json_t *
counts_json(const struct checkd_counts *counts)
{
	return json_pack("{s:I, s:I}", "services", (json_int_t)counts->services,
	    "reals", (json_int_t)counts->reals);
}

int
checkd_exchange(struct checkd *checkd, struct daemon_reload *request)
{
	struct conf_tree *tree = NULL;
	int r = daemon_read_anew(&checkd->options, request, &tree);

	if (r == 0)
		r = guard_work(checkd, tree, request);
	if (r == 0) {
		const struct checkd_counts counts = count_services(tree);

		request->told = counts_json(&counts);
	}
	if (r == 0 && !request->dry_run)
		take_into_use(checkd, tree);
	else
		conf_tree_free(tree);
	return r;
}

const char *
checkd_summary(const struct checkd *checkd, char *buf, size_t room)
{
	(void)snprintf(buf, room,
	    "%zu virtual servers with %zu real servers; checks are not carried out yet",
	    checkd->counts.services, checkd->counts.reals);
	return buf;
}
