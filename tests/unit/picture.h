/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h - what a subscriber knows of a daemon, from its snapshot and its events. */
#ifndef TESTS_UNIT_PICTURE_H
#define TESTS_UNIT_PICTURE_H

#include <jansson.h>
#include <stdint.h>

struct picture {
	json_t *objects; /* by path */
	char epoch[32];
	int64_t seq; /* of the last event that is in it */
};

/* Goes on from where the picture is; one without an epoch is made. */
void bring_up_to_date(struct picture *picture);

#endif
