/* SPDX-License-Identifier: Apache-2.0 */
/* advert_log.c - writes down when every VRRP advertisement was on the wire.
 *
 *     advert_log [-i INTERFACE] [-x SOURCE]
 *
 * Listens on all interfaces of its network namespace, or on one, to what comes and to
 * what leaves. A line for each: the kernel's time stamp in seconds of CLOCK_REALTIME,
 * the index of the interface, the source address, the VRID, the priority. Adverts from
 * SOURCE are left out. Prints "ready" first and flushes whenever it has to wait. Ends
 * on SIGINT or SIGTERM and says on stderr how many frames the kernel had no room for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
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
#define FRAME_SIZE 128
#define PROTOCOL_VRRP 112
#define RECEIVE_BUFFER (64 << 20)
#define IPV6_HEADER_LEN 40

struct slot {
	uint8_t frame[FRAME_SIZE];
	uint8_t control[64];
	struct sockaddr_ll from;
	struct iovec iov;
};

static volatile sig_atomic_t ended;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

/* Frames without a link-layer header: IPv4 of protocol 112 or IPv6 of next header 112.
 */
static int
filter_vrrp(int fd)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
	    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 0, 2),
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	    BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x60, 0, 3),
	    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_VRRP, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, FRAME_SIZE),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {
	    .len = sizeof(code) / sizeof(code[0]), .filter = code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int
open_socket(const char *interface)
{
	struct sockaddr_ll address = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 1, size = RECEIVE_BUFFER;

	if (interface != NULL)
		address.sll_ifindex = (int)if_nametoindex(interface);
	if (fd < 0 || (interface != NULL && address.sll_ifindex == 0) ||
	    filter_vrrp(fd) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		perror("advert_log: socket");
		return -1;
	}
	return fd;
}

static struct timespec
stamp_of(struct msghdr *msg)
{
	struct timespec stamp = {0};

	for (struct cmsghdr *at = CMSG_FIRSTHDR(msg); at; at = CMSG_NXTHDR(msg, at))
		if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_TIMESTAMPNS)
			memcpy(&stamp, CMSG_DATA(at), sizeof(stamp));
	return stamp;
}

static void
write_down(
    const struct slot *slot, size_t len, struct timespec stamp, const char *except)
{
	bool v4 = len > 0 && slot->frame[0] >> 4 == 4;
	size_t header = v4 ? (size_t)(slot->frame[0] & 15) * 4 : IPV6_HEADER_LEN;
	char source[INET6_ADDRSTRLEN];

	if (len < header + 3)
		return;
	(void)inet_ntop(v4 ? AF_INET : AF_INET6, slot->frame + (v4 ? 12 : 8), source,
	    sizeof(source));
	if (except != NULL && strcmp(source, except) == 0)
		return;
	printf("%lld.%09ld %d %s %u %u\n", (long long)stamp.tv_sec, stamp.tv_nsec,
	    slot->from.sll_ifindex, source, slot->frame[header + 1],
	    slot->frame[header + 2]);
}

static int
receive(int fd, struct slot *slots, struct mmsghdr *batch, int flags)
{
	for (int i = 0; i < BATCH; i++) {
		slots[i].iov = (struct iovec){slots[i].frame, FRAME_SIZE};
		batch[i].msg_hdr = (struct msghdr){
		    .msg_name = &slots[i].from,
		    .msg_namelen = sizeof(slots[i].from),
		    .msg_iov = &slots[i].iov,
		    .msg_iovlen = 1,
		    .msg_control = slots[i].control,
		    .msg_controllen = sizeof(slots[i].control),
		};
	}
	return recvmmsg(fd, batch, BATCH, flags, NULL);
}

static void
listen_until_ended(int fd, const char *except)
{
	static struct slot slots[BATCH];
	struct mmsghdr batch[BATCH];

	while (!ended) {
		int n = receive(fd, slots, batch, MSG_DONTWAIT);

		if (n < 0) {
			fflush(stdout);
			n = receive(fd, slots, batch, MSG_WAITFORONE);
		}
		for (int i = 0; i < n; i++)
			write_down(&slots[i], batch[i].msg_len,
			    stamp_of(&batch[i].msg_hdr), except);
	}
}

int
main(int argc, char *argv[])
{
	const char *interface = NULL, *except = NULL;
	struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: it must wake */
	struct tpacket_stats stats = {0};
	socklen_t len = sizeof(stats);
	int fd, option;

	while ((option = getopt(argc, argv, "i:x:")) >= 0) {
		if (option == 'i')
			interface = optarg;
		else if (option == 'x')
			except = optarg;
		else
			return 2;
	}
	fd = open_socket(interface);
	if (fd < 0)
		return 2;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	listen_until_ended(fd, except);
	(void)getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	fprintf(stderr, "%u\n", stats.tp_drops);
	fflush(stdout);
	close(fd);
	return 0;
}
