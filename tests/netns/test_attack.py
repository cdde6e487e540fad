# SPDX-License-Identifier: Apache-2.0
"""The limits of the control sockets hold under attack: each answers as the manual says,
memory is bounded, root is served, and adverts of 10 ms stay on time meanwhile."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import wait_until
from wire import Capture, longest_gap

INTERVAL = 0.01
ROUTERS = 3
SECONDS = 13
NOBODIES = (40001, 40002, 40003, 40004, 40005)
MEMORY_KB = 8192
# As the unit starts it.
NICE = -15
ATTACKER = os.path.join(os.path.dirname(__file__), "attacker.py")
BOTH = (("control.sock", 0), ("public.sock", NOBODIES[0]))


class Attack:
    """attacker.py, running as a user against a socket of the daemon."""

    def __init__(self, daemon, name, uid, seconds, *kinds):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [sys.executable, "-B", ATTACKER,
             os.path.join(daemon.run_base, daemon.program, name), str(uid), str(seconds),
             *kinds], stdout=subprocess.PIPE, text=True)

    def seen(self):
        out, _ = self.process.communicate(timeout=SECONDS + 30)
        assert self.process.returncode == 0
        return json.loads(out)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Bystander:
    """A process as nice as the daemon that only sleeps a millisecond at a time: how long
    the machine kept even that one from running is no fault of the daemon."""

    SLEEPER = """
import os, signal, time
os.nice({nice})
worst, on = 0, [True]
signal.signal(signal.SIGTERM, lambda *_: on.clear())
last = time.monotonic()
while on:
    time.sleep(0.001)
    now = time.monotonic()
    worst, last = max(worst, now - last), now
print(worst)
"""

    def __enter__(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.SLEEPER.format(nice=NICE)],
            stdout=subprocess.PIPE, text=True)
        self.kept_waiting = None
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        out, _ = self.process.communicate(timeout=10)
        self.kept_waiting = float(out)


def seen(*attack):
    with Attack(*attack) as running:
        return running.seen()


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def clients_of(daemon):
    """How many are connected, the one who asks among them."""
    return daemon.call("status")["clients"]["now"]


def status_line(daemon):
    """What hactl says of the daemon while others do their worst."""
    return next(line for line in daemon.hactl("show", "status").stdout.splitlines()
                if "vrrpd" in line)


@pytest.mark.parametrize("kind", ["long", "deep", "deep objects", "many keys", "million"])
def test_what_is_too_big_is_answered_and_ended(trio, kind):
    daemon = Haven(trio[0], conf())
    for name, uid in BOTH:
        counts = seen(daemon, name, uid, 0.3, kind)[kind]
        assert set(counts) == {"too_big", "ended"} and len(set(counts.values())) == 1, counts


def test_the_ninth_connection_of_a_user_is_turned_away(trio):
    daemon = Haven(trio[0], conf())
    places = ["half"] * 8
    with Attack(daemon, "public.sock", NOBODIES[0], 8, *places):
        wait_until(lambda: clients_of(daemon) == 9, 5, "eight are there")
        assert set(seen(daemon, "public.sock", NOBODIES[0], 0.1, "connects")["connects"]) \
            == {"too_many"}
        assert "hello" in seen(daemon, "public.sock", NOBODIES[1], 0.1, "connects")["connects"]


def test_root_has_places_that_nobody_else_gets(trio):
    daemon = Haven(trio[0], conf())
    with contextlib.ExitStack() as stack:
        for uid in NOBODIES[:4]:
            stack.enter_context(Attack(daemon, "public.sock", uid, 8, *["half"] * 8))
        wait_until(lambda: clients_of(daemon) == 33, 5, "the pool is full")
        assert set(seen(daemon, "public.sock", NOBODIES[4], 0.1, "connects")["connects"]) \
            == {"too_many"}
        path = os.path.join(daemon.run_base, "vrrpd/public.sock")
        greetings = []
        for _ in range(5):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.settimeout(5)
            client.connect(path)
            greetings.append(json.loads(stack.enter_context(client.makefile()).readline()))
        assert [line.get("method") for line in greetings] == ["hello"] * 4 + [None]
        assert greetings[4]["error"]["data"]["name"] == "too_many"


def test_what_is_denied_over_and_over_does_not_fill_the_disk(trio):
    daemon = Haven(trio[0], conf())
    requests = daemon.call("status")["clients"]["requests"]
    with Attack(daemon, "public.sock", NOBODIES[0], 2, "denied") as attack:
        wait_until(lambda: daemon.call("status")["clients"]["requests"] > requests + 200, 5,
                   "it is asked")
        attack.seen()
    entries = [entry for entry in daemon.call("audit.list", count=256)["items"]
               if entry["who"]["uid"] == NOBODIES[0]]
    assert len(entries) == 30 and {entry["outcome"] for entry in entries} == {"denied"}
    assert os.path.getsize(os.path.join(daemon.run_base, "log/vrrpd/audit.jsonl")) < 50_000


def test_a_subscriber_that_sleeps_is_told_of_the_gap(trio):
    """More events than the ring keeps, while a subscriber reads nothing."""
    a, _, _ = trio
    names = [f"VI_{number}" for number in range(1, 31)]
    daemon = Haven(a, conf(*(instance_conf(
        name, vrid=number, interval=1, addresses=[f"192.0.2.{100 + number}/24"])
        for number, name in enumerate(names, 1))))

    def fill_the_ring():
        for number in range(200):
            daemon.call("apply", changes=[
                {"path": f"instance/{name}", "set": {"priority": 101 + number % 2}}
                for name in names])

    fill_the_ring()
    subscribe = {"id": 1, "method": "subscribe", "params": {"sub": "s"}}
    with daemon.connect() as client, client.makefile() as lines:
        client.sendall(json.dumps(subscribe).encode() + b"\n")
        memory = resident_kb(daemon.pid)
        fill_the_ring()
        assert resident_kb(daemon.pid) - memory < MEMORY_KB
        last = daemon.call("log.tail", count=1)["seq"]
        picture, gaps = {}, 0
        for line in lines:
            message = json.loads(line)
            method, params = message.get("method"), message.get("params", {})
            gaps += method == "gap"
            if method == "object":
                picture[params["object"]["path"]] = params["object"].get("priority")
            if method == "event" and "priority" in params.get("new", {}):
                picture[params["path"]] = params["new"]["priority"]
            # The picture was taken before the last event, or after it.
            if gaps and method in ("synced", "event") and params["seq"] >= last:
                break
        assert gaps
        assert [picture[f"instance/{name}"] for name in names] == [102] * len(names)


def _routers(host, priority):
    daemon = Haven(host, conf(*(instance_conf(
        f"VI_{number}", vrid=number, priority=priority, interval=INTERVAL,
        addresses=[f"192.0.2.{100 + number}/24"]) for number in range(1, ROUTERS + 1))))
    for pid in daemon.family_pids():
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
    return daemon


def _storm(daemon):
    """Everything at once, from five users on both sockets."""
    deaf = ("deaf list", "deaf list", "deaf metrics", "deaf subscriber")
    bombs = ("long", "deep", "deep objects", "many keys", "million")
    for name, uid, kinds in (
            ("public.sock", NOBODIES[0], ("half", "bytewise", "pipelined")),
            ("public.sock", NOBODIES[1], deaf),
            ("public.sock", NOBODIES[2], bombs),
            ("public.sock", NOBODIES[3], ("connects", "connects")),
            ("control.sock", 0, ("connects", "bytewise", "pipelined", *deaf, *bombs))):
        yield Attack(daemon, name, uid, SECONDS, *kinds)


@pytest.mark.alone
def test_adverts_leave_on_time_in_the_storm(trio):
    a, b, _ = trio
    watcher = a.lab.host("watcher")
    master, backup = _routers(a, 200), _routers(b, 100)
    for number in range(1, ROUTERS + 1):
        settle(master, backup, master=master, name=f"VI_{number}")
    memory, most, asked = resident_kb(master.pid), 0, 0
    with Bystander() as bystander, Capture(watcher, only=[a, b]) as capture, \
            contextlib.ExitStack() as stack:
        began = time.time()
        attacks = [stack.enter_context(attack) for attack in _storm(master)]
        while attacks[0].process.poll() is None:
            assert " running" in status_line(master)
            asked += 1
            most = max(most, resident_kb(master.pid))
        ended = time.time()
        users = [attack.seen() for attack in attacks]
    assert asked > SECONDS, "hactl was answered, time and again"
    assert most - memory < MEMORY_KB
    for number in range(1, ROUTERS + 1):
        own = [advert for advert in capture.adverts(a.ip4)
               if began <= advert.time <= ended and advert.vrid == number]
        assert len(own) > (ended - began) / INTERVAL * 0.9
        assert longest_gap(own) < 3 * INTERVAL + bystander.kept_waiting
    if bystander.kept_waiting < INTERVAL:
        assert capture.adverts(b.ip4) == []
    # They did what they were sent for, and got what the manual says.
    assert users[3]["connects"]["hello"] + users[4]["connects"]["hello"] >= 10_000
    for each in users:
        assert "WRONG" not in each.get("pipelined", {})
        assert set(each.get("bytewise", {})) <= {"answered"}
    halves = [int(when.split()[2]) for when in users[0]["half"]]
    assert halves and all(10 <= seconds <= 12 for seconds in halves)
    assert all(users[at][kind]["too_big"] > 10 for at, kind in
               ((2, "long"), (2, "deep"), (2, "million"), (4, "deep objects")))
    assert "closed" not in users[1]["deaf list"], "it is only kept waiting"
