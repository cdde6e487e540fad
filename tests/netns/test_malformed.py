# SPDX-License-Identifier: Apache-2.0
"""A hundred thousand malformed adverts, all different, change nothing in a live Backup and
a live Master: every wrong checksum, every bit flip, every truncation, every value of every
field that has a right one."""

import struct
import time

import frames
import pytest
from daemons import Haven, addresses_of, conf, settle, tool
from hostile import SENDER, with_checksum
from lab import wait_until
from wire import Capture, longest_gap

FORMS = [(3, 4), (3, 6), (2, 4)]
RATE = 15_000


def _good(version, family, priority, **more):
    if version == 2:
        return frames.message_v2(51, priority, addresses_of(4), **more)
    return frames.message_v3(51, priority, addresses_of(family), SENDER[family], interval=10,
                             **more)


def _sums(message, version, family):
    """The values of the checksum field that are right, 0 and ffff being one number."""
    zeroed = message[:6] + b"\0\0" + message[8:]
    right = {struct.unpack("!H", message[6:8])[0]}
    if (version, family) == (3, 4):
        right.add(frames.checksum(zeroed))
    return right | ({0, 0xffff} if right & {0, 0xffff} else set())


def _checksums(message, version, family):
    right = _sums(message, version, family)
    for value in range(0x10000):
        if value not in right:
            yield message[:6] + struct.pack("!H", value) + message[8:]


def _flips(message):
    for bit in range(len(message) * 8):
        flipped = bytearray(message)
        flipped[bit // 8] ^= 0x80 >> bit % 8
        yield bytes(flipped)


def _bytes(message):
    """Every other value of every byte, the checksum left as it was."""
    for at in range(len(message)):
        for value in range(256):
            if value != message[at]:
                yield message[:at] + bytes([value]) + message[at + 1:]


def _lengths(message):
    """Every truncation, and surplus, with the checksum of the shorter or longer message."""
    for size in range(len(message)):
        yield message[:size]
        if size >= 8:
            yield with_checksum(message[:size])
    for surplus in range(1, 41):
        yield message + bytes(surplus)
        yield with_checksum(message + bytes(surplus))


def _fields(message, version):
    """Fields with one right value, given every other one under a right checksum."""
    right = message[0]
    for value in range(256):
        if value != right:
            yield with_checksum(bytes([value]) + message[1:])
        if value != message[3]:
            yield with_checksum(message[:3] + bytes([value]) + message[4:])
        if version == 2 and value != message[4]:
            yield with_checksum(message[:4] + bytes([value]) + message[5:])
        if version == 2 and value != message[5]:
            yield with_checksum(message[:5] + bytes([value]) + message[6:])
    if version == 3:
        for reserved in range(16):
            yield with_checksum(message[:4] + bytes([reserved << 4, 0]) + message[6:])


def _believable(message, version, family):
    """Whether a message might be good after all (a changed byte made another sum right):
    those are not sent. Judged by scapy's checksum, not by ours."""
    size = 4 if family == 4 else 16
    if len(message) < 8 or message[0] != version << 4 | 1 or message[3] == 0:
        return False
    if len(message) != 8 + size * message[3] + (8 if version == 2 else 0):
        return False
    if version == 2 and message[4:6] != b"\0\1":
        return False
    if version == 3 and struct.unpack("!H", message[4:6])[0] & 0xfff == 0:
        return False
    zeroed = message[:6] + b"\0\0" + message[8:]
    right = {frames.checksum(zeroed)}
    if version == 3:
        source = SENDER[family]
        if family == 4:
            pseudo = frames.packed([source, frames.GROUP4]) + struct.pack(
                "!BBH", 0, 112, len(message))
            right.add(frames.checksum(pseudo + zeroed))
        else:
            right = {frames.in6_chksum(112, frames.IPv6(src=source, dst=frames.GROUP6),
                                       zeroed)}
    found = struct.unpack("!H", message[6:8])[0]
    return found in right or found in (0, 0xffff)


def _ip_layer(message, family):
    """Good messages in an IP layer that is not: TTL, header length, total length."""
    good = frames.frame(message, SENDER[family], 51)
    for ttl in range(255):
        at = 22 if family == 4 else 21
        yield _ip_sum(good[:at] + bytes([ttl]) + good[at + 1:], family)
    if family == 4:
        for header in range(16):
            if header != 5:
                yield _ip_sum(good[:14] + bytes([0x40 | header]) + good[15:], family)
        for total in range(len(good) - 14):
            yield _ip_sum(good[:16] + struct.pack("!H", total) + good[18:], family)


def _ip_sum(frame, family):
    if family == 6:
        return frame
    header = frame[14:24] + b"\0\0" + frame[26:34]
    return frame[:24] + struct.pack("!H", frames.checksum(header)) + frame[26:]


def malformed(version, family):
    """The distinct frames, all of which must be refused."""
    found = set()
    for priority in (254, 0):
        good = _good(version, family, priority)
        outer = frames.frame(good, SENDER[family], 51)
        for message in (*_checksums(good, version, family), *_flips(good), *_bytes(good),
                        *_lengths(good), *_fields(good, version)):
            if not _believable(message, version, family):
                found.add(_wrap(outer, message, family))
        found.update(_ip_layer(good, family))
    return found


def _wrap(outer, message, family):
    """The IP layer of a good frame around another message; quicker than scapy."""
    if family == 6:
        return outer[:18] + struct.pack("!H", len(message)) + outer[20:54] + message
    return _ip_sum(outer[:16] + struct.pack("!H", 20 + len(message)) + outer[18:34],
                   family) + message


@pytest.mark.alone
@pytest.mark.parametrize("version,family", FORMS)
def test_malformed_adverts_change_nothing(trio, version, family):
    a, b, client = trio
    interval = 0.1 if version == 3 else 1
    form = {"version": version, "family": family, "interval": interval}
    master = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **form))
    settle(master, backup)
    wait_until(lambda: backup.instance()["master"], 3, "the Master is heard")
    all_frames = malformed(version, family)
    assert len(all_frames) >= 100_000
    path = client.write("malformed", "")
    with open(path, "wb") as file:
        for data in sorted(all_frames):
            file.write(len(data).to_bytes(2, "big") + data)
    before = [daemon.instance() for daemon in (master, backup)]
    watcher = a.lab.host("watcher")
    with Capture(watcher, only=[a, b]) as capture:
        client.run(tool("tests/netns/frame_sender"), "-r", RATE, "eth0", path)
        time.sleep(1.0 if version == 2 else 0.3)
    for daemon, old in zip((master, backup), before):
        now = daemon.instance()
        for key in ("state", "since", "master", "effective"):
            assert now[key] == old[key], key
        refused = sum(now["counters"]["drops"].values())
        assert refused > 0.9 * len(all_frames), "the frames did arrive"
    source = {a.ip4, a.link_local}
    own = [advert for advert in capture.adverts() if advert.source in source]
    assert longest_gap(own) < 2 * interval
    others = {b.ip4, b.link_local}
    assert not [advert for advert in capture.adverts() if advert.source in others]
