/* SPDX-License-Identifier: Apache-2.0 */
/* frame_player.c - plays many masters at once: every frame of a file again and again.
 *
 *     frame_player [-p PERIOD_US] [-n ROUNDS] FILE INTERFACE...
 *
 * The file holds each whole frame after three bytes: the number of its interface,
 * counted from 0 in the order of the arguments, and its length in network order. Within
 * a period (one second) every frame leaves once, at its own moment: they are spread
 * evenly. Ends after ROUNDS periods, or on SIGINT or SIGTERM; then prints how many
 * frames left and when the last one did (CLOCK_REALTIME). Prints "ready" when it
 * begins.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define FILE_SIZE_MAX (8u << 20)
#define INTERFACES_MAX 64
#define NS_PER_S 1000000000

/* Frames closer than this share a wake-up: of 50,000 a second 10 leave together. */
#define REST_NS 200000

struct player {
	int fd;
	int64_t period_ns;
	uint64_t rounds;
	struct sockaddr_ll to[INTERFACES_MAX];
	size_t interface_count;
	uint8_t *data;
	size_t data_len;
	struct iovec *frames;
	uint8_t *interface_of;
	size_t frame_count;
	uint64_t sent;
};

static volatile sig_atomic_t ended;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

static int64_t
now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static bool
read_file(struct player *player, const char *path)
{
	FILE *file = fopen(path, "rbe");

	player->data = malloc(FILE_SIZE_MAX);
	if (file == NULL || player->data == NULL) {
		perror(path);
		return false;
	}
	player->data_len = fread(player->data, 1, FILE_SIZE_MAX, file);
	fclose(file);
	return true;
}

static bool
index_frames(struct player *player)
{
	const size_t most = player->data_len / 3;
	size_t pos = 0;

	player->frames = calloc(most + 1, sizeof(*player->frames));
	player->interface_of = calloc(most + 1, 1);
	if (player->frames == NULL || player->interface_of == NULL)
		return false;
	while (pos + 3 <= player->data_len) {
		uint8_t *head = player->data + pos;
		size_t len = (size_t)head[1] << 8 | head[2];

		if (head[0] >= player->interface_count || len == 0 ||
		    pos + 3 + len > player->data_len)
			return false;
		player->interface_of[player->frame_count] = head[0];
		player->frames[player->frame_count++] = (struct iovec){head + 3, len};
		pos += 3 + len;
	}
	return player->frame_count > 0;
}

static bool
open_interfaces(struct player *player, int count, char *names[])
{
	if (count > INTERFACES_MAX)
		return false;
	for (int i = 0; i < count; i++) {
		struct sockaddr_ll *to = &player->to[player->interface_count++];

		to->sll_family = AF_PACKET;
		to->sll_ifindex = (int)if_nametoindex(names[i]);
		if (to->sll_ifindex == 0) {
			perror(names[i]);
			return false;
		}
	}
	player->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (player->fd < 0)
		perror("frame_player: socket");
	return player->fd >= 0;
}

/* Sends the frames from the next one on, up to `until`, in as few calls as it takes. */
static void
send_until(struct player *player, uint64_t until)
{
	while (player->sent < until && !ended) {
		struct mmsghdr batch[BATCH] = {0};
		unsigned n = 0;

		for (; n < BATCH && player->sent + n < until; n++) {
			size_t at = (player->sent + n) % player->frame_count;

			batch[n].msg_hdr.msg_iov = &player->frames[at];
			batch[n].msg_hdr.msg_iovlen = 1;
			batch[n].msg_hdr.msg_name =
			    &player->to[player->interface_of[at]];
			batch[n].msg_hdr.msg_namelen = sizeof(player->to[0]);
		}

		int sent = sendmmsg(player->fd, batch, n, 0);

		if (sent > 0)
			player->sent += (uint64_t)sent;
		else if (errno != EINTR && errno != ENOBUFS) {
			perror("frame_player: send");
			ended = 1;
		}
	}
}

/* Frame number k is due at k/frame_count of the periods gone by. */
static void
play(struct player *player)
{
	const int64_t start_ns = now_ns(CLOCK_MONOTONIC);
	const uint64_t limit = player->rounds * player->frame_count;
	const double gap_ns = (double)player->period_ns / (double)player->frame_count;

	while (!ended && (limit == 0 || player->sent < limit)) {
		int64_t gone_ns = now_ns(CLOCK_MONOTONIC) - start_ns;
		uint64_t due = (uint64_t)((double)gone_ns / gap_ns) + 1;

		send_until(player, limit != 0 && due > limit ? limit : due);

		int64_t wake_ns =
		    start_ns + (int64_t)((double)player->sent * gap_ns) + 1;

		if (gap_ns < REST_NS)
			wake_ns += REST_NS;

		struct timespec wake = {wake_ns / NS_PER_S, wake_ns % NS_PER_S};

		(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL);
	}
}

int
main(int argc, char *argv[])
{
	static struct player player = {.period_ns = NS_PER_S};
	struct sigaction action = {.sa_handler = end};
	int option;

	while ((option = getopt(argc, argv, "p:n:")) >= 0) {
		if (option == 'p')
			player.period_ns = strtol(optarg, NULL, 10) * 1000;
		else if (option == 'n')
			player.rounds = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc < optind + 2 || player.period_ns <= 0 ||
	    !open_interfaces(&player, argc - optind - 1, argv + optind + 1))
		return 2;
	if (!read_file(&player, argv[optind]) || !index_frames(&player)) {
		fprintf(stderr, "frame_player: no frames, or a damaged file\n");
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	play(&player);
	printf("%llu %.6f\n", (unsigned long long)player.sent,
	    (double)now_ns(CLOCK_REALTIME) / NS_PER_S);
	free(player.frames);
	free(player.interface_of);
	free(player.data);
	close(player.fd);
	return 0;
}
