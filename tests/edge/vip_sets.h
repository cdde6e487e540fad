/* SPDX-License-Identifier: Apache-2.0 */
/* vip_sets.h - small configurations of virtual addresses on `va` of kernel_host. */
#ifndef TESTS_EDGE_VIP_SETS_H
#define TESTS_EDGE_VIP_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include "vrrpd/vip.h"

#define VIPS_MAX 4

struct conf {
	struct vrrp_instance_conf instance;
	struct vrrp_vip vips[VIPS_MAX];
};

/* The addresses of `texts`; the last one is an excluded one when there are more than
 * two.
 */
void fill_conf(struct conf *conf, const char *const texts[], size_t count);

#define FILL(conf, ...) \
	fill_conf(conf, (const char *const[]){__VA_ARGS__}, \
	    COUNT_OF(((const char *const[]){__VA_ARGS__})))

/* The set of a configuration, which is its owner. */
struct vip_set *a_set(struct conf *conf);

/* A set of `count` addresses 10.BASE.x.y/32; free conf->vips afterwards. */
struct vip_set *a_big_set(
    struct vrrp_instance_conf *conf, unsigned base, unsigned count);

/* Says it, and waits until some set is settled. */
void want(struct vip_set *set, bool wanted, unsigned lease_s);

/* By the set, and in 192.0.2.100/30 by the kernel. */
size_t count_present(const struct vip_set *set);
unsigned count_own(void);

/* The line of ip(8) about an address of va. */
const char *line_of(const char *prefix);

/* Installs an address with our mark behind the table's back. */
void leave_behind(const char *text);

#endif
