/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_host.c - settings of an interface that keep advertisements away. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "hactl/doctor.h"
#include "hactl/doctor_finding.h"
#include "hactl/must.h"

enum { RP_STRICT = 1 };

/* A small number out of a file of the kernel; `absent` when there is none. */
static int
read_number(int absent, const char *directory, const char *ifname, const char *file)
{
	char *path = must_format("%s/%s/%s", directory, ifname, file);
	FILE *from = fopen(path, "re");
	char line[32] = "";

	free(path);
	if (from == NULL)
		return absent;
	if (fgets(line, sizeof(line), from) == NULL)
		line[0] = '\0';
	(void)fclose(from);
	return line[0] >= '0' && line[0] <= '9' ? line[0] - '0' : absent;
}

void
doctor_look_at_interface(json_t *findings, const char *ifname)
{
	const char *ipv4 = "/proc/sys/net/ipv4/conf";
	int own = read_number(0, ipv4, ifname, "rp_filter");
	int all = read_number(0, ipv4, "all", "rp_filter");
	char neighbour[INET_ADDRSTRLEN];
	/* The kernel takes the larger of the two. */
	char *detour = (own > all ? own : all) == RP_STRICT
			   ? doctor_find_detour(ifname, neighbour)
			   : NULL;

	if (detour == NULL)
		return;

	char *object = must_format("interface/%s", ifname);
	char *advice = must_format("Mend the route, or: sysctl -w "
				   "net.ipv4.conf.%s.rp_filter=2",
	    ifname);

	doctor_add(findings, "error", "rp_filter", object, advice,
	    "the kernel drops the advertisements of the neighbours: rp_filter is strict "
	    "(%s %d, all %d), and %s would be answered by way of %s",
	    ifname, own, all, neighbour, detour);
	free(advice);
	free(object);
	free(detour);
}
