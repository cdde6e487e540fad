/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_route.c - by which interface the neighbours on a link would be answered.
 *
 * With a strict rp_filter the kernel drops what comes from an address that it would
 * answer by way of another interface. Two interfaces in one network are enough.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hactl/doctor.h"
#include "hactl/must.h"
#include "hactl/view.h"

static struct in_addr
in_of(const struct sockaddr *address)
{
	return ((const struct sockaddr_in *)(const void *)address)->sin_addr;
}

/* Some other address in the network of the first address of `ifname` that has one. */
static bool
find_neighbour(const char *ifname, struct in_addr *ret)
{
	struct ifaddrs *list, *at;
	bool found = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (at = list; at != NULL && !found; at = at->ifa_next) {
		if (strcmp(at->ifa_name, ifname) != 0 || at->ifa_addr == NULL ||
		    at->ifa_netmask == NULL || at->ifa_addr->sa_family != AF_INET)
			continue;
		/* Stays inside a network of four addresses or more. */
		ret->s_addr = in_of(at->ifa_addr).s_addr ^ htonl(3);
		found = (ntohl(in_of(at->ifa_netmask).s_addr) & 3) == 0;
	}
	freeifaddrs(list);
	return found;
}

/* The device of the kernel's route to an address. */
static char *
find_device(const char *address)
{
	char *command = must_format(
	    "PATH=$PATH:/usr/sbin:/sbin ip -j route get %s 2>/dev/null", address);
	FILE *from = popen(command, "re");
	json_t *routes = from != NULL ? json_loadf(from, 0, NULL) : NULL;
	const char *device = view_string(json_array_get(routes, 0), "dev", "");
	char *found = device[0] != '\0' ? must(strdup(device)) : NULL;

	if (from != NULL)
		(void)pclose(from);
	json_decref(routes);
	free(command);
	return found;
}

char *
doctor_find_detour(const char *ifname, char *ret_neighbour)
{
	struct in_addr neighbour;
	char *device;

	if (!find_neighbour(ifname, &neighbour))
		return NULL;
	(void)inet_ntop(AF_INET, &neighbour, ret_neighbour, INET_ADDRSTRLEN);
	device = find_device(ret_neighbour);
	if (device == NULL || strcmp(device, ifname) != 0)
		return device;
	free(device);
	return NULL;
}
