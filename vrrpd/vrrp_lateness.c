/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_lateness.c - counts times by their size, for the histograms of `metrics`. */
#include "vrrpd/vrrp_lateness.h"

static const int64_t bounds_us[VRRP_LATENESS_BOUNDS] = {100, 250, 500, 1000, 2500, 5000,
    10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000};

void
vrrp_lateness_add(struct vrrp_lateness *histogram, int64_t us)
{
	unsigned i = 0;

	if (us < 0)
		us = 0;
	while (i < VRRP_LATENESS_BOUNDS && us > bounds_us[i])
		i++;
	histogram->counts[i]++;
	histogram->sum_us += us;
}

int64_t
vrrp_lateness_bound_us(unsigned i)
{
	return bounds_us[i];
}
