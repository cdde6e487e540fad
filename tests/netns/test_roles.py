# SPDX-License-Identifier: Apache-2.0
"""Who may do what: socket x user x group x method, as the kernel tells the daemon; and that
what was promised to be durable is there after a kill and another boot."""

import contextlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from daemons import Checkd, Haven, conf, tool
from lab import run, wait_until

# Runs as somebody else: what the greeting says and what each request gets.
CLIENT = """
import json, os, socket, sys
path, uid, gid, groups, requests = sys.argv[1:]
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
answers = []
given = sys.stdin if requests == "-" else json.loads(requests)
for request in given:
    if requests == "-":
        request = json.loads(request)
    client.sendall(json.dumps(request).encode() + b"\\n")
    while True:
        answer = json.loads(lines.readline())
        if "id" in answer:
            break
    answers.append(answer)
    if requests == "-":
        print(json.dumps(answer), flush=True)
print(json.dumps({"role": hello["params"]["role"], "answers": answers}))
"""

ROLES = ["read", "operator", "admin"]
SOMEBODY = 4711
UNMAPPED = 65534  # how the kernel shows a user of another user namespace
SECRET_REASON, SECRET_PASSWORD = "a secret reason", "hush4711"

# uid, primary group, other groups, the role on control.sock (None: it cannot be opened, as
# its mode lets root and the group ha in).
PEERS = {
    "root": (0, 0, [], "admin"),
    "ha": (SOMEBODY, SOMEBODY, ["ha"], "operator"),
    "ha as primary group": (SOMEBODY, "ha", [], "operator"),
    "ha as the last of many": (SOMEBODY, SOMEBODY, [*range(5000, 5100), "ha"], "operator"),
    "ha-admin": (SOMEBODY, SOMEBODY, ["ha", "ha-admin"], "admin"),
    "ha-admin as primary group": (SOMEBODY, "ha-admin", ["ha"], "admin"),
    "ha-admin alone": (SOMEBODY, "ha-admin", [], None),
    "neither": (SOMEBODY, SOMEBODY, [], None),
    "unmapped": (UNMAPPED, UNMAPPED, [], None),
}

# Every method, the least role it needs, and parameters that change nothing that matters:
# who may not call it is told so before they are looked at.
METHODS = {
    "read": {
        "clients": {}, "config.diff": {}, "config.test": {}, "describe": {}, "doctor": {},
        "explain": {"path": "VI_1"}, "get": {"path": "VI_1"}, "lease.list": {},
        "list": {"type": "lease"}, "log.tail": {}, "metrics": {}, "op.get": {"op_id": "x"},
        "ping": {}, "session.drop": {"role": "admin"}, "session.hello": {"major": 1},
        "status": {}, "subscribe": {"sub": "s", "snapshot": "never"},
        "unsubscribe": {"sub": "s"},
    },
    "operator": {
        "apply": {"changes": [{"path": "nobody", "set": {"priority": 1}}],
                  "lease": {"ttl_ms": 1000}, "dry_run": True},
        "apply.undo": {"rev": 1 << 40}, "audit.list": {}, "check.now": {"target": "vs/nobody"}, "config.show": {},
        "confirm": {"id": "L-none"}, "drain": {"target": "vs/nobody"},
        "failover": {"target": "nobody"}, "garp": {"target": "nobody"},
        "hold": {"target": "nobody"}, "lease.release": {"id": "L-none"},
        "lease.renew": {"id": "L-none", "ttl_ms": 1000}, "log.level": {"level": "nonsense"},
        "maintenance": {"action": "off", "target": "nobody"},
        "takeover": {"target": "nobody"}, "undrain": {"target": "vs/nobody"},
    },
    "admin": {
        "config.discard": {"objects": ["nobody"]}, "config.reload": {},
        "config.save": {"objects": ["nobody"]}, "reload": {},
        # Refused to everybody, as the daemon runs as a service.
        "stop": {},
    },
}

# What an operator may do only for a while, or only with what is his own.
LASTING = [("apply", {"changes": [{"path": "VI_1", "set": {"priority": 99}}],
                      "dry_run": True}),
           ("log.level", {"level": "info"})]


GROUPS = {"ha": 64001, "ha-admin": 64002}


def _write_groups(host, names):
    """Says which of the groups of the control plane the host knows. They need not be those
    of this machine: `ip netns exec` puts the file over /etc/group, and a daemon that runs
    sees what is written to it."""
    with open("/etc/group", encoding="utf-8") as file:
        others = [line for line in file if line.split(":")[0] not in GROUPS]
    with open(f"/etc/netns/{host.name}/group", "w", encoding="utf-8") as file:
        file.writelines(others + [f"{name}:x:{GROUPS[name]}:\n" for name in names])


@pytest.fixture(name="no_groups")
def _no_groups(trio):
    """Neither group exists on the first host."""
    directory = f"/etc/netns/{trio[0].name}"
    trio[0].lab.closers.callback(shutil.rmtree, directory)
    os.makedirs(directory)
    _write_groups(trio[0], [])


@pytest.fixture(name="groups")
def _groups(trio, no_groups):
    """Both exist."""
    assert no_groups is None
    _write_groups(trio[0], GROUPS)
    return GROUPS


def _ask(daemon, name, peer, requests, groups):
    """The answers to [method, params]... as this peer gets them on this socket."""
    uid, gid, others, _ = PEERS[peer]
    path = os.path.join(daemon.run_base, daemon.program, name)
    lines = [{"id": number, "method": method, "params": params}
             for number, (method, params) in enumerate(requests)]
    output = subprocess.run(
        [sys.executable, "-c", CLIENT, path, str(uid), str(groups.get(gid, gid)),
         json.dumps([groups.get(group, group) for group in others]), json.dumps(lines)],
        stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return json.loads(output)


def _role(name, peer):
    """What the table promises: nobody has more than read on the public socket."""
    return "read" if name == "public.sock" else PEERS[peer][3]


def _is_denied(answer):
    return answer.get("error", {}).get("data", {}).get("name") == "denied"


def _secret_conf():
    return conf(extra=f"authentication {{\n auth_type PASS\n auth_pass {SECRET_PASSWORD}\n}}",
                version=2, interval=1)


@pytest.fixture(name="daemon", params=[Haven, Checkd], ids=lambda kind: kind.program)
def _daemon(request, trio, groups, monkeypatch):
    """It has looked the groups up when it starts, and runs as if as a service."""
    assert groups
    monkeypatch.setenv("NOTIFY_SOCKET", os.path.join(trio[0].dir, "nobody"))
    return request.param(trio[0], _secret_conf())


def test_the_table_has_every_method(daemon):
    offered = {name: facts["role"] for name, facts in
               daemon.call("describe")["methods"].items()}
    known = {name: role for role, methods in METHODS.items() for name in methods}
    assert offered == {name: known.get(name) for name in offered}


@pytest.mark.parametrize("name", ["control.sock", "public.sock"])
@pytest.mark.parametrize("peer", PEERS)
def test_every_cell_of_the_matrix(daemon, groups, name, peer):
    offered = daemon.call("describe")["methods"]
    cells = [(need, method, params) for need, methods in METHODS.items()
             for method, params in methods.items() if method in offered]
    if daemon.program == "vrrpd":
        daemon.call("hold", target="VI_1", for_ms=600000, reason=SECRET_REASON)
        cells += [("admin", method, params) for method, params in LASTING]
        lease = daemon.call("lease.list")["items"][0]["id"]  # root's
        cells += [("admin", "lease.renew", {"id": lease, "ttl_ms": 600000})]
    got = _ask(daemon, name, peer, [cell[1:] for cell in cells], groups)
    role = _role(name, peer)
    if role is None:
        assert got == {"refused": True}
        return
    assert got["role"] == role
    for (need, method, params), answer in zip(cells, got["answers"]):
        denied = ROLES.index(role) < ROLES.index(need)
        assert _is_denied(answer) == denied, (method, params, answer)
        if denied:
            least = offered[method]["role"]
            need = need if ROLES.index(role) >= ROLES.index(least) else least
            assert answer["error"]["data"] == {"name": "denied", "need": need, "have": role}
    # That somebody is connected is no secret; who it is, who asked for what, and why, is.
    said = json.dumps(got["answers"])
    assert SECRET_PASSWORD not in said
    clients = [answer["result"] for cell, answer in zip(cells, got["answers"])
               if cell[1] == "clients"]
    assert clients[0]["items"]
    if role == "read":
        assert SECRET_REASON not in said
        assert '"uid"' not in said and '"pid"' not in json.dumps(clients)
    elif daemon.program == "vrrpd":
        assert SECRET_REASON in said


def test_rights_that_were_given_up_are_gone(daemon, groups):
    got = _ask(daemon, "control.sock", "root", [
        ("session.drop", {"role": "operator"}), ("reload", {}), ("audit.list", {}),
        ("session.drop", {"role": "read"}), ("audit.list", {}),
        ("session.drop", {"role": "admin"}), ("session.hello", {"major": 1}),
        ("reload", {})], groups)["answers"]
    assert [_is_denied(answer) for answer in got] \
        == [False, True, False, False, True, False, False, True]
    assert [got[index]["result"]["role"] for index in (0, 3, 5, 6)] \
        == ["operator", "read", "read", "read"]


def test_a_subscriber_that_gave_up_its_rights_sees_less(trio):
    daemon = Haven(trio[0], conf())
    with daemon.connect() as client, client.makefile() as lines:
        for method, params in (("subscribe", {"sub": "s", "snapshot": "never"}),
                               ("session.drop", {"role": "read"})):
            client.sendall(json.dumps({"id": 1, "method": method,
                                       "params": params}).encode() + b"\n")
        daemon.call("hold", target="VI_1", for_ms=600000, reason=SECRET_REASON)
        line = ""
        while '"lease.created"' not in line:
            line = lines.readline()
        assert SECRET_REASON not in line and '"uid"' not in line


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


def test_who_is_in_ha_admin_alone_is_told_what_is_missing(daemon, groups):
    """The socket is for the group ha; with public.sock alone no role counts."""
    done = run("setpriv", "--reuid", str(SOMEBODY), "--regid", str(groups["ha-admin"]),
               "--clear-groups", tool("hactl/hactl"), "-R", daemon.run_base, "reload",
               daemon.program, check=False)
    assert done.returncode == 4
    assert "members of ha-admin must be in ha too" in done.stderr
    done = daemon.hactl("call", daemon.program, "session.drop", "role=read")
    assert "must be in ha" not in done.stdout + done.stderr


def test_readers_are_told_where_findings_are_and_not_what(daemon, groups):
    daemon.configure(_secret_conf().replace("priority", "prioritty"))
    asked = [("config.test", {}), ("config.test", {})]
    first, second = _ask(daemon, "public.sock", "neither", asked, groups)["answers"]
    assert (first["result"]["verdict"], first["result"]["errors"]) == ("does not run", 1)
    assert first["result"]["redacted"] is True
    finding = first["result"]["findings"][0]
    assert set(finding) == {"severity", "file", "line", "column"}
    assert finding["line"] > 1 and "prioritty" not in json.dumps(first)
    assert second["error"]["data"]["name"] == "busy"
    assert 0 < second["error"]["data"]["retry_ms"] <= 5001
    again = _ask(daemon, "public.sock", "unmapped", asked[:1], groups)["answers"][0]
    assert again["error"]["data"]["name"] == "busy", "of all readers together"
    for answer in _ask(daemon, "control.sock", "ha", asked, groups)["answers"]:
        assert "prioritty" in answer["result"]["findings"][0]["source"]
        assert "redacted" not in answer["result"]
    os.chmod(daemon.conf_path, 0o600)
    os.chown(daemon.conf_path, 0, 0)

    def test_as(*groups):
        return run("setpriv", "--reuid", str(SOMEBODY), "--regid", str(SOMEBODY), *groups,
                   tool("hactl/hactl"), "-R", daemon.run_base, "config", "test", check=False)
    done = test_as("--groups", str(groups["ha"]))
    assert (done.returncode, "did you mean 'priority'?" in done.stdout) == (1, True)
    told = []
    wait_until(lambda: told.append(test_as("--clear-groups")) or told[-1].returncode != 6, 10,
               "a while later a reader may ask again")
    assert told[-1].returncode == 1
    places, verdict = told[-1].stdout.splitlines()
    assert places == f"{daemon.conf_path}:{finding['line']}:{finding['column']}: error"
    assert verdict == "does not run: 1 error, 0 warnings; what they are is told to the role " \
        "operator"


def _role_of(daemon, peer):
    """The role with which the daemon greets this peer; None: it cannot connect."""
    return _ask(daemon, "control.sock", peer, [], GROUPS).get("role")


@contextlib.contextmanager
def _connected(daemon, peer):
    """Keeps a connection of this peer, over which methods can be called."""
    uid, gid, others, _ = PEERS[peer]
    path = os.path.join(daemon.run_base, daemon.program, "control.sock")
    with subprocess.Popen(
            [sys.executable, "-c", CLIENT, path, str(uid), str(GROUPS.get(gid, gid)),
             json.dumps([GROUPS.get(group, group) for group in others]), "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        def call(method, **params):
            process.stdin.write(json.dumps({"id": 1, "method": method,
                                            "params": params}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        yield call
        process.stdin.close()


@pytest.mark.parametrize("kind", [Haven, Checkd], ids=lambda kind: kind.program)
def test_groups_follow_a_reload(trio, no_groups, kind):
    assert no_groups is None
    daemon = kind(trio[0], conf())
    assert [_role_of(daemon, peer) for peer in ("ha", "ha-admin")] == [None, None]
    _write_groups(trio[0], ["ha"])
    daemon.call("reload")
    wait_until(lambda: _role_of(daemon, "ha") == "operator", 10, "ha counts")
    assert _role_of(daemon, "ha-admin") == "operator", "of its groups one exists"
    path = os.path.join(daemon.run_base, daemon.program, "control.sock")
    assert (os.stat(path).st_gid, os.stat(path).st_mode & 0o777) == (GROUPS["ha"], 0o660)
    _write_groups(trio[0], GROUPS)
    daemon.call("reload")
    wait_until(lambda: _role_of(daemon, "ha-admin") == "admin", 10, "ha-admin counts")
    trail = os.path.join(daemon.run_base, "log", daemon.program, "audit.jsonl")
    assert os.stat(trail).st_gid == GROUPS["ha-admin"], "they may read the audit"

    with _connected(daemon, "ha-admin") as call:
        assert "error" not in call("config.discard", objects=[])
        _write_groups(trio[0], ["ha"])
        daemon.call("reload")
        wait_until(lambda: _is_denied(call("config.discard", objects=[])), 10,
                   "a right that is gone is gone for who is connected too")
        assert "error" not in call("audit.list")
        _write_groups(trio[0], GROUPS)
        daemon.call("reload")
        wait_until(lambda: _role_of(daemon, "ha-admin") == "admin", 10, "it is back")
        assert _is_denied(call("config.discard", objects=[])), "for new connections only"
    _write_groups(trio[0], [])
    daemon.call("reload")
    wait_until(lambda: _role_of(daemon, "ha") is None, 10, "nobody but root gets in")
    assert _role_of(daemon, "root") == "admin"
    assert os.stat(trail).st_gid != GROUPS["ha-admin"], "a gid may become another group's"
    assert "there is no group ha any more" in daemon.log()
