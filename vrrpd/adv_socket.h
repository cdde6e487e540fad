/* SPDX-License-Identifier: Apache-2.0 */
/* adv_socket.h - raw sockets for advertisements: one for each interface and family.
 *
 * Sockets are shared by the virtual routers of an interface and counted. Packets to send
 * are collected and leave together in one sendmmsg(2) for each socket when
 * adv_sockets_flush() is called. Received packets keep the time the kernel got them.
 */
#ifndef VRRPD_ADV_SOCKET_H
#define VRRPD_ADV_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "common/addr.h"
#include "vrrpd/vrrp_packet.h"

struct adv_sockets;
struct adv_socket;

struct adv_socket_ops {
	/* A packet arrived: `payload` starts at the VRRP header. `drop` is not
	 * VRRP_DROP_NONE when the IP header itself was refused; meta is then what could
	 * be told. `rx_us` is on clock_now_us()'s clock. */
	void (*received)(void *userdata, struct adv_socket *socket, int ifindex,
	    sa_family_t family, enum vrrp_drop drop, const struct vrrp_packet_meta *meta,
	    const uint8_t *payload, size_t len, int64_t rx_us);
	/* A batch of received packets was handed over. */
	void (*received_end)(void *userdata);
	/* Sending failed (negative errno) for the packet queued with `owner`. */
	void (*send_failed)(void *userdata, void *owner, int error);
};

int adv_sockets_new(sd_event *event, const struct adv_socket_ops *ops, void *userdata,
    struct adv_sockets **ret);
struct adv_sockets *adv_sockets_free(struct adv_sockets *sockets);

/* Opens, or takes another reference to, the socket for (ifindex, family, group): bound to
 * the interface, joined to `group`, TTL and hop limit 255, no multicast loop, class
 * CS6. Returns 0 or a negative errno. */
int adv_socket_get(struct adv_sockets *sockets, int ifindex, const struct addr *group,
    struct adv_socket **ret);
struct adv_socket *adv_socket_put(struct adv_socket *socket);

/* A pointer for each VRID, for the caller's own use: who receives what arrives here. */
void adv_socket_set_vrid(struct adv_socket *socket, uint8_t vrid, void *owner);
void *adv_socket_get_vrid(const struct adv_socket *socket, uint8_t vrid);

/* Queues a packet; `payload` must stay unchanged until the flush. A full queue is flushed
 * first. */
void adv_socket_send(struct adv_socket *socket, const struct addr *src, const void *payload,
    size_t len, void *owner);

/* Sends what is queued on every socket. */
void adv_sockets_flush(struct adv_sockets *sockets);

/* Reads every packet that waits on every socket (bounded by what was there at the call),
 * calling `received` for each: before a timer is judged. */
void adv_sockets_drain(struct adv_sockets *sockets);

#endif
