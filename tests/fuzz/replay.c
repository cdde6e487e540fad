/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - feeds files to a fuzz target, so that its corpus is an ordinary test too.
 */
#include <stdio.h>
#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

#define INPUT_SIZE_MAX (1u << 20)

static int
replay(const char *path)
{
	FILE *from = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_SIZE_MAX);
	if (!from || !data) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	size_t size = fread(data, 1, INPUT_SIZE_MAX, from);
	(void)fclose(from); /* only read from */
	int r = LLVMFuzzerTestOneInput(data, size);
	free(data);
	return r;
}

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != 0)
			return 1;
	printf("%d inputs\n", argc - 1);
	return argc > 1 ? 0 : 1;
}
