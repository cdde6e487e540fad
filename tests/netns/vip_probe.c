/* SPDX-License-Identifier: Apache-2.0 */
/* vip_probe.c - sends an echo request every millisecond or so and counts the answers.
 *
 *     vip_probe [-i MICROSECONDS] [-n COUNT] ADDRESS
 *
 * Prints "ready" when it begins. After COUNT requests, or on SIGINT or SIGTERM, it
 * waits a moment for late answers and prints a line of JSON: what was sent, lost and
 * answered twice, and the longest time between two neighbouring requests that were
 * answered.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PROBES_MAX 4000000u
#define LATE_US 300000

struct probe {
	int fd;
	int family;
	uint16_t id;
	struct sockaddr_storage target;
	socklen_t target_len;
	int64_t interval_us;
	uint32_t limit;
	uint32_t sent;
	uint64_t duplicates;
	int64_t *sent_us;
	uint8_t *answered;
};

struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
	uint32_t number; /* the sequence number in full: 16 bits wrap after a minute */
};

static volatile sig_atomic_t ended;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static uint16_t
sum16(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* A request that cannot be sent (nobody answers ARP) is a lost one. */
static void
send_one(struct probe *probe)
{
	struct echo echo = {
	    .type = probe->family == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
	    .id = probe->id,
	    .sequence = htons((uint16_t)probe->sent),
	    .number = probe->sent,
	};

	if (probe->family == AF_INET)
		echo.checksum = sum16(&echo, sizeof(echo));
	probe->sent_us[probe->sent++] = now_us();
	(void)sendto(probe->fd, &echo, sizeof(echo), MSG_DONTWAIT,
	    (struct sockaddr *)&probe->target, probe->target_len);
}

static void
take_answer(struct probe *probe, const uint8_t *data, size_t len)
{
	uint8_t wanted = probe->family == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY;
	struct echo echo;

	if (probe->family == AF_INET) {
		size_t header = len > 0 ? (size_t)(data[0] & 15) * 4 : 0;

		if (header > len)
			return;
		data += header;
		len -= header;
	}
	if (len < sizeof(echo))
		return;
	memcpy(&echo, data, sizeof(echo));
	if (echo.type != wanted || echo.id != probe->id || echo.number >= probe->sent)
		return;
	if (probe->answered[echo.number])
		probe->duplicates++;
	probe->answered[echo.number] = 1;
}

static void
receive_until(struct probe *probe, int64_t until_us)
{
	uint8_t buf[2048];

	for (;;) {
		int64_t left = until_us - now_us();
		struct timespec wait = {
		    .tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
		struct pollfd fd = {.fd = probe->fd, .events = POLLIN};
		ssize_t n;

		if (left <= 0 || ppoll(&fd, 1, &wait, NULL) < 0)
			return;
		while ((n = recv(probe->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
			take_answer(probe, buf, (size_t)n);
	}
}

/* How many answers are still to come, looking back no further than they can be late. */
static bool
all_answered(const struct probe *probe)
{
	int64_t horizon = now_us() - LATE_US;

	for (uint32_t i = probe->sent; i-- > 0 && probe->sent_us[i] > horizon;)
		if (!probe->answered[i])
			return false;
	return true;
}

static void
report(const struct probe *probe)
{
	int64_t last_us = probe->sent_us[0], gap_us = 0;
	uint32_t lost = 0;

	for (uint32_t i = 0; i < probe->sent; i++) {
		bool at_end = i + 1 == probe->sent;

		if (!probe->answered[i])
			lost++;
		if (!probe->answered[i] && !at_end)
			continue;
		if (probe->sent_us[i] - last_us > gap_us)
			gap_us = probe->sent_us[i] - last_us;
		last_us = probe->sent_us[i];
	}
	printf("{\"sent\": %u, \"lost\": %u, \"duplicates\": %llu, \"gap_ms\": %.3f}\n",
	    probe->sent, lost, (unsigned long long)probe->duplicates,
	    (double)gap_us / 1e3);
}

static void
run(struct probe *probe)
{
	int64_t next_us = now_us();

	while (!ended && probe->sent < probe->limit) {
		send_one(probe);
		next_us += probe->interval_us;
		receive_until(probe, next_us);
	}
	ended = 0;
	for (int64_t until = now_us() + LATE_US;
	     now_us() < until && !all_answered(probe);)
		receive_until(probe, now_us() + 1000);
}

static bool
open_probe(struct probe *probe, const char *address)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found;
	int size = 1 << 20;

	if (getaddrinfo(address, NULL, &hints, &found) != 0) {
		fprintf(stderr, "vip_probe: \"%s\" is no address\n", address);
		return false;
	}
	probe->family = found->ai_family;
	memcpy(&probe->target, found->ai_addr, found->ai_addrlen);
	probe->target_len = found->ai_addrlen;
	freeaddrinfo(found);
	probe->fd = socket(probe->family, SOCK_RAW | SOCK_CLOEXEC,
	    probe->family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6);
	if (probe->fd < 0) {
		perror("vip_probe: socket");
		return false;
	}
	(void)setsockopt(probe->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return true;
}

static bool
parse_options(struct probe *probe, int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "i:n:")) >= 0) {
		if (option == 'i')
			probe->interval_us = strtol(optarg, NULL, 10);
		else if (option == 'n')
			probe->limit = (uint32_t)strtoul(optarg, NULL, 10);
		else
			return false;
	}
	if (probe->interval_us <= 0 || probe->limit > PROBES_MAX ||
	    optind + 1 != argc) {
		fprintf(
		    stderr, "usage: vip_probe [-i MICROSECONDS] [-n COUNT] ADDRESS\n");
		return false;
	}
	return true;
}

int
main(int argc, char *argv[])
{
	struct probe probe = {.interval_us = 1000, .limit = PROBES_MAX};
	struct sigaction action = {.sa_handler = end};

	if (!parse_options(&probe, argc, argv) || !open_probe(&probe, argv[optind]))
		return 2;
	probe.id = (uint16_t)getpid();
	probe.sent_us = calloc(probe.limit, sizeof(*probe.sent_us));
	probe.answered = calloc(probe.limit, 1);
	if (!probe.sent_us || !probe.answered)
		return 2;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	run(&probe);
	report(&probe);
	free(probe.sent_us);
	free(probe.answered);
	close(probe.fd);
	return 0;
}
