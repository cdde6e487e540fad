/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_json_values.h - times, addresses and texts as the control protocol writes them.
 *
 * Each returns a new reference, or NULL when there is no memory. */
#ifndef VRRPD_VRRP_JSON_VALUES_H
#define VRRPD_VRRP_JSON_VALUES_H

#include <jansson.h>
#include <stdint.h>
#include "common/addr.h"
#include "vrrpd/vrrp_view.h"

/* A span in milliseconds, with decimals where it has some. */
json_t *vrrp_json_ms(int64_t us);

/* The same without decimals. */
json_t *vrrp_json_whole_ms(int64_t us);

/* A time of the view's boot clock as people read it; null for 0. */
json_t *vrrp_json_instant(const struct vrrp_view *view, int64_t at_us);

/* The address, or null when none is set. */
json_t *vrrp_json_address(const struct addr *a);

/* The text, or null when it is NULL or empty. */
json_t *vrrp_json_text(const char *text);

#endif
