# SPDX-License-Identifier: Apache-2.0
"""Who may do what: socket x user x group x method, as the kernel tells the daemon; and that
what was promised to be durable is there after a kill and another boot."""

import itertools
import json
import os
import socket
import subprocess
import sys

import pytest
from daemons import Haven, conf
from lab import run, wait_until

# Runs as somebody else and says what the greeting and a request got.
CLIENT = """
import json, os, socket, sys
path, uid, gid, groups, request = sys.argv[1:]
os.setgroups(json.loads(groups))
os.setgid(int(gid))
os.setuid(int(uid))
client = socket.socket(socket.AF_UNIX)
try:
    client.connect(path)
except PermissionError:
    print(json.dumps({"refused": True}))
    sys.exit()
lines = client.makefile("r")
hello = json.loads(lines.readline())
client.sendall(request.encode() + b"\\n")
print(json.dumps({"role": hello["params"]["role"], "answer": json.loads(lines.readline())}))
"""

ROLES = ["read", "operator", "admin"]
METHODS = {
    "read": ("ping", {}),
    "operator": ("garp", {"target": "nobody"}),
    "admin": ("config.discard", {}),
}


@pytest.fixture(name="groups", scope="module")
def _groups():
    """The groups of the control plane, made for the test where they are missing."""
    made = []
    for name in ("ha", "ha-admin"):
        if subprocess.run(["getent", "group", name], stdout=subprocess.DEVNULL,
                          check=False).returncode != 0:
            run("groupadd", "--system", name)
            made.append(name)
    ids = {name: int(run("getent", "group", name).stdout.split(":")[2])
           for name in ("ha", "ha-admin")}
    yield ids
    for name in made:
        run("groupdel", name)


def _ask(path, uid, gid, groups, method, params):
    request = json.dumps({"id": 1, "method": method, "params": params})
    output = subprocess.run(
        [sys.executable, "-c", CLIENT, path, str(uid), str(gid), json.dumps(groups), request],
        stdout=subprocess.PIPE, check=True, timeout=20).stdout
    return json.loads(output)


def _expected(name, uid, member_of):
    earned = "read"
    if uid == 0 or "ha-admin" in member_of:
        earned = "admin"
    elif "ha" in member_of:
        earned = "operator"
    return "read" if name == "public.sock" else earned


def test_every_cell_of_the_matrix(trio, groups):
    daemon = Haven(trio[0], conf())
    memberships = [(), ("ha",), ("ha-admin", "ha")]
    for name, uid, member_of, primary in itertools.product(
            ("control.sock", "public.sock"), (0, 4711), memberships, (False, True)):
        ids = [groups[group] for group in member_of]
        gid = ids[0] if primary and ids else 4711
        path = os.path.join(daemon.run_base, "vrrpd", name)
        role = _expected(name, uid, member_of)
        for need, (method, params) in METHODS.items():
            got = _ask(path, uid, gid, ids, method, params)
            if name == "control.sock" and uid != 0 and not _may_open(gid, ids, groups):
                assert got == {"refused": True}
                continue
            assert got["role"] == role, (name, uid, member_of)
            error = got["answer"].get("error", {}).get("data", {}).get("name")
            denied = ROLES.index(role) < ROLES.index(need)
            assert (error == "denied") == denied, (name, uid, member_of, method)


def _may_open(gid, ids, groups):
    """The mode of the socket lets the group ha in, and nobody else."""
    return groups["ha"] in ids or gid == groups["ha"]


def test_a_promised_lease_outlives_a_kill_and_the_boot(trio, tmp_path):
    daemon = Haven(trio[0], conf())
    result = daemon.call("hold", target="VI_1", for_ms=600000, reason="a kill")
    assert result["durable"] is True
    # The lease is promised with the answer; the audit line follows by its own way.
    trail = os.path.join(daemon.run_base, "log", "vrrpd", "audit.jsonl")
    wait_until(lambda: os.path.exists(trail) and "a kill" in open(trail, encoding="utf-8")
               .read(), what="the audit line")
    daemon.signal_all(9)
    daemon.wait()
    os.unlink(os.path.join(daemon.run_base, "vrrpd", "overrides.json"))
    boot = tmp_path / "boot_id"
    boot.write_text("another\n")
    os.environ["HAVEN_BOOT_ID_FILE"] = str(boot)
    try:
        daemon.start()
    finally:
        del os.environ["HAVEN_BOOT_ID_FILE"]
    wait_until(lambda: daemon.instance()["effective"] in (1, None), what="the hold")
    assert daemon.instance()["leases"] == [result["lease"]]
    entries = daemon.call("audit.list", count=10)["items"]
    assert [entry["params"]["reason"] for entry in entries if entry["method"] == "hold"] \
        == ["a kill"]


def test_a_reader_that_names_no_one_gets_no_one(trio):
    daemon = Haven(trio[0], conf())
    daemon.call("hold", target="VI_1", for_ms=600000, reason="a secret reason")
    client = socket.socket(socket.AF_UNIX)
    client.connect(os.path.join(daemon.run_base, "vrrpd", "public.sock"))
    lines = client.makefile("r")
    lines.readline()
    for number, (method, params) in enumerate([
            ("list", {"type": "lease"}), ("lease.list", {}), ("status", {}),
            ("log.tail", {}), ("explain", {"path": "VI_1"})]):
        request = {"id": number, "method": method, "params": params}
        client.sendall(json.dumps(request).encode() + b"\n")
        answer = lines.readline()
        assert "a secret reason" not in answer
        assert '"uid"' not in answer
