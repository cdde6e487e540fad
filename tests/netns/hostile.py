# SPDX-License-Identifier: Apache-2.0
"""hostile.py - adverts that must be refused, each with the counter that must show it.

A frame that was believed would show: priority 254 makes a Master step down, priority 0
makes a Backup take over after Skew_Time."""

import dataclasses
import struct
from collections.abc import Callable

import frames

SENDER = {4: "192.0.2.13", 6: "fe80::13"}


@dataclasses.dataclass
class Case:
    name: str
    counter: str | None  # None: the kernel may drop it, or no instance can be told
    make: Callable  # priority -> frame


class Maker:
    """Makes frames for one virtual router and keeps the list of cases."""

    def __init__(self, version, family, addresses, vrid, interval):
        self.version, self.family, self.addresses = version, family, addresses
        self.vrid, self.interval = vrid, interval
        self.sender = SENDER[family]
        self.cases = []

    def message(self, priority, **more):
        more = {"interval": self.interval, "addresses": self.addresses} | more
        if self.version == 2:
            return frames.message_v2(self.vrid, priority, **more)
        return frames.message_v3(self.vrid, priority, source=more.pop("source", self.sender),
                                 **more)

    def add(self, name, counter, change=None, outer=None, **message):
        """A case: keywords for the message, `change` applied to it when it is ready, and
        `outer` for the layers around it."""
        outer = outer or {}

        def make(priority):
            data = self.message(priority, **message)
            source = message.get("source", self.sender)
            return frames.frame(change(data) if change else data, source, self.vrid, **outer)
        self.cases.append(Case(name, counter, make))


def with_checksum(message):
    """The message with a message-only checksum that is right."""
    zeroed = message[:6] + b"\0\0" + message[8:]
    return zeroed[:6] + struct.pack("!H", frames.checksum(zeroed)) + zeroed[8:]


def cases(version, family, addresses, target, vrid=51, interval=10):
    """All refused adverts for a router whose own address is `target`; the interval is its
    own, in the unit of its version."""
    maker = Maker(version, family, addresses, vrid, interval)
    add = maker.add
    for ttl in (0, 1, 64, 254):
        add(f"ttl {ttl}", "ttl" if ttl else None, outer={"ttl": ttl})
    add("bad checksum", "checksum", checksum_value=0x1234)
    for kind in (0, 2, 15):
        add(f"type {kind}", "type", kind=kind)
    for other in (0, 1, 4, 15):
        add(f"version {other}", "version", change=lambda message, other=other:
            with_checksum(bytes([other << 4 | 1]) + message[1:]))
    for size in (1, 6, 7):
        add(f"{size} bytes", "length" if size > 1 else None,
            change=lambda message, size=size: message[:size])
    add("last byte missing", "length", change=lambda message: message[:-1])
    for surplus in (1, 8, 40):
        add(f"{surplus} surplus bytes", "length",
            change=lambda message, surplus=surplus: message + bytes(surplus))
    add("count too large", "length", count=len(addresses) + 1)
    add("count 0", "address_count", addresses=[], count=0)
    add("interval 0", "interval_zero", interval=0)
    add("VRID 0", None, change=lambda message:
        with_checksum(message[:1] + b"\0" + message[2:]))
    add("our own source", None, source=target) if version == 3 else None
    if version == 2:
        _only_v2(add)
    if family == 4:
        add("source 0.0.0.0", "source", source="0.0.0.0") if version == 3 else None
        add("to one address", None, outer={"destination": target})
    else:
        add("first address is global", "first_address",
            addresses=list(reversed(addresses)))
    return maker.cases


def _only_v2(add):
    add("interval differs", "interval", interval=2)
    for auth in (1, 2, 255):
        add(f"auth type {auth}", "auth_type", auth_type=auth)
    add("other addresses", "address_list", addresses=["192.0.2.77"])
    add("more addresses", "address_list", addresses=["192.0.2.100", "192.0.2.77"])
