/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_lateness.h - counts times by their size, for the histograms of `metrics`. */
#ifndef VRRPD_VRRP_LATENESS_H
#define VRRPD_VRRP_LATENESS_H

#include <stdint.h>

#define VRRP_LATENESS_BOUNDS 14

/* Peers give us up after three intervals; half of one is a third of the margin's half. */
#define VRRP_LATENESS_IS_ODD(late_us, interval_us) ((late_us) > (interval_us) / 2)

/* Zero-initialise. */
struct vrrp_lateness {
	uint64_t counts[VRRP_LATENESS_BOUNDS + 1]; /* the last: above all bounds */
	int64_t sum_us;
};

/* Counts one time; what is below 0 counts as 0. */
void vrrp_lateness_add(struct vrrp_lateness *histogram, int64_t us);

/* The upper bound of a bucket, which belongs to it. */
int64_t vrrp_lateness_bound_us(unsigned i);

#endif
