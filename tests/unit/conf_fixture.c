/* SPDX-License-Identifier: Apache-2.0 */
/* conf_fixture.c - configurations written in a test, and what is said about them. */
#include "tests/unit/conf_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conf_fixture
conf_of(const char *text)
{
	static const struct conf_env env = {.config_id = "lb1"};
	struct conf_fixture conf = {.diags = conf_diags_new()};
	struct conf_text *loaded;

	assert_non_null(conf.diags);
	assert_int_equal(
	    conf_text_from_memory("t.conf", text, strlen(text), conf.diags, &loaded),
	    0);
	assert_int_equal(conf_tree_parse(loaded, &env, conf.diags, &conf.tree), 0);
	conf_text_free(loaded);
	return conf;
}

struct conf_fixture
conf_of_instance(const char *more)
{
	static char text[8192];

	(void)snprintf(text, sizeof(text),
	    "vrrp_instance VI_1 {\n"
	    "interface eth0\n"
	    "virtual_router_id 51\n"
	    "virtual_ipaddress { 192.0.2.1 }\n"
	    "%s\n"
	    "}\n",
	    more);
	return conf_of(text);
}

void
conf_done(struct conf_fixture *conf)
{
	conf_tree_free(conf->tree);
	conf_diags_free(conf->diags);
	*conf = (struct conf_fixture){0};
}

const char *
conf_findings(const struct conf_fixture *conf)
{
	static char text[65536];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < conf_diags_count(conf->diags); i++) {
		const struct conf_diag *diag = conf_diags_get(conf->diags, i);
		int n = snprintf(text + len, sizeof(text) - len, "%d:%d: %s: %s%s%s\n",
		    diag->line, diag->column, conf_severity_text(diag->severity),
		    diag->text, diag->suggestion ? " -> " : "",
		    diag->suggestion ? diag->suggestion : "");
		len += (size_t)n;
		if (len >= sizeof(text))
			fail_msg("more findings than fit");
	}
	return text;
}

void
assert_findings(const struct conf_fixture *conf, const char *expected)
{
	assert_string_equal(conf_findings(conf), expected);
}

void
assert_canonical(const struct conf_fixture *conf, const char *expected)
{
	char *text = conf_tree_print(conf->tree, true);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}
