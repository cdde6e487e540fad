/* SPDX-License-Identifier: Apache-2.0 */
/* daemons.c - the conversations with vrrpd and checkd, opened when first needed. */
#include "hactl/daemons.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/ctl_listen.h"
#include "hactl/must.h"

static const char *const names[DAEMONS_COUNT] = {"vrrpd", "checkd"};

struct daemons {
	char *run_base;
	struct ctl_client *clients[DAEMONS_COUNT];
	char *epochs[DAEMONS_COUNT]; /* of the process that was last spoken to */
	bool again[DAEMONS_COUNT];   /* it is another one, and nobody was told yet */
};

struct daemons *
daemons_new(const char *run_base)
{
	struct daemons *daemons = must(calloc(1, sizeof(*daemons)));

	daemons->run_base = must(strdup(run_base));
	return daemons;
}

struct daemons *
daemons_free(struct daemons *daemons)
{
	if (daemons != NULL) {
		for (size_t i = 0; i < DAEMONS_COUNT; i++) {
			ctl_client_close(daemons->clients[i]);
			free(daemons->epochs[i]);
		}
		free(daemons->run_base);
		free(daemons);
	}
	return NULL;
}

const char *
daemons_name(size_t i)
{
	return names[i];
}

static size_t
index_of(const char *name)
{
	return strcmp(name, names[0]) == 0 ? 0 : 1;
}

char *
daemons_socket_path(const struct daemons *daemons, const char *name)
{
	return must_format("%s/%s/" CTL_SOCKET_CONTROL, daemons->run_base, name);
}

bool
daemons_has_socket(const struct daemons *daemons, const char *name)
{
	char *path = daemons_socket_path(daemons, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

/* Whether the daemon has closed its end: there is an end of file to be read. */
static bool
is_closed(const struct ctl_client *client)
{
	char byte;
	ssize_t n = recv(ctl_client_fd(client), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* A conversation may end while the daemon goes on: after some idle minutes, or with a
 * subscription. */
static void
note_epoch(struct daemons *daemons, size_t i)
{
	const char *epoch = ctl_client_hello_text(daemons->clients[i], "epoch");

	if (daemons->epochs[i] != NULL && strcmp(daemons->epochs[i], epoch) == 0)
		return;
	daemons->again[i] = daemons->epochs[i] != NULL;
	free(daemons->epochs[i]);
	daemons->epochs[i] = must(strdup(epoch));
}

enum ctl_code
daemons_open(struct daemons *daemons, const char *name, int64_t timeout_us,
    struct ctl_client **ret, bool *ret_again, struct ctl_error *ret_error)
{
	size_t i = index_of(name);
	enum ctl_code code;

	if (daemons->clients[i] != NULL && is_closed(daemons->clients[i]))
		daemons_drop(daemons, name);
	if (daemons->clients[i] == NULL) {
		code = ctl_client_open(daemons->run_base, name, timeout_us,
		    &daemons->clients[i], ret_error);
		if (code != CTL_OK)
			return code;
		note_epoch(daemons, i);
	}
	if (ret_again != NULL) {
		*ret_again |= daemons->again[i];
		daemons->again[i] = false;
	}
	*ret = daemons->clients[i];
	return CTL_OK;
}

struct ctl_client *
daemons_current(const struct daemons *daemons, const char *name)
{
	return daemons->clients[index_of(name)];
}

void
daemons_drop(struct daemons *daemons, const char *name)
{
	size_t i = index_of(name);

	daemons->clients[i] = ctl_client_close(daemons->clients[i]);
}
