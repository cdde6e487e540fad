/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_explain.h - the parts of what vrrp_json_explain() tells. Pure. */
#ifndef VRRPD_VRRP_EXPLAIN_H
#define VRRPD_VRRP_EXPLAIN_H

#include <jansson.h>
#include "vrrpd/vrrp_view.h"

#define VRRP_EXPLAIN_TEXT_SIZE 512

/* Every value that has a part in it: {label, value, source, cause}, with who set it. */
json_t *vrrp_explain_lines(const struct vrrp_view *view);

/* What would have to happen for it to be Master, or to stay it, as a sentence; null
 * when nothing has to. */
json_t *vrrp_explain_need(const struct vrrp_view *view);

#endif
