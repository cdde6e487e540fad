/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_reload.h - a reload from its request, or signal, to its answer. */
#ifndef COMMON_CTL_RELOAD_H
#define COMMON_CTL_RELOAD_H

struct ctl_call;
struct ctl_config;

/* The method config.reload; `userdata` is a struct ctl_config. One at a time: another one
 * is refused as busy. */
void ctl_reload(void *userdata, struct ctl_call *call);

/* The same for a signal. One that comes while files are read has them read again. */
void ctl_reload_by_signal(struct ctl_config *config);

/* Answers who waits, and forgets what was asked. */
void ctl_reload_close(struct ctl_config *config);

#endif
