# SPDX-License-Identifier: Apache-2.0
"""What both daemons have is shown together; what one has is found in whichever has it."""

import json
import os

import pytest
from fake_daemon import Refuse, items

LEASE = {"path": "lease/L-1", "id": "L-1", "kind": "override", "object": "instance/VI_1",
         "field": "priority", "value": 150, "layer": "lease", "uid": 0,
         "created": "2025-11-21T03:00:00.0Z", "expires": "2025-11-21T05:00:00.0Z",
         "left_ms": 6540000, "entries": []}
LEVEL = dict(LEASE, path="lease/L-2", id="L-2", object="daemon/checkd", field="log_level",
             value="debug")
WORK = {"config": {"services": 2, "instances": 1}}
NO_WORK = {"config": {"services": 0, "instances": 1}}


def not_found(params):
    raise Refuse(1001, "not_found", f"there is no lease {params['id']}")


def audited(at, method):
    return {"at": f"2025-11-21T03:{at}:00.0Z", "what": "request", "method": method,
            "outcome": "ok", "who": {"uid": 0, "role": "admin"}, "params": {}}


def test_leases_of_both_are_one_table(node):
    node.daemon(methods={"list": items(LEASE)})
    checkd = node.daemon("checkd", methods={"list": items(LEVEL)})
    lines = node.text("show", "leases").splitlines()
    assert [line.split()[0] for line in lines] == ["DAEMON", "vrrpd", "checkd"]
    assert "log level debug" in lines[2]
    assert [item["daemon"] for item in node.json("lease", "list")["items"]] \
        == ["vrrpd", "checkd"]
    checkd.methods["list"] = items()
    assert node.text("show", "leases").split()[0] == "ID"


def test_the_part_of_a_dead_daemon_is_named_and_the_rest_shown(node):
    node.daemon(methods={"list": items(LEASE)})
    node.daemon("checkd").close()
    text = node.text("show", "leases", exit=3)
    assert "L-1" in text and "checkd  unreachable: not running" in text
    answer = node.json("show", "leases", exit=3)
    assert answer["partial"] and answer["items"][1]["reachable"] is False


@pytest.mark.parametrize("status, exit", [(NO_WORK, 0), (WORK, 3)], ids=["idle", "work"])
def test_a_daemon_is_missed_where_there_is_work_for_it(node, status, exit):
    vrrpd = node.daemon(methods={"list": items(LEASE), "status": status})
    assert ("unreachable" in node.text("show", "leases", exit=exit)) == (exit == 3)
    vrrpd.close()
    assert node.error("show", "leases", exit=3).startswith("vrrpd is not running")


def test_an_id_is_found_in_whichever_daemon_has_it(node):
    vrrpd = node.daemon(methods={"lease.renew": not_found})
    checkd = node.daemon("checkd", methods={"lease.renew": lambda params: {
        "rev": 1, "lease": params["id"], "expires": "2025-11-21T05:00:00.0Z"}})
    assert node.text("lease", "renew", "L-2", "1h").startswith("lease L-2: until ")
    assert len(vrrpd.called("lease.renew")) == 1
    node.text("lease", "renew", "L-2", "1h", "checkd")
    assert (len(vrrpd.called("lease.renew")), len(checkd.called("lease.renew"))) == (1, 2)
    vrrpd.close()
    node.text("lease", "renew", "L-2", "1h")
    checkd.methods["lease.renew"] = not_found
    # Who is not there may have it.
    assert node.error("lease", "renew", "L-2", "1h", exit=3).startswith("vrrpd is not")


def test_an_id_that_nobody_has_is_told_once(node):
    for name in ("vrrpd", "checkd"):
        node.daemon(name, methods={"lease.renew": not_found})
    assert node.error("lease", "renew", "L-9", "1h", exit=5).count("there is no lease") == 1


def test_what_waits_is_confirmed_in_both(node):
    def nothing(_params):
        raise Refuse(1001, "not_found", "nothing of yours waits to be confirmed")
    node.daemon(methods={"confirm": {"rev": 1, "confirmed": "L-1"}})
    checkd = node.daemon("checkd", methods={"confirm": {"rev": 1, "confirmed": "L-2"}})
    assert node.text("confirm") == "confirmed L-1: it stays\nconfirmed L-2: it stays\n"
    checkd.methods["confirm"] = nothing
    assert node.text("confirm") == "confirmed L-1: it stays\n"
    node.daemons[0].methods["confirm"] = nothing
    node.error("confirm", exit=5)


@pytest.mark.parametrize("words, lease", [
    (["confirm"], dict(LEASE, kind="confirm", uid=os.getuid())), (["confirm", "L-1"], LEASE),
    (["lease", "renew", "L-1", "1h"], LEASE)])
def test_who_has_no_such_lease_has_nothing_to_note_down(node, words, lease):
    """A daemon writes down each request that changes something, also one that failed."""
    method = words[0] if words[0] == "confirm" else "lease.renew"
    result = {"rev": 1, "confirmed": "L-1", "lease": "L-1"}
    daemons = [node.daemon(methods={method: result}),
               node.daemon("checkd", methods={method: result})]
    for owner in (0, 1):
        daemons[owner].methods["list"] = items(lease)
        daemons[1 - owner].methods["list"] = items(LEVEL)
        node.text(*words)
        assert [len(daemon.called(method)) for daemon in daemons] == [1, owner]


def test_the_log_level_of_one_or_of_both(node):
    answer = {"rev": 1, "old": "info", "level": "debug"}
    vrrpd = node.daemon(methods={"log.level": answer})
    node.daemon("checkd", methods={"log.level": answer})
    assert node.text("log", "level", "debug", "checkd", "for", "5m") \
        == "log level of checkd: info -> debug\n"
    assert not vrrpd.calls
    assert len(node.text("log", "level", "debug").splitlines()) == 2


def test_the_audits_of_both_are_in_order(node):
    node.daemon(methods={"audit.list": {"items": [audited(10, "apply"), audited(30, "hold")]}})
    node.daemon("checkd", methods={"audit.list": {"items": [audited(20, "drain")]}})
    lines = node.text("audit").splitlines()
    assert [line.split()[2] for line in lines] == ["vrrpd", "checkd", "vrrpd"]
    assert [item["method"] for item in node.json("audit", "2")["items"]] == ["drain", "hold"]


def test_differences_and_edits_of_both(node):
    entry = {"path": "instance/VI_1", "field": "priority", "value": 150}
    other = {"path": "daemon/checkd", "field": "log_level", "value": "debug"}
    for name, saved in (("vrrpd", entry), ("checkd", other)):
        node.daemon(name, methods={
            "config.save": {"saved": [saved]}, "config.discard": {"discarded": []},
            "config.diff": {"items": [dict(saved, file=None, saved=None, running=1)]}})
    assert len(node.json("diff", exit=1)["items"]) == 2
    assert len(node.text("save").splitlines()) == 2
    assert node.text("discard") \
        == "nothing to be discarded; what was saved stays: \"discard saved\" drops it\n"
    node.text("save", "VI_1")
    assert len(node.daemons[1].called("config.save")) == 1


def test_numbers_of_both_are_one_page(node):
    for name in ("vrrpd", "checkd"):
        family = {"name": f"haven_{name}_revision", "type": "gauge", "help": "x",
                  "labels": [], "samples": [[1]]}
        node.daemon(name, methods={"metrics": {"families": [family]}})
    lines = node.text("metrics").splitlines()
    assert "haven_vrrpd_revision 1" in lines and "haven_checkd_revision 1" in lines
    assert lines[-1] == "# EOF" and lines.count("# EOF") == 1


def test_methods_of_both_and_a_kind_of_one(node):
    def describe(params):
        if "type" not in params:
            return {"methods": {"drain": {"role": "operator"}}, "types": {}}
        return {"type": "vs", "fields": {"quorum": {"type": "int"}}}

    def describe_none(params):
        if "type" not in params:
            return {"methods": {"garp": {"role": "operator"}}, "types": {}}
        raise Refuse(-32602, "invalid_params", 'vrrpd has no object and no type "vs"')
    node.daemon(methods={"describe": describe_none})
    node.daemon("checkd", methods={"describe": describe})
    text = node.text("describe")
    assert text.startswith("vrrpd:\n") and "\ncheckd:\n" in text
    assert "quorum" in node.text("describe", "vs")
    assert json.loads(node.hactl("-j", "describe", "vs").stdout)["items"][0]["daemon"] \
        == "checkd"


def test_what_one_of_two_carried_out_is_partly_done(node):
    """Only a change: who just looked has no trustworthy answer."""
    result = {"rev": 3, "changed": True, "old": "info", "level": "debug"}
    vrrpd = node.daemon(methods={"log.level": result})
    node.daemon("checkd").close()
    node.text("log", "level", "debug", exit=8)
    vrrpd.methods["log.level"] = dict(result, changed=False, old="debug")
    node.text("log", "level", "debug", exit=3)
    node.text("lease", "list", exit=3)
