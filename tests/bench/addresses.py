# SPDX-License-Identifier: Apache-2.0
"""addresses.py - becoming master with thousands of addresses, beside the fastest ways to
add them by hand; what becomes of the adverts meanwhile."""

import time

import frames
from daemons import conf, instance_conf, tool
from lab import Lab
from measure import AddressWatch, AdvertLog, Player
from rig import BACKUP, Keepalived, Wires, master_down_interval

COUNTS = (1000, 5000, 20000)
INTERVAL = 0.1
VRID = 51
CARRIED = "10.63.0.1"
TIMEOUT = 180


def _addresses(count):
    """10.64.0.0 and on, as addr_batch counts them."""
    return [f"10.{64 + (at >> 16)}.{at >> 8 & 255}.{at & 255}" for at in range(count)]


def _conf(count):
    lines = "\n".join(f"        {address}/32" for address in _addresses(count))
    return conf(instance_conf(vrid=VRID, priority=BACKUP, interval=INTERVAL, interface="w0",
                              addresses=[CARRIED + "/32"],
                              extra=f"virtual_ipaddress_excluded {{\n{lines}\n    }}"))


def _takeover(kind, count):
    """Seconds until the last address is there, and the longest silence of the new master
    in milliseconds, both from the moment at which it had to take over."""
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        wires = Wires(host, far, 1)
        master = frames.advert("10.80.0.2", VRID, 254, [CARRIED], interval=10)
        with AdvertLog(far) as log:
            player = Player(far, [(0, master)], wires.names, INTERVAL)
            daemon = kind(host, _conf(count))
            time.sleep(1)
            watch = AddressWatch(host, count + 1)
            player.stop()
            _, _, last = watch.result(TIMEOUT)
            time.sleep(5 * INTERVAL)
            end = time.time()
            due = log.of("10.80.0.2")[-1].time + master_down_interval(BACKUP, INTERVAL)
            times = [due, *(advert.time for advert in log.of("10.80.0.1")), end]
        silence = max(later - former for former, later in zip(times, times[1:]))
        daemon.crash()
        return last - due, silence * 1e3


def _by_hand(count, command):
    """Seconds a command takes to add the addresses to an empty host."""
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        Wires(host, far, 1)
        lines = "".join(f"addr add {address}/32 dev w0\n" for address in _addresses(count))
        batch = host.write("batch", lines)
        watch = AddressWatch(host, count)
        began = time.time()
        host.start(*(batch if word == "BATCH" else word for word in command(count)))
        return watch.result(TIMEOUT)[2] - began


def _ip_batch(_):
    return "ip", "-batch", "BATCH"


def _raw_batches(count):
    return tool("tests/bench/addr_batch"), "w0", count


def takeover(kind, quick):
    """Each takeover is held against raw batches of the moment before."""
    found = {}
    for count in COUNTS[:1 if quick else None]:
        name = f"{count:,}"
        for _ in range(1 if quick else 3):
            floor = _by_hand(count, _raw_batches)
            last, silence = _takeover(kind, count)
            found.setdefault(f"addresses raw {name}", []).append(floor)
            found.setdefault(f"addresses last {name}", []).append(last)
            found.setdefault(f"addresses ratio {name}", []).append(last / floor)
            found.setdefault(f"addresses silence {name}", []).append(silence)
            if kind is Keepalived:
                found.setdefault(f"addresses ip {name}", []).append(
                    _by_hand(count, _ip_batch))
    return found
