# SPDX-License-Identifier: Apache-2.0
"""A subscriber is told of every transition, in order and without gaps."""

import json

from daemons import Haven, conf, settle


def _until(lines, wanted):
    """The lines up to the first that `wanted` accepts."""
    found = []
    for line in lines:
        found.append(json.loads(line))
        if wanted(found[-1]):
            return found
    raise AssertionError(f"the stream ended after {found}")


def test_a_subscriber_sees_the_role_move(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    settle(master, Haven(b, conf(priority=100)))
    request = {"id": 1, "method": "subscribe", "params": {"sub": "s", "types": ["instance.*"]}}
    with master.connect() as client, client.makefile() as lines:
        client.sendall(json.dumps(request).encode() + b"\n")
        picture = _until(lines, lambda line: line.get("method") == "synced")
        objects = [line["params"]["object"] for line in picture
                   if line.get("method") == "object"]
        assert [(it["name"], it["state"]) for it in objects
                if it["path"].startswith("instance/")] == [("VI_1", "MASTER")]

        assert master.hactl("-y", "failover", "VI_1").returncode == 0
        stream = _until(lines, lambda line: line.get("method") == "event" and
                        line["params"]["type"] == "instance.state")
    moved = stream[-1]["params"]
    assert (moved["old"]["state"], moved["new"]["state"]) == ("MASTER", "BACKUP")
    assert moved["new"]["master"] == b.ip4
    numbers = [line["params"]["seq"] for line in stream if line.get("method") == "event"]
    assert numbers == sorted(set(numbers))


def test_it_is_told_once_when_the_roles_are_settled(trio):
    """False while the first election runs, then an event; "wait synced" ends with it."""
    a, b, _ = trio
    form = {"version": 3, "interval": 0.3}
    first = Haven(a, conf(priority=200, **form))
    assert first.call("status")["settled"] is False
    done = first.hactl("wait", "synced", "--timeout=10s")
    assert (done.returncode, first.state()) == (0, "MASTER")
    assert first.call("status")["settled"] is True
    # A Backup knows its Master with the first advertisement, long before its own timer.
    second = Haven(b, conf(priority=100, **form))
    assert second.hactl("wait", "synced", "--timeout=10s").returncode == 0
    assert second.instance()["master"] == a.ip4
    assert first.hactl("-y", "failover", "VI_1").returncode == 0
    for daemon in (first, second):
        told = [event for event in daemon.call("log.tail", count=100)["items"]
                if event["type"] == "daemon.settled"]
        assert len(told) == 1
