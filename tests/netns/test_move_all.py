# SPDX-License-Identifier: Apache-2.0
"""failover, takeover and hold of all instances at once: one request, one lease, and for each
instance what became of it."""

import json

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import wait_until
from probe import Probe

NAMES = ["VI_1", "VI_2", "VI_3"]
ADDRESSES = {name: f"192.0.2.{200 + i}" for i, name in enumerate(NAMES)}


def file_of(priorities, names=tuple(NAMES), **more):
    return conf(*[instance_conf(name=name, vrid=60 + NAMES.index(name), priority=priority,
                                addresses=[ADDRESSES[name] + "/24"], **more)
                  for name, priority in zip(names, priorities)])


@pytest.fixture
def pair(trio):
    a, b, client = trio
    master = Haven(a, file_of([200, 200, 200]))
    backup = Haven(b, file_of([100, 100, 100]))
    for name in NAMES:
        settle(master, backup, master=master, name=name)
        wait_until(lambda name=name: a.has(ADDRESSES[name]), 2, "the address is there")
    return master, backup, client


def states(daemon):
    return [daemon.state(name) for name in NAMES]


def test_failover_all_hands_everything_over_at_once(pair):
    master, backup, client = pair
    with Probe(client, ADDRESSES["VI_2"]) as probe:
        result = master.hactl_json("-y", "failover", "all", "hold", "5m")["items"][0]
        wait_until(lambda: states(backup) == ["MASTER"] * 3, 2, "all are over there")
        assert probe.stop()["lost"] == 0
    assert result["moved"] and result["members"] == NAMES
    assert [(i["name"], i["outcome"], i["to"]) for i in result["instances"]] \
        == [(name, "moved", backup.host.ip4) for name in NAMES]
    leases = master.hactl_json("show", "leases")["items"]
    assert [lease["id"] for lease in leases] == [result["lease"]]
    assert [master.instance(name)["effective"] for name in NAMES] == [1, 1, 1]

    again = master.hactl("-y", "failover", "all")
    assert again.returncode == 0 and "nothing to do" in again.stdout

    # The whole node back, and the hold is gone with it.
    text = master.hactl("-y", "takeover", "all", "for", "5m")
    assert text.returncode == 0, text.stderr
    assert "3 instances taken over" in text.stdout
    assert states(master) == ["MASTER"] * 3
    assert [lease["kind"] for lease in master.hactl_json("show", "leases")["items"]] \
        == ["takeover"]


def test_some_move_and_some_do_not(trio):
    """The peer has two of three: exit status 8, and each is named."""
    a, b, _ = trio
    master = Haven(a, file_of([200, 200, 200]))
    backup = Haven(b, file_of([100, 100], names=["VI_1", "VI_3"]))
    for name in ["VI_1", "VI_3"]:
        settle(master, backup, master=master, name=name)
    master.wait_state("MASTER", "VI_2")
    done = master.hactl("-y", "failover", "all")
    assert done.returncode == 8, done.stdout + done.stderr
    assert states(master) == ["BACKUP", "MASTER", "BACKUP"]
    rows = {line.split()[0]: line.split()[1] for line in done.stderr.splitlines()
            if line.startswith("VI_")}
    assert rows == {"VI_1": "moved", "VI_2": "not_moved", "VI_3": "moved"}
    assert master.instance("VI_2")["effective"] == 200
    assert master.hactl("hold", "clear", "all").returncode == 0
    for name in ["VI_1", "VI_3"]:
        master.wait_state("MASTER", name)

    as_json = master.hactl("-y", "-j", "failover", "all")
    error = json.loads(as_json.stderr)["error"]
    assert as_json.stdout == "" and error["name"] == "partial"
    assert (error["done"], error["failed"]) == (["VI_1", "VI_3"], ["VI_2"])


def test_nobody_there_is_not_reached(trio):
    a, _, _ = trio
    master = Haven(a, file_of([200, 200, 200]))
    for name in NAMES:
        master.wait_state("MASTER", name)
    done = master.hactl("-y", "failover", "all")
    assert done.returncode == 7, done.stdout + done.stderr
    assert states(master) == ["MASTER"] * 3
    assert master.hactl_json("show", "leases")["items"] == []


def test_a_fault_is_not_nothing_to_do(pair):
    """A role that is in FAULT cannot be taken over: a script must not be told that all is
    done."""
    master, _, _ = pair
    master.host.ip("link", "set", "eth0", "down")
    for name in NAMES:
        master.wait_state("FAULT", name)
    done = master.hactl("-y", "takeover", "all")
    assert (done.returncode, done.stdout) == (6, "")
    assert "VI_1 is FAULT: interface eth0 is down" in done.stderr
    rows = [line.split()[:2] for line in done.stderr.splitlines() if line.startswith("VI_")]
    assert rows == [[name, "refused"] for name in NAMES]
    # But there is nothing here to give away.
    done = master.hactl("-y", "failover", "all")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no instance is MASTER here" in done.stdout


def test_a_fault_here_does_not_spoil_the_failover_of_the_others(trio):
    a, b, _ = trio
    broken = instance_conf(name="VI_9", vrid=69, addresses=["192.0.2.209/24"], interface="eth9")
    master = Haven(a, file_of([200, 200, 200]) + broken)
    backup = Haven(b, file_of([100, 100, 100]))
    for name in NAMES:
        settle(master, backup, master=master, name=name)
    assert master.state("VI_9") == "FAULT"
    done = master.hactl("-y", "--op-id", "once", "failover", "all")
    assert done.returncode == 0, done.stderr
    assert "3 instances moved" in done.stdout and "answered before" not in done.stdout
    again = master.hactl("-y", "--op-id", "once", "failover", "all")
    assert again.returncode == 0
    assert again.stdout == done.stdout + "(answered before; nothing was done now)\n"


def test_hold_all_is_one_lease_that_is_cleared_in_parts(pair):
    master, backup, _ = pair
    assert backup.hactl("hold", "all", "for", "5m").returncode == 0
    assert [backup.instance(name)["effective"] for name in NAMES] == [1, 1, 1]
    assert len(backup.hactl_json("show", "leases")["items"]) == 1
    assert backup.hactl("hold", "clear", "VI_2").returncode == 0
    assert [backup.instance(name)["effective"] for name in NAMES] == [1, 100, 1]
    cleared = backup.hactl("hold", "clear", "all")
    assert cleared.returncode == 0 and "no longer held" in cleared.stdout
    assert backup.hactl_json("show", "leases")["items"] == []
    # A MASTER that is held gives way to the others.
    assert master.hactl("hold", "all", "for", "5m").returncode == 0
    wait_until(lambda: states(backup) == ["MASTER"] * 3, 5, "the others took over")


def test_without_a_terminal_the_question_is_not_answered(pair):
    master, _, _ = pair
    assert master.hactl("failover", "all").returncode == 2
    assert states(master) == ["MASTER"] * 3
