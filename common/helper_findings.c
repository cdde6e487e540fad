/* SPDX-License-Identifier: Apache-2.0 */
/* helper_findings.c - findings about the configuration as JSON, between processes. */
#include "common/helper_findings.h"

#include <errno.h>

static json_t *
pack_one(const struct conf_diag *diag)
{
	return json_pack("{s:i, s:s, s:i, s:i, s:i, s:s, s:s?, s:s?}", "severity",
	    (int)diag->severity, "file", diag->file, "line", diag->line, "column",
	    diag->column, "length", diag->length, "text", diag->text, "source",
	    diag->source, "suggestion", diag->suggestion);
}

json_t *
helper_findings_pack(const struct conf_diags *diags)
{
	json_t *all = json_array();

	for (size_t i = 0; all != NULL && i < conf_diags_count(diags); i++) {
		const struct conf_diag *diag = conf_diags_get(diags, i);

		if (diag == NULL)
			break; /* more were counted than kept */
		if (json_array_append_new(all, pack_one(diag)) < 0) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

static int
unpack_one(json_t *from, struct conf_diags *diags)
{
	int severity, line, column, length;
	const char *file, *text, *source = NULL, *suggestion = NULL;

	if (json_unpack(from, "{s:i, s:s, s:i, s:i, s:i, s:s, s?s?, s?s?}", "severity",
		&severity, "file", &file, "line", &line, "column", &column, "length",
		&length, "text", &text, "source", &source, "suggestion",
		&suggestion) < 0)
		return -EBADMSG;
	if (severity < 0 || severity >= CONF_SEVERITY_COUNT_)
		return -EBADMSG;
	conf_diags_add(diags, (enum conf_severity)severity, file, line, column, length,
	    source, suggestion, "%s", text);
	return 0;
}

int
helper_findings_unpack(const json_t *from, struct conf_diags *diags)
{
	if (!json_is_array(from))
		return -EBADMSG;
	for (size_t i = 0; i < json_array_size(from); i++) {
		int r = unpack_one(json_array_get(from, i), diags);

		if (r < 0)
			return r;
	}
	return 0;
}
