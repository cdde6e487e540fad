/* SPDX-License-Identifier: Apache-2.0 */
/* link_filter.h - keeps the kernel's echo of our own lease renewals off the monitor. */
#ifndef VRRPD_LINK_FILTER_H
#define VRRPD_LINK_FILTER_H

/* Attaches a socket filter that drops RTM_NEWADDR events about addresses with
 * VIP_ADDRESS_PROTOCOL that were there before: what a renewal causes, some thousand
 * times a second with many instances. Listings, and the event of an address's first
 * appearance, pass. A change of flags of such an address may be dropped, too. Returns 0
 * or a negative errno; without the filter all is the same, but dearer. */
int link_filter_attach(int fd);

#endif
