# SPDX-License-Identifier: Apache-2.0
"""hactl failover and takeover: what they do and the exit status they end with."""

import json

from daemons import Haven, addresses_of, conf, settle
from lab import wait_until
from probe import Probe
from wire import Capture


def test_failover_with_nobody_there_keeps_the_role(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    address = addresses_of(4)[0]
    wait_until(lambda: a.has(address), 2, "the address is there")
    with Capture(client) as capture, Probe(client, address) as probe:
        done = master.hactl("-y", "failover", "VI_1")
        assert probe.stop()["lost"] == 0
    assert done.returncode == 7, done.stdout + done.stderr
    now = master.instance()
    assert (now["state"], now["effective"], now["leases"]) == ("MASTER", 200, [])
    priorities = [advert.priority for advert in capture.adverts()]
    assert 0 in priorities and priorities[-1] == 200


def test_failover_errors_say_what_is_wrong(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    wait_until(lambda: backup.instance()["master"], 2, "the Master is heard")
    refused = backup.hactl("-y", "failover", "VI_1")
    assert refused.returncode == 6
    assert a.ip4 in refused.stderr and "takeover" in refused.stderr
    assert master.hactl("-y", "failover", "VI_9").returncode == 5
    unasked = master.hactl("failover", "VI_1")
    assert unasked.returncode == 2, "no terminal and no --yes: nothing may be done"
    assert master.state() == "MASTER"
    as_json = backup.hactl("-y", "-j", "failover", "VI_1")
    assert as_json.stdout == ""
    assert json.loads(as_json.stderr)["error"]["name"] == "wrong_state"
    master.stop()
    assert master.hactl("-y", "failover", "VI_1").returncode == 3


def test_forced_failover_releases_at_once(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    assert master.hactl("-y", "--force", "failover", "VI_1").returncode == 0
    backup.wait_state("MASTER")
    assert not a.has(addresses_of(4)[0])


def test_takeover_moves_the_role_to_the_lower_priority(trio):
    a, b, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    with Probe(client, addresses_of(4)[0]) as probe:
        done = backup.hactl("-y", "takeover", "VI_1")
        assert done.returncode == 0, done.stderr
        master.wait_state("BACKUP")
        assert probe.stop()["lost"] <= 1
    assert backup.state() == "MASTER"
    assert backup.instance()["effective"] == 254


def test_no_wait_returns_before_the_role_moved(trio):
    a, b, _ = trio
    form = {"version": 2, "interval": 1}
    master = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **form))
    settle(master, backup)
    assert master.hactl("-y", "failover", "VI_1", "--no-wait").returncode == 0
    assert backup.state() == "BACKUP"
    backup.wait_state("MASTER")


def deaf(host):
    """Lets no advertisement reach the routers of the host, which still sends."""
    host.run("nft", "add table ip deaf; add chain ip deaf in { type filter hook input "
             "priority 0; }; add rule ip deaf in ip protocol 112 drop")


def test_a_takeover_that_is_contested_is_taken_back(trio):
    """The old Master does not hear the new one and goes on: exit status 7, and this node is
    what it was."""
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    deaf(a)
    done = backup.hactl("-y", "-j", "takeover", "VI_1", "--wait=600ms")
    assert done.returncode == 7, done.stdout + done.stderr
    error = json.loads(done.stderr)["error"]
    assert (error["name"], error["outcome"]) == ("not_moved", "contested")
    assert error["seen"] == [{"address": a.ip4, "advert_prio": 200}]
    assert f"{a.ip4} keeps advertising" in error["message"]
    assert 550 <= error["waited_ms"] < 2000
    backup.wait_state("BACKUP")
    assert (backup.instance()["effective"], backup.instance()["leases"]) == (100, [])
    assert master.state() == "MASTER"


def test_the_outcome_of_a_move_can_be_asked_for_later(trio):
    a, b, _ = trio
    form = {"version": 2, "interval": 1}
    master = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **form))
    settle(master, backup)
    accepted = master.hactl_json("-y", "failover", "VI_1", "--no-wait")["items"][0]
    assert accepted["accepted"] and accepted["wait_ms"] == 2996

    def asked():
        return master.hactl_json("call", "vrrpd", "op.get",
                                 f"op_id={accepted['op_id']}")["items"][0]
    assert asked()["state"] == "running"
    backup.wait_state("MASTER")
    wait_until(lambda: asked()["state"] == "done", 3, "it has ended")
    assert asked()["result"]["to"] == b.ip4


def test_a_takeover_waits_no_longer_than_told(trio):
    """--wait shortens the wait for a contest, not the proof."""
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    assert backup.hactl("-y", "takeover", "VI_1", "--wait=100ms").returncode == 0
    assert (master.state(), backup.state()) == ("BACKUP", "MASTER")


def test_failover_of_a_faulty_router_says_the_fault(trio):
    a, _, _ = trio
    router = Haven(a, conf(priority=200)).wait_state("MASTER")
    a.ip("link", "set", "eth0", "down")
    router.wait_state("FAULT")
    refused = router.hactl("-y", "failover", "VI_1")
    assert refused.returncode == 6
    assert "FAULT: interface eth0 is down" in refused.stderr
