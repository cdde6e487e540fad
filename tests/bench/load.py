# SPDX-License-Identifier: Apache-2.0
"""load.py - one, 255 and 2,000 virtual routers: CPU for each advert, memory, how long
until all are master, how late the last of them notices that the peer died."""

import time

from lab import Lab, wait_until
from measure import AdvertLog, Player, cpu_seconds, memory_kb, own_memory_kb, received_frames
from rig import BACKUP, MASTER, Wires, many_conf, many_masters, master_down_interval

# How many, on how many links, version, interval. One router alone sends often enough to
# be measured.
LOADS = {"1": (1, 1, 3, 0.01), "255": (255, 1, 2, 1), "2,000": (2000, 8, 2, 1)}

# Gratuitous ARP is repeated 5 s after becoming master; only adverts shall be counted.
GARP_SECONDS = 7


class Stage:
    """A host for the daemon, wired to another that counts, logs or plays masters."""

    def __init__(self, lab, load, start_priority):
        self.count, links, self.version, self.interval = load
        self.a, self.far = lab.host("a"), lab.host("far")
        self.wires = Wires(self.a, self.far, links)
        self.text = self.conf(start_priority)

    def conf(self, priority):
        return many_conf(self.count, self.wires, priority, self.version, self.interval)

    def heard(self, log, source_end, since):
        """The first advert of each router that one end of the wires sent."""
        first = {}
        for advert in log.adverts():
            if advert.time >= since and advert.source.endswith(f".{source_end}"):
                first.setdefault((advert.ifindex, advert.vrid), advert)
        return first

    def wait_heard(self, log, source_end, since, timeout):
        wait_until(lambda: len(self.heard(log, source_end, since)) == self.count, timeout,
                   f"adverts of all {self.count} routers", every=0.1)
        return self.heard(log, source_end, since)


def _cpu_per_1000(daemon, host, wires, seconds):
    """Milliseconds of CPU for 1,000 frames that come in at `host` meanwhile."""
    pids = daemon.family_pids()
    frames_before, cpu_before = received_frames(host, wires.names), cpu_seconds(pids)
    time.sleep(seconds)
    cpu = cpu_seconds(pids) - cpu_before
    frames = received_frames(host, wires.names) - frames_before
    assert frames > 0
    return cpu * 1e6 / frames


def _start_all(kind, stage, found, name):
    """Starts the daemon; notes how long it takes until the last router is master."""
    daemon = kind(stage.a, stage.text, start=False)
    with AdvertLog(stage.far) as log:
        began = time.time()
        daemon.start(wait=False)
        first = stage.wait_heard(log, 1, began, 60)
    last = max(advert.time for advert in first.values())
    found.setdefault(f"start {name}", []).append(last - began)
    return daemon


def sending(kind, quick):
    """The daemon is master of all."""
    found = {}
    for name, load in LOADS.items():
        for _ in range(1 if quick else 3):
            with Lab() as lab:
                stage = Stage(lab, load, MASTER)
                daemon = _start_all(kind, stage, found, name)
                time.sleep(GARP_SECONDS)
                pids = daemon.family_pids()
                found.setdefault(f"memory {name}", []).append(memory_kb(pids) / 1024)
                found.setdefault(f"own memory {name}", []).append(
                    own_memory_kb(pids) / 1024)
                found.setdefault(f"cpu sent {name}", []).append(
                    _cpu_per_1000(daemon, stage.far, stage.wires, 5 if quick else 10))
                daemon.crash()
    for what in ("memory", "own memory"):
        one, many = (sorted(found[f"{what} {name}"]) for name in ("1", "2,000"))
        found[f"{what} each"] = [(many[len(many) // 2] - one[len(one) // 2]) * 1024 / 1999]
    return found


def receiving(kind, quick):
    """The daemon is backup of all; their masters are played, evenly spread in time."""
    found = {}
    for name, load in LOADS.items():
        for _ in range(1 if quick else 3):
            with Lab() as lab:
                stage = Stage(lab, load, BACKUP)
                masters = many_masters(stage.count, stage.wires, stage.version,
                                       stage.interval)
                with Player(stage.far, masters, stage.wires.names, stage.interval):
                    daemon = kind(stage.a, stage.text)
                    time.sleep(4)
                    found.setdefault(f"cpu received {name}", []).append(
                        _cpu_per_1000(daemon, stage.a, stage.wires, 5 if quick else 10))
                daemon.crash()
    return found


def death(kind, quick):
    """The peer that is master of 2,000 dies; how late is the latest takeover?"""
    found = {"death latest": [], "death median": [], "cpu heard 2,000": []}
    for _ in range(1 if quick else 3):
        with Lab() as lab:
            stage = Stage(lab, LOADS["2,000"], MASTER)
            old = _start_all(kind, stage, {}, "")
            new = kind(stage.far, stage.conf(BACKUP))
            time.sleep(GARP_SECONDS)
            found["cpu heard 2,000"].append(
                _cpu_per_1000(new, stage.far, stage.wires, 5 if quick else 10))
            with AdvertLog(stage.far) as log:
                time.sleep(2.5 * stage.interval)
                began = time.time()
                old.crash()
                heirs = stage.wait_heard(log, 2, began, 60)
                lates = sorted(_lateness(log, heirs, stage.interval))
            found["death latest"].append(lates[-1] * 1e3)
            found["death median"].append(lates[len(lates) // 2] * 1e3)
            new.crash()
    return found


def _lateness(log, heirs, interval):
    last = {}
    for advert in log.adverts():
        if advert.source.endswith(".1"):
            last[(advert.ifindex, advert.vrid)] = advert.time
    return [heir.time - last[key] - master_down_interval(BACKUP, interval)
            for key, heir in heirs.items()]
