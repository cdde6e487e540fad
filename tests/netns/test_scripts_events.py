# SPDX-License-Identifier: Apache-2.0
"""event-log: a file of all events, written by something that is killed all the time."""

import json
import os
import random
import signal
import threading
import time

from daemons import Haven, conf, settle
from lab import wait_until
from operators import Operator


class Service:
    """What a unit with Restart=always does, and a hand that kills at random."""

    def __init__(self, operator, path):
        self.operator, self.path = operator, path
        self.script = None
        self.ended = False
        self.starts = 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.ended:
            with self.operator.running("event-log", self.path) as self.script:
                self.starts += 1
                self.output, _ = self.script.communicate()
            time.sleep(0.05)

    def kill(self):
        if self.script and self.script.poll() is None:
            self.script.send_signal(signal.SIGKILL)

    def end(self):
        self.ended = True
        while self.thread.is_alive():
            self.kill()
            self.thread.join(0.1)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]


def position(daemon):
    """The last event there was."""
    last = daemon.call("log.tail", count=1)
    return last["epoch"], last["items"][-1]["seq"]


def holds(path, daemon):
    """Whether the file has come to the last event, or to what is since then."""
    epoch, seq = position(daemon)
    lines = lines_of(path)
    return bool(lines) and lines[-1]["epoch"] == epoch and lines[-1]["seq"] >= seq \
        and lines[-1]["position"] == f"{epoch}:{lines[-1]['seq']}"


def picture(lines):
    """What a reader of the file believes: the state of each instance. Fails when an event
    is there twice, or one is missing without a new beginning."""
    states, before, whole = {}, None, False
    for line in lines:
        if line["type"] in ("unreachable", "connected"):
            continue
        at = (line["epoch"], line["seq"])
        if line["type"] in ("reset", "gap"):
            states, whole = {}, False
        elif line["type"] == "object":
            assert not whole
            if line["path"].startswith("instance/"):
                states[line["path"]] = line["object"]["state"]
        elif line["type"] == "synced":
            whole = True
        else:
            if whole:
                assert at == (before[0], before[1] + 1), (before, line)
            if line["type"] == "instance.state":
                states[line["path"]] = line["new"]["state"]
        before = at
    assert whole
    return states


def busy(daemon, turns):
    for turn in range(turns):
        daemon.hactl("set", "VI_1", "priority", str(100 + turn % 50), "for", "1s")


def start(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    other = Haven(b, conf(priority=100))
    settle(master, other, master=master)
    return master, other


def test_a_log_that_is_killed_misses_and_doubles_nothing(trio, tmp_path):
    _, other = start(trio)
    path = tmp_path / "events"
    service = Service(Operator(other), path)
    try:
        wait_until(lambda: path.exists() and holds(path, other), 20, "the first picture")
        first = len(lines_of(path))
        for _ in range(8):
            busy(other, 3)
            time.sleep(random.uniform(0, 0.1))
            service.kill()
            busy(other, 2)
        wait_until(lambda: holds(path, other), 20, "the last event")
    finally:
        service.end()
    lines = lines_of(path)
    assert service.starts > 4
    assert len({line["epoch"] for line in lines}) == 1
    assert [line["type"] for line in lines].count("reset") == 1, "it went on, each time"
    assert len(lines) > first + 40
    assert picture(lines) == {"instance/VI_1": "BACKUP"}


def test_a_log_over_a_daemon_that_is_restarted(trio, tmp_path):
    master, other = start(trio)
    path = tmp_path / "events"
    service = Service(Operator(other), path)
    try:
        wait_until(lambda: path.exists() and holds(path, other), 20, "the first picture")
        for end in (other.stop, other.kill):
            busy(other, 2)
            end()
            other.start()
            wait_until(lambda: holds(path, other), 20, "what is now")
        assert master.hactl("-y", "failover", "VI_1").returncode == 0
        other.wait_state("MASTER")
        wait_until(lambda: holds(path, other), 20, "the last event")
    finally:
        service.end()
    lines = lines_of(path)
    assert len({line["epoch"] for line in lines}) == 3
    assert [line["type"] for line in lines].count("reset") >= 3
    assert picture(lines) == {"instance/VI_1": "MASTER"}


def test_what_a_crash_left_behind(trio, tmp_path):
    """Half a line at the end, and half a picture: it begins there again."""
    _, other = start(trio)
    operator = Operator(other)
    path = tmp_path / "events"
    epoch, seq = position(other)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"type": "reset", "epoch": epoch, "seq": seq,
                               "position": "-:0"}) + "\n"
                   + '{"type":"object","epoch":"' + epoch)
    service = Service(operator, path)
    try:
        wait_until(lambda: holds(path, other), 20, "the picture")
        second = operator.run("event-log", path)
        assert second.returncode == 1 and "another one writes" in second.stderr
    finally:
        service.end()
    lines = lines_of(path)
    assert [line["type"] for line in lines[:2]] == ["reset", "reset"]
    assert picture(lines) == {"instance/VI_1": "BACKUP"}
    assert os.stat(path).st_size > 0
