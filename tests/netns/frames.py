# SPDX-License-Identifier: Apache-2.0
"""frames.py - VRRP frames made by hand, right ones and wrong ones.

Scapy makes the Ethernet and IP layers and the checksums, so that nothing here shares code,
or mistakes, with the daemon."""

import ipaddress
import struct

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import checksum

GROUP4 = "224.0.0.18"
GROUP6 = "ff02::12"


def packed(addresses):
    return b"".join(ipaddress.ip_address(address).packed for address in addresses)


def message_v2(vrid, priority, addresses, interval=1, auth_type=0, auth=b"", count=None,
               kind=1, version=2, checksum_value=None):
    """A VRRPv2 message with a good checksum unless one is given."""
    head = bytes([version << 4 | kind, vrid, priority,
                  len(addresses) if count is None else count, auth_type, interval])
    tail = packed(addresses) + auth.ljust(8, b"\0")[:8]
    if checksum_value is None:
        checksum_value = checksum(head + b"\0\0" + tail)
    return head + struct.pack("!H", checksum_value) + tail


def message_v3(vrid, priority, addresses, source, interval=100, count=None, kind=1,
               version=3, reserved=0, form="pseudo", checksum_value=None,
               destination=None):
    """A VRRPv3 message; `form` is "pseudo" or "message" (IPv4 only); interval in cs."""
    family = ipaddress.ip_address(source).version
    destination = destination or (GROUP4 if family == 4 else GROUP6)
    head = bytes([version << 4 | kind, vrid, priority,
                  len(addresses) if count is None else count])
    head += struct.pack("!H", reserved << 12 | interval)
    tail = packed(addresses)
    if checksum_value is None:
        body = head + b"\0\0" + tail
        if family == 6:
            checksum_value = in6_chksum(112, IPv6(src=source, dst=destination), body)
        elif form == "pseudo":
            pseudo = packed([source, destination]) + struct.pack("!BBH", 0, 112, len(body))
            checksum_value = checksum(pseudo + body)
        else:
            checksum_value = checksum(body)
    return head + struct.pack("!H", checksum_value) + tail


def frame(message, source, vrid, ttl=255, destination=None, trailer=b"", options=b"",
          source_mac=None):
    """The whole Ethernet frame of a message."""
    family = ipaddress.ip_address(source).version
    if family == 4:
        destination = destination or GROUP4
        network = IP(src=source, dst=destination, ttl=ttl, proto=112, options=[])
        if options:
            network.ihl = 5 + len(options) // 4
            network.len = 20 + len(options) + len(message)
            header = bytearray(bytes(network / Raw(options))[:20 + len(options)])
            header[10:12] = b"\0\0"
            header[10:12] = struct.pack("!H", checksum(bytes(header)))
            network = Raw(bytes(header))
        group = "01:00:5e:00:00:12"
    else:
        destination = destination or GROUP6
        network = IPv6(src=source, dst=destination, hlim=ttl, nh=112)
        group = "33:33:00:00:00:12"
    source_mac = source_mac or f"00:00:5e:00:0{1 if family == 4 else 2}:{vrid:02x}"
    ethertype = 0x0800 if family == 4 else 0x86dd
    return bytes(Ether(src=source_mac, dst=group, type=ethertype) / network /
                 Raw(message)) + trailer


def advert(source, vrid, priority, addresses, version=3, interval=None, **more):
    """A good frame: the interval is in centiseconds (v3) or seconds (v2)."""
    keys = ("ttl", "destination", "trailer", "options", "source_mac")
    outer = {key: more.pop(key) for key in keys if key in more}
    if interval is None:
        interval = 1 if version == 2 else 100
    if version == 2:
        message = message_v2(vrid, priority, addresses, interval, **more)
    else:
        message = message_v3(vrid, priority, addresses, source, interval, **more)
    return frame(message, source, vrid, **outer)
