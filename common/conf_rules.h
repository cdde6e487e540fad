/* SPDX-License-Identifier: Apache-2.0 */
/* conf_rules.h - the rules between statements: what one row of the table cannot know.
 */
#ifndef COMMON_CONF_RULES_H
#define COMMON_CONF_RULES_H

#include "common/conf_diag.h"
#include "common/conf_tree.h"

/* Checks a whole tree. Returns 0 or -ENOMEM. */
int conf_rules_check(struct conf_tree *tree, struct conf_diags *diags);

#endif
