# SPDX-License-Identifier: Apache-2.0
"""What is not about virtual routers or services is the same in both daemons: the same calls
get answers of the same shape, and what was promised is there after a kill."""

import json

import pytest
from daemons import Checkd, Haven, HavenError, conf
from lab import wait_until

HOUR_MS = 3600 * 1000
LEVEL = {"level": "debug", "lease": {"ttl_ms": HOUR_MS}, "reason": "a look"}


class Client:
    """A connection with less rights than its user has, if so wished."""

    def __init__(self, daemon, role="admin"):
        self.socket = daemon.connect()
        self.lines = self.socket.makefile()
        self.hello = json.loads(self.lines.readline())["params"]
        self.ask("session.drop", role=role)

    def read(self):
        return json.loads(self.lines.readline())

    def ask(self, method, **params):
        """The whole answer."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return self.read()


def shape(value):
    """Names and types without the values; of a list what its items have in common."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


# What a reload made of the instances of the one, of the services of the other.
OWN = {"config.reload": {"counts", "added", "removed", "changed", "renamed", "changes",
                         "services", "reals"}}


def outcome(answer, method):
    """The shape of a result, or the name of an error and the shape of its facts."""
    if "error" in answer:
        return answer["error"]["data"]["name"], shape(answer["error"]["data"])
    own = OWN.get(method, ())
    return {name: it for name, it in shape(answer["result"]).items() if name not in own}


OWN_LEVEL = {"path": "daemon/DAEMON", "set": {"log_level": "notice"}}

# Role, method, parameters; ID stands for the lease that was given last, DAEMON for the one
# that is asked.
CALLS = [
    ("read", "ping", {}),
    ("read", "session.hello", {"major": 1}),
    ("read", "session.hello", {"major": 2}),
    ("read", "clients", {}),
    ("read", "lease.list", {}),
    ("read", "list", {"type": "lease"}),
    ("read", "list", {"type": "nonsense"}),
    ("read", "describe", {"type": "override"}),
    ("read", "get", {"path": "lease/L-none"}),
    ("read", "explain", {"path": "nobody"}),
    ("read", "config.diff", {}),
    ("read", "config.diff", {"from": "nowhere"}),
    ("read", "log.level", LEVEL),
    ("read", "audit.list", {}),
    ("operator", "log.level", {"level": "debug"}),
    ("operator", "log.level", {"level": "loud", "lease": {"ttl_ms": 1000}}),
    ("operator", "log.level", {"level": "debug", "lease": {"ttl_ms": 9 * HOUR_MS}}),
    ("operator", "log.level", {"level": "debug", "lease": {"ttl_ms": 10}}),
    ("operator", "log.level", dict(LEVEL, reason="a\nb")),
    ("operator", "log.level", dict(LEVEL, op_id="CHG-1")),
    ("operator", "log.level", dict(LEVEL, op_id="CHG-1")),
    ("operator", "lease.release", {"id": "L-x", "op_id": "CHG-1"}),
    ("operator", "op.get", {"op_id": "CHG-1"}),
    ("operator", "op.get", {"op_id": "CHG-2"}),
    ("operator", "get", {"path": "lease/ID"}),
    ("read", "get", {"path": "lease/ID"}),
    ("operator", "list", {"type": "override"}),
    ("operator", "lease.renew", {"id": "ID", "ttl_ms": 2 * HOUR_MS}),
    ("operator", "lease.renew", {"id": "ID", "ttl_ms": 9 * HOUR_MS}),
    ("operator", "lease.release", {"id": "ID"}),
    ("operator", "lease.release", {"id": "ID"}),
    ("read", "log.tail", {"count": 1}),
    ("operator", "confirm", {}),
    ("operator", "confirm", {"id": "L-x"}),
    ("operator", "apply", {"changes": []}),
    ("operator", "apply", {"changes": [{"path": "nobody", "set": {"priority": 1}}]}),
    ("admin", "log.level", {"level": "info"}),
    ("admin", "apply", {"changes": [{"path": "nobody", "unset": ["priority"]}], "if_rev": 0}),
    ("read", "describe", {"type": "daemon"}),
    ("read", "list", {"type": "daemon"}),
    ("operator", "apply", {"changes": [OWN_LEVEL], "lease": {"ttl_ms": 1000}, "dry_run": True}),
    ("operator", "apply", {"changes": [OWN_LEVEL]}),
    ("operator", "apply", {"changes": [OWN_LEVEL], "lease": {"ttl_ms": HOUR_MS}}),
    ("operator", "lease.release", {"id": "ID"}),
    ("read", "apply.undo", {"rev": 1}),
    ("operator", "apply.undo", {"rev": 99}),
    ("operator", "apply.undo", {}),
    ("admin", "apply", {"changes": [OWN_LEVEL], "confirm_ms": HOUR_MS}),
    ("admin", "confirm", {}),
    ("read", "config.diff", {}),
    ("operator", "config.save", {}),
    ("admin", "config.save", {}),
    ("admin", "config.save", {"objects": ["nobody"]}),
    ("admin", "config.discard", {"saved": True}),
    ("operator", "config.test", {}),
    ("operator", "config.show", {}),
    ("admin", "config.reload", {"dry_run": True}),
    ("admin", "config.reload", {}),
    ("operator", "config.reload", {}),
    ("operator", "audit.list", {"count": 1}),
    ("read", "no.method", {}),
    ("read", "subscribe", {"sub": "s", "since": {"epoch": "x", "seq": 1}}),
    ("read", "unsubscribe", {"sub": "t"}),
]


def audit_of(daemon):
    with open(f"{daemon.run_base}/log/{daemon.program}/audit.jsonl", encoding="utf-8") as file:
        return file.read()


def talk(daemon):
    """All of it, as a list of what was asked and the shape of what was told."""
    told, lease = [], "L-none"
    for role, method, params in CALLS:
        text = json.dumps(params).replace("ID\"", lease + "\"").replace("/ID", "/" + lease) \
            .replace("DAEMON", daemon.program)
        answer = Client(daemon, role).ask(method, **json.loads(text))
        told.append((role, method, params, outcome(answer, method)))
        lease = answer.get("result", {}).get("lease", lease)
    return told


@pytest.fixture(name="both")
def _both(trio):
    return [Haven(trio[0], conf(priority=200)).wait_state("MASTER"), Checkd(trio[1], conf())]


def test_the_same_calls_get_the_same_shapes(both):
    for vrrpd, checkd in zip(*[talk(daemon) for daemon in both], strict=True):
        assert vrrpd == checkd


# Services have no router to move, and routers have no connections to drain.
OF_ITS_OWN = {"metrics", "maintenance"}
OF_SERVICES = {"drain", "undrain", "check.now"}


def test_methods_of_one_are_as_those_of_the_other(both):
    methods = [daemon.call("describe")["methods"] for daemon in both]
    for name in methods[0].keys() & methods[1].keys():
        if name not in OF_ITS_OWN:
            assert methods[0][name] == methods[1][name], name
    assert methods[1].keys() - methods[0].keys() == OF_SERVICES
    for name in ("status", "metrics"):
        assert both[1].call(name).keys() - {"services", "reals", "note", "next"} \
            <= both[0].call(name).keys()


def test_events_of_a_lease_are_the_same(both):
    told = []
    for daemon in both:
        client = Client(daemon)
        client.ask("subscribe", sub="s", types=["lease.*", "config.*", "daemon.*"], snapshot="never")
        lease = daemon.call("log.level", **LEVEL)["lease"]
        daemon.call("lease.renew", id=lease, ttl_ms=HOUR_MS)
        daemon.call("lease.release", id=lease)
        daemon.call("reload")
        events = [client.read()["params"] for _ in range(6)]
        told.append([(event["type"], shape({**event, "new": None})) for event in events])
    assert [kind for kind, _ in told[0]] == [
        "daemon.log_level", "lease.created", "lease.renewed", "lease.released",
        "daemon.log_level", "config.reloaded"]
    assert told[0] == told[1]


def test_a_lease_outlives_a_kill(both):
    for daemon in both:
        lease = daemon.call("log.level", **LEVEL)
        assert lease["durable"] is True
        # The audit is written behind the answer.
        wait_until(lambda d=daemon, id=lease["lease"]: id in audit_of(d), 5, "it is noted")
        daemon.kill()
        daemon.start()
        assert daemon.call("lease.list")["items"][0]["id"] == lease["lease"]
        assert daemon.call("audit.list", count=1)["items"][0]["lease"] == lease["lease"]


def test_a_lease_ends_by_itself(both):
    for daemon in both:
        daemon.call("log.level", level="debug", lease={"ttl_ms": 1000})
        wait_until(lambda d=daemon: not d.call("lease.list")["items"], 5, "it ends")
        entry = daemon.call("audit.list", count=1)["items"][0]
        assert (entry["what"], entry["method"]) == ("expiry", "lease.expire")
        assert entry["who"] == {"name": daemon.program}, "nobody asked for it"
        assert entry["owner"]["uid"] == 0


def test_operator_max_lease_is_for_operators_and_follows_a_reload(both):
    for daemon in both:
        asked = {"level": "debug", "lease": {"ttl_ms": HOUR_MS}}
        assert "result" in Client(daemon, "operator").ask("log.level", **asked)
        daemon.configure(conf(priority=200, globals_="operator_max_lease 600"))
        daemon.call("reload")
        error = Client(daemon, "operator").ask("log.level", **asked)["error"]
        assert error["data"] == {"name": "lease_limit", "max_ms": 600000}
        assert "at most 10m (operator_max_lease); an admin may give more" in error["message"]
        assert "result" in Client(daemon, "admin").ask("log.level", **asked)
        assert Client(daemon, "operator").ask("describe")["result"]["limits"] == {
            "role": "operator", "lease_ms": 600000, "operator_max_lease_ms": 600000,
            "lease_max_ms": 7 * 24 * HOUR_MS, "leases": 64}


def test_checkd_says_why_nothing_can_be_set(both):
    with pytest.raises(HavenError, match="no checks yet") as refused:
        both[1].call("apply", changes=[{"path": "vs/VS_1", "set": {"quorum": 2}}])
    assert refused.value.name == "unavailable"


def test_a_subscriber_hears_that_checkd_stops(both):
    client = Client(both[1])
    client.ask("subscribe", sub="s", types=["daemon.*"], snapshot="never")
    assert both[1].stop() == 0
    assert client.read()["params"]["type"] == "daemon.stopping"
