# SPDX-License-Identifier: Apache-2.0
"""moves.py - how long a client misses the address when the role moves, and how late a
crash is noticed."""

import random
import time

from daemons import addresses_of, conf
from lab import Lab, wait_until
from measure import AdvertLog
from probe import Probe
from rig import BACKUP, MASTER, Keepalived, master_down_interval, switch_words

FORMS = {"v2 1 s": {"version": 2, "interval": 1},
         "v3 0.1 s": {"version": 3, "interval": 0.1},
         "v3 0.01 s": {"version": 3, "interval": 0.01}}


class Pair:
    """A master, a backup and a client that logs the adverts."""

    def __init__(self, lab, kind, form):
        self.a, self.b, self.client = lab.host("a"), lab.host("b"), lab.host("client")
        self.interval = form["interval"]
        definition, line = switch_words(self.a) if kind is Keepalived else ("", "")
        self.text = definition + conf(priority=MASTER, extra=line, **form)
        self.log = AdvertLog(self.client)
        lab.closers.callback(self.log.stop)
        self.new = kind(self.b, conf(priority=BACKUP, **form))
        self.old = kind(self.a, self.text, start=False)

    def settle(self):
        """Starts the old master and waits until it has the role and the address."""
        self.old.forget()
        self.old.configure(self.text)
        self.old.start()
        address = addresses_of(4)[0]
        wait_until(lambda: self.a.has(address) and not self.b.has(address), 20,
                   "the address is at its place")
        time.sleep(max(5 * self.interval, 0.3))


def _probed(pair, act):
    """Carries out `act` while the client probes every millisecond. Returns the seconds
    until the new master was heard, and the probes lost."""
    with Probe(pair.client, addresses_of(4)[0], 1000) as probe:
        time.sleep(0.3 + random.random() * pair.interval)
        began = time.time()
        act()
        heir = pair.log.wait_first(pair.b.ip4, began, 20)
        time.sleep(max(3 * pair.interval, 0.5))
        return heir.time - began, probe.stop()["lost"]


def stop(kind, quick):
    """SIGTERM to the master."""
    found = {}
    for name, form in FORMS.items():
        with Lab() as lab:
            pair = Pair(lab, kind, form)
            for _ in range(2 if quick else 5):
                pair.settle()
                _, lost = _probed(pair, lambda: pair.old.signal(15))
                pair.old.wait(30)
                found.setdefault(f"stop lost {name}", []).append(lost)
    return found


def move(kind, quick):
    """The operator wants the role elsewhere."""
    found = {}
    for name in ("v2 1 s", "v3 0.1 s"):
        ways = {"move": "move"}
        if kind is Keepalived:
            ways["reload move"] = "move_by_reload"
        with Lab() as lab:
            pair = Pair(lab, kind, FORMS[name])
            for key, method in ways.items():
                for _ in range(2 if quick else 5):
                    pair.settle()
                    seconds, lost = _probed(pair, getattr(pair.old, method))
                    found.setdefault(f"{key} time {name}", []).append(seconds)
                    found.setdefault(f"{key} lost {name}", []).append(lost)
                    pair.old.crash()
                    _clear(pair)
    return found


def _clear(pair):
    """A crash leaves the address where it was; the next start shall find nothing."""
    for address in addresses_of(4):
        pair.a.ip("addr", "del", f"{address}/24", "dev", "eth0", check=False)
    time.sleep(4 * pair.interval)


def crash(kind, quick):
    """SIGKILL to all processes of the master."""
    found = {}
    for name, times in (("v2 1 s", 7), ("v3 0.1 s", 15)):
        with Lab() as lab:
            pair = Pair(lab, kind, FORMS[name])
            for _ in range(3 if quick else times):
                pair.settle()
                time.sleep(random.random() * pair.interval)
                began = time.time()
                pair.old.crash()
                heir = pair.log.wait_first(pair.b.ip4, began, 20)
                last = pair.log.of(pair.a.ip4)[-1]
                late = heir.time - last.time - master_down_interval(BACKUP, pair.interval)
                found.setdefault(f"crash late {name}", []).append(late * 1e3)
                _clear(pair)
    return found
