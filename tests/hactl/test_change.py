# SPDX-License-Identifier: Apache-2.0
"""failover, takeover, set, unset, reload: what is asked of the daemon, what is said, and
the status that scripts act on."""

import json
import re
import signal
import subprocess
import time

import pytest
from fake_daemon import VI_1, VI_3, Refuse, get_of, items

MOVED = {"moved": True, "members": ["VI_1"], "to": "192.0.2.12", "took_ms": 612,
         "lease": "L-3fa2", "expires": "2025-11-21T03:51:02.000000Z"}


def refuse(*error, **data):
    def method(_params):
        raise Refuse(*error, **data)
    return method


def mover(node, **methods):
    return node.daemon(methods={"get": get_of(VI_1, VI_3), **methods})


def asked(daemon, method):
    """The parameters of the calls, without the names that hactl gave them by itself."""
    calls = [dict(params) for params in daemon.called(method)]
    for params in calls:
        assert re.fullmatch(r"h-[0-9a-f]{8}", params.pop("op_id"))
    return calls


def test_failover_is_done_when_the_role_was_seen_to_move(node):
    daemon = mover(node, failover=MOVED)
    text = node.text("-y", "failover", "VI_1")
    assert text.startswith("VI_1: moved to 192.0.2.12 after 612ms; this node stays behind until ")
    assert "(lease L-3fa2)" in text
    assert asked(daemon, "failover") == [{"target": "instance/VI_1", "wait": True}]


def test_failover_passes_on_what_was_said(node):
    daemon = mover(node, failover=MOVED)
    node.text("-y", "--reason", "kernel", "failover", "VI_1", "hold", "5m",
              "--wait=8s", "--force")
    assert asked(daemon, "failover") == [{
        "target": "instance/VI_1", "wait": True, "wait_ms": 8000, "hold_ms": 300000,
        "method": "release", "reason": "kernel"}]


def test_hold_until_a_time_of_day(node):
    daemon = mover(node, failover=MOVED)
    node.text("-y", "failover", "VI_1", "hold", "until", "05:30")
    hold_ms = daemon.called("failover")[0]["hold_ms"]
    assert 0 < hold_ms <= 86400000
    end = time.time() + hold_ms / 1000
    assert abs((end - 5.5 * 3600 + 43200) % 86400 - 43200) < 5


def test_no_wait_is_accepted_and_no_more(node):
    daemon = mover(node, failover={"accepted": True, "op_id": "h-1"})
    assert "accepted as h-1" in node.text("-y", "failover", "VI_1", "--no-wait")
    assert daemon.called("failover")[0]["wait"] is False


def test_no_wait_names_the_operation_and_how_to_ask_for_it(node):
    daemon = mover(node, failover=lambda params: {
        "accepted": True, "op_id": params["op_id"], "wait_ms": 2996, "members": ["VI_1"]})
    text = node.text("-y", "failover", "VI_1", "--no-wait")
    op_id = daemon.called("failover")[0]["op_id"]
    assert text == (f"VI_1: accepted as {op_id}; it takes 2.99s at most\n"
                    f"\"hactl call vrrpd op.get op_id={op_id}\" tells how it ends.\n")


def test_a_name_given_to_the_operation_is_kept(node):
    daemon = mover(node, failover=MOVED)
    node.text("-y", "--op-id=CHG/1", "failover", "VI_1")
    assert daemon.called("failover")[0]["op_id"] == "CHG/1"


def test_the_method_goes_to_the_daemon(node):
    daemon = mover(node, failover=MOVED)
    node.text("-y", "--method=yield", "failover", "VI_1")
    node.text("-y", "--method=release", "--force", "failover", "VI_1")
    assert [call["method"] for call in asked(daemon, "failover")] == ["yield", "release"]


def test_an_outage_takes_more_than_one_slip(node):
    daemon = mover(node, failover=MOVED)
    assert "needs --force" in node.error("-y", "--method=release", "failover", "VI_1", exit=2)
    assert "lets go at once" in node.error("-y", "--force", "--method=yield", "failover",
                                           "VI_1", exit=2)
    assert "no option --method" in node.error("-y", "--method=yield", "takeover", "VI_1",
                                              exit=2)
    assert daemon.called("failover") == []


ALL = {"moved": True, "members": ["VI_1", "VI_2"], "took_ms": 640, "lease": "L-3fa2",
       "expires": "2025-11-21T03:51:02.000000Z", "instances": [
           {"name": "VI_1", "outcome": "moved", "state": "BACKUP", "took_ms": 612,
            "to": "192.0.2.12"},
           {"name": "VI_2", "outcome": "moved", "state": "BACKUP", "took_ms": 640,
            "to": "192.0.2.13"}]}


def everything(node, **methods):
    return mover(node, list=items(VI_1, dict(VI_1, name="VI_2"), VI_3), **methods)


def test_failover_of_all_tells_of_each(node):
    daemon = everything(node, failover=ALL)
    lines = node.text("-y", "failover", "all").splitlines()
    assert asked(daemon, "failover") == [{"target": "all", "wait": True}]
    assert lines[0].startswith("2 instances moved after 640ms; this node stays behind until ")
    assert [line.split()[:4] for line in lines[2:]] == [
        ["VI_1", "moved", "BACKUP", "192.0.2.12"], ["VI_2", "moved", "BACKUP", "192.0.2.13"]]
    shown = node.json("-y", "failover", "all")["items"]
    assert [i["name"] for i in shown[0]["instances"]] == ["VI_1", "VI_2"]


def test_an_instance_whose_name_begins_like_all_is_meant_by_it(node):
    daemon = node.daemon(methods={"get": get_of(dict(VI_1, name="a", path="instance/a")),
                                  "failover": MOVED})
    node.text("-y", "failover", "a")
    assert asked(daemon, "failover")[0]["target"] == "instance/a"


def test_some_that_did_not_move_are_listed_and_exit_8(node):
    partly = [ALL["instances"][0],
              {"name": "VI_2", "outcome": "not_moved", "state": "MASTER", "took_ms": 3000,
               "message": "nobody took over VI_2 within 3.0s"}]
    everything(node, failover=refuse(1009, "partial", "1 of 2 did not move", done=["VI_1"],
                                     failed=["VI_2"], instances=partly))
    text = node.error("-y", "failover", "all", exit=8)
    assert "1 of 2 did not move" in text
    assert "VI_1      moved" in text and "nobody took over VI_2 within 3.0s" in text
    error = node.json_error("-y", "failover", "all", exit=8)
    assert (error.name, error.failed) == ("partial", ["VI_2"])


def test_nothing_to_move_is_done_without_a_question(node):
    node.daemon(methods={"list": items(VI_3), "failover": {
        "moved": False, "already": True, "members": [], "instances": []}})
    assert "no instance is MASTER here" in node.text("failover", "all")


def test_the_daemon_says_how_patient_to_be(node):
    """An answer that comes late, within what the daemon told, is waited for."""
    slow = dict(VI_1, waits={"handover_ms": 2000, "yield_ms": 5000, "takeover_ms": 3000})

    def late(_params):
        time.sleep(1.5)
        return MOVED
    node.daemon(methods={"get": get_of(slow), "failover": late})
    assert "moved" in node.text("-y", "-t", "200ms", "failover", "VI_1")


def test_failover_that_moved_before_is_done(node):
    mover(node, failover={"already": True, "to": "192.0.2.12"})
    assert "already" in node.text("-y", "failover", "VI_1")


def test_a_role_that_was_here_is_not_said_to_be_kept(node):
    daemon = mover(node, takeover={"already": True, "to": "self"})
    assert node.text("-y", "takeover", "VI_1") == "VI_1: MASTER here already\n"
    assert node.text("-y", "takeover", "VI_1", "for", "1h") == (
        "VI_1: MASTER here already; nothing was kept for 1h: "
        "\"hactl set VI_1 priority 254 for 1h\"\n")
    daemon.methods["takeover"] = {"already": True, "to": "self", "lease": "L-3fa2"}
    assert node.text("-y", "takeover", "VI_1", "for", "1h").endswith(
        "it keeps the role (lease L-3fa2)\n")


def test_nobody_took_over_is_exit_7(node):
    mover(node, failover=refuse(
        1008, "not_moved", "nobody took over VI_1 within 3.0s; lb1 is still MASTER",
        path="instance/VI_1", seen=[], waited_ms=3000))
    text = node.error("-y", "failover", "VI_1", exit=7)
    assert "nobody took over VI_1" in text and "--force" in text
    error = node.json_error("-y", "failover", "VI_1", exit=7)
    assert (error.name, error.seen, error.waited_ms) == ("not_moved", [], 3000)


@pytest.mark.parametrize("code,name,status", [
    (1001, "not_found", 5), (1002, "denied", 4), (1003, "stale_rev", 6), (1004, "busy", 6),
    (1005, "wrong_state", 6), (1006, "not_live", 6), (1007, "would_break", 6),
    (1009, "partial", 8), (1010, "too_big", 1), (1011, "too_many", 1),
    (1012, "unavailable", 3), (1013, "lease_limit", 6), (1014, "op_mismatch", 6),
    (1015, "io", 1), (-32602, "invalid_params", 2), (-32603, "internal", 1),
    (4711, "never_heard_of", 1)])
def test_each_error_has_its_status(node, code, name, status):
    mover(node, failover=refuse(code, name, "so it is"))
    assert "so it is" in node.error("-y", "failover", "VI_1", exit=status)


def test_failover_without_terminal_and_yes_does_nothing(node):
    daemon = mover(node, failover=MOVED)
    assert "--yes" in node.error("failover", "VI_1", exit=2)
    assert node.json_error("failover", "VI_1", exit=2).name == "confirmation_needed"
    assert daemon.called("failover") == []


def test_takeover_that_a_maintenance_refuses_is_not_asked_about(node):
    def refuse(params):
        raise Refuse(1004, "busy", "VI_1 is in maintenance: end that first")
    instance = dict(VI_1, state="BACKUP", lease={"id": "L-1", "kind": "maintenance"})
    daemon = node.daemon(methods={"get": get_of(instance), "takeover": refuse})
    assert "end that first" in node.error("takeover", "VI_1", exit=6)
    assert len(daemon.called("takeover")) == 1


def test_force_does_not_answer_the_question(node):
    daemon = mover(node, failover=MOVED)
    node.error("--force", "failover", "VI_1", exit=2)
    assert daemon.called("failover") == []


def test_failover_of_an_unknown_name_is_exit_5(node):
    daemon = mover(node, failover=MOVED)
    node.error("-y", "failover", "VI_9", exit=5)
    assert daemon.called("failover") == []


def test_daemon_that_dies_while_it_moves_is_exit_3(node):
    mover(node, failover=lambda params: None)
    node.error("-y", "failover", "VI_1", exit=3)


def test_interrupted_wait_is_exit_130(node):
    daemon = mover(node)
    daemon.methods["failover"] = daemon.hang
    with subprocess.Popen([node.binary, "-R", node.run_base, "-y", "failover", "VI_1"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 10
        while not daemon.called("failover") and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "may go on" in said
    assert f"op.get op_id={daemon.called('failover')[0]['op_id']}" in said


def test_nobody_is_asked_about_what_cannot_be(node):
    """A role that is not here cannot be handed over: the daemon says so at once."""
    def refuse(_params):
        raise Refuse(1004, "wrong_state", "VI_3 is FAULT here")
    daemon = mover(node, failover=refuse)
    assert "VI_3 is FAULT here" in node.error("failover", "VI_3", exit=6)
    assert len(daemon.called("failover")) == 1
    assert "--yes" in node.error("failover", "VI_1", exit=2)
    assert len(daemon.called("failover")) == 1


def test_takeover_is_done_when_master_here(node):
    daemon = mover(node, takeover=dict(MOVED, to="self"))
    text = node.text("-y", "takeover", "VI_1", "for", "1h")
    assert text.startswith(
        "VI_1: lb1 is MASTER at once, the other silent after 612ms; it keeps the role until ")
    assert asked(daemon, "takeover") == [
        {"target": "instance/VI_1", "wait": True, "for_ms": 3600000}]


APPLIED = {"rev": 13, "changed": True, "lease": "L-3fa1",
           "expires": "2025-11-21T05:29:10.000000Z",
           "changes": [{"path": "instance/VI_1", "field": "priority", "old": 100,
                        "new": 150},
                       {"path": "instance/VI_1", "field": "nopreempt", "old": False,
                        "new": True}]}


def test_set_changes_several_values_at_once(node):
    daemon = node.daemon(methods={"apply": APPLIED})
    text = node.text("set", "VI_1", "priority", "150", "nopreempt", "on", "for", "2h",
                     "--reason", "test", "--if-rev", "12")
    assert "VI_1 priority: 100 -> 150; in force until" in text
    assert "VI_1 nopreempt: off -> on" in text
    assert daemon.called("apply") == [{
        "changes": [{"path": "instance/VI_1", "set": {"priority": 150, "nopreempt": True}}],
        "reason": "test", "if_rev": 12, "lease": {"ttl_ms": 7200000}}]


def test_unset_tells_which_leases_ended(node):
    node.daemon(methods={"apply": dict(APPLIED, released=["L-3fa0"])})
    assert "lease L-3fa0: ended, nothing is left of it\n" in node.text("unset", "VI_1", "priority")


def test_values_are_told_as_one_types_them(node):
    def change(field, old, new):
        return {"path": "instance/VI_1", "field": field, "old": old, "new": new}
    daemon = node.daemon(methods={"apply": dict(APPLIED, lease=None, changes=[
        change("preempt_delay_ms", 0, 3000), change("garp_master_delay_ms", 1500, 0),
        change("garp_master_repeat", 5, 3)])})
    assert node.text("set", "VI_1", "preempt-delay", "3s").splitlines() == [
        "VI_1 preempt-delay: 0 -> 3s", "VI_1 garp-master-delay: 1.5s -> 0",
        "VI_1 garp-master-repeat: 5 -> 3"]
    daemon.methods["apply"] = dict(APPLIED, lease=None,
                                   changes=[change("priority", 90, 90)])
    assert node.text("unset", "VI_1", "priority") == "VI_1 priority: 90, as before\n"


def test_an_edit_that_waits_says_when_it_is_undone(node):
    node.daemon(methods={"apply": dict(APPLIED, confirm=True)})
    text = node.text("set", "VI_1", "priority", "150", "confirm", "30s")
    assert "undone at " in text and "unless confirmed (lease L-" in text


def test_weights_of_what_is_tracked(node):
    daemon = node.daemon(methods={"apply": dict(APPLIED, lease=None, changes=[
        {"path": "instance/VI_1", "field": "track/eth0", "old": 0, "new": -5}])})
    assert node.text("set", "VI_1", "priority", "5", "track", "eth0", "weight", "-5", "track",
                     "CHK", "weight", "7", "nopreempt", "yes") \
        == "VI_1 track eth0 weight: 0 -> -5\n"
    assert daemon.called("apply")[0]["changes"][0]["set"] == {
        "priority": 5, "track/eth0": -5, "track/CHK": 7, "nopreempt": True}
    node.text("unset", "VI_1", "track", "eth0", "weight", "nopreempt")
    assert daemon.called("apply")[1]["changes"][0]["unset"] == ["track/eth0", "nopreempt"]
    assert "wants a whole number" in node.error(
        "set", "VI_1", "track", "eth0", "weight", "much", exit=2)


def test_what_is_not_tracked_yet_is_the_daemons_word(node):
    def refuse(_params):
        raise Refuse(1012, "unavailable", "vrrpd tracks nothing beside interfaces yet",
                     path="instance/VI_1", field="track/eth0")
    node.daemon(methods={"apply": refuse})
    assert node.error("set", "VI_1", "track", "eth0", "weight", "5", exit=3) \
        == "vrrpd tracks nothing beside interfaces yet\n"


def test_set_without_time_has_no_lease(node):
    daemon = node.daemon(methods={"apply": dict(APPLIED, changes=[])})
    assert "nothing to change" in node.text("set", "VI_1", "nopreempt", "off")
    assert daemon.called("apply") == [
        {"changes": [{"path": "instance/VI_1", "set": {"nopreempt": False}}]}]


def test_dry_run_changes_nothing_and_says_so(node):
    daemon = node.daemon(methods={"apply": APPLIED})
    assert "--dry-run" in node.text("set", "VI_1", "priority", "150", "--dry-run")
    assert daemon.called("apply")[0]["dry_run"] is True


def test_ranges_are_the_daemons_business(node):
    node.daemon(methods={"apply": refuse(-32602, "invalid_params",
                                         "priority: 1 to 254, not 999")})
    assert "1 to 254" in node.error("set", "VI_1", "priority", "999", exit=2)


def test_set_wants_numbers_and_times(node):
    daemon = node.daemon(methods={"apply": APPLIED})
    assert "whole number" in node.error("set", "VI_1", "priority", "high", exit=2)
    assert "no time" in node.error("set", "VI_1", "priority", "9", "for", "ever", exit=2)
    assert "time of day" in node.error(
        "set", "VI_1", "priority", "9", "for", "until", "25:61", exit=2)
    assert daemon.calls == []


def test_unset_names_its_fields(node):
    daemon = node.daemon(methods={"apply": APPLIED})
    node.text("unset", "VI_1", "priority", "nopreempt")
    assert daemon.called("apply") == [
        {"changes": [{"path": "instance/VI_1", "unset": ["priority", "nopreempt"]}]}]


def test_edit_that_was_not_saved_says_so(node):
    node.daemon(methods={"apply": dict(APPLIED, durable=False)})
    assert "not on the disk yet" in node.text("set", "VI_1", "priority", "150")


def test_lease_ends_before_its_time(node):
    daemon = node.daemon(methods={
        "lease.release": {"rev": 14, "changed": True, "lease": "L-3fa1", "durable": True}})
    assert node.text("lease", "release", "L-3fa1") == "lease L-3fa1: ended\n"
    assert daemon.called("lease.release") == [{"id": "L-3fa1"}]


def test_reload_goes_to_both_daemons(node):
    vrrpd = node.daemon(methods={"reload": {"rev": 13, "counts": {"unchanged": 1}}})
    checkd = node.daemon("checkd", methods={"reload": {"rev": 8, "services": 2}})
    text = node.text("reload")
    assert "vrrpd   reloaded: 1 unchanged (rev 13)" in text
    assert "checkd  reloaded: services 2 (rev 8)" in text
    assert vrrpd.called("reload") == [{"dry_run": True}, {}]
    assert checkd.called("reload") == [{}]


MASTER_AND_BACKUP = {"items": [{"name": "VI_1", "state": "MASTER"},
                               {"name": "VI_2", "state": "BACKUP"}], "next": None}


def test_a_reload_that_removes_a_master_asks(node):
    removed = {"rev": 13, "counts": {"removed": 2}, "removed": ["VI_1", "VI_2"]}
    vrrpd = node.daemon(methods={"reload": removed, "list": MASTER_AND_BACKUP})
    assert "give --yes (nothing was done)" in node.error("reload", exit=2)
    assert vrrpd.called("reload") == [{"dry_run": True}]
    assert "2 removed" in node.text("--yes", "reload", "vrrpd")
    assert vrrpd.called("reload")[1:] == [{}]


def changed(name, field, old, new):
    return {"path": f"instance/{name}", "field": field, "old": old, "new": new}


def test_a_reload_that_takes_something_from_a_master_asks(node):
    grave = [changed("VI_1", "priority", 150, 50), changed("VI_1", "version", 2, 3),
             changed("VI_1", "virtual_ipaddress", ["192.0.2.1/24"], ["192.0.2.2/24"]),
             changed("VI_1", "auth_pass", "***", "***")]
    harmless = [changed("VI_1", "priority", 50, 150), changed("VI_2", "priority", 150, 50),
                changed("VI_1", "virtual_ipaddress", [], ["192.0.2.2/24"]),
                changed("VI_1", "name", "VI_1", "VI_9"), changed("VI_1", "nopreempt", True, False)]
    vrrpd = node.daemon(methods={"list": MASTER_AND_BACKUP})
    for change in grave:
        vrrpd.methods["reload"] = {"rev": 13, "changes": [change]}
        assert "give --yes (nothing was done)" in node.error("reload", "vrrpd", exit=2)
    assert vrrpd.called("reload") == [{"dry_run": True}] * len(grave)
    vrrpd.methods["reload"] = {"rev": 13, "changes": harmless}
    node.text("reload", "vrrpd")
    assert vrrpd.called("reload")[-1] == {}


def test_a_reload_that_removes_a_backup_asks_nothing(node):
    vrrpd = node.daemon(methods={"reload": {"rev": 13, "removed": ["VI_2"]},
                                 "list": MASTER_AND_BACKUP})
    node.text("reload", "vrrpd")
    assert vrrpd.called("reload") == [{"dry_run": True}, {}]


def test_reload_says_what_it_changed(node):
    node.daemon(methods={"reload": {
        "rev": 13, "counts": {"added": 1, "removed": 20, "changed": 2, "unchanged": 12},
        "added": ["VI_2"], "removed": [f"OLD_{i}" for i in range(20)], "changed": ["VI_3"],
        "renamed": [{"from": "VI_4", "to": "WEB"}], "errors": 0, "warnings": 1,
        "dropped": [{"path": "instance/VI_3", "field": "priority", "value": 150,
                     "because": "the file has another value now"}],
        "findings": [{"file": "haven.conf", "line": 4, "column": 1, "severity": "warning",
                      "text": "not yet"}]}})
    first, *more = node.text("reload", "vrrpd").splitlines()
    assert first == ("vrrpd   reloaded: 20 removed (OLD_0, OLD_1, OLD_2, OLD_3, OLD_4, OLD_5,"
                     " OLD_6, OLD_7, ...), 1 added (VI_2), 2 changed (VI_3, VI_4 is now WEB),"
                     " 12 unchanged (rev 13)")
    assert more == ["    dropped: VI_3 priority 150, the file has another value now",
                    "    haven.conf:4: warning: not yet"]


def test_dry_run_of_a_reload_says_what_would_change(node):
    vrrpd = node.daemon(methods={"reload": {
        "rev": 13, "dry_run": True, "counts": {"removed": 1, "unchanged": 2},
        "removed": ["VI_3"], "added": [], "changed": [], "renamed": []}})
    checkd = node.daemon("checkd", methods={"reload": {
        "rev": 8, "dry_run": True, "services": 2}})
    assert node.text("reload", "--dry-run").splitlines() == [
        "vrrpd   would reload: 1 removed (VI_3), 2 unchanged (rev 13)",
        "checkd  would reload: services 2 (rev 8)",
        "Nothing was changed: --dry-run."]
    assert vrrpd.called("reload") == checkd.called("reload") == [{"dry_run": True}]


def test_set_says_what_the_kernel_still_has_to_do(node):
    node.daemon(methods={"apply": {
        "rev": 14, "changed": True, "durable": True, "changes": [
            {"path": "instance/VI_1", "field": "priority", "old": 100, "new": 150}],
        "pending": [{"path": "instance/VI_1", "what": "addresses", "want": 2, "set": 0}]}})
    assert node.text("set", "VI_1", "priority", "150").splitlines()[-1] == (
        "    addresses of VI_1 are still being put in (0 of 2)")


REPAIR = {"compared": 12, "took_ms": 7, "pending": [],
          "counts": {"put_back": 1, "failed": 0, "corrected": 1, "removed_stray": 60,
                     "foreign": 0},
          "put_back": [{"path": "instance/VI_1", "address": "192.0.2.100/24"}], "failed": [],
          "put_back_before": [{"path": "instance/VI_2", "ago_ms": 3120}],
          "corrected": [{"path": "instance/VI_1", "address": "192.0.2.101/24",
                         "what": "label"}],
          "removed_stray": [{"interface": "eth0", "address": f"192.0.2.{i}/24"}
                            for i in range(10, 60)], "foreign": []}


def test_reload_repair_says_what_differed(node):
    vrrpd = node.daemon(methods={"reload": {"rev": 13, "repair": REPAIR}})
    checkd = node.daemon("checkd", methods={"reload": {"rev": 8, "repair": {"compared": 0}}})
    assert node.text("--yes", "reload", "repair").splitlines() == [
        "vrrpd   reloaded (rev 13)",
        "    compared 12 addresses with the kernel",
        "    put back: 192.0.2.100/24 (VI_1)",
        "    put right: 192.0.2.101/24 (VI_1: label)",
        "    removed, as nobody wants it: "
        + ", ".join(f"192.0.2.{i}/24 (eth0)" for i in range(10, 18)) + " and 52 more",
        "    somebody removed addresses of VI_2: put back 3.12s before this",
        "checkd  reloaded (rev 8)",
        "    checkd keeps nothing in the kernel"]
    assert vrrpd.called("reload") == checkd.called("reload") == [{"repair": True}]


def test_reload_repair_says_what_is_under_way(node):
    node.daemon(methods={"reload": {"rev": 13, "repair": {
        **REPAIR, "counts": {"put_back": 0}, "put_back_before": [], "pending": [
            {"path": "instance/VI_1", "what": "addresses", "want": 2000, "set": 17},
            {"path": "instance/VI_2", "what": "addresses", "want": 0, "set": 3}]}}})
    assert node.text("--yes", "reload", "vrrpd", "repair").splitlines()[1:] == [
        "    compared 12 addresses with the kernel",
        "    addresses of VI_1 are still being put in (17 of 2000)",
        "    addresses of VI_2 are still being removed (3 left)"]


def test_reload_goes_through_its_guard_with_force(node):
    vrrpd = node.daemon(methods={"reload": refuse(1007, "would_break", "all would end")})
    assert "all would end" in node.error("reload", "vrrpd", exit=6)
    node.error("reload", "vrrpd", "--force", "--yes", exit=6)
    assert vrrpd.called("reload") == [{"dry_run": True}, {}, {"force": True}]


def test_reload_of_one_daemon_leaves_the_other(node):
    vrrpd = node.daemon(methods={"reload": {"rev": 13}})
    checkd = node.daemon("checkd", methods={"reload": {"rev": 8}})
    node.text("--yes", "reload", "vrrpd")
    assert (len(vrrpd.calls), len(checkd.calls)) == (1, 0)


def test_reload_of_a_bad_file_says_where(node):
    node.daemon(methods={"reload": refuse(
        1016, "config_invalid", "the configuration does not run", errors=1, findings=[
            {"severity": "error", "file": "haven.conf", "line": 3, "column": 5,
             "text": "no such keyword"}])})
    text = node.error("reload", "vrrpd", exit=1)
    assert "haven.conf:3:5: error: no such keyword" in text
    assert node.json_error("reload", "vrrpd", exit=1).findings[0]["line"] == 3


def test_quiet_prints_errors_only(node):
    mover(node, failover=MOVED)
    assert node.text("-q", "-y", "failover", "VI_1") == ""
    assert "VI_9" in node.error("-q", "-y", "failover", "VI_9", exit=5)


def test_a_move_whose_answer_is_lost_has_a_name_to_ask_by(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "failover": lambda params: None})
    done = node.hactl("-y", "failover", "VI_1")
    name = daemon.called("failover")[0]["op_id"]
    assert done.returncode == 3 and f"op.get op_id={name}" in done.stderr
    error = node.json_error("-y", "--op-id", "CHG-1", "failover", "VI_1", exit=3)
    assert error.op_id == "CHG-1"
    # What the daemon refuses does not go on.
    daemon.methods["failover"] = refuse(1012, "unavailable", "vrrpd is stopping")
    assert "op.get" not in node.error("-y", "failover", "VI_1", exit=3)


@pytest.mark.parametrize("words", [("failover", "VI_1"),
                                   ("maintenance", "on", "node", "for", "1h")], ids=str)
def test_what_is_interrupted_is_named_in_json_too(node, words):
    daemon = node.daemon(methods={"get": get_of(VI_1)})
    daemon.methods[words[0]] = daemon.hang
    hactl = node.start("-j", "-y", "--op-id", "CHG-2", *words)
    while not daemon.called(words[0]):
        time.sleep(0.01)
    hactl.send_signal(signal.SIGINT)
    stdout, stderr = hactl.communicate(timeout=10)
    assert (hactl.returncode, stdout) == (130, "")
    error = json.loads(stderr)["error"]
    assert (error["name"], error["op_id"]) == ("interrupted", "CHG-2")
