/* SPDX-License-Identifier: Apache-2.0 */
/* remove_tree.h - removes a directory that a test made, with all that is in it. */
#ifndef TESTS_UNIT_REMOVE_TREE_H
#define TESTS_UNIT_REMOVE_TREE_H

/* Returns 0, or -1 when something is left. */
int remove_tree(const char *dir);

#endif
