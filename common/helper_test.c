/* SPDX-License-Identifier: Apache-2.0 */
/* helper_test.c - reads and checks the configuration, in a process of its own.
 *
 * It may be asked for by everybody, and a large file takes longer to parse than an
 * advertisement may be late: the loop of the daemon must have no part in it.
 */
#include "common/helper_wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <jansson.h>
#include <unistd.h>
#include "common/conf.h"
#include "common/conf_tree.h"
#include "common/ctl_findings.h"
#include "common/ctl_msg.h"
#include "common/daemon_frame.h"

/* As a reload would read it, up to where the reload would use it. Errors in the file
 * are what is asked for, not a failure. */
static int
read_config(const struct helper_duties *duties, struct conf_diags *diags)
{
	const struct daemon_options options = {.daemon = duties->daemon,
	    .config_path = duties->config_path,
	    .config_id = duties->config_id};
	struct conf_tree *tree = NULL;
	int r = helper_check_file(duties->config_path, diags);

	if (r == 0)
		r = daemon_read_config(&options, NULL, diags, &tree);
	conf_tree_free(tree);
	return r == -EINVAL ? 0 : r;
}

static void
write_answer(FILE *to, const struct conf_diags *diags, int error, bool redacted,
    const char *path)
{
	json_t *json =
	    redacted ? ctl_findings_places_json(diags) : ctl_findings_json(diags);

	if (json == NULL)
		return;
	(void)json_object_set_new(json, "file", ctl_msg_text(path));
	fprintf(to, "%d\n", error);
	(void)json_dumpf(json, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(json);
}

void
helper_test_run(const struct helper_duties *duties, bool redacted, int fd)
{
	struct conf_diags *diags = conf_diags_new();
	FILE *to = fdopen(fd, "w");

	if (diags != NULL && to != NULL) {
		int r = read_config(duties, diags);

		conf_diags_sort(diags);
		write_answer(to, diags, r, redacted, duties->config_path);
		(void)fclose(to);
	}
	conf_diags_free(diags);
	_exit(EXIT_SUCCESS);
}
