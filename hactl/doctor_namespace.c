/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_namespace.c - whether hactl is on the host that the daemon is on.
 *
 * A control socket is a file, and may be reached from another network namespace: there
 * interfaces, firewall and neighbours are those of another host.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "hactl/doctor.h"
#include "hactl/doctor_finding.h"
#include "hactl/must.h"

/* Whether a process is in another network namespace; false too when only root may know,
 * who also is who looks at more than settings. */
static bool
is_elsewhere(pid_t pid)
{
	char *path = must_format("/proc/%d/ns/net", (int)pid);
	struct stat theirs, ours;
	bool known = stat(path, &theirs) == 0 && stat("/proc/self/ns/net", &ours) == 0;

	free(path);
	return known && (theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino);
}

bool
doctor_is_elsewhere(json_t *findings, const struct daemons *daemons)
{
	static const char *const unseen[][2] = {
	    {"rp_filter", "the settings of its interfaces"},
	    {"firewall", "firewall rules"},
	    {"wire", "who else answers for its addresses"},
	};
	pid_t pid = doctor_find_listener(daemons, "vrrpd");
	char *advice;

	if (pid <= 0 || !is_elsewhere(pid))
		return false;
	advice = must_format(
	    "Run hactl where it is: nsenter -t %d -n hactl doctor", (int)pid);
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		doctor_add(findings, "note", unseen[i][0], "daemon/vrrpd", advice,
		    "not looked at: %s, as the daemon is in another network namespace",
		    unseen[i][1]);
	free(advice);
	return true;
}
