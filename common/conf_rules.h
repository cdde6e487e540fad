/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules.h - the rules between statements: what one row of the table cannot know.
 */
#ifndef COMMON_CONF_RULES_H
#define COMMON_CONF_RULES_H

#include "common/conf_diag.h"
#include "common/conf_tree.h"

/* Checks a whole tree. Returns 0 or -ENOMEM. */
int conf_rules_check(struct conf_tree *tree, struct conf_diags *diags);

/* Warns of a file without errors in which there is work for neither daemon. It is for
 * whole files that are to be used, not for pieces of one. */
void conf_rules_check_work(const struct conf_tree *tree, struct conf_diags *diags);

#endif
