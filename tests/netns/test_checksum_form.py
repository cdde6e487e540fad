# SPDX-License-Identifier: Apache-2.0
"""VRRPv3 over IPv4: which of the two deployed checksums leaves this host."""

import frames
from daemons import Haven, addresses_of, conf, instance_conf
from lab import wait_until
from scapy.utils import checksum
from wire import Capture


def is_message_form(advert):
    """Whether the checksum covers the message alone (RFC 9568)."""
    return checksum(advert.message) == 0


def forms_on(client, host):
    with Capture(client) as capture:
        wait_until(lambda: len(capture.adverts(host.ip4)) >= 3, 3, "advertisements")
    return {is_message_form(advert) for advert in capture.adverts(host.ip4)}


def test_it_begins_with_the_pseudo_header(trio):
    a, _, client = trio
    Haven(a, conf(priority=200)).wait_state("MASTER")
    assert forms_on(client, a) == {False}


def test_strict_keeps_to_the_message_whatever_peers_say(trio):
    a, b, client = trio
    Haven(a, conf(priority=200, globals_="vrrp_strict")).wait_state("MASTER")
    assert forms_on(client, a) == {True}
    with b.packet_socket() as wire:
        wire.send(frames.advert(b.ip4, 51, 50, addresses_of(4), form="pseudo",
                                interval=10))
    assert forms_on(client, a) == {True}


def test_a_router_that_comes_with_strict_keeps_to_it(trio):
    a, _, client = trio
    first = instance_conf(priority=200)
    second = instance_conf("VI_2", vrid=52, priority=200, addresses=["192.0.2.102/24"])
    router = Haven(a, conf(first)).wait_state("MASTER")
    assert router.reload(conf(first, second, globals_="vrrp_strict")).returncode == 0
    router.wait_state("MASTER", "VI_2")
    with Capture(client) as capture:
        wait_until(lambda: {advert.vrid for advert in capture.adverts(a.ip4)} == {51, 52},
                   3, "both advertise")
    assert all(is_message_form(advert) for advert in capture.adverts(a.ip4))


def test_a_peer_is_answered_in_its_own_form(trio):
    a, b, client = trio
    Haven(a, conf(priority=200)).wait_state("MASTER")
    with b.packet_socket() as wire:
        wire.send(frames.advert(b.ip4, 51, 50, addresses_of(4), form="message",
                                interval=10))
    wait_until(lambda: forms_on(client, a) == {True}, 3, "the peer's form")


def test_a_missing_interface_is_worth_a_word_unless_expected(trio):
    a = trio[0]
    a.unplug()
    silent = Haven(a, conf(priority=200, globals_="dynamic_interfaces"))
    silent.wait_state("FAULT")
    assert "waiting for it" not in silent.log()
    silent.stop()
    warned = Haven(a, conf(priority=200))
    warned.wait_state("FAULT")
    assert "there is no interface eth0; waiting for it" in warned.log()
