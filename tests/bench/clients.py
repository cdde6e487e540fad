# SPDX-License-Identifier: Apache-2.0
"""clients.py - a master whose control socket is hammered: are its adverts still on time?"""

import os
import time

from lab import Lab
from load import GARP_SECONDS
from measure import AdvertLog, Helper
from rig import MASTER, Haven, Wires, many_conf

CLIENTS = 32
# As the unit starts it.
NICE = -15

# How many, on how many links, version, interval.
LOADS = {"1": (1, 1, 3, 0.01), "200": (200, 1, 3, 0.1), "2,000": (2000, 8, 2, 1)}


class Crowd(Helper):
    """Clients that list and subscribe without a pause."""

    def __init__(self, daemon):
        path = os.path.join(daemon.run_base, daemon.program, "control.sock")
        super().__init__(daemon.host, "crowd", path, CLIENTS)


def _worst(log, since, until, interval):
    """By how much the longest time between two adverts of a router exceeds its interval,
    in milliseconds."""
    last, worst = {}, 0.0
    for advert in log.adverts():
        if not since <= advert.time < until:
            continue
        key = (advert.ifindex, advert.vrid)
        worst = max(worst, advert.time - last.get(key, advert.time) - interval)
        last[key] = advert.time
    return worst * 1e3


def _one(load, seconds, runs):
    """Pairs of the worst lateness without and with the crowd, taken in turn, and how many
    answers a second the crowd got."""
    count, links, version, interval = load
    found = []
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        wires = Wires(host, far, links)
        daemon = Haven(host, many_conf(count, wires, MASTER, version, interval))
        for pid in daemon.family_pids():
            os.setpriority(os.PRIO_PROCESS, pid, NICE)
        with AdvertLog(far) as log:
            time.sleep(4 * interval + GARP_SECONDS)
            for _ in range(runs):
                began = time.time()
                time.sleep(seconds)
                middle = time.time()
                with Crowd(daemon) as crowd:
                    loaded = time.time()
                    time.sleep(seconds)
                    ended = time.time()
                assert len(crowd.answer) == 2, "the crowd was turned away"
                answers = sum(map(int, crowd.answer)) / (ended - loaded)
                time.sleep(0.1)
                found.append((_worst(log, began, middle, interval),
                              _worst(log, loaded, ended, interval), answers))
        daemon.crash()
    return found


def crowd(kind, quick):
    """32 clients; keepalived has nothing that could be asked."""
    found = {}
    if kind is not Haven:
        return found
    for name, load in LOADS.items():
        for idle, loaded, answers in _one(load, 3 if quick else 5, 3 if quick else 9):
            found.setdefault(f"crowd idle {name}", []).append(idle)
            found.setdefault(f"crowd loaded {name}", []).append(loaded)
            found.setdefault(f"crowd later {name}", []).append(loaded - idle)
            found.setdefault(f"crowd answers {name}", []).append(answers)
    return found
