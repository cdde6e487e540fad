/* SPDX-License-Identifier: Apache-2.0 */
/* brief.h - the plainest form of a command, for lists. */
#ifndef HACTL_BRIEF_H
#define HACTL_BRIEF_H

/* From a syntax as in cmdtree.h: what may be left out is left out, and of alternatives
 * the first one stands; "set [instance] NAME (priority N | nopreempt)..." becomes
 * "set NAME priority N ...". The caller frees it. */
char *brief_syntax(const char *syntax);

#endif
