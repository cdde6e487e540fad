# SPDX-License-Identifier: Apache-2.0
"""hactl watch, log and wait against real daemons: what happened, without a gap."""

import json
import subprocess

from daemons import Haven, conf, settle, tool


def start_pair(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    return master, backup


def last_event(daemon):
    return daemon.hactl_json("log", "1")["items"][-1]


def lines_of(daemon, *words):
    done = daemon.hactl("-j", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def state_after(lines, state):
    """What a reader of these lines believes of VI_1 afterwards."""
    for line in lines:
        if line.get("path") != "instance/VI_1":
            continue
        facts = line.get("object") or (line["new"] if line["type"] == "instance.state" else {})
        state = facts.get("state", state)
    return state


def test_wait_sees_the_role_go_and_come(trio):
    master, backup = start_pair(trio)
    assert master.hactl("wait", "synced", "-t", "20s").returncode == 0
    assert backup.hactl("wait", "VI_1", "state", "BACKUP", "-t", "20s").returncode == 0
    assert backup.hactl("wait", "VI_1", "state", "MASTER", "-t", "300ms").returncode == 7
    assert master.hactl("-y", "failover", "VI_1", "hold", "2s").returncode == 0
    assert backup.hactl("wait", "VI_1", "state", "MASTER", "-t", "20s").returncode == 0
    assert master.hactl("wait", "VI_1", "state", "MASTER", "-t", "20s").returncode == 0


def test_a_watch_that_goes_on_misses_nothing(trio):
    master, backup = start_pair(trio)
    seen = last_event(backup)
    position = f"{seen['epoch']}:{seen['seq']}"
    assert master.hactl("-y", "failover", "VI_1").returncode == 0
    assert backup.hactl("wait", "VI_1", "state", "MASTER").returncode == 0

    last = last_event(backup)["seq"]
    resumed = lines_of(backup, "watch", "since", position, "count", str(last - seen["seq"]))
    assert [line["seq"] for line in resumed] == list(range(seen["seq"] + 1, last + 1))
    assert state_after(resumed, "BACKUP") == "MASTER"


def test_a_watch_after_a_restart_begins_with_what_is(trio):
    master, backup = start_pair(trio)
    seen = last_event(backup)
    backup.stop()
    backup.start()
    backup.wait_state("BACKUP")
    with subprocess.Popen(
            [tool("hactl/hactl"), "-R", backup.run_base, "-j", "watch", "since",
             f"{seen['epoch']}:{seen['seq']}"], stdout=subprocess.PIPE, text=True) as child:
        lines = [json.loads(child.stdout.readline()) for _ in range(4)]
        child.terminate()
    assert [line["type"] for line in lines] == ["reset", "object", "object", "synced"]
    assert [line["object"]["path"] for line in lines[1:3]] == ["instance/VI_1", "peer/checkd"]
    assert lines[0]["epoch"] != seen["epoch"]
    assert state_after(lines, None) == "BACKUP"
    assert master.state() == "MASTER"


def test_a_watch_outlives_the_daemon(trio):
    master, backup = start_pair(trio)
    with subprocess.Popen([tool("hactl/hactl"), "-R", backup.run_base, "-j", "watch",
                           "since", ""], stdout=subprocess.PIPE, text=True) as child:
        lines = []

        def read_until(kind):
            while True:
                lines.append(json.loads(child.stdout.readline()))
                if lines[-1]["type"] == kind:
                    return lines[-1]

        first = read_until("synced")
        backup.kill()
        gone = read_until("unreachable")
        assert gone["position"].startswith(first["epoch"])
        backup.start()
        assert read_until("connected")["resumed"] is False
        second = read_until("synced")
        assert second["epoch"] != first["epoch"]
        assert state_after(lines, None) == backup.state()
        assert master.hactl("-y", "failover", "VI_1").returncode == 0
        while state_after(lines, None) != "MASTER":
            lines.append(json.loads(child.stdout.readline()))
        child.terminate()
    events = [(line["epoch"], line["seq"]) for line in lines if "ts" in line]
    assert len(events) == len(set(events))
    after = [seq for epoch, seq in events if epoch == second["epoch"]]
    assert after == list(range(second["seq"] + 1, after[-1] + 1))
