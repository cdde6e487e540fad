# SPDX-License-Identifier: Apache-2.0
"""diff, save, discard, audit."""

DIFFERENCE = {"path": "instance/VI_1", "field": "nopreempt",
              "file": {"value": False, "file": "haven.conf", "line": 12}, "saved": None,
              "running": True, "lease": "L-3fa1"}
ENTRY = {"path": "instance/VI_1", "field": "priority", "value": 150}


def test_diff_is_a_table_and_a_status(node):
    daemon = node.daemon(methods={"config.diff": {"rev": 2, "items": [DIFFERENCE]}})
    assert node.text("diff", exit=1).splitlines()[1].split() == [
        "instance/VI_1", "nopreempt", "off", "(haven.conf:12)", "-", "on", "L-3fa1"]
    assert node.json("diff", "file", "saved", exit=1)["items"] == [
        dict(DIFFERENCE, daemon="vrrpd", reachable=True)]
    assert daemon.called("config.diff") == [{}, {"from": "file", "to": "saved"}]
    daemon.methods["config.diff"] = {"rev": 2, "items": []}
    assert node.text("diff") == "No difference.\n"


def test_save_and_discard(node):
    daemon = node.daemon(methods={"config.save": {"saved": [ENTRY]},
                                  "config.discard": {"discarded": []}})
    assert node.text("save") == "instance/VI_1 priority 150: saved\n"
    node.text("save", "VI_1", "VI_2")
    assert daemon.called("config.save") == [
        {}, {"objects": ["instance/VI_1", "instance/VI_2"]}]
    assert node.text("discard", "saved", "VI_1") == "nothing to be discarded\n"
    assert daemon.called("config.discard") == [
        {"objects": ["instance/VI_1"], "saved": True}]


def test_audit_says_who_did_what_and_why(node):
    moved = {"at": "2025-11-21T03:40:59.0Z", "what": "request", "method": "failover",
             "outcome": "ok", "to": "192.0.2.12", "lease": "L-1",
             "who": {"uid": 4000000000, "role": "operator"},
             "params": {"target": "instance/VI_1", "op_id": "CHG/2", "reason": "kernel"}}
    denied = {"at": "2025-11-21T03:58:10.0Z", "what": "request", "method": "apply",
              "outcome": "denied", "message": "apply needs the role operator",
              "who": {"uid": 0, "role": "read", "login_uid": 4000000000}, "params": {}}
    edited = dict(moved, method="apply", params={}, to=None, lease=None,
                  who={"uid": 0, "role": "admin"}, changes=[
                      {"path": "instance/VI_1", "field": "nopreempt", "old": False,
                       "new": True}])
    daemon = node.daemon(methods={"audit.list": {"items": [moved, denied, edited]}})
    assert node.text("audit", "5", "since", "1h").splitlines() == [
        "2025-11-21 03:40:59 ?(4000000000) operator  failover VI_1  "
        "ok moved to 192.0.2.12  L-1  CHG/2  \"kernel\"",
        "2025-11-21 03:58:10 ?(4000000000) as root read  set  "
        "denied  apply needs the role operator",
        "2025-11-21 03:40:59 root(0) admin  set VI_1 nopreempt off -> on  ok"]
    asked = daemon.called("audit.list")[0]
    assert asked["count"] == 5 and asked["since_ms"] > 1700000000000
    node.error("audit", "x", exit=2)
