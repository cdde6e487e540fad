# SPDX-License-Identifier: Apache-2.0
"""steady.py - a daemon at rest that is reloaded, stopped or fed with junk."""

import time

import frames
from daemons import addresses_of, conf, settle
from lab import Lab
from measure import AdvertLog, Player, memory_kb, wait_idle
from rig import BACKUP, MASTER, Haven, Wires, many_conf

RELOAD_INSTANCES = 500
# So long that no timer fires meanwhile: all that runs is the reload.
RELOAD_INTERVAL = 100
# The heap finds its size in the first ones; vrrpd keeps the results of the last 256
# operations, for clients that ask again.
WARM_UP = 260
# An address owner need not wait to become master.
OWNER = 255
JUNK_SECONDS = 5
JUNK_INTERVAL = 0.1


def _reload_once(daemon, texts, number):
    """A reload with one priority changed; returns the seconds until the daemon rests
    and the seconds until its answer came."""
    daemon.configure(texts[number % 2])
    pids = daemon.family_pids()
    began = time.monotonic()
    daemon.ask_reload()
    answered = time.monotonic() - began
    return wait_idle(pids) - began, answered


def reload(kind, quick):
    """All are masters but one, and the priority of that one changes."""
    found = {"reload rest": []}
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        wires = Wires(host, far, 2)
        text = many_conf(RELOAD_INSTANCES, wires, OWNER, 2, RELOAD_INTERVAL)
        texts = [text.replace(f"priority {OWNER}", f"priority {priority}", 1)
                 for priority in (BACKUP, BACKUP + 1)]
        daemon = kind(host, texts[0])
        wait_idle(daemon.family_pids(), quiet=6, timeout=60)
        for number in range(1, WARM_UP + 201):
            rest, answered = _reload_once(daemon, texts, number)
            found["reload rest"].append(rest * 1e3)
            if kind is Haven:
                found.setdefault("reload answer", []).append(answered * 1e3)
            if number == WARM_UP:
                before = memory_kb(daemon.family_pids())
            if quick and number == WARM_UP + 20:
                break
        found["reload growth"] = [memory_kb(daemon.family_pids()) - before]
        daemon.crash()
    return found


def end(kind, quick):
    """SIGTERM to a backup: there is nothing to hand over."""
    found = {"end": []}
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        master = frames.advert(far.ip4, 51, 254, addresses_of(4), interval=10)
        with Player(far, [(0, master)], ["eth0"], 0.1):
            for _ in range(3 if quick else 9):
                daemon = kind(host, conf(priority=BACKUP))
                time.sleep(1)
                found["end"].append(daemon.stop_seconds() * 1e3)
    return found


def _takeovers(adverts, backup):
    """How often the backup began to speak."""
    quiet = 3 * JUNK_INTERVAL
    times = [advert.time for advert in adverts if advert.source == backup]
    return sum(1 for at, when in enumerate(times)
               if at == 0 or when - times[at - 1] > quiet)


def _junk_at(kind, rate):
    with Lab() as lab:
        a, b = lab.host("a"), lab.host("b")
        attacker, watcher = lab.host("attacker"), lab.host("watcher")
        settle(kind(a, conf(priority=MASTER, interval=JUNK_INTERVAL)),
               kind(b, conf(priority=BACKUP, interval=JUNK_INTERVAL)))
        time.sleep(1)
        bad = frames.advert(attacker.ip4, 51, 150, addresses_of(4), interval=10,
                            checksum_value=0xbad)
        with AdvertLog(watcher, except_from=attacker.ip4) as log:
            began = time.time()
            with Player(attacker, [(0, bad)], ["eth0"], 1 / rate):
                time.sleep(JUNK_SECONDS)
            ended = time.time()
            time.sleep(0.1)
            adverts = [advert for advert in log.adverts() if advert.time < ended]
        own = sum(1 for advert in adverts if advert.source == a.ip4)
        expected = (ended - began) / JUNK_INTERVAL
        return min(100.0, own * 100 / int(expected)), _takeovers(adverts, b.ip4)


def junk(kind, quick):
    """Frames with our VRID and a bad checksum: 30 and 50,000 a second."""
    found = {}
    for rate in (30, 50_000):
        for _ in range(1 if quick else 3):
            sent, takeovers = _junk_at(kind, rate)
            found.setdefault(f"junk sent {rate:,}", []).append(sent)
            found.setdefault(f"junk takeovers {rate:,}", []).append(takeovers)
    return found
