# SPDX-License-Identifier: Apache-2.0
"""Every frame we send, in the eyes of tshark and of scapy: no complaint."""

import os
import shutil
import time

import pytest
from daemons import Haven, addresses_of, conf, settle
from lab import wait_until
from scapy.layers.l2 import Ether
from scapy.layers.vrrp import VRRP, VRRPv3
from wire import Capture, tshark_complaints, tshark_fields

FORMS = [("v3 IPv4", {"version": 3, "family": 4, "interval": 0.1}),
         ("v3 IPv6", {"version": 3, "family": 6, "interval": 0.1}),
         ("v3 20 addresses", {"version": 3, "interval": 0.1, "addresses":
                              [f"192.0.2.{number}/24" for number in range(100, 120)]}),
         ("v2", {"version": 2, "interval": 1}),
         ("v2 PASS", {"version": 2, "interval": 1, "extra":
                      "authentication {\n auth_type PASS\n auth_pass s3cret\n }"})]


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_a_life_on_the_wire(trio, form):
    a, b, client = trio
    with Capture(client) as capture:
        old = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
        new = Haven(b, conf(priority=100, **form))
        settle(old, new)
        old.stop()
        new.wait_state("MASTER")
        time.sleep(2.5 * form["interval"])
    pcap = capture.save(os.path.join(client.dir, "life.pcap"))
    ours = " || ".join(f"eth.src == {host.mac()}" for host in (a, b))
    # That an address has two owners in one capture is what a takeover looks like.
    complaints = tshark_complaints(pcap, f"({ours}) && (vrrp || arp || icmpv6)")
    assert [text for text in complaints if "Duplicate IP address" not in text] == []
    rows = tshark_fields(pcap, "vrrp", "vrrp.checksum.status", "ip.checksum.status",
                         "ip.ttl", "ipv6.hlim", "ip.dst", "ipv6.dst", "ip.dsfield.dscp",
                         "vrrp.reserved_mbz")
    assert len(rows) >= 5
    for checksum, _, ttl, hops, to4, to6, _, reserved in rows:
        assert checksum == "1", "1 is tshark's word for good"
        assert (ttl or hops) == "255"
        assert (to4 or to6) in ("224.0.0.18", "ff02::12")
        assert reserved in ("", "0")
    _check_with_scapy(capture, form)


def _check_with_scapy(capture, form):
    """Scapy rebuilds each message from its fields to the same bytes (RFC 9568 5.2)."""
    layer = VRRP if form["version"] == 2 else VRRPv3
    seen = 0
    for advert, (_, raw) in zip(capture.adverts(), [frame for frame in capture.frames
                                                    if _is_vrrp(frame[1])]):
        packet = Ether(raw)
        assert packet.haslayer(layer)
        message = packet.getlayer(layer)
        assert (message.vrid, message.priority) == (51, advert.priority)
        listed = [text.split("/")[0] for text in form.get("addresses", [])] or \
            addresses_of(form.get("family", 4))
        assert advert.addresses == listed
        before = bytes(advert.message)
        packet.getlayer(layer).chksum = None
        rebuilt = bytes(Ether(bytes(packet)).getlayer(layer))
        assert rebuilt[:len(before)] == before
        seen += 1
    assert seen >= 5


def _is_vrrp(raw):
    return raw[12:14] == b"\x08\x00" and raw[23] == 112 or \
        raw[12:14] == b"\x86\xdd" and raw[20] == 112


def test_announcements(trio):
    """After the first advert, a gratuitous ARP for each address (RFC 9568 6.4.2)."""
    a, _, client = trio
    with Capture(client) as capture:
        Haven(a, conf(priority=200, addresses=["192.0.2.100/24", "192.0.2.101/24"]))
        wait_until(lambda: len({arp.sender for arp in capture.arps() if arp.gratuitous}) == 2,
                   5, "both are announced")
    first = capture.adverts(a.ip4)[0]
    announced = [arp for arp in capture.arps() if arp.gratuitous]
    assert all(arp.time > first.time for arp in announced)
    assert {arp.sender_mac for arp in announced} == {a.mac()}
    assert {arp.operation for arp in announced} == {1}


def test_ipv6_announcements(trio):
    """One unsolicited NA for each address: R set when forwarding, S clear, O set."""
    a, _, client = trio
    a.sysctl("net.ipv6.conf.all.forwarding", 1)
    with Capture(client) as capture:
        Haven(a, conf(priority=200, family=6))
        wait_until(lambda: {na.target for na in capture.neighbour_adverts()}
                   >= set(addresses_of(6)), 5, "both are announced")
    for na in capture.neighbour_adverts():
        assert (na.solicited, na.override, na.target_mac) == (False, True, a.mac())
        assert na.router
