# SPDX-License-Identifier: Apache-2.0
"""check in the convention of monitoring plugins; describe; leases; names of operations."""

import datetime
import re

import pytest
from fake_daemon import VI_1, VI_3, Refuse, get_of, items

STATUS = {"daemon": "vrrpd", "rev": 12, "config": {"reload_failed": False}, "leases": []}
BACKUP = dict(VI_1, name="VI_2", state="BACKUP", master="192.0.2.12")
OLD_LEASE = {"id": "L-3fa1", "kind": "override", "object": "instance/VI_1",
             "created": "2025-11-21T03:40:00.0Z"}


def healthy(*instances, **status):
    return {"list": items(*instances), "status": dict(STATUS, **status)}


def check(node, *words):
    done = node.hactl("check", *words)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    return done.returncode, done.stdout.rstrip("\n")


def test_all_is_well(node):
    node.daemon(methods=healthy(VI_1, BACKUP))
    assert check(node) == (0, "OK - 1 MASTER, 1 BACKUP")
    assert check(node, "--perfdata") == (
        0, "OK - 1 MASTER, 1 BACKUP | master=1;;;0;2 backup=1;;;0;2 fault=0;;;0;2"
        " initialize=0;;;0;2 vrrpd_leases=0;;;0")


@pytest.mark.parametrize("instance, line", [
    (VI_3, (2, "CRITICAL - VI_3 FAULT (interface eth2 is down)")),
    (dict(VI_1, vips={"want": 2, "set": 1}),
     (2, "CRITICAL - VI_1 MASTER with 1 of 2 addresses")),
    (dict(VI_1, vips={"want": 2, "set": 1}, for_ms=2000),
     (0, "OK - 1 MASTER")),
    (dict(BACKUP, master=None), (1, "WARNING - VI_2 BACKUP that hears no Master")),
    (dict(BACKUP, master=None, for_ms=2000), (0, "OK - 1 BACKUP")),
    (dict(VI_1, state="INITIALIZE"), (1, "WARNING - VI_1 not started yet")),
    (dict(VI_1, split_brain="192.0.2.12"),
     (2, "CRITICAL - VI_1 two MASTERs: 192.0.2.12 is MASTER too")),
    (dict(VI_3, faults=["maintenance"]),
     (0, "OK - 1 FAULT; VI_3 out of service for maintenance")),
    (dict(VI_3, faults=["link_down", "maintenance"]),
     (2, "CRITICAL - VI_3 FAULT (interface eth2 is down)")),
    (dict(VI_3, reason="a|b"), (2, "CRITICAL - VI_3 FAULT (a/b)")),
], ids=lambda it: it.get("state") if isinstance(it, dict) else None)
def test_one_instance(node, instance, line):
    node.daemon(methods=healthy(instance))
    assert check(node) == line


def finding(check, severity="error", name="VI_1"):
    return {"check": check, "severity": severity, "object": f"instance/{name}",
            "text": f"what {check} says", "advice": ""}


def test_what_doctor_finds_wrong_is_not_ok(node):
    found = [finding("other_vrid"), finding("late", "warning", "VI_2"), finding("x", "note"),
             finding("fault"), finding("refused", "warning")]
    node.daemon(methods=healthy(VI_1, BACKUP) | {"doctor": {"findings": found}})
    assert check(node) == (2, "CRITICAL - VI_1 what other_vrid says; "
                           "WARNING - VI_2 what late says")
    assert check(node, "VI_2") == (1, "WARNING - VI_2 what late says")


def test_the_worst_decides_and_all_is_said(node):
    node.daemon(methods=healthy(VI_3, dict(VI_3, name="VI_4"), dict(BACKUP, master=None)))
    assert check(node) == (2, "CRITICAL - VI_3 FAULT (interface eth2 is down), "
                           "VI_4 FAULT (interface eth2 is down); "
                           "WARNING - VI_2 BACKUP that hears no Master")


def test_what_the_daemon_says_of_itself(node):
    node.daemon(methods=healthy(VI_1, config={"reload_failed": True}, leases=[OLD_LEASE]))
    status, line = check(node)
    assert status == 1 and "the last reload failed" in line
    assert "L-3fa1 override of VI_1 is older than a day" in line


def test_a_lost_helper_is_told(node):
    node.daemon(methods=healthy(VI_1, helper={"running": False, "pid": None}))
    status, line = check(node)
    assert status == 1 and "WARNING - vrrpd its helper process is gone" in line


def test_only_what_is_named(node):
    node.daemon(methods=healthy(VI_1, VI_3))
    assert check(node, "VI_1")[0] == 0
    assert check(node, "instance", "VI_1", "VI_3")[0] == 2
    assert check(node, "VI_1", "VI_9") == (3, "UNKNOWN - VI_9 no such instance")


def test_no_daemon_is_critical(node):
    status, line = check(node)
    assert (status, line.startswith("CRITICAL - vrrpd is not running")) == (2, True)
    assert "checkd" not in line


def test_a_daemon_that_should_run_and_does_not_is_critical(node):
    daemon = node.daemon(methods=healthy(VI_1, config={"services": 2}))
    status, line = check(node)
    assert (status, line.startswith("CRITICAL - checkd is not running")) == (2, True)
    daemon.methods.update(healthy(VI_1, config={"services": 0}))
    assert check(node)[0] == 0
    node.daemon("checkd").close()  # its socket stays, as after a crash
    assert check(node)[0] == 2


def test_a_node_without_instances_needs_no_vrrpd(node):
    checkd = node.daemon("checkd", methods={"status": {"config": {"instances": 0}}})
    assert check(node) == (0, "OK - nothing to complain of")
    checkd.methods["status"] = {"config": {"instances": 1}}
    status, line = check(node)
    assert (status, line.startswith("CRITICAL - vrrpd is not running")) == (2, True)


def test_a_node_without_work_is_no_good_news(node):
    node.daemon(methods=healthy(config={"instances": 0, "services": 0, "file": "/x.conf"}))
    assert check(node) == (
        1, "WARNING - node neither instances nor services are configured in /x.conf")


def test_services_that_nobody_checks_are_no_good_news(node):
    node.daemon(methods=healthy(VI_1))
    node.daemon("checkd", methods={"status": {"services": {"configured": 2, "checked": 0}}})
    assert check(node) == (1, "WARNING - checkd checks 0 of 2 services")


def test_both_daemons_are_asked_for_when_asked_for(node):
    node.daemon(methods=healthy(VI_1))
    status, line = check(node, "peer")
    assert (status, line.startswith("CRITICAL - checkd is not running")) == (2, True)
    node.daemon("checkd", methods={"status": {}})
    assert check(node, "peer") == (0, "OK - nothing to complain of")


def test_services_are_checked_by_name(node):
    web = {"path": "vs/WEB", "name": "WEB", "state": "up"}
    node.daemon("checkd", methods={"list": items(
        web, dict(web, name="MAIL", state="down"), dict(web, name="FTP", state="suspended"))})
    assert check(node, "vs") == (2, "CRITICAL - MAIL service down; FTP suspended")
    assert check(node, "vs", "WEB") == (0, "OK - nothing to complain of")
    assert check(node, "vs", "X") == (3, "UNKNOWN - X no such service")


def test_services_that_are_not_served_are_unknown(node):
    def refuse(_params):
        raise Refuse(1012, "unavailable", "checkd has no checks yet", type="vs")
    node.daemon("checkd", methods={"list": refuse})
    assert check(node, "vs") == (3, "UNKNOWN - checkd has no checks yet")


def test_maintenance_is_said_and_is_no_problem(node):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    lease = dict(OLD_LEASE, kind="maintenance", object="node", created=now,
                 left_ms=4320000)
    node.daemon(methods=healthy(BACKUP, leases=[lease]))
    assert check(node) == (0, "OK - 1 BACKUP; node in maintenance for another 1h12m")


def test_an_advert_refused_lately_is_a_warning(node):
    now = datetime.datetime.now(datetime.timezone.utc)
    refused = {"text": "authentication: password differs", "source": "10.0.0.3",
               "detail": "got 4, configured 5", "at": now.strftime("%Y-%m-%dT%H:%M:%S.0Z")}
    node.daemon(methods=healthy(dict(VI_1, last_refused=refused)))
    assert check(node) == (1, "WARNING - VI_1 refuses advertisements of 10.0.0.3: "
                           "authentication: password differs (got 4, configured 5)")
    old = dict(refused, at="2025-11-21T01:30:10.0Z")
    node.daemons[0].methods.update(healthy(dict(VI_1, last_refused=old)))
    assert check(node)[0] == 0


def test_a_daemon_that_dies_between_two_answers_is_critical(node):
    node.daemon(methods={"list": items(VI_1), "status": lambda params: None})
    assert check(node)[0] == 2


def test_a_refusal_is_unknown(node):
    def refuse(_params):
        raise Refuse(1002, "denied", "not for you")
    node.daemon(methods={"list": refuse, "status": STATUS})
    assert check(node) == (3, "UNKNOWN - vrrpd not for you")


def test_check_in_json(node):
    node.daemon(methods=healthy(VI_1, VI_3))
    answer = node.json("check", exit=2)
    assert answer["schema"] == "hactl.check/1"
    assert answer["items"] == [{
        "status": "CRITICAL", "exit": 2, "remarks": [],
        "problems": [{"status": "CRITICAL", "object": "VI_3",
                      "text": "FAULT (interface eth2 is down)"}],
        "perfdata": [{"label": "master", "value": 1, "max": 2},
                     {"label": "backup", "value": 0, "max": 2},
                     {"label": "fault", "value": 1, "max": 2},
                     {"label": "initialize", "value": 0, "max": 2},
                     {"label": "vrrpd_leases", "value": 0}]}]


def test_a_kind_without_fields_is_no_empty_table(node):
    node.daemon(methods={"describe": {"type": "lease", "fields": {}}})
    assert node.text("describe", "lease") == "It has no fields that could be set.\n"


def test_an_object_is_described_with_what_its_fields_are_now(node):
    daemon = node.daemon(methods={"describe": {
        "type": "instance", "path": "instance/VI_1", "fields": {
            "nopreempt": {"type": "boolean", "live": True, "role": "operator",
                          "help": "stays", "value": True},
            "version": {"type": "integer", "live": False, "help": "of the protocol"}}}})
    rows = [line.split() for line in node.text("describe", "VI_1").splitlines()]
    assert rows == [["FIELD", "NOW", "TYPE", "LIVE", "ROLE", "HELP"],
                    ["nopreempt", "yes", "boolean", "yes", "operator", "stays"],
                    ["version", "-", "integer", "no", "-", "of", "the", "protocol"]]
    assert daemon.called("describe") == [{"type": "VI_1"}]


def test_describe_lists_methods_and_fields(node):
    fields = {"type": "instance", "fields": {"priority": {
        "type": "integer", "live": True, "role": "operator", "help": "VRRP priority",
        "min": 1, "max": 254}}}
    methods = {"methods": {"lease.renew": {
        "role": "operator", "help": "let it end later",
        "params": {"id": {"required": True}, "reason": {"required": False}}}},
        "types": {"instance": {"help": "a virtual router"}},
        "events": {"move.started": {"help": "a role is being taken"},
                   "override.superseded": {"help": "the file wins"}}}
    daemon = node.daemon(methods={
        "describe": lambda params: fields if params else methods})
    text = node.text("describe")
    assert "lease.renew  operator  id [reason]  let it end later" in text
    assert re.search(r"\nTypes of events.*:\n  move\.started {9}a role is being taken\n"
                     r"  override\.superseded  the file wins\n", text)
    assert node.text("describe", "instance").splitlines()[1].split() == [
        "priority", "integer", "1..254", "yes", "operator", "VRRP", "priority"]
    assert daemon.called("describe") == [{}, {"type": "instance"}]


def test_a_lease_is_renewed(node):
    daemon = node.daemon(methods={"lease.renew": {
        "lease": "L-1", "expires": "2025-11-21T05:29:10Z", "changed": True}})
    assert node.text("lease", "renew", "L-1", "2h") \
        == "lease L-1: until 2025-11-21 05:29:10\n"
    node.text("lease", "renew", "L-1", "until", "05:30")
    first, second = daemon.called("lease.renew")
    assert first == {"id": "L-1", "ttl_ms": 7200000}
    assert 0 < second["ttl_ms"] <= 86400000
    assert "no time" in node.error("lease", "renew", "L-1", "soon", exit=2)


def test_the_name_of_an_operation_goes_with_it(node):
    daemon = node.daemon(methods={"apply": {"rev": 1, "changes": []},
                                  "lease.release": {"lease": "L-1"}})
    node.text("--op-id", "CHG/1", "set", "VI_1", "priority", "5", "for", "1h")
    node.text("--op-id=CHG/2", "--reason=why", "lease", "release", "L-1")
    assert daemon.called("apply")[0]["op_id"] == "CHG/1"
    assert daemon.called("lease.release") \
        == [{"op_id": "CHG/2", "reason": "why", "id": "L-1"}]


def test_takeover_takes_a_time_to_wait(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "takeover": {"moved": True}})
    node.text("-y", "takeover", "VI_1", "--wait=5s")
    assert daemon.called("takeover")[0]["wait_ms"] == 5000
