/* SPDX-License-Identifier: Apache-2.0 */
/* two_hosts.c - two network namespaces with a veth pair, for tests of the edges. */
#include "tests/edge/two_hosts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/unit.h"

#define EXIT_SKIPPED 77

static pid_t peer = -1;
static int here_ns = -1, peer_ns = -1;

void
two_hosts_need_root(void)
{
	if (geteuid() == 0)
		return;
	(void)fprintf(stderr, "skipped: needs root\n");
	exit(EXIT_SKIPPED);
}

/* Leaves /proc/sys of the new namespace visible, as it is per namespace of the reader.
 */
static pid_t
hold_namespace(void)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);

	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "", 1) != 1)
			_exit(EXIT_FAILURE);
		for (;;)
			(void)pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

static void __attribute__((format(printf, 2, 0)))
run_va(const char *prefix, const char *format, va_list args)
{
	char command[512], line[640];

	(void)vsnprintf(command, sizeof(command), format, args);
	(void)snprintf(line, sizeof(line), "%s%s", prefix, command);

	int status = system(line);

	if (status != 0)
		fail_msg("%s: status %d", line, status);
}

void
two_hosts_run(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	run_va("", format, args);
	va_end(args);
}

void
two_hosts_run_peer(const char *format, ...)
{
	char prefix[64];
	va_list args;

	(void)snprintf(prefix, sizeof(prefix), "nsenter -t %d -n ", (int)peer);
	va_start(args, format);
	run_va(prefix, format, args);
	va_end(args);
}

static int
open_namespace(pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);

	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

void
two_hosts_open(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		fail_msg("no network namespace of our own");
	peer = hold_namespace();
	here_ns = open_namespace(getpid());
	peer_ns = open_namespace(peer);
	two_hosts_run("ip link set lo up");
	two_hosts_run("ip link add va type veth peer name vb netns %d", (int)peer);
	two_hosts_run("ip link set va addrgenmode none up");
	two_hosts_run("ip addr add " HERE_IPV4 "/24 dev va");
	two_hosts_run("ip addr add " HERE_IPV6 "/64 dev va nodad");
	two_hosts_run_peer("ip link set vb addrgenmode none up");
	two_hosts_run_peer("ip addr add " PEER_IPV4 "/24 dev vb");
	two_hosts_run_peer("ip addr add " PEER_IPV6 "/64 dev vb nodad");
	/* The kernel finds out in its own time that there is a carrier, up to a second
	 * later, and tells: what a test sees happen must not be this. */
	two_hosts_run("until ip -o link show va | grep -q 'state UP'; do sleep 0.01; done");
}

void
two_hosts_close(void)
{
	(void)kill(peer, SIGKILL);
	(void)waitpid(peer, NULL, 0);
	(void)close(here_ns);
	(void)close(peer_ns);
}

void
two_hosts_enter_peer(void)
{
	assert_int_equal(setns(peer_ns, CLONE_NEWNET), 0);
}

void
two_hosts_leave_peer(void)
{
	assert_int_equal(setns(here_ns, CLONE_NEWNET), 0);
}

int
two_hosts_peer_socket(const char *ifname)
{
	const struct timeval wait = {.tv_sec = 1};
	const int room = 4 * 1024 * 1024;
	struct sockaddr_ll to = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};

	two_hosts_enter_peer();

	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	assert_true(fd >= 0);
	to.sll_ifindex = two_hosts_ifindex(ifname);
	assert_int_equal(bind(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
	/* Whole tests send before anything is read here. */
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), 0);
	two_hosts_leave_peer();
	return fd;
}

int
two_hosts_ifindex(const char *ifname)
{
	unsigned index = if_nametoindex(ifname);

	assert_true(index > 0);
	return (int)index;
}
