/* SPDX-License-Identifier: Apache-2.0 */
/* remove_tree.c - removes a directory that a test made, with all that is in it. */
#include "tests/unit/remove_tree.h"

#include <ftw.h>
#include <stdio.h>

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
remove_tree(const char *dir)
{
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
