/* SPDX-License-Identifier: Apache-2.0 */
/* conf_golden.c - shows what the configuration reader makes of a file: findings,
 * verdict, canonical form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/conf.h"
#include "common/conf_schema.h"

/* The file's name says whose file it is read as: "x.vrrpd.conf"; else that of both. */
static unsigned
daemons_of(const char *path)
{
	if (strstr(path, ".vrrpd.") != NULL)
		return CONF_DAEMON_VRRPD;
	return strstr(path, ".checkd.") != NULL ? CONF_DAEMON_CHECKD : 0;
}

static int
show(const char *path, struct conf_diags *diags, bool quiet)
{
	/* The golden files must not depend on the host they are made on. */
	const struct conf_env env = {.config_id = "lb1", .daemons = daemons_of(path)};
	struct conf_text *text;
	struct conf_tree *tree;
	if (conf_text_load(path, diags, &text) < 0) {
		conf_diags_print(diags, stdout);
		return 1;
	}
	int r = conf_tree_parse(text, &env, diags, &tree);
	conf_text_free(text);
	conf_diags_print(diags, stdout);
	if (r < 0)
		return 2;
	char *canonical = conf_tree_print(tree, false);
	conf_tree_free(tree);
	if (!quiet && canonical)
		printf("-- canonical form --\n%s", canonical);
	free(canonical);
	return canonical ? 0 : 2;
}

int
main(int argc, char *argv[])
{
	bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	if (argc != (quiet ? 3 : 2)) {
		fprintf(stderr, "usage: conf_golden [-q] FILE\n");
		return 2;
	}
	struct conf_diags *diags = conf_diags_new();
	if (!diags)
		return 2;
	int status = show(argv[argc - 1], diags, quiet);
	conf_diags_free(diags);
	return status;
}
