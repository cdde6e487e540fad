# SPDX-License-Identifier: Apache-2.0
"""A file of edits for vrrpd and for checkd: both change, or neither does."""

import json
import os
import socket
import threading

import pytest
from daemons import Checkd, Haven, conf

HOUR_MS = 3600 * 1000


@pytest.fixture(name="vrrpd")
def _vrrpd(trio):
    return Haven(trio[0], conf(priority=200)).wait_state("MASTER")


@pytest.fixture(name="checkd")
def _checkd(trio, vrrpd):
    checkd = Checkd(trio[0], conf(priority=200), start=False)
    checkd.run_base = vrrpd.run_base
    return checkd.start()


@pytest.fixture(name="edits")
def _edits(tmp_path):
    """Writes a file of edits; the words that carry it out."""
    def write(*lines):
        path = tmp_path / "edits"
        path.write_text("".join(line + "\n" for line in lines))
        return ("--atomic", "-t", "3s", "-f", str(path))
    return write


def level_of(daemon):
    """Where the log level comes from, and what it is; None: the command line."""
    for item in daemon.call("config.diff")["items"]:
        if item["path"] == f"daemon/{daemon.program}":
            return item["layer"], item["running"]
    return None


def test_both_daemons_have_it(vrrpd, checkd, edits):
    done = vrrpd.hactl(*edits("set VI_1 priority 150 for 1h", "log level notice"), check=True)
    assert len(done.stdout.splitlines()) == 3
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 150
    assert level_of(vrrpd) == level_of(checkd) == ("lease", "notice")
    # One lease of each: it all ends at the same time.
    for daemon in (vrrpd, checkd):
        lease, = daemon.call("lease.list")["items"]
        assert lease["left_ms"] <= HOUR_MS
        assert vrrpd.hactl("lease", "release", lease["id"], daemon.program).returncode == 0
    assert level_of(vrrpd) is level_of(checkd) is None
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 200


def test_what_is_saved_outlives_both_daemons(vrrpd, checkd, edits):
    vrrpd.hactl(*edits("log level notice checkd", "set VI_1 priority 150"), check=True)
    vrrpd.hactl("save", check=True)
    for daemon in (vrrpd, checkd):
        daemon.kill()
        daemon.start()
    assert level_of(checkd) == ("saved", "notice")
    assert level_of(vrrpd) is None
    vrrpd.hactl(*edits("unset VI_1 priority"), check=True)
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 200


def test_what_checkd_would_refuse_vrrpd_does_not_do(vrrpd, checkd, edits):
    done = vrrpd.hactl(*edits("set VI_1 priority 150", "set vs WEB quorum 2"))
    assert (done.returncode, done.stdout) == (3, "")
    assert ":2: checkd has no checks yet" in done.stderr or ":2: checkd: " in done.stderr
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 200
    assert vrrpd.call("status")["overrides"] == checkd.call("status")["overrides"] == 0


class RefusingCheckd(threading.Thread):
    """Says yes to a dry run and no to the change. Between the two somebody may act."""

    def __init__(self, run_base, between=lambda: None):
        super().__init__(daemon=True)
        os.makedirs(f"{run_base}/checkd", exist_ok=True)
        self.between = between
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(f"{run_base}/checkd/control.sock")
        self.socket.listen()
        self.start()

    def run(self):
        peer, _ = self.socket.accept()
        self.tell(peer, method="hello", params={
            "proto": "hcp", "major": 1, "minor": 0, "daemon": "checkd", "version": "0",
            "node": "n", "epoch": "e", "role": "admin", "phase": "running", "rev": 1})
        for line in peer.makefile():
            asked = json.loads(line)
            if asked["params"].get("dry_run"):
                self.tell(peer, id=asked["id"], result={"rev": 1, "changes": []})
                continue
            self.between()
            self.tell(peer, id=asked["id"], error={
                "code": 1004, "message": "a reload goes on", "data": {"name": "busy"}})

    @staticmethod
    def tell(peer, **message):
        peer.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def test_what_checkd_refuses_vrrpd_takes_back(vrrpd, edits):
    """All that was there is there again: what was set for good, and a lease with its end."""
    vrrpd.hactl("set", "VI_1", "priority", "170", check=True)
    vrrpd.hactl("set", "VI_1", "priority", "160", "for", "1h", check=True)
    before = vrrpd.call("list", type="override")["items"]
    RefusingCheckd(vrrpd.run_base)
    done = vrrpd.hactl(*edits("set VI_1 priority 150 preempt-delay 3s for 5m", "log level info"))
    assert done.returncode == 6
    assert "a reload goes on; what vrrpd had changed was taken back" in done.stderr
    after = vrrpd.call("list", type="override")["items"]
    for entry in before + after:
        entry.pop("left_ms", None)
    assert sorted(before, key=str) == sorted(after, key=str)
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 160
    last = vrrpd.call("audit.list", count=1)["items"][0]
    assert last["method"] == "apply.undo"
    assert "take back VI_1 priority 150 -> 160" in vrrpd.hactl("audit", "1").stdout


def test_what_somebody_did_meanwhile_is_not_trampled_on(vrrpd, edits):
    RefusingCheckd(vrrpd.run_base, lambda: vrrpd.call(
        "apply", changes=[{"path": "VI_1", "set": {"priority": 180}}]))
    done = vrrpd.hactl(*edits("set VI_1 priority 150", "log level info"))
    assert done.returncode == 8
    assert "checkd: a reload goes on; vrrpd keeps its part: revision" in done.stderr
    assert "\"hactl set VI_1 priority 200\"" in done.stderr
    assert vrrpd.call("get", path="VI_1")["object"]["priority"] == 180
