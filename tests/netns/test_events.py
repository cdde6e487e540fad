# SPDX-License-Identifier: Apache-2.0
"""A subscriber is told of every transition, in order and without gaps."""

import json

from daemons import Haven, conf, instance_conf, settle
from picture import Subscriber, agree


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


def test_a_subscriber_over_reloads_and_edits_knows_what_a_fresh_one_knows(trio):
    first, second = instance_conf(priority=200), instance_conf(
        name="VI_2", vrid=52, priority=90, addresses=["192.0.2.77/24"])
    daemon = Haven(trio[0], conf(first, second)).wait_state("MASTER")
    daemon.wait_state("MASTER", name="VI_2")

    told = Subscriber(daemon)
    daemon.call("apply", lease={"ttl_ms": 60000}, changes=[
        {"path": "VI_1", "set": {"nopreempt": True, "preempt_delay_ms": 500}},
        {"path": "VI_2", "set": {"priority": 91}}])
    renamed = second.replace("VI_2", "VI_TWO").replace("priority 90", "priority 89")
    more = instance_conf(name="VI_3", vrid=53, addresses=["192.0.2.78/24"])
    assert daemon.reload(conf(instance_conf(priority=150), renamed, more)).returncode == 0
    daemon.wait_state("MASTER", name="VI_3")
    daemon.call("apply", changes=[{"path": "VI_1", "unset": ["nopreempt"]}])
    assert daemon.reload(conf(instance_conf(priority=151), more)).returncode == 0
    agree([told])
    told.close()
    assert sorted(path for path in told.objects if path.startswith("instance/")) == \
        ["instance/VI_1", "instance/VI_3"]


class Listener:
    """Somebody who wants events and no picture; the daemon's log has what they are told."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.client = daemon.connect()
        self.lines = self.client.makefile()
        self.ask("subscribe", sub="s", snapshot="never")

    def ask(self, method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.client.sendall(json.dumps(request).encode() + b"\n")
        for line in self.lines:
            if "id" in json.loads(line):
                return json.loads(line).get("result")
        raise AssertionError("the daemon hung up")

    def told_of(self, action):
        """The events of VI_1 and of the daemon that follow from what `action` does."""
        last = self.daemon.call("log.tail", count=1)["items"][-1]["seq"]
        action()
        self.daemon.call("ping")
        return [event for event in self.daemon.call("log.tail", count=100)["items"]
                if event["seq"] > last]

    def close(self):
        self.lines.close()
        self.client.close()


def _changed(events):
    return [event["new"] for event in events if event["type"] == "instance.changed"]


def test_a_change_is_told_once_and_by_whom(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    settle(master, Haven(b, conf(priority=100)))
    listener = Listener(master)

    def edit(*words):
        return listener.told_of(lambda: master.hactl("--reason=try", *words))

    for words in (("set", "VI_1", "priority", "210"), ("unset", "VI_1", "priority")):
        events = edit(*words)
        assert [event["type"] for event in events] == ["instance.priority",
                                                       "instance.changed"], events
        assert list(events[1]["old"]) == list(events[1]["new"]) == ["priority"]
        assert all(event["cause"]["reason"] == "try" for event in events), events

    events = edit("-y", "failover", "VI_1")
    caused = [event for event in events if event["type"] != "instance.vips"]
    assert {"move.started", "move.finished", "lease.created", "instance.priority",
            "instance.state", "instance.changed"} == {event["type"] for event in caused}
    assert all(event["cause"]["reason"] == "try" for event in caused), caused
    listener.close()


def test_a_reload_tells_what_differs_and_no_more(trio):
    other = instance_conf(name="VI_2", vrid=52, priority=90, addresses=["192.0.2.77/24"])
    daemon = Haven(trio[0], conf(instance_conf(priority=200), other)).wait_state("MASTER")
    daemon.wait_state("MASTER", name="VI_2")
    listener = Listener(daemon)
    daemon.configure(conf(instance_conf(priority=201), other))
    events = listener.told_of(lambda: daemon.hactl("-y", "reload"))
    assert {event["path"] for event in events} == {"instance/VI_1", "daemon/vrrpd"}
    assert _changed(events) == [{"priority": 201}]

    daemon.configure(conf(instance_conf(priority=201), other) + "nonsense\n")
    events = listener.told_of(lambda: daemon.hactl("-y", "reload"))
    assert [event["type"] for event in events] == ["config.refused"]
    finding = events[0]["new"]["finding"]
    assert finding["file"] == daemon.conf_path and "nonsense" in finding["text"]
    # Readers may not be allowed to read the file.
    listener.ask("session.drop", role="read")
    last = listener.ask("log.tail", count=1)["items"][-1]
    assert "text" not in last["new"]["finding"] and last["new"]["finding"]["line"] > 0
    assert "cause" not in last
    listener.close()
