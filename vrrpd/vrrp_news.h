/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_news.h - routers that may have changed in what no event of their own tells.
 *
 * A change is noted where it happens, which costs next to nothing, and looked at in a
 * quiet moment: what subscribers do not know yet is told as instance.changed. So a
 * subscriber's picture is that of a fresh one, whatever a member depends on. Who brought
 * the change about is kept until then; of several, the last one. */
#ifndef VRRPD_VRRP_NEWS_H
#define VRRPD_VRRP_NEWS_H

#include "vrrpd/vrouter.h"

/* Begins to watch live edits, and opens the source that tells. Returns 0 or a negative
 * errno. */
int vrrp_news_open(struct engine *engine);
void vrrp_news_close(struct engine *engine);

/* Somebody listens, maybe without a picture: takes note, in slices, of what all routers
 * are like, because only what differs from that is news. */
void vrrp_news_begin(struct engine *engine);

/* The router may have changed. */
void vrrp_news_note(struct vrouter *vr);

/* The router goes away. */
void vrrp_news_forget(struct vrouter *vr);

#endif
