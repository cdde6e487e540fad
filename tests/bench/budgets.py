# SPDX-License-Identifier: Apache-2.0
"""budgets.py - every figure that is measured, and what it may be at most.

A budget of None is a figure told for comparison only. FLOOR marks those that must be at
least their budget, PEER those that must be no more than keepalived's of the same run."""

import dataclasses

PEER = "no more than keepalived"

# Skew_Time of a backup with priority 100, and the time of the host for the rest.
SKEW_AT_100 = 156 / 256
HOST_TIME = 0.05


@dataclasses.dataclass
class Row:
    key: str
    what: str
    unit: str
    digits: int
    budget: object = None
    at_least: bool = False

    def allowed(self, peer):
        """The number this figure is held against, given keepalived's; None without."""
        return peer if self.budget == PEER else self.budget

    def met(self, value, peer):
        allowed = self.allowed(peer)
        if allowed is None:
            return None
        value = round(value, self.digits)
        return value >= allowed if self.at_least else value <= allowed


def _moves():
    for form, interval in (("v2 1 s", 1), ("v3 0.1 s", 0.1)):
        yield Row(f"move time {form}", f"planned move, {form}: time until moved", "s", 3,
                  SKEW_AT_100 * interval + HOST_TIME)
        yield Row(f"move lost {form}", f"planned move, {form}: lost 1 ms probes", "", 0, 0)
        yield Row(f"reload move time {form}",
                  f"the same by edit and reload, {form}: time", "s", 3)
        yield Row(f"reload move lost {form}",
                  f"the same by edit and reload, {form}: lost", "", 0)


def _loads():
    for count in ("1", "255", "2,000"):
        yield Row(f"cpu sent {count}", f"CPU for 1,000 adverts sent, {count} routers", "ms",
                  2, 9 if count == "2,000" else None)
    for count in ("1", "255", "2,000"):
        yield Row(f"cpu received {count}",
                  f"CPU for 1,000 adverts received, evenly spread, {count} routers", "ms", 2)
    yield Row("cpu heard 2,000", "CPU for 1,000 adverts received from its like, 2,000 routers",
              "ms", 2, 4)


def _takeovers():
    for count in ("1,000", "5,000", "20,000"):
        yield Row(f"addresses last {count}", f"{count} addresses: last one there", "s", 3)
        yield Row(f"addresses raw {count}", f"{count} addresses: raw netlink batches", "s", 3)
        yield Row(f"addresses ip {count}", f"{count} addresses: ip -batch", "s", 3)
        yield Row(f"addresses ratio {count}", f"{count} addresses: last one / raw batches",
                  "x", 2, 1.1)
        yield Row(f"addresses silence {count}",
                  f"{count} addresses: longest gap of 0.1 s adverts", "ms", 0, 150)


def _crowds():
    for count in ("1", "200", "2,000"):
        yield Row(f"crowd later {count}",
                  f"32 clients hammer, {count} routers: worst advert later than without",
                  "ms", 2, 2)
        yield Row(f"crowd idle {count}", "the same: worst advert without them", "ms", 2)
        yield Row(f"crowd loaded {count}", "the same: worst advert with them", "ms", 2)
        yield Row(f"crowd answers {count}", "the same: answers a second", "", 0)


ROWS = [
    Row("stop lost v2 1 s", "clean stop, v2 1 s: lost 1 ms probes", "", 0, 0),
    Row("stop lost v3 0.1 s", "clean stop, v3 0.1 s: lost 1 ms probes", "", 0, 0),
    Row("stop lost v3 0.01 s", "clean stop, v3 0.01 s: lost 1 ms probes", "", 0, 0),
    *_moves(),
    Row("crash late v2 1 s", "crash, v2 1 s: beyond Master_Down_Interval", "ms", 2, 0.5),
    Row("crash late v3 0.1 s", "crash, v3 0.1 s: beyond Master_Down_Interval", "ms", 2, 0.5),
    Row("start 1", "start until master, 1 router, v3 0.01 s", "s", 3),
    Row("start 255", "start until all are master, 255 routers", "s", 3),
    Row("start 2,000", "start until all are master, 2,000 routers", "s", 3, 3.3),
    Row("death latest", "2,000 routers, the peer dies: latest takeover beyond its interval",
        "ms", 1, 10),
    Row("death median", "the same: median takeover", "ms", 1),
    *_loads(),
    *_takeovers(),
    Row("memory 1", "resident memory, 1 router, all processes", "MB", 2, 8),
    Row("own memory 1", "the same, shared pages divided", "MB", 2),
    Row("memory each", "resident memory, each further router", "KB", 2, 1.5),
    Row("own memory each", "the same, shared pages divided", "KB", 2),
    Row("reload rest", "reload with 500 routers: until it rests", "ms", 1, 20),
    Row("reload answer", "reload with 500 routers: hactl reload returns", "ms", 1, 20),
    Row("reload growth", "growth over 200 reloads", "KB", 0, 64),
    Row("end", "SIGTERM until gone, nothing to hand over", "ms", 1, 50),
    Row("junk sent 30", "junk 30 a second: adverts sent, of those due", "%", 0, 100, True),
    Row("junk takeovers 30", "junk 30 a second: false takeovers", "", 0, 0),
    Row("junk sent 50,000", "junk 50,000 a second: adverts sent, of those due", "%", 0, 100,
        True),
    Row("junk takeovers 50,000", "junk 50,000 a second: false takeovers", "", 0, 0),
    *_crowds(),
    Row("check time instances", "checking a file of 10,000 instances", "s", 3, 0.15),
    Row("check memory instances", "the same: memory", "MB", 1, PEER),
    Row("check time servers", "checking a file of 50,000 real servers", "s", 3, 0.3),
    Row("check memory servers", "the same: memory", "MB", 1, PEER),
]
