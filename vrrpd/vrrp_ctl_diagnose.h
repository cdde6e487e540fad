/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_diagnose.h - the methods `metrics` and `doctor`, a page of routers at a
 * time.
 *
 * Both take "next", where the answer before said to go on, and answer with "next" when
 * there is more.
 */
#ifndef VRRPD_VRRP_CTL_DIAGNOSE_H
#define VRRPD_VRRP_CTL_DIAGNOSE_H

struct ctl_call;

/* {"families": [...]}: common/metrics.h. Those of the daemon are on the first page. */
void vrrp_do_metrics(void *userdata, struct ctl_call *call);

/* {"findings": [...]}: vrrp_doctor.h. */
void vrrp_do_doctor(void *userdata, struct ctl_call *call);

#endif
