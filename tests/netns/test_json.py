# SPDX-License-Identifier: Apache-2.0
"""The JSON of hactl with real daemons: each answer has what its schema promises."""

import json
import os
import sys

from daemons import Checkd, Haven, conf, settle

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                             "hactl"))

from schemas import EVENT, check, check_answer  # noqa: E402

LOOKS = [
    "show status", "show instances", "show instance VI_1 detail", "show vips", "show leases",
    "show overrides", "show stats", "show clients", "show version", "explain VI_1", "doctor",
    "metrics", "is-master VI_1", "log", "audit", "diff", "check", "check peer", "describe",
    "wait synced", "wait VI_1 state MASTER", "lease list"]
CHANGES = [
    "set VI_1 priority 210 for 1h", "set VI_1 nopreempt on", "unset VI_1 nopreempt",
    "hold VI_1 for 1h", "hold clear VI_1", "log level debug for 1h", "garp VI_1", "save",
    "discard saved", "maintenance on node for 1h", "maintenance off", "failover VI_1 hold 1s",
    "takeover VI_1"]


def ask(node, line):
    """The answer, which must be right for its schema, and the exit status."""
    done = node.hactl("-j", "-y", *line.split())
    assert done.stderr == "", (line, done.stderr)
    answer = json.loads(done.stdout)
    check_answer(answer, answer["schema"])
    assert answer["partial"] is False and answer["node"] == "lab", line
    return answer, done.returncode


def start(trio):
    a, b, _ = trio
    node = Haven(a, conf(priority=200)).wait_state("MASTER")
    checkd = Checkd(a, conf(priority=200), start=False)
    checkd.run_base = node.run_base
    checkd.start()
    settle(node, Haven(b, conf(priority=100)))
    return node


def test_every_look_is_as_its_schema_says(trio):
    node = start(trio)
    for edit in ("set VI_1 preempt-delay 5s", "set VI_1 priority 190 for 1h"):
        ask(node, edit)
    for line in LOOKS:
        answer, status = ask(node, line)
        assert status == 0 or line in ("diff", "doctor", "check", "check peer"), line
        empty = ("doctor", "describe")
        assert answer["items"] or line in empty, f"{line} has nothing to look at"


def test_every_change_is_as_its_schema_says(trio):
    node = start(trio)
    for line in CHANGES:
        if line.startswith("failover"):
            node.wait_state("MASTER")  # back from the maintenance
        assert ask(node, line)[1] == 0, line


def test_every_event_is_as_its_schema_says(trio):
    node = start(trio)
    done = node.hactl("-j", "watch", "since", f"{node.hello()['epoch']}:0", "count", "3")
    for line in done.stdout.splitlines():
        check(json.loads(line), EVENT, line)
