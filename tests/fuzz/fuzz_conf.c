/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_conf.c - any bytes as a configuration: nothing crashes, the canonical form of
 * what was accepted parses back to itself, and vrrpd can take it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf.h"
#include "tests/fuzz/fuzz.h"
#include "vrrpd/vrrp_conf.h"

/* Parses a text; NULL when memory ran out. */
static struct conf_tree *
parse(const char *data, size_t size, struct conf_diags *diags)
{
	static const struct conf_env env = {.config_id = "lb1"};
	struct conf_text *text;
	struct conf_tree *tree = NULL;
	if (conf_text_from_memory("fuzz.conf", data, size, diags, &text) < 0)
		return NULL;
	if (conf_tree_parse(text, &env, diags, &tree) < 0)
		tree = NULL;
	conf_text_free(text);
	return tree;
}

/* Findings must print, and be JSON. */
static void
show(const struct conf_diags *diags)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	if (!to)
		return;
	conf_diags_print(diags, to);
	(void)fclose(to); /* memory */
	free(text);
	json_t *json = conf_diags_json(diags);
	if (!json)
		abort();
	struct conf_diags *copy = conf_diags_new();
	if (copy && (conf_diags_from_json(copy, json) != 0 ||
			conf_diags_count(copy) != conf_diags_count(diags)))
		abort();
	conf_diags_free(copy);
	json_decref(json);
}

static void
check_round_trip(const char *canonical)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_tree *tree =
	    diags ? parse(canonical, strlen(canonical), diags) : NULL;
	char *again = tree ? conf_tree_print(tree, true) : NULL;
	if (again && (conf_diags_errors(diags) || strcmp(canonical, again) != 0)) {
		fprintf(stderr, "-- first --\n%s-- then --\n%s", canonical, again);
		conf_diags_print(diags, stderr);
		abort();
	}
	free(again);
	conf_tree_free(tree);
	conf_diags_free(diags);
}

static void
check_binding(const struct conf_tree *tree, struct conf_diags *diags)
{
	struct vrrp_conf *conf = NULL;
	if (vrrp_conf_build(tree, diags, &conf) != 0)
		abort();
	for (size_t i = 0; i < conf->instance_count; i++) {
		const struct vrrp_instance_conf *instance = &conf->instances[i];
		if (!instance->vrid || !instance->priority || !instance->vip_count ||
		    !instance->ifname[0] || !instance->advert_int_us ||
		    instance->vip_count > VRRP_MAX_ADDRESSES ||
		    instance->vips[0].prefix.addr.family != instance->family)
			abort();
	}
	vrrp_conf_free(conf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_diags *diags = conf_diags_new();
	struct conf_tree *tree = diags ? parse((const char *)data, size, diags) : NULL;
	if (tree) {
		show(diags);
		char *canonical = conf_tree_print(tree, true);
		if (canonical && conf_diags_errors(diags) == 0) {
			check_binding(tree, diags);
			check_round_trip(canonical);
		}
		free(canonical);
	}
	conf_tree_free(tree);
	conf_diags_free(diags);
	return 0;
}
