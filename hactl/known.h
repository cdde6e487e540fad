/* SPDX-License-Identifier: Apache-2.0 */
/* known.h - whether anything has the names of a line. */
#ifndef HACTL_KNOWN_H
#define HACTL_KNOWN_H

#include "hactl/session.h"

/* Whether vrrpd says of one of the line's NAMEs that nothing has it: what happens to
 * that would be waited for without an end. It was then told, with *ret_status. A vrrpd
 * that does not answer says so of none. */
bool known_refuse(
    struct session *session, const struct order *order, enum ctl_exit *ret_status);

#endif
