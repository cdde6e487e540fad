# SPDX-License-Identifier: Apache-2.0
"""Interfaces go down, come back, lose their address, appear late and vanish."""

import time

from daemons import Haven, addresses_of, conf, settle
from lab import wait_until
from wire import Capture

VIP = addresses_of(4)[0]


def test_link_down_is_a_fault_and_up_ends_it(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    began = time.monotonic()
    a.ip("link", "set", "eth0", "down")
    master.wait_state("FAULT", timeout=1)
    assert time.monotonic() - began < 0.5, "at once"
    backup.wait_state("MASTER", timeout=1)
    assert "eth0" in master.hactl("explain", "VI_1").stdout
    a.ip("link", "set", "eth0", "up")
    settle(master, backup, master=master)
    wait_until(lambda: a.has(VIP) and not b.has(VIP), 2, "the address moved back")


def test_carrier_lost_is_a_fault(trio):
    a = trio[0]
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    a.lab.bridge.ip("link", "set", a.port, "down")
    master.wait_state("FAULT", timeout=1)
    a.lab.bridge.ip("link", "set", a.port, "up")
    master.wait_state("MASTER", timeout=3)


def test_an_interface_that_appears_later(trio):
    a = trio[0]
    a.unplug()
    waiting = Haven(a, conf(priority=200, globals_="dynamic_interfaces"))
    waiting.wait_state("FAULT")
    a.plug()
    waiting.wait_state("MASTER")
    wait_until(lambda: a.has(VIP), 2, "the address is there")


def test_an_interface_that_vanishes_and_returns(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    a.unplug()
    master.wait_state("FAULT", timeout=1)
    backup.wait_state("MASTER")
    a.plug()
    settle(master, backup, master=master)
    wait_until(lambda: a.has(VIP), 2, "the address is there")


def test_the_source_address_follows_the_interface(trio):
    a, _, client = trio
    a.sysctl("net.ipv4.conf.eth0.promote_secondaries", 1)
    Haven(a, conf(priority=200)).wait_state("MASTER")
    with Capture(client) as capture:
        a.ip("addr", "add", "192.0.2.99/24", "dev", "eth0")
        a.ip("addr", "del", f"{a.ip4}/24", "dev", "eth0")
        wait_until(lambda: capture.adverts("192.0.2.99"), 2, "the new source is used")
    assert VIP not in {advert.source for advert in capture.adverts()}


def test_no_address_is_a_fault(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200, family=6)).wait_state("MASTER")
    a.ip("addr", "del", f"{a.link_local}/64", "dev", "eth0")
    master.wait_state("FAULT", timeout=2)
    with Capture(client) as capture:
        time.sleep(0.5)
    assert capture.adverts() == []
    a.ip("addr", "add", f"{a.link_local}/64", "dev", "eth0", "nodad")
    master.wait_state("MASTER", timeout=3)


def test_adverts_of_one_interface_mean_nothing_on_another(trio):
    """The VRID must be configured on the receiving interface (RFC 9568 7.1)."""
    import frames
    from wire import injector

    a, _, client = trio
    other = a.lab.host("other")
    master = Haven(a, conf(priority=100)).wait_state("MASTER")
    a.ip("link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns", other.name)
    a.ip("link", "set", "eth1", "up")
    other.ip("link", "set", "eth1", "up")
    a.ip("addr", "add", "198.51.100.11/24", "dev", "eth1")
    with injector(other, "eth1") as send, Capture(client) as capture:
        for _ in range(10):
            send(frames.advert("198.51.100.13", 51, 254, addresses_of(4), interval=10))
            time.sleep(0.05)
    assert master.state() == "MASTER"
    assert len(capture.adverts(a.ip4)) >= 4
