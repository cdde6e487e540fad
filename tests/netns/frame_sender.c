/* SPDX-License-Identifier: Apache-2.0 */
/* frame_sender.c - puts the frames of a file on the wire, fast and at an even rate.
 *
 *     frame_sender [-r FRAMES_PER_SECOND] [-n COUNT] INTERFACE FILE
 *
 * The file holds each whole frame after its length (two bytes, network order). With -n
 * the file is sent again and again until COUNT frames left. Without -r, as fast as it
 * goes. Prints how many frames left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32

struct frames {
	uint8_t *data;
	size_t len;
	size_t count;
	struct iovec *at;
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool
map_file(const char *path, struct frames *frames)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info) < 0 || info.st_size < 2) {
		perror(path);
		return false;
	}
	frames->len = (size_t)info.st_size;
	frames->data =
	    mmap(NULL, frames->len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	return frames->data != MAP_FAILED;
}

static bool
index_frames(struct frames *frames)
{
	frames->at = calloc(frames->len / 2, sizeof(*frames->at));
	if (!frames->at)
		return false;
	for (size_t pos = 0; pos + 2 <= frames->len;) {
		size_t len = (size_t)frames->data[pos] << 8 | frames->data[pos + 1];

		if (len == 0 || pos + 2 + len > frames->len) {
			fprintf(stderr, "frame_sender: damaged file\n");
			return false;
		}
		frames->at[frames->count++] =
		    (struct iovec){.iov_base = frames->data + pos + 2, .iov_len = len};
		pos += 2 + len;
	}
	return true;
}

static int
open_interface(const char *name)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	address.sll_ifindex = (int)if_nametoindex(name);
	if (fd < 0 || address.sll_ifindex == 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror(name);
		return -1;
	}
	return fd;
}

/* Sends up to BATCH frames from number `first` on; returns how many left. */
static int
send_batch(int fd, const struct frames *frames, uint64_t first, uint64_t left)
{
	struct mmsghdr batch[BATCH] = {0};
	unsigned n = left < BATCH ? (unsigned)left : BATCH;
	int sent;

	for (unsigned i = 0; i < n; i++) {
		batch[i].msg_hdr.msg_iov = &frames->at[(first + i) % frames->count];
		batch[i].msg_hdr.msg_iovlen = 1;
	}
	do
		sent = sendmmsg(fd, batch, n, 0);
	while (sent < 0 && (errno == EINTR || errno == ENOBUFS));
	return sent;
}

static uint64_t
send_all(int fd, const struct frames *frames, uint64_t count, int64_t rate)
{
	int64_t start_ns = now_ns();
	uint64_t done = 0;

	while (done < count) {
		int sent = send_batch(fd, frames, done, count - done);

		if (sent <= 0) {
			perror("frame_sender: send");
			break;
		}
		done += (uint64_t)sent;
		if (rate > 0) {
			int64_t due_ns = start_ns + (int64_t)done * 1000000000 / rate;
			struct timespec due = {.tv_sec = due_ns / 1000000000,
			    .tv_nsec = due_ns % 1000000000};

			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		}
	}
	return done;
}

int
main(int argc, char *argv[])
{
	struct frames frames = {0};
	uint64_t count = 0, done;
	int64_t rate = 0;
	int fd, option;

	while ((option = getopt(argc, argv, "r:n:")) >= 0) {
		if (option == 'r')
			rate = strtol(optarg, NULL, 10);
		else if (option == 'n')
			count = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind + 2 != argc) {
		fprintf(stderr,
		    "usage: frame_sender [-r RATE] [-n COUNT] INTERFACE FILE\n");
		return 2;
	}
	if (!map_file(argv[optind + 1], &frames) || !index_frames(&frames))
		return 1;
	fd = open_interface(argv[optind]);
	if (fd < 0)
		return 1;
	if (count == 0)
		count = frames.count;
	done = send_all(fd, &frames, count, rate);
	printf("%llu\n", (unsigned long long)done);
	return done == count ? 0 : 1;
}
