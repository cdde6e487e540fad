/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_conf.c - takes vrrpd's configuration out of the checked tree. */
#include "vrrpd/vrrp_conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf_address.h"
#include "common/conf_tree.h"
#include "common/conf_vrrp.h"

static const struct conf_node *
given(const struct conf_statements *statements, enum conf_key key)
{
	return statements->at[key];
}

static struct vrrp_conf_pos
position(const struct vrrp_conf *conf, const struct conf_node *node)
{
	if (!node)
		return (struct vrrp_conf_pos){0};
	return (struct vrrp_conf_pos){conf->files[node->file], (int)node->line};
}

/* Counts the entries of all lists of one kind. */
static size_t
count_entries(const struct conf_node *block, enum conf_key key)
{
	size_t count = 0;
	for (const struct conf_node *list = block->child; list; list = list->next)
		if (list->row->key == key)
			for (const struct conf_node *entry = list->child; entry;
			     entry = entry->next)
				count++;
	return count;
}

static void
read_vip(const struct conf_node *entry, struct vrrp_vip *ret)
{
	struct conf_address address;
	conf_address_read(entry, &address);
	ret->prefix = address.prefix;
	ret->broadcast = address.broadcast;
	ret->scope = address.scope;
	memcpy(ret->ifname, address.dev, sizeof(ret->ifname));
	memcpy(ret->label, address.label, sizeof(ret->label));
}

/* Reads the lists of one kind into an array. */
static int
read_vips(const struct conf_node *block, enum conf_key key, struct vrrp_vip **ret,
    size_t *ret_count)
{
	size_t count = count_entries(block, key), i = 0;
	if (count == 0)
		return 0;
	struct vrrp_vip *vips = calloc(count, sizeof(*vips));
	if (!vips)
		return -ENOMEM;
	for (const struct conf_node *list = block->child; list; list = list->next)
		if (list->row->key == key)
			for (const struct conf_node *entry = list->child; entry;
			     entry = entry->next)
				read_vip(entry, &vips[i++]);
	*ret = vips;
	*ret_count = count;
	return 0;
}

static void
read_lease(const struct conf_node *node, struct vrrp_instance_conf *ret)
{
	const char *word = node ? conf_node_word(node, 0) : "";
	if (strcmp(word, "on") == 0) {
		ret->lease_mode = VRRP_LEASE_ON;
	} else if (strcmp(word, "off") == 0) {
		ret->lease_mode = VRRP_LEASE_OFF;
	} else if (node) {
		ret->lease_mode = VRRP_LEASE_SECONDS;
		ret->lease_s = (unsigned)conf_node_int(node);
	}
}

static void
read_password(const struct conf_vrrp *vrrp, struct vrrp_instance_conf *ret)
{
	if (!vrrp->has_password)
		return;
	const char *word = conf_node_word(given(&vrrp->given, CONF_KEY_AUTH_PASS), 0);
	ret->auth_type = VRRP_AUTH_PASS;
	memcpy(ret->auth_pass, word, strnlen(word, sizeof(ret->auth_pass)));
}

/* The values that conf_vrrp worked out. */
static void
copy_outcome(const struct conf_vrrp *vrrp, struct vrrp_instance_conf *ret)
{
	(void)snprintf(ret->ifname, sizeof(ret->ifname), "%s", vrrp->ifname);
	ret->family = vrrp->family;
	ret->vrid = vrrp->vrid;
	ret->version = vrrp->version;
	ret->priority = vrrp->priority;
	ret->wants_master = vrrp->wants_master;
	ret->advert_int_us = vrrp->advert_int_us;
	ret->nopreempt = vrrp->nopreempt;
	ret->preempt_delay_us = vrrp->preempt_delay_us;
	ret->accept = vrrp->accept;
	ret->garp_master_delay_us = vrrp->garp_master_delay_us;
	ret->garp_master_repeat = vrrp->garp_master_repeat;
	ret->garp_master_refresh_us = vrrp->garp_master_refresh_us;
	ret->garp_master_refresh_repeat = vrrp->garp_master_refresh_repeat;
	ret->garp_lower_prio_delay_us = vrrp->garp_lower_prio_delay_us;
	ret->garp_lower_prio_repeat = vrrp->garp_lower_prio_repeat;
}

static int
read_instance(const struct vrrp_conf *conf, const struct conf_node *block,
    const struct conf_statements *globals, struct vrrp_instance_conf *ret)
{
	struct conf_vrrp vrrp;
	conf_vrrp_read(block, globals, &vrrp);
	copy_outcome(&vrrp, ret);
	read_password(&vrrp, ret);
	read_lease(given(&vrrp.given, CONF_KEY_ADDRESS_LEASE), ret);
	ret->dont_track_primary =
	    given(&vrrp.given, CONF_KEY_DONT_TRACK_PRIMARY) != NULL;
	ret->refuse_foreign_source =
	    given(&vrrp.given, CONF_KEY_REFUSE_FOREIGN_SOURCE) != NULL;
	ret->pos = position(conf, block);
	ret->priority_pos = position(conf, given(&vrrp.given, CONF_KEY_PRIORITY));
	ret->nopreempt_pos = position(conf, given(&vrrp.given, CONF_KEY_NOPREEMPT));
	const struct conf_node *source = given(&vrrp.given, CONF_KEY_MCAST_SRC_IP);
	if (source)
		(void)addr_parse(conf_node_word(source, 0), &ret->mcast_src);
	ret->name = strdup(vrrp.name);
	if (!ret->name ||
	    read_vips(block, CONF_KEY_VIRTUAL_IPADDRESS, &ret->vips, &ret->vip_count))
		return -ENOMEM;
	return read_vips(block, CONF_KEY_VIRTUAL_IPADDRESS_EXCLUDED, &ret->excluded,
	    &ret->excluded_count);
}

static int
read_files(const struct conf_tree *tree, struct vrrp_conf *conf)
{
	size_t count = 0;
	while (conf_tree_file(tree, count))
		count++;
	conf->files = calloc(count + 1, sizeof(conf->files[0]));
	if (!conf->files)
		return -ENOMEM;
	for (; conf->file_count < count; conf->file_count++) {
		char *name = strdup(conf_tree_file(tree, conf->file_count));
		if (!name)
			return -ENOMEM;
		conf->files[conf->file_count] = name;
	}
	return 0;
}

static int64_t
us_or_zero(const struct conf_node *node)
{
	return node ? conf_node_us(node) : 0;
}

static int
read_globals(const struct conf_statements *globals, struct vrrp_conf *conf)
{
	const struct conf_node *id = given(globals, CONF_KEY_ROUTER_ID);
	const struct conf_node *group4 = given(globals, CONF_KEY_MCAST_GROUP4);
	const struct conf_node *group6 = given(globals, CONF_KEY_MCAST_GROUP6);
	const struct conf_node *strict = given(globals, CONF_KEY_STRICT);
	conf->strict = strict && conf_node_bool(strict);
	conf->dynamic_interfaces = given(globals, CONF_KEY_DYNAMIC_INTERFACES) != NULL;
	conf->startup_delay_us = us_or_zero(given(globals, CONF_KEY_STARTUP_DELAY));
	conf->garp_interval_us = us_or_zero(given(globals, CONF_KEY_GARP_INTERVAL));
	conf->gna_interval_us = us_or_zero(given(globals, CONF_KEY_GNA_INTERVAL));
	/* Constants of RFC 9568 5.1.1.2 and 5.1.2.2, and words that were checked. */
	(void)addr_parse(
	    group4 ? conf_node_word(group4, 0) : "224.0.0.18", &conf->mcast_group4);
	(void)addr_parse(
	    group6 ? conf_node_word(group6, 0) : "ff02::12", &conf->mcast_group6);
	conf->router_id = strdup(id ? conf_node_word(id, 0) : "");
	return conf->router_id ? 0 : -ENOMEM;
}

static int
read_instances(const struct conf_tree *tree, const struct conf_statements *globals,
    struct vrrp_conf *conf)
{
	size_t count = 0;
	const struct conf_node *node = conf_tree_first(tree);
	for (; node; node = node->next)
		count += node->row->key == CONF_KEY_VRRP_INSTANCE;
	conf->instances = calloc(count + 1, sizeof(conf->instances[0]));
	if (!conf->instances)
		return -ENOMEM;
	for (node = conf_tree_first(tree); node; node = node->next) {
		if (node->row->key != CONF_KEY_VRRP_INSTANCE)
			continue;
		/* Counted first, so that a half-read one is freed too. */
		if (read_instance(
			conf, node, globals, &conf->instances[conf->instance_count++]))
			return -ENOMEM;
	}
	return 0;
}

static int
compare_names(const void *a_, const void *b_)
{
	const struct vrrp_instance_conf *const *a = a_, *const *b = b_;
	return strcmp((*a)->name, (*b)->name);
}

/* What is done for each router asks for its name, so there must be no search in it. */
static int
sort_names(struct vrrp_conf *conf)
{
	conf->by_name = calloc(conf->instance_count + 1, sizeof(conf->by_name[0]));
	if (!conf->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < conf->instance_count; i++)
		conf->by_name[i] = &conf->instances[i];
	qsort(conf->by_name, conf->instance_count, sizeof(conf->by_name[0]),
	    compare_names);
	return 0;
}

int
vrrp_conf_build(
    const struct conf_tree *tree, struct conf_diags *diags, struct vrrp_conf **ret)
{
	/* Every rule was checked with the tree, so that hactl says the same. */
	if (conf_diags_errors(diags) > 0)
		return -EINVAL;
	struct conf_statements globals;
	conf_vrrp_globals(tree, &globals);
	struct vrrp_conf *conf = calloc(1, sizeof(*conf));
	if (!conf)
		return -ENOMEM;
	if (read_files(tree, conf) || read_globals(&globals, conf) ||
	    read_instances(tree, &globals, conf) || sort_names(conf)) {
		vrrp_conf_free(conf);
		return -ENOMEM;
	}
	*ret = conf;
	return 0;
}

struct vrrp_conf *
vrrp_conf_free(struct vrrp_conf *conf)
{
	if (!conf)
		return NULL;
	for (size_t i = 0; i < conf->instance_count; i++) {
		struct vrrp_instance_conf *instance = &conf->instances[i];
		explicit_bzero(instance->auth_pass, sizeof(instance->auth_pass));
		free(instance->name);
		free(instance->vips);
		free(instance->excluded);
	}
	for (size_t i = 0; i < conf->file_count; i++)
		free(conf->files[i]);
	free(conf->by_name);
	free(conf->instances);
	free(conf->files);
	free(conf->router_id);
	free(conf);
	return NULL;
}

static const struct vrrp_instance_conf *
find_in_order(const struct vrrp_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->instance_count; i++)
		if (strcmp(conf->instances[i].name, name) == 0)
			return &conf->instances[i];
	return NULL;
}

static int
compare_with_name(const void *name, const void *instance_)
{
	const struct vrrp_instance_conf *const *instance = instance_;
	return strcmp(name, (*instance)->name);
}

const struct vrrp_instance_conf *
vrrp_conf_find(const struct vrrp_conf *conf, const char *name)
{
	if (!conf->by_name)
		return find_in_order(conf, name);
	const struct vrrp_instance_conf **found = bsearch(name, conf->by_name,
	    conf->instance_count, sizeof(conf->by_name[0]), compare_with_name);
	return found ? *found : NULL;
}
