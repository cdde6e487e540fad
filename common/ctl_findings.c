/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_findings.c - findings about a configuration as a control socket may show them. */
#include "common/ctl_findings.h"

#include <string.h>

#include "common/conf_diag.h"
#include "common/ctl_msg.h"

/* A finding quotes the line it is about. */
static void
hide_secrets(json_t *findings)
{
	static const char *const keywords[] = {"auth_pass", "password"};

	for (size_t i = 0; i < json_array_size(findings); i++) {
		json_t *finding = json_array_get(findings, i);
		const char *source =
		    json_string_value(json_object_get(finding, "source"));

		for (size_t k = 0; source != NULL && k < 2; k++)
			if (strstr(source, keywords[k]) != NULL) {
				(void)json_object_set_new(
				    finding, "source", json_null());
				break;
			}
	}
}

json_t *
ctl_findings_json(const struct conf_diags *diags)
{
	json_t *json = conf_diags_json(diags);
	json_t *findings = json_object_get(json, "findings");

	hide_secrets(findings);
	while (json_array_size(findings) > CTL_FINDINGS_MAX)
		(void)json_array_remove(findings, json_array_size(findings) - 1);
	return json;
}

json_t *
ctl_findings_places_json(const struct conf_diags *diags)
{
	static const char *const texts[] = {"text", "source", "suggestion", "length"};
	json_t *json = ctl_findings_json(diags);
	json_t *finding;
	size_t i;

	json_array_foreach (json_object_get(json, "findings"), i, finding)
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			(void)json_object_del(finding, texts[k]);
	if (json != NULL)
		(void)json_object_set_new(json, "redacted", json_true());
	return json;
}

json_t *
ctl_findings_first_json(const struct conf_diags *diags, const char *otherwise)
{
	json_t *json = ctl_findings_json(diags), *first = NULL, *finding;
	size_t i;

	json_array_foreach (json_object_get(json, "findings"), i, finding) {
		const char *severity =
		    json_string_value(json_object_get(finding, "severity"));

		if (first != NULL || severity == NULL || strcmp(severity, "error") != 0)
			continue;
		first = json_pack("{s:O, s:O, s:O}", "file",
		    json_object_get(finding, "file"), "line",
		    json_object_get(finding, "line"), "text",
		    json_object_get(finding, "text"));
	}
	json_decref(json);
	return first != NULL || otherwise == NULL
		   ? first
		   : json_pack("{s:o}", "text", ctl_msg_text(otherwise));
}
