# SPDX-License-Identifier: Apache-2.0
"""Reloads while roles move and windows are open: every answer stays true."""

import threading
import time

import pytest
from daemons import Haven, HavenError, conf, instance_conf, settle
from lab import wait_until
from probe import Probe

VIP = "192.0.2.100"


def two(priority=200, second=True):
    return conf(instance_conf("VI_1", priority=priority),
                *([instance_conf("VI_2", priority=priority, vrid=52,
                                 addresses=["192.0.2.101/24"])] if second else []))


class Reloads:
    """Reloads, as fast as they go, between files that differ."""

    def __init__(self, daemon, texts):
        self.daemon, self.texts = daemon, texts
        self.ended = False
        self.count = 0
        self.refused = []
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        while not self.ended:
            self.daemon.configure(self.texts[self.count % len(self.texts)])
            try:
                self.daemon.call("reload")
            except HavenError as error:
                self.refused.append(error.name)
            self.count += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.ended = True
        self.thread.join()


def start_pair(trio):
    master = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    other = Haven(trio[1], conf(priority=100))
    settle(master, other, master=master)
    wait_until(lambda: trio[0].has(VIP), 2, "the address is there")
    return master, other


def test_roles_move_while_the_file_changes(trio):
    master, other = start_pair(trio)
    texts = [conf(priority=200), conf(priority=199, addresses=[
        f"{VIP}/24", "192.0.2.101/24"])]
    with Reloads(master, texts) as reloads, Probe(trio[2], VIP) as probe:
        for _ in range(4):
            moved = master.call("failover", target="VI_1", hold_ms=60000)
            assert moved["moved"] is True and moved["to"] == trio[1].ip4
            now = master.instance()
            assert (now["state"], now["effective"], now["leases"]) \
                == ("BACKUP", 1, [moved["lease"]])
            assert other.state() == "MASTER"
            assert master.call("hold", target="VI_1", clear=True)["changed"] is True
            settle(master, other, master=master)
        assert probe.stop()["lost"] <= 4
    assert reloads.count > 40
    assert set(reloads.refused) <= {"busy"}
    assert master.reload(texts[0]).returncode == 0
    assert master.instance()["priority"] == 200


def test_a_move_to_nobody_ends_while_the_file_changes(trio):
    alone = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    with Reloads(alone, [conf(priority=200), conf(priority=201)]):
        for _ in range(2):
            with pytest.raises(HavenError) as error:
                alone.call("failover", target="VI_1", wait_ms=500)
            assert error.value.name == "not_moved"
            assert (alone.state(), alone.instance()["leases"]) == ("MASTER", [])


def test_a_window_covers_what_the_file_brings(trio):
    master, other = start_pair(trio)
    opened = master.call("maintenance", action="on", for_ms=600000)
    assert opened["moved"] is True
    other.reload(two(priority=100))
    with Reloads(master, [two(), two(second=False)]) as reloads:
        for _ in range(30):
            for item in master.call("list", type="instance")["items"]:
                assert item["leases"] == [opened["lease"]], item["name"]
                assert item["effective"] == 1, item["name"]
            time.sleep(0.02)
    assert reloads.count > 10 and reloads.refused == []
    assert master.reload(two()).returncode == 0
    assert other.state("VI_1") == other.state("VI_2") == "MASTER"
    assert len(master.call("lease.list")["items"]) == 1
    assert master.call("maintenance", action="off")["changed"] is True
    for name in ("VI_1", "VI_2"):
        settle(master, other, master=master, name=name)


def test_a_link_that_fails_while_a_window_opens(trio):
    alone = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    errors = []

    def ask():
        with pytest.raises(HavenError) as error:
            alone.call("maintenance", action="on", for_ms=600000, wait_ms=5000)
        errors.append(str(error.value))
    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: alone.instance()["moving"], 2, "the move has begun")
    trio[0].ip("link", "set", "eth0", "down")
    asking.join(10)
    assert "something came in between: VI_1 is FAULT now" in errors[0]
    assert len(alone.call("lease.list")["items"]) == 1


@pytest.mark.parametrize("method,params", [
    ("failover", {"target": "VI_2", "wait_ms": 3000}),
    ("maintenance", {"action": "on", "target": "VI_2", "for_ms": 600000, "wait_ms": 3000})])
def test_a_router_that_the_file_drops_while_it_moves(trio, method, params):
    """Nobody is left waiting, and nobody is told that it moved."""
    alone = Haven(trio[0], two())
    alone.wait_state("MASTER", "VI_1")
    alone.wait_state("MASTER", "VI_2")
    answers = []

    def ask():
        try:
            answers.append(alone.call(method, **params))
        except HavenError as error:
            answers.append(error)
    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: alone.instance("VI_2")["moving"], 2, "the move has begun")
    began = time.monotonic()
    alone.configure(two(second=False))
    alone.call("reload")
    asking.join(10)
    assert time.monotonic() - began < 4
    (answer,) = answers
    assert isinstance(answer, HavenError), answer
    assert "something came in between: VI_2 is INITIALIZE now" in str(answer)
    assert alone.call("lease.list")["items"] == []
    assert alone.state("VI_1") == "MASTER"
    assert alone.call("failover", target="VI_1", wait_ms=100, wait=False)["accepted"] is True
