/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* vrrp_json.h - a virtual router as clients of the control socket see it.
 *
 * Pure: the caller collects what is known into a struct vrrp_view. Objects never hold
 * secrets. Readers must ignore members they do not know.
 *
 * vrrp_json_instance(), `get` with "path": "instance/VI_1":
 *
 *   {"path": "instance/VI_1", "name": "VI_1", "group": null,
 *    "state": "MASTER", "cause": "preempted", "reason": "took over from ...",
 *    "priority": 150,          what it should have, without hold and takeover
 *    "effective": 150,         what it uses now; null in FAULT and INITIALIZE
 *    "master": "self",         or an address, or null when none is known
 *    "master_priority": 150,   or null
 *    "since": "2025-11-21T01:29:10.120411Z", "for_ms": 7860120,
 *    "vips": {"want": 2, "set": 2, "list": [{"address": "192.0.2.10/24",
 *        "interface": "eth0", "set": true, "excluded": false}]},
 *    "interface": "eth0", "vrid": 51, "version": 2, "family": "ipv4",
 *    "advert_int_ms": 1000, "nopreempt": false, "preempt_delay_ms": 0,
 *    "waits": {"handover_ms": 2996, "yield_ms": 5996, "takeover_ms": 3000,
 *        "hold_ms": 600000},
 *    "leases": ["L-3fa1"],
 *    "lease": {"id": "L-3fa1", "kind": "override",
 *        "expires": "2025-11-21T05:29:10.000000Z", "left_ms": 6540000},
 *                              the last of them, or null
 *    "faults": ["link_down"],
 *    "moving": null,           or "failover", "takeover": one is under way
 *    "move": null,             or {"kind", "method", "since", "until", "left_ms"}
 *    "sources": {"priority": {"layer": "lease", "kind": "override", "lease": "L-3fa1",
 *        "base": 100, "file": "/etc/haven/haven.conf", "line": 41},
 *        "nopreempt": {...}},
 *    "source_address": "192.0.2.11", "master_adver_int_ms": 1000, "skew_ms": 609,
 *    "master_down_interval_ms": 3609, "transitions": 3,
 *    "counters": {"adverts_sent": 12, ..., "drops": {"checksum": 1, ...}},
 *    "last_refused": {"drop": "checksum", "text": "...", "source": "192.0.2.9",
 *        "at": "...", "detail": "..."},     or null
 *    "offenders": [{"what": "auth_data", "text": "...", "source": "192.0.2.9",
 *        "mac": "02:...", "at": "...", "count": 7, "detail": null}, ...],
 *    "split_brain": null}      or the address of another Master
 *
 * Durations are whole milliseconds, or with decimals where a value has them. A source's
 * layer is "default", "file", "saved", "runtime" or "lease"; "file" and "line" say
 * where the base value stands. vips.list holds at most VRRP_JSON_VIPS addresses; all of
 * them are in `list {"type": "vip"}`. "offenders" has the last packet of each reason to
 * refuse one, and of "rival", "list_mismatch" and "interval_mismatch", which are believed;
 * "count" is how many came from this source without a long gap.
 */
/* clang-format on */
#ifndef VRRPD_VRRP_JSON_H
#define VRRPD_VRRP_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "common/layers.h"
#include "vrrpd/vrrp_view.h"

#define VRRP_JSON_VIPS 1000
#define VRRP_PATH_SIZE 300 /* room for "instance/NAME", longer names are cut */

/* "instance/NAME" into `buf`. Returns `buf`. */
const char *vrrp_json_path(char buf[VRRP_PATH_SIZE], const char *name);

/* "NAME" of "instance/NAME", a part of `path`; NULL: it is no such path. */
const char *vrrp_json_name_in(const char *path);

/* The object above. With `brief`, as items of `list {"type": "instance"}` are: without
 * vips.list, sources, counters, offenders and the protocol's timers. NULL: out of
 * memory. */
json_t *vrrp_json_instance(const struct vrrp_view *view, bool brief);

/* What an instance counted: {"path", "name", "state", "transitions", "counters",
 * "offenders"}, as they are in the object. */
json_t *vrrp_json_stats(const struct vrrp_view *view);

/* An item of "offenders". */
json_t *vrrp_json_offender(
    const struct vrrp_view *view, const struct vrrp_offender *offender);

/* Address `index` (of vips, then excluded) as an item of `list {"type": "vip"}`:
 * {"path", "instance", "state", "address", "interface", "label", "excluded", "set"}. */
json_t *vrrp_json_vip(const struct vrrp_view *view, size_t index);

/* clang-format off */
/* The answer to `explain`:
 *   {"path": ..., "state": "FAULT",
 *    "summary": "VI_3 is FAULT: interface eth2 is down.",
 *    "lines": [{"label": "priority", "value": "100", "source": "haven.conf:41",
 *        "cause": false}, ...],
 *    "to_be_master": "eth2 up, and no advertisement of priority 100 or more ..."}
 * where "to_be_master" is null when it is MASTER. */
/* clang-format on */
json_t *vrrp_json_explain(const struct vrrp_view *view);

#endif
