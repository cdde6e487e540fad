/* SPDX-License-Identifier: Apache-2.0 */
/* people.c - the names of users beside their numbers. */
#include "hactl/people.h"

#include <pwd.h>
#include <sys/types.h>

static void
add_name(json_t *object, const char *number_key, const char *name_key)
{
	const json_t *number = json_object_get(object, number_key);
	const struct passwd *user;

	if (!json_is_integer(number) || json_object_get(object, name_key) != NULL)
		return;
	user = getpwuid((uid_t)json_integer_value(number));
	if (user != NULL)
		(void)json_object_set_new(object, name_key, json_string(user->pw_name));
}

void
people_name(json_t *value)
{
	const char *key;
	json_t *inner;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach (value, key, inner)
			people_name(inner);
		add_name(value, "uid", "user");
		add_name(value, "login_uid", "login_user");
	} else if (json_is_array(value)) {
		json_array_foreach (value, i, inner)
			people_name(inner);
	}
}
