/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.c - clients that ask a daemon for all it can tell, again and again.
 *
 *     crowd SOCKET COUNT
 *
 * Every second client lists the instances page by page, the others subscribe, take the
 * whole picture and end the subscription. Each asks again the moment it was answered,
 * so the daemon is never without a request. Prints "ready" when all were greeted; ends
 * on SIGINT or SIGTERM and prints how many pages and how many pictures were received.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define LINE_MAX_LEN (1024 * 1024)

struct client {
	bool lists; /* else it subscribes */
	bool greeted;
	char *line; /* what was received of the line that is not complete */
	size_t len;
};

static volatile sig_atomic_t ended;
static unsigned long pages, pictures, greeted;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		return -1;
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
say(int fd, const char *request)
{
	size_t len = strlen(request);

	return send(fd, request, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool
ask_for_page(int fd, const char *line)
{
	static const char key[] = "\"next\":";
	const char *next = line != NULL ? strstr(line, key) : NULL;
	char request[128];

	(void)snprintf(request, sizeof(request),
	    "{\"id\":1,\"method\":\"list\",\"params\":{\"type\":\"instance\","
	    "\"next\":%ld}}\n",
	    next != NULL ? strtol(next + strlen(key), NULL, 10) : 0);
	return say(fd, request);
}

static bool
ask_for_picture(int fd)
{
	return say(
	    fd, "{\"id\":1,\"method\":\"subscribe\",\"params\":{\"sub\":\"s\"}}\n");
}

/* Works off one line and asks for the next thing. False: this is no use. */
static bool
answered(struct client *client, int fd, const char *line)
{
	if (strstr(line, "\"error\":{") != NULL)
		return false;
	if (!client->greeted) {
		client->greeted = true;
		greeted++;
		return client->lists ? ask_for_page(fd, NULL) : ask_for_picture(fd);
	}
	if (client->lists) {
		pages++;
		return ask_for_page(fd, line);
	}
	if (strstr(line, "\"method\":\"synced\"") != NULL) {
		pictures++;
		return say(fd, "{\"id\":2,\"method\":\"unsubscribe\",\"params\":"
			       "{\"sub\":\"s\"}}\n");
	}
	return strstr(line, "\"id\":2") == NULL || ask_for_picture(fd);
}

static bool
receive(struct client *client, int fd)
{
	ssize_t n =
	    recv(fd, client->line + client->len, LINE_MAX_LEN - 1 - client->len, 0);
	char *line = client->line, *newline;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	client->len += (size_t)n;
	client->line[client->len] = '\0';
	for (; (newline = strchr(line, '\n')) != NULL; line = newline + 1) {
		*newline = '\0';
		if (!answered(client, fd, line))
			return false;
	}
	client->len -= (size_t)(line - client->line);
	memmove(client->line, line, client->len + 1);
	return client->len < LINE_MAX_LEN - 1;
}

static int
hammer(struct pollfd *fds, struct client *clients, nfds_t count)
{
	bool told = false;

	while (!ended) {
		if (poll(fds, count, -1) < 0)
			continue;
		for (nfds_t i = 0; i < count; i++)
			if (fds[i].revents != 0 && !receive(&clients[i], fds[i].fd)) {
				fprintf(stderr, "crowd: turned away: %s\n",
				    clients[i].line);
				return 1;
			}
		if (!told && greeted == count) {
			told = true;
			puts("ready");
			(void)fflush(stdout);
		}
	}
	printf("%lu %lu\n", pages, pictures);
	return 0;
}

int
main(int argc, char *argv[])
{
	static struct pollfd fds[CLIENTS_MAX];
	static struct client clients[CLIENTS_MAX];
	struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: it must wake */
	nfds_t count = argc == 3 ? (nfds_t)atoi(argv[2]) : 0;

	if (count == 0 || count > CLIENTS_MAX) {
		fprintf(
		    stderr, "usage: crowd SOCKET COUNT (at most %d)\n", CLIENTS_MAX);
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (nfds_t i = 0; i < count; i++) {
		fds[i] = (struct pollfd){.fd = connect_to(argv[1]), .events = POLLIN};
		clients[i].lists = i % 2 == 0;
		clients[i].line = malloc(LINE_MAX_LEN);
		if (fds[i].fd < 0 || clients[i].line == NULL) {
			perror("crowd");
			return 1;
		}
	}
	return hammer(fds, clients, count);
}
