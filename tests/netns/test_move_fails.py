# SPDX-License-Identifier: Apache-2.0
"""Moves that fail, or that die in the middle, leave everything as it was."""

import contextlib
import json
import threading

from daemons import Haven, conf, settle
from lab import wait_until
from test_failover_command import deaf


def kinds(daemon):
    return [lease["kind"] for lease in daemon.call("lease.list")["items"]]


def refused(daemon, *words):
    done = daemon.hactl("-y", "-j", *words)
    assert done.returncode == 7, done.stdout + done.stderr
    return json.loads(done.stderr)["error"]


def test_a_contested_takeover_leaves_the_hold(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=100)).wait_state("MASTER")
    held = Haven(b, conf(priority=200), start=False)
    held.start()
    held.wait_state("MASTER")
    assert held.hactl("-y", "failover", "VI_1", "hold", "2h").returncode == 0
    deaf(a)
    assert refused(held, "takeover", "VI_1", "--wait=600ms")["outcome"] == "contested"
    assert kinds(held) == ["hold"]
    # Without the hold it would preempt the other, and both would be Master.
    held.wait_state("BACKUP")
    assert held.instance()["effective"] == 1
    assert master.state() == "MASTER"


def test_a_forced_failover_that_fails_leaves_the_hold(trio):
    a, _, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    lease = master.call("hold", target="VI_1", for_ms=7200000)["lease"]
    for hold in (["hold", "10m"], []):
        master.wait_state("MASTER")
        refused(master, "--force", "failover", "VI_1", *hold)
        assert [item["id"] for item in master.call("lease.list")["items"]] == [lease]
    master.wait_state("MASTER")
    assert master.instance()["effective"] == 1


def test_a_takeover_that_is_killed_leaves_nothing(trio):
    """kill -9 before the proof: the next process knows of no takeover."""
    a, b, _ = trio
    peer = Haven(b, conf(priority=200, interval=1)).wait_state("MASTER")
    taker = Haven(a, conf(priority=100, interval=1))
    settle(peer, taker)
    deaf(b)

    def take():
        with contextlib.suppress(OSError, ValueError):
            taker.call("takeover", target="VI_1", for_ms=600000)

    thread = threading.Thread(target=take)
    thread.start()
    taker.wait_state("MASTER")
    now = taker.instance()
    assert (now["moving"], now["effective"], now["leases"]) == ("takeover", 254, [])
    explained = taker.hactl("explain", "VI_1").stdout
    assert "while the takeover is under way" in explained
    taker.kill()
    thread.join()
    taker.start()
    assert kinds(taker) == []
    taker.wait_state("BACKUP")
    assert taker.instance()["effective"] == 100


def test_the_takeover_of_an_owner_is_proven_too(trio):
    """The address owner speaks with 255, but whoever does not hear it stays Master."""
    a, b, _ = trio
    owner = Haven(a, conf(priority=255)).wait_state("MASTER")
    peer = Haven(b, conf(priority=100))
    settle(owner, peer)
    assert owner.hactl("-y", "failover", "VI_1", "hold", "10m").returncode == 0
    deaf(b)
    assert refused(owner, "takeover", "VI_1")["outcome"] == "contested"
    owner.wait_state("BACKUP")
    assert (peer.state(), kinds(owner)) == ("MASTER", ["hold"])
    b.run("nft", "delete table ip deaf")
    assert owner.hactl("-y", "takeover", "VI_1").returncode == 0
    wait_until(lambda: peer.state() == "BACKUP", 3, "the owner was heard")
    assert (owner.instance()["effective"], kinds(owner)) == (255, ["takeover"])
