# SPDX-License-Identifier: Apache-2.0
"""wire.py - what was on the wire: captures, decoded VRRP, ARP and ND, tshark's opinion."""

import contextlib
import ctypes
import dataclasses
import ipaddress
import socket
import struct
import threading
import time

from lab import run

ETH_P_ALL = 3
SO_ATTACH_FILTER = 26
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
PACKET_OUTGOING = 4


@dataclasses.dataclass
class Advert:
    """A VRRP advertisement as found on the wire; nothing was checked."""

    time: float
    source_mac: str
    source: str
    destination: str
    ttl: int
    version: int
    type: int
    vrid: int
    priority: int
    count: int
    interval: float
    checksum: int
    addresses: list
    message: bytes


@dataclasses.dataclass
class Arp:
    time: float
    operation: int
    sender_mac: str
    sender: str
    target: str

    @property
    def gratuitous(self):
        return self.sender == self.target


@dataclasses.dataclass
class NeighbourAdvert:
    time: float
    source: str
    target: str
    router: bool
    solicited: bool
    override: bool
    target_mac: str


def mac_text(raw):
    return ":".join(f"{byte:02x}" for byte in raw)


def parse_advert(when, frame):
    """The VRRP advertisement in an Ethernet frame, or None."""
    ethertype = struct.unpack_from("!H", frame, 12)[0]
    if ethertype == 0x0800 and frame[23] == 112:
        header = (frame[14] & 15) * 4
        total = struct.unpack_from("!H", frame, 16)[0]
        source, destination = frame[26:30], frame[30:34]
        ttl, message = frame[22], frame[14 + header:14 + total]
    elif ethertype == 0x86dd and frame[20] == 112:
        length = struct.unpack_from("!H", frame, 18)[0]
        source, destination = frame[22:38], frame[38:54]
        ttl, message = frame[21], frame[54:54 + length]
    else:
        return None
    if len(message) < 8:
        return None
    version, size = message[0] >> 4, len(source)
    interval = message[5] if version == 2 else \
        (struct.unpack_from("!H", message, 4)[0] & 0xfff) / 100
    addresses = [message[8 + at * size:8 + (at + 1) * size] for at in range(message[3])]
    text = lambda raw: str(ipaddress.ip_address(raw))
    return Advert(when, mac_text(frame[6:12]), text(source), text(destination), ttl,
                  version, message[0] & 15, message[1], message[2], message[3], interval,
                  struct.unpack_from("!H", message, 6)[0],
                  [text(raw) for raw in addresses if len(raw) == size], message)


def parse_arp(when, frame):
    if frame[12:14] != b"\x08\x06" or len(frame) < 42:
        return None
    return Arp(when, struct.unpack_from("!H", frame, 20)[0], mac_text(frame[22:28]),
               socket.inet_ntoa(frame[28:32]), socket.inet_ntoa(frame[38:42]))


def parse_neighbour_advert(when, frame):
    if frame[12:14] != b"\x86\xdd" or frame[20] != 58 or len(frame) < 78 or frame[54] != 136:
        return None
    option = frame[78:]
    target_mac = mac_text(option[2:8]) if option[:2] == b"\x02\x01" else ""
    return NeighbourAdvert(when, str(ipaddress.ip_address(frame[22:38])),
                           str(ipaddress.ip_address(frame[62:78])), bool(frame[58] & 0x80),
                           bool(frame[58] & 0x40), bool(frame[58] & 0x20), target_mac)


class Capture:
    """Keeps every frame that a host's interface sees, with the kernel's time stamps.

    Frames the host itself sent are left out unless `outgoing`. With `only`, the kernel
    keeps what comes from these hosts and drops the rest, so that a flood blinds nobody."""

    def __init__(self, host, dev="eth0", outgoing=False, only=()):
        self.frames = []
        self.outgoing = outgoing
        self.socket = host.packet_socket(dev)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        if only:
            _attach_filter(self.socket, [other.mac() for other in only])
        self.socket.settimeout(0.1)
        self.ended = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ended:
            try:
                data, ancillary, _, address = self.socket.recvmsg(65536, 64)
            except TimeoutError:
                continue
            except OSError:
                return
            if address[2] == PACKET_OUTGOING and not self.outgoing:
                continue
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
            self.frames.append((seconds + nanoseconds / 1e9, data))

    def stop(self):
        """Waits a moment for what is still in the socket, then ends the capture."""
        time.sleep(0.05)
        self.ended = True
        self.thread.join()
        self.socket.close()
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if not self.ended:
            self.stop()

    def adverts(self, source=None, since=0.0):
        found = (parse_advert(*frame) for frame in list(self.frames))
        return [advert for advert in found if advert and advert.time >= since
                and (source is None or advert.source == source)]

    def arps(self, since=0.0):
        found = (parse_arp(*frame) for frame in list(self.frames))
        return [arp for arp in found if arp and arp.time >= since]

    def neighbour_adverts(self, since=0.0):
        found = (parse_neighbour_advert(*frame) for frame in list(self.frames))
        return [advert for advert in found if advert and advert.time >= since]

    def save(self, path):
        """Writes a pcap file (nanosecond form)."""
        with open(path, "wb") as file:
            file.write(struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
            for when, data in list(self.frames):
                file.write(struct.pack("=IIII", int(when), int(when % 1 * 1e9),
                                       len(data), len(data)) + data)
        return path


def _attach_filter(raw, macs):
    """A classic BPF program that keeps frames with one of these source addresses."""
    program = []
    for mac in macs:
        octets = bytes.fromhex(mac.replace(":", ""))
        program += [(0x20, 0, 0, 6), (0x15, 0, 3, int.from_bytes(octets[:4], "big")),
                    (0x28, 0, 0, 10), (0x15, 0, 1, int.from_bytes(octets[4:], "big")),
                    (0x06, 0, 0, 0x40000)]
    program.append((0x06, 0, 0, 0))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *row)
                                                for row in program))
    raw.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                   struct.pack("HL", len(program), ctypes.addressof(code)))


def longest_gap(adverts):
    """The longest time between two neighbouring adverts, in seconds."""
    times = [advert.time for advert in adverts]
    return max((later - former for former, later in zip(times, times[1:])), default=0.0)


def tshark_complaints(pcap, display_filter="vrrp"):
    """Everything tshark's experts say of the frames above the level of a chat."""
    done = run("tshark", "-n", "-r", pcap, "-Y", f"({display_filter}) && _ws.expert",
               "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.severity",
               "-e", "_ws.expert.message")
    return [line for line in done.stdout.splitlines() if line.strip()]


def tshark_fields(pcap, display_filter, *fields):
    """The values of `fields` of each frame that passes the filter."""
    words = [word for field in fields for word in ("-e", field)]
    done = run("tshark", "-n", "-r", pcap, "-Y", display_filter, "-T", "fields", *words)
    return [line.split("\t") for line in done.stdout.splitlines()]


@contextlib.contextmanager
def injector(host, dev="eth0"):
    """Yields a function that puts a whole frame on the wire."""
    raw = host.packet_socket(dev)
    try:
        yield raw.send
    finally:
        raw.close()
