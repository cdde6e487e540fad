/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h - methods that answer with a page at a time. */
#ifndef HACTL_PAGES_H
#define HACTL_PAGES_H

#include <jansson.h>

#include "hactl/session.h"

/* Calls `method` until there is no "next", and gathers what stands under `name` in the
 * pages. Returns the array, or NULL: the error is in the part. */
json_t *pages_read(struct session *session, const struct order *order,
    struct part *part, const char *method, const char *name);

#endif
