/* SPDX-License-Identifier: Apache-2.0 */
/* event_daemon.h - what a daemon tells of itself, as sentences. */
#ifndef HACTL_EVENT_DAEMON_H
#define HACTL_EVENT_DAEMON_H

#include <jansson.h>
#include <stdio.h>

struct style;

/* Each writes the sentence of one type of event. */
void event_daemon_put_reloaded(
    FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_refused(FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_superseded(
    FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_log_level(
    FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_audit_lost(
    FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_stopping(
    FILE *to, const json_t *event, const struct style *style);
void event_daemon_put_after_kill(
    FILE *to, const json_t *event, const struct style *style);

#endif
