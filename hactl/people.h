/* SPDX-License-Identifier: Apache-2.0 */
/* people.h - the names of users beside their numbers. */
#ifndef HACTL_PEOPLE_H
#define HACTL_PEOPLE_H

#include <jansson.h>

/* Adds "user" to every object within `value` that has a "uid", and "login_user" to those
 * with a "login_uid", where this host knows the name. Daemons do not: looking it up may
 * take them too long. */
void people_name(json_t *value);

#endif
