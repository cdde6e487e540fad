# SPDX-License-Identifier: Apache-2.0
"""diff, save, discard, audit."""

import re
import time

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


def test_of_a_daemon_that_does_not_answer_nothing_is_said_to_be_none(node):
    node.daemon("checkd", methods={"config.diff": {"rev": 1, "items": []}, "list": {
        "rev": 1, "items": []}, "config.save": {"saved": []}})
    node.daemon().close()
    for command, known in ("diff", "No difference"), ("lease list", "None."), (
            "show overrides", "None"), ("save", "nothing"):
        lines = node.text(*command.split(), exit=3).splitlines()
        assert not any(known in line for line in lines), (command, lines)
    assert node.text("diff", exit=3).splitlines()[0] == "Not known: vrrpd did not answer."


def test_diff_tells_a_hold_from_an_edit_below_it(node):
    node.daemon(methods={"config.diff": {"rev": 2, "items": [dict(
        DIFFERENCE, field="priority", file={"value": 200}, running=1, kind="hold", set=150)]}})
    assert node.text("diff", exit=1).splitlines()[1].split(maxsplit=2)[2] \
        == "200   -      1, else 150  hold L-3fa1"


def test_diff_says_what_a_maintenance_left(node):
    left = {"path": "instance/VI_1", "field": "stay", "file": {"value": False}, "saved": None,
            "running": True, "layer": "runtime"}
    node.daemon(methods={"config.diff": {"rev": 2, "items": [left]}})
    lines = node.text("diff", exit=1).splitlines()
    assert lines[1].split() == ["instance/VI_1", "stay", "off", "-", "on", "-"]
    assert "\"hactl takeover NAME\" brings it back" in lines[-1]


def test_diff_says_how_long_a_lease_lasts(node):
    soon = time.strftime("%Y-%m-%dT%H:%M:%S.0Z", time.gmtime(time.time() + 7199))
    node.daemon(methods={"config.diff": {"rev": 2, "items": [dict(DIFFERENCE, expires=soon)]}})
    assert re.search(r"  L-3fa1, 1h59m\S* left$", node.text("diff", exit=1).rstrip())


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


def test_audit_takes_its_words_in_any_order(node):
    daemon = node.daemon(methods={"audit.list": {"items": []}})
    node.text("audit", "since", "1h", "5")
    node.text("audit", "5", "since", "1h")
    assert [call["count"] for call in daemon.called("audit.list")] == [5, 5]
    assert "N is said twice" in node.error("audit", "5", "since", "1h", "6", exit=2)


def test_audit_tells_like_requests_apart(node):
    def entry(method, params, **more):
        return {"at": "2025-11-21T03:40:59.0Z", "what": "request", "method": method,
                "outcome": "ok", "who": {"uid": 0, "role": "admin"}, "params": params,
                **more}
    change = {"path": "instance/VI_1", "set": {"preempt_delay_ms": 90000},
              "unset": ["nopreempt"]}
    node.daemon(methods={"audit.list": {"items": [
        entry("hold", {"target": "VI_1", "for_ms": 7200000}),
        entry("hold", {"target": "VI_1", "clear": True}),
        entry("maintenance", {"action": "on", "for_ms": 60000, "out": True,
                              "stay": True}),
        entry("apply", {"changes": [change], "lease": {"ttl_ms": 1800000}},
              outcome="denied", message="no"),
        entry("apply", {"changes": [change]}, changes=[
            {"path": "instance/VI_1", "field": "priority", "old": 180, "new": 180,
             "in_force": False, "set": 120, "lease": "L-1", "kind": "override"}]),
        entry("apply", {"changes": [change], "dry_run": True}, changes=[
            {"path": "instance/VI_1", "field": "priority", "old": 180, "new": 120}]),
        entry("apply", {"changes": [{"path": "VI_1", "unset": ["nopreempt"]}]},
              outcome="denied", message="no"),
        entry("apply", {}, changes=[
            {"path": "instance/VI_1", "field": "priority", "old": 1, "new": 2},
            {"path": "instance/VI_2", "field": "priority", "old": 2, "new": 1,
             "unset": True}]),
        entry("config.discard", {"saved": True}, rev=14, rev_before=13, changes=[
            {"path": "instance/VI_1", "field": "nopreempt", "value": True, "old": True,
             "new": False, "in_force": True}]),
        entry("reload", {"dry_run": True}),
        entry("reload", {"force": True}),
        entry("failover", {"target": "VI_1", "method": "release"}),
        entry("failover", {"target": "VI_1", "method": "yield"}),
        entry("failover", {"target": "VI_1", "method": "handover"})]}})
    assert [line.split("admin  ")[1] for line in node.text("audit").splitlines()] == [
        "hold VI_1 for 2h  ok",
        "hold VI_1 clear  ok",
        "maintenance on for 1m out stay  ok",
        "set VI_1 preempt-delay 90s unset nopreempt for 30m  denied  no",
        "set VI_1 priority 120 (not in force: lease L-1 gives 180)  ok",
        "set VI_1 priority 180 -> 120 --dry-run  ok",
        "unset VI_1 nopreempt  denied  no",
        "set VI_1 priority 1 -> 2, unset VI_2 priority 2 -> 1  ok",
        "discard saved VI_1 nopreempt on -> off  ok  rev 13->14",
        "reload --dry-run  ok",
        "reload --force  ok",
        "failover VI_1 --force  ok",
        "failover VI_1 --method=yield  ok",
        "failover VI_1  ok"]


def test_audit_blames_nobody_for_the_end_of_a_lease(node):
    node.daemon(methods={"audit.list": {"items": [
        {"at": "2025-11-21T03:40:59.0Z", "what": "expiry", "method": "lease.expire",
         "outcome": "ok", "lease": "L-1", "kind": "hold", "path": "instance/VI_1",
         "field": "priority", "value": 1, "who": {"name": "vrrpd"},
         "owner": {"uid": 4000000000}, "reason": "kernel"}]}})
    assert node.text("audit") == (
        "2025-11-21 03:40:59 vrrpd -  lease ended by itself: VI_1  ok  L-1  "
        "given by ?(4000000000)  \"kernel\"\n")


def test_set_says_what_is_kept_and_not_in_force(node):
    node.daemon(methods={"apply": {"rev": 2, "changed": True, "durable": True, "changes": [
        {"path": "instance/VI_1", "field": "priority", "old": 180, "new": 180,
         "in_force": False, "set": 120, "lease": "L-a3ce", "kind": "override",
         "until": "2025-11-21T12:58:02.1Z"}]}})
    assert node.text("set", "VI_1", "priority", "120") == (
        "VI_1 priority: stays 180 until 2025-11-21 12:58:02 (lease L-a3ce, override), "
        "then 120\n")
