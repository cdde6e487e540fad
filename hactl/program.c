/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - a program of the command line, found before it is needed. */
#include "hactl/program.h"

#include <errno.h>
#include <paths.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hactl/must.h"

static int
check_file(const char *path)
{
	struct stat facts;

	if (stat(path, &facts) != 0)
		return errno == EACCES ? EACCES : ENOENT;
	return S_ISREG(facts.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

int
program_check(const char *name)
{
	const char *path = getenv("PATH");
	char *list, *rest, *directory;
	int found = ENOENT;

	if (strchr(name, '/') != NULL)
		return check_file(name);
	list = rest = must(strdup(path != NULL ? path : _PATH_DEFPATH));
	while (found != 0 && (directory = strsep(&rest, ":")) != NULL) {
		/* An empty one is the working directory. */
		char *file = must_format(
		    "%s%s%s", directory, directory[0] != '\0' ? "/" : "./", name);
		int error = check_file(file);

		/* As the shell does: one that cannot be run is told of, but another
		 * directory may have a better one. */
		if (error != ENOENT)
			found = error;
		free(file);
	}
	free(list);
	return found;
}
