# SPDX-License-Identifier: Apache-2.0
"""The addresses are as they should be, whatever somebody does to them."""

import time

from daemons import Haven, addresses_of, conf
from lab import holds_for, wait_until
from wire import Capture

VIP = addresses_of(4)[0]


def test_a_removed_address_comes_back(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    wait_until(lambda: a.has(VIP), 2, "the address is there")
    with Capture(client) as capture:
        a.ip("addr", "del", f"{VIP}/24", "dev", "eth0")
        wait_until(lambda: a.has(VIP), 1, "the address is back")
        wait_until(lambda: [arp for arp in capture.arps() if arp.gratuitous], 2,
                   "it is announced again")
    assert master.state() == "MASTER"


def test_a_removed_ipv6_address_comes_back(trio):
    a = trio[0]
    Haven(a, conf(priority=200, family=6)).wait_state("MASTER")
    vip = addresses_of(6)[1]
    wait_until(lambda: a.has(vip), 2, "the address is there")
    a.ip("addr", "del", f"{vip}/64", "dev", "eth0")
    wait_until(lambda: a.has(vip), 1, "the address is back")


def test_an_address_of_the_administrator_is_left_alone(trio):
    """It was there before, without our mark: it counts, and it stays when we stop."""
    a = trio[0]
    a.ip("addr", "add", f"{VIP}/24", "dev", "eth0")
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    wait_until(lambda: master.instance()["vips"]["set"] == 1, 2, "the address counts")
    assert master.stop() == 0
    assert a.has(VIP)


def test_a_backup_has_none(trio):
    a, b, _ = trio
    Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100)).wait_state("BACKUP")
    holds_for(lambda: not b.has(VIP), 1, "the Backup has no address")
    assert backup.instance()["vips"] == {"want": 0, "set": 0} or \
        backup.instance()["vips"]["set"] == 0


def test_options_of_an_address(trio):
    a = trio[0]
    addresses = ["192.0.2.100/24 brd 192.0.2.255 label eth0:vip",
                 "192.0.2.101/32 scope link", "192.0.2.102"]
    Haven(a, conf(priority=200, addresses=addresses)).wait_state("MASTER")
    wait_until(lambda: a.has("192.0.2.102"), 2, "the addresses are there")
    found = a.addresses()
    assert (found["192.0.2.100"]["label"], found["192.0.2.100"]["broadcast"]) \
        == ("eth0:vip", "192.0.2.255")
    assert (found["192.0.2.101"]["scope"], found["192.0.2.101"]["prefixlen"]) == ("link", 32)
    assert found["192.0.2.102"]["prefixlen"] == 32


def test_the_lease_is_renewed_without_a_gap(trio):
    a = trio[0]
    Haven(a, conf(priority=200)).wait_state("MASTER")
    wait_until(lambda: a.has(VIP), 2, "the address is there")
    assert 0 < a.addresses()[VIP]["valid_life_time"] <= 5
    holds_for(lambda: a.has(VIP), 4, "the address stays")


def test_no_lease_when_told_so(trio):
    a = trio[0]
    Haven(a, conf(priority=200, extra="address_lease off")).wait_state("MASTER")
    wait_until(lambda: a.has(VIP), 2, "the address is there")
    assert a.addresses()[VIP]["valid_life_time"] == 0xffffffff


def test_excluded_addresses_are_kept_out_of_adverts(trio):
    a, _, client = trio
    extra = "virtual_ipaddress_excluded {\n 192.0.2.110/24\n 2001:db8::110/64\n }"
    Haven(a, conf(priority=200, extra=extra)).wait_state("MASTER")
    wait_until(lambda: a.has("192.0.2.110") and a.has("2001:db8::110"), 2,
               "the excluded addresses are there")
    with Capture(client) as capture:
        time.sleep(0.3)
    assert {tuple(advert.addresses) for advert in capture.adverts()} == {(VIP,)}
