# SPDX-License-Identifier: Apache-2.0
"""check in the convention of monitoring plugins; describe; leases; names of operations."""

import pytest
from fake_daemon import VI_1, VI_3, Refuse, items

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
    assert check(node) == (0, "OK - 1 MASTER, 1 BACKUP, 0 FAULT")
    assert check(node, "--perfdata") == (
        0, "OK - 1 MASTER, 1 BACKUP, 0 FAULT | master=1 backup=1 fault=0 initialize=0")


@pytest.mark.parametrize("instance, line", [
    (VI_3, (2, "CRITICAL - VI_3 FAULT (interface eth2 is down)")),
    (dict(VI_1, vips={"want": 2, "set": 1}),
     (2, "CRITICAL - VI_1 MASTER with 1 of 2 addresses")),
    (dict(VI_1, vips={"want": 2, "set": 1}, for_ms=2000),
     (0, "OK - 1 MASTER, 0 BACKUP, 0 FAULT")),
    (dict(BACKUP, master=None), (1, "WARNING - VI_2 BACKUP that hears no Master")),
    (dict(BACKUP, master=None, for_ms=2000), (0, "OK - 0 MASTER, 1 BACKUP, 0 FAULT")),
    (dict(VI_1, state="INITIALIZE"), (1, "WARNING - VI_1 not started yet")),
], ids=lambda it: it.get("state") if isinstance(it, dict) else None)
def test_one_instance(node, instance, line):
    node.daemon(methods=healthy(instance))
    assert check(node) == line


def test_the_worst_decides_and_all_is_said(node):
    node.daemon(methods=healthy(VI_3, dict(VI_3, name="VI_4"), dict(BACKUP, master=None)))
    assert check(node) == (2, "CRITICAL - VI_3 FAULT (interface eth2 is down), "
                           "VI_4 FAULT (interface eth2 is down); "
                           "WARNING - VI_2 BACKUP that hears no Master")


def test_what_the_daemon_says_of_itself(node):
    node.daemon(methods=healthy(VI_1, config={"reload_failed": True}, leases=[OLD_LEASE]))
    status, line = check(node)
    assert status == 1 and "the last reload failed" in line
    assert "L-3fa1 override of instance/VI_1 is older than a day" in line


def test_only_what_is_named(node):
    node.daemon(methods=healthy(VI_1, VI_3))
    assert check(node, "VI_1")[0] == 0
    assert check(node, "instance", "VI_1", "VI_3")[0] == 2
    assert check(node, "VI_1", "VI_9") == (3, "UNKNOWN - VI_9 no such instance")


def test_no_daemon_is_critical(node):
    status, line = check(node)
    assert (status, line.startswith("CRITICAL - vrrpd")) == (2, True)


def test_a_daemon_that_dies_between_two_answers_is_critical(node):
    node.daemon(methods={"list": items(VI_1), "status": lambda params: None})
    assert check(node)[0] == 2


def test_a_refusal_is_unknown(node):
    def refuse(_params):
        raise Refuse(1002, "denied", "not for you")
    node.daemon(methods={"list": refuse})
    assert check(node) == (3, "UNKNOWN - vrrpd not for you")


def test_check_in_json(node):
    node.daemon(methods=healthy(VI_1, VI_3))
    answer = node.json("check", exit=2)
    assert answer["schema"] == "hactl.check/1"
    assert answer["items"] == [{
        "status": "CRITICAL", "exit": 2,
        "problems": [{"status": "CRITICAL", "object": "VI_3",
                      "text": "FAULT (interface eth2 is down)"}],
        "counts": {"master": 1, "backup": 0, "fault": 1, "initialize": 0}}]


def test_describe_lists_methods_and_fields(node):
    fields = {"type": "instance", "fields": {"priority": {
        "type": "integer", "live": True, "role": "operator", "help": "VRRP priority",
        "min": 1, "max": 254}}}
    methods = {"methods": {"lease.renew": {
        "role": "operator", "help": "let it end later",
        "params": {"id": {"required": True}, "reason": {"required": False}}}},
        "types": {"instance": {"help": "a virtual router"}}}
    daemon = node.daemon(methods={
        "describe": lambda params: fields if params else methods})
    assert "lease.renew  operator  id [reason]  let it end later" in node.text("describe")
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


def test_takeover_takes_no_time_to_wait(node):
    node.daemon()
    assert "takes no time" in node.error("-y", "takeover", "VI_1", "--wait=5s", exit=2)
