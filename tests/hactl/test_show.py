# SPDX-License-Identifier: Apache-2.0
"""show, explain, is-master: tables for people, JSON for scripts, exit statuses."""

import json
import re
import subprocess

import pytest
from fake_daemon import VI_1, VI_3, Refuse, get_of, items

STATUS = {"daemon": "vrrpd", "version": "0.1.0", "node": "lb1", "phase": "running",
          "rev": 12, "up_ms": 3661000,
          "instances": {"total": 2, "master": 1, "backup": 0, "fault": 1},
          "config": {"file": "/etc/haven/haven.conf", "reloaded": None,
                     "reload_failed": False},
          "leases": [], "overrides": 0, "unknown_vrid": 0}
LEASE = {"path": "lease/L-3fa0", "id": "L-3fa0", "kind": "hold", "object": "instance/VI_4",
         "field": "priority", "value": 1, "uid": 4000000000, "reason": "line test",
         "created": "2025-11-21T03:40:00.0Z", "expires": "2025-11-21T03:50:00.0Z",
         "left_ms": 552000}


def test_instances_are_a_table(node):
    node.daemon(methods={"list": items(VI_1, VI_3)})
    assert node.text("show", "instances").splitlines() == [
        "INSTANCE  GROUP  STATE   PRIO  EFF  MASTER      SINCE  VIPS  LEASE",
        "VI_1      -      MASTER   150  150  self        2h11m   2/2  override 1h49m",
        "VI_3      -      FAULT    100    -  192.0.2.12  12s     0/1  -",
        "",
        "2 instances, 1 faulty: see \"hactl explain VI_3\".",
    ]


def test_a_master_in_maintenance_is_the_last_resort(node):
    """It is to be out of the way: whoever looks at it is told why it is not."""
    last = dict(VI_1, last_resort_until="2025-11-21T13:03:03Z")
    told = "MASTER only as the last resort, held back until 2025-11-21 13:03:03: " \
           "nobody else has taken over."
    node.daemon(methods={"list": items(last, VI_3), "get": get_of(last)})
    assert node.text("show", "instances").splitlines()[-1] == f"VI_1 is {told}"
    assert node.text("show", "instance", "VI_1").splitlines()[1] == \
        "  " + told.removeprefix("MASTER ").removesuffix(".")


def test_a_peer_has_its_time_before_nobody_else_has_taken_over(node):
    last = dict(VI_1, last_resort_until="2999-11-21T13:03:03Z", heir_due="2999-11-21T13:03:03Z")
    node.daemon(methods={"list": items(last), "get": get_of(last)})
    for command in "instances", "instance VI_1":
        assert "nobody else has taken over yet (a peer may need " in node.text(
            "show", *command.split())


def test_what_is_out_for_a_maintenance_is_not_faulty(node):
    out = dict(VI_3, faults=["maintenance"], lease={
        "id": "L-1", "kind": "maintenance", "left_ms": 1, "expires": "2025-11-21T13:03:03Z"})
    daemon = node.daemon(methods={"list": items(out, dict(out, name="VI_4"))})
    assert node.text("show", "instances").splitlines()[-2:] == [
        "2 instances.", "VI_3 and 1 other are out of service for maintenance until "
        "2025-11-21 13:03:03."]
    daemon.methods["list"] = items(dict(out, faults=["maintenance", "link_down"]))
    assert "1 faulty" in node.text("show", "instances")


def test_several_last_resorts_are_counted(node):
    last = dict(VI_1, last_resort_until="2025-11-21T13:03:03Z")
    node.daemon(methods={"list": items(last, dict(last, name="VI_2"), VI_3)})
    assert node.text("show", "instances").splitlines()[-1].startswith(
        "VI_1 and 1 other are MASTER only as the last resort, held back until ")


def test_what_a_maintenance_left_is_shown(node):
    """It is no lease and no value of the file, and yet decides who is MASTER."""
    stays = dict(VI_3, stay=True)
    node.daemon(methods={"list": items(dict(VI_1, stay=True), stays), "get": get_of(stays)})
    rows = node.text("show", "instances").splitlines()
    assert rows[1].endswith("  override 1h49m +stay") and rows[2].endswith("  stay")
    assert "  stay             on  left by a maintenance: leaves the role where it is; " \
        "\"hactl takeover VI_3\" brings it back" in node.text("show", "inst", "VI_3").splitlines()


def test_no_lease_says_where_the_other_edits_are(node):
    node.daemon(methods={"list": items()})
    assert "show overrides" in node.text("show", "leases")
    assert node.text("show", "overrides") == "None: the configuration file decides.\n"


def test_what_a_switch_is_else_is_on_or_off(node):
    edited = dict(VI_1, nopreempt=True, sources=dict(
        VI_1["sources"], nopreempt={"layer": "runtime", "base": False}))
    node.daemon(methods={"get": get_of(edited)})
    assert "  nopreempt        on  runtime, else off" in \
        node.text("show", "instance", "VI_1").splitlines()


def test_no_legend_leaves_the_rows_alone(node):
    node.daemon(methods={"list": items(VI_1)})
    assert node.text("show", "inst", "--no-legend").split() == [
        "VI_1", "-", "MASTER", "150", "150", "self", "2h11m", "2/2", "override", "1h49m"]


def test_no_instances_is_an_empty_list(node):
    node.daemon(methods={"list": items()})
    assert "0 instances." in node.text("show", "instances")
    assert node.json("show", "instances")["items"] == []


def test_json_of_instances_is_the_daemons_own(node):
    node.daemon(methods={"list": items(VI_1, VI_3, rev=13)})
    answer = node.json("show", "instances")
    assert answer["schema"] == "hactl.instance/1"
    assert (answer["node"], answer["rev"], answer["partial"]) == ("lb1", 13, False)
    assert answer["at"].endswith("Z")
    assert answer["items"] == [VI_1, VI_3]
    assert '"skew_ms":414.063,' in node.hactl("-j", "show", "instances").stdout


def test_json_is_one_line_or_many(node):
    node.daemon(methods={"list": items(VI_1)})
    assert node.hactl("-j", "show", "instances").stdout.count("\n") == 1
    assert node.hactl("--json=pretty", "show", "instances").stdout.count("\n") > 20


def test_all_pages_of_a_list_are_read(node):
    def pages(params):
        first = params.get("next", 0)
        page = {"rev": 12, "type": "instance", "total": 3,
                "items": [dict(VI_1, name=f"VI_{first}")]}
        return page if first == 2 else dict(page, next=first + 1)
    node.daemon(methods={"list": pages})
    assert [item["name"] for item in node.json("show", "instances")["items"]] \
        == ["VI_0", "VI_1", "VI_2"]


def test_one_instance_tells_all(node):
    node.daemon(methods={"get": get_of(VI_1)})
    text = node.text("show", "instance", "VI_1")
    assert text.startswith("VI_1 is MASTER for 2h11m")
    assert "preempted 192.0.2.12" in text
    assert "lease L-3fa1, else 100  (haven.conf:41)" in text
    assert "192.0.2.13/24 on eth1, set, excluded" in text
    assert "wrong checksum (got 1, not 2), from 192.0.2.9" in text
    assert "Skew_Time" not in text and "adverts_sent" not in text


@pytest.mark.parametrize("kind", ["hold", "takeover", "maintenance"])
def test_what_moves_the_role_is_no_other_priority(node, kind):
    """What is configured stays as it is: the lease is told where it has its effect."""
    source = {"layer": "lease", "kind": kind, "lease": "L-f581", "base": 150,
              "expires": "2025-11-21T13:03:03Z", "file": "/etc/haven/haven.conf", "line": 13}
    node.daemon(methods={"get": get_of(
        dict(VI_1, priority=150, effective=1, sources={"priority": source}))})
    text = node.text("show", "instance", "VI_1")
    assert "  priority         150  (haven.conf:13)\n" in text
    assert f"  effective        1  {kind} L-f581, until 2025-11-21 13:03:03\n" in text
    assert "else" not in text


@pytest.mark.parametrize("layer", ["saved", "runtime"])
def test_an_override_without_an_end_says_how_long_it_stays(node, layer):
    edit = {"path": None, "id": None, "kind": "override", "object": "instance/VI_1",
            "field": "priority", "value": 140, "layer": layer, "uid": 0, "reason": ""}
    node.daemon(methods={"list": items(edit)})
    assert node.text("show", "overrides").splitlines()[1].split()[:3] == ["-", layer, "VI_1"]


def test_detail_adds_timers_and_counters(node):
    node.daemon(methods={"get": get_of(VI_1)})
    text = node.text("show", "instance", "VI_1", "detail")
    assert "Skew_Time 414ms" in text
    assert re.search("adverts_sent +7860\n", text)
    assert re.search("checksum +1  192.0.2.9  02:00:00:00:00:09  [0-9dh]+  got 1, not 2\n", text)
    assert "ttl" not in text
    assert "nopreempt        off  default" in text


def test_one_instance_as_json_is_a_list_of_one(node):
    node.daemon(methods={"get": get_of(VI_1)})
    answer = node.json("show", "instance", "VI_1")
    assert (answer["schema"], answer["items"]) == ("hactl.instance/1", [VI_1])


def test_unknown_instance_is_exit_5(node):
    node.daemon(methods={"get": get_of(VI_1)})
    assert "no instance \"VI_9\"" in node.error("show", "instance", "VI_9", exit=5)
    error = node.json_error("show", "instance", "VI_9", exit=5)
    assert (error.name, error.code, error.path) == ("not_found", 1001, "instance/VI_9")


def test_vips_are_a_table(node):
    node.daemon(methods={"list": lambda params: items(
        {"path": "vip/1", "instance": "VI_1", "state": "MASTER", "address": "192.0.2.10/24",
         "interface": "eth0", "label": None, "excluded": False, "set": True})
        if params["type"] == "vip" else None})
    row = node.text("show", "vips").splitlines()[1].split()
    assert row == ["192.0.2.10/24", "eth0", "yes", "VI_1", "MASTER", "advertised"]


def test_leases_are_a_table(node):
    node.daemon(methods={"list": items(LEASE)})
    row = node.text("show", "leases").splitlines()[1].split()
    assert row == ["L-3fa0", "hold", "VI_4", "effective", "1", "uid", "4000000000", "9m12s",
                   "line", "test"]


def entry(field, value, path="instance/VI_1"):
    return {"object": path, "field": field, "value": value}


@pytest.mark.parametrize("entries, shown", [
    ([entry("priority", 150)], ["VI_1", "effective 150"]),
    ([entry("nopreempt", True), entry("preempt_delay_ms", 5000)],
     ["VI_1", "nopreempt on, preempt-delay 5s"]),
    ([entry("maintenance", {"out": True, "stay": True}, "node"),
      entry("maintenance", {"out": True, "stay": True}), entry("priority", 1)],
     ["node", "maintenance out stay, effective 1"]),
    ([entry("maintenance", {"out": False, "stay": False})], ["VI_1", "maintenance"]),
    ([entry("maintenance", {"out": True, "stay": False})], ["VI_1", "maintenance out"]),
    ([entry("log_level", "debug", "daemon/vrrpd")], ["vrrpd", "log level debug"]),
    ([entry("priority", 1, f"instance/V{i}") for i in range(9)],
     ["V0 V1 V2 V3 and 5 more", "effective 1"])], ids=lambda it: str(it)[:20])
def test_what_a_lease_does_is_said_in_words(node, entries, shown):
    node.daemon(methods={"list": items(dict(LEASE, entries=entries, uid=0))})
    cells = re.split("  +", node.text("show", "leases").splitlines()[1])
    assert cells == ["L-3fa0", "hold", *shown, "root", "9m12s", "line test"]
    assert node.json("show", "leases")["items"][0]["user"] == "root"


def test_all_live_edits_are_a_table(node):
    node.daemon(methods={"list": items(dict(LEASE, id=None, left_ms=None, uid=0, reason=""))})
    assert re.split("  +", node.text("show", "overrides").splitlines()[1]) \
        == ["-", "hold", "VI_4", "effective 1", "root", "-", "-"]



def test_an_override_is_about_what_the_priority_is_set_to(node):
    node.daemon(methods={"list": items(dict(LEASE, kind="override", entries=[
        entry("priority", 150), entry("nopreempt", True)]))})
    assert "  priority 150, nopreempt on  " in node.text("show", "leases")


CHECKD = {"phase": "running", "rev": 7, "services": {"total": 2, "up": 2},
          "reals": {"total": 24, "up": 23, "drain": 1}, "leases": []}


def test_status_shows_both_daemons(node):
    node.daemon(methods={"status": dict(STATUS, leases=[LEASE, dict(
        LEASE, id="L-3fa1", uid=0, reason="", left_ms=6540000)])})
    node.daemon("checkd", methods={"status": CHECKD}, rev=7)
    assert node.text("show", "status").splitlines() == [
        "node lb1   vrrpd 0.1.0 running (rev 12, up 1h1m)   checkd 0.1.0 running (rev 7)",
        "instances 2: 1 MASTER 1 FAULT     services 2: 2 up     reals 24: 23 up 1 drain",
        "lease L-3fa0  hold VI_4  by uid 4000000000  9m12s left  \"line test\"",
        "lease L-3fa1  hold VI_4  by root            1h49m left",
    ]


def test_status_names_what_is_out_of_the_ordinary(node):
    node.daemon(methods={"status": dict(
        STATUS, helper={"running": False, "pid": None}, overrides=4, stays=3, unknown_vrid=5, last_resorts=2,
        config={"file": "x.conf", "reloaded": None, "reload_failed": True})})
    node.daemon("checkd", methods={"status": {"note": "no checks yet"}})
    assert node.text("show", "status").splitlines()[2:] == [
        "vrrpd: the last reload of x.conf FAILED; in use is what was read at the start",
        "vrrpd: its helper process is GONE: no reload before it is restarted",
        "vrrpd: MASTER of 2 instances only as the last resort: held back, but nobody else has "
        "taken over so far",
        "vrrpd: 3 instances leave the role where it is, after a maintenance with \"stay\": "
        "\"hactl takeover NAME\" brings it back",
        "vrrpd: 1 value changed by hand, without an end: see \"hactl diff\"",
        "vrrpd: 5 advertisements of a VRID that is not configured here",
        "checkd: no checks yet",
    ]


def test_status_tells_a_reader_not_who(node):
    lease = {key: value for key, value in LEASE.items() if key not in ("uid", "reason")}
    node.daemon(methods={"status": dict(STATUS, leases=[lease])})
    line = node.hactl("show", "status").stdout.splitlines()[2]
    assert re.split("  +", line) == ["lease L-3fa0", "hold VI_4", "9m12s left"]


def test_no_command_without_a_terminal_is_show_status(node):
    node.daemon(methods={"status": STATUS})
    node.daemon("checkd", methods={"status": STATUS})
    assert node.text() == node.text("show", "status")


def test_one_daemon_down_is_unreachable_and_the_rest_is_shown(node):
    node.daemon(methods={"status": STATUS})
    node.daemon("checkd").close()
    text = node.text("show", "status", exit=3)
    assert "vrrpd 0.1.0 running (rev 12, up 1h1m)   checkd unreachable\n" in text
    assert "\ncheckd is not running (nobody listens in " in text
    answer = node.json("show", "status", exit=3)
    assert answer["partial"] is True
    assert [(item["daemon"], item["reachable"]) for item in answer["items"]] \
        == [("vrrpd", True), ("checkd", False)]
    assert answer["items"][1]["error"]["name"] == "unavailable"


def test_one_that_need_not_run_is_not_missed(node):
    node.daemon(methods={"status": STATUS})
    assert node.text("show", "status").splitlines()[0].endswith("   checkd not running")
    answer = node.json("show", "status")
    assert answer["partial"] is False
    assert answer["items"][1] == {"daemon": "checkd", "reachable": False}


def test_no_daemon_at_all_is_exit_3(node):
    text = node.error("show", "status", exit=3)
    assert "vrrpd" in text and "checkd" in text
    assert node.json_error("show", "status", exit=3).name == "unavailable"


def test_dead_daemon_is_unreachable_never_the_last_state(node):
    daemon = node.daemon(methods={"list": items(VI_1)})
    daemon.close()
    assert "MASTER" not in node.error("show", "instances", exit=3)


def test_daemon_that_does_not_answer_is_exit_3(node):
    daemon = node.daemon()
    daemon.methods["list"] = daemon.hang
    assert "vrrpd" in node.error("show", "instances", "-t", "200ms", exit=3)


def test_daemon_that_dies_in_the_answer_is_exit_3(node):
    node.daemon(methods={"list": lambda params: None})
    node.error("show", "instances", exit=3)


def test_other_protocol_version_is_exit_3(node):
    node.daemon(methods={"list": items(VI_1)}, major=2)
    assert node.json_error("show", "instances", exit=3).name == "unsupported_version"


STATS = {"path": "instance/VI_1", "name": "VI_1", "state": "MASTER", "transitions": 3,
         "counters": {"adverts_sent": 7860, "adverts_received": 4,
                      "drops": {"ttl": 0, "checksum": 1, "auth_data": 2}},
         "offenders": [VI_1["offenders"][0], dict(
             VI_1["offenders"][0], what="interval_mismatch", source="192.0.2.8", count=9,
             mac=None, at="2999-11-21T01:30:10.0Z", detail=None, text="another interval")]}


def test_stats_are_a_table(node):
    node.daemon(methods={"list": items(STATS, dict(STATS, name="VI_2", offenders=[]))})
    text = node.text("show", "stats").splitlines()
    assert text[1].split()[:6] == ["VI_1", "MASTER", "3", "7860", "4", "3"]
    assert "interval_mismatch of 192.0.2.8" in text[1]
    assert text[2].split() == ["VI_2", "MASTER", "3", "7860", "4", "3", "-"]
    assert node.json("show", "stats")["schema"] == "hactl.stats/1"


def test_stats_of_one_name_each_reason_with_its_last_offender(node):
    node.daemon(methods={"get": get_of(STATS)})
    lines = node.text("show", "stats", "VI_1").splitlines()
    assert lines[0] == "VI_1 is MASTER, 3 changes of state"
    assert "    adverts_sent           7860" in lines
    reasons = [re.split("  +", line.strip()) for line in lines[-4:]]
    assert reasons[0] == ["refused or odd", "COUNT", "LAST FROM", "MAC", "AGO", "BECAUSE"]
    assert reasons[1][:4] == ["checksum", "1", "192.0.2.9", "02:00:00:00:00:09"]
    assert reasons[1][5] == "got 1, not 2"
    assert reasons[2] == ["auth_data", "2", "-", "-", "-", "-"]
    assert reasons[3][:3] == ["interval_mismatch", "9", "192.0.2.8"]
    assert reasons[3][5] == "another interval"


def test_clients_of_both_daemons_are_a_table(node):
    client = {"socket": "control", "role": "admin", "uid": 0, "pid": 42, "for_ms": 1000,
              "requests": 3, "waiting": 0, "unsent": 0}
    node.daemon(methods={"clients": {"totals": {"now": 1, "slow": 0}, "items": [client]}})
    node.daemon("checkd").close()
    lines = node.text("show", "clients", exit=3).splitlines()
    assert lines[1].split() == ["vrrpd", "control", "admin", "root", "42", "3", "0", "0", "1s"]
    assert lines[2] == "vrrpd: 1 now, 0 slow"
    assert lines[3].startswith("checkd  unreachable")


def test_version_of_hactl_needs_no_daemon(node):
    assert node.text("-V").startswith("hactl ")
    assert node.text("version", exit=3).splitlines()[-1].startswith("hactl ")


def test_explain_shows_the_sum(node):
    node.daemon(methods={"explain": {"rev": 12, "explanation": {
        "path": "instance/VI_3", "state": "FAULT",
        "summary": "VI_3 is FAULT: interface eth2 is down.",
        "lines": [
            {"label": "priority", "value": "100", "source": "haven.conf:41", "cause": False},
            {"label": "hold L-1", "value": "priority 1", "source": "9m left", "cause": False,
             "uid": 0, "reason": "line test"},
            {"label": "interface eth2", "value": "FAULT", "source": "down", "cause": True}],
        "to_be_master": "eth2 up, and no advertisement of priority 100 or more."}}})
    assert node.text("explain", "VI_3").splitlines() == [
        "VI_3 is FAULT: interface eth2 is down.",
        "  priority               100  haven.conf:41",
        "  hold L-1        priority 1  9m left, by root, \"line test\"",
        "  interface eth2       FAULT  down  <- cause",
        "To be MASTER: eth2 up, and no advertisement of priority 100 or more.",
    ]
    assert node.json("explain", "instance", "VI_3")["items"][0]["state"] == "FAULT"


def test_is_master_answers_by_its_status(node):
    node.daemon(methods={"get": get_of(VI_1, VI_3)})
    assert node.text("is-master", "VI_1") == "yes: VI_1 is MASTER\n"
    assert node.text("is-master", "VI_3", exit=1) == "no: VI_3 is FAULT\n"
    assert node.text("-q", "is-master", "VI_3", exit=1) == ""
    node.error("is-master", "VI_9", exit=5)
    assert node.json("is-master", "VI_3", exit=1)["items"] \
        == [{"name": "VI_3", "state": "FAULT", "is_master": False}]


def test_is_master_cannot_tell_without_the_daemon(node):
    node.error("is-master", "VI_1", exit=3)


def test_call_prints_what_the_daemon_answers(node):
    daemon = node.daemon(methods={"ping": {"epoch": "e", "rev": 12}})
    assert json.loads(node.text("call", "vrrpd", "ping", "n=1", "s=x")) \
        == {"epoch": "e", "rev": 12}
    assert daemon.called("ping") == [{"n": 1, "s": "x"}]
    node.text("call", "vrrpd", "ping", '{"deep": [true]}')
    assert daemon.called("ping")[1] == {"deep": [True]}
    assert "KEY=VALUE" in node.error("call", "vrrpd", "ping", "nonsense", exit=2)
    assert "JSON" in node.error("call", "vrrpd", "ping", "{", exit=2)


def test_control_bytes_of_a_daemon_are_escaped(node):
    evil = dict(VI_1, name="\x1b[31mVI\x07", master="‮self\x9b")
    node.daemon(methods={"list": items(evil), "get": get_of(evil)})
    for words in (("show", "instances"), ("show", "instance", "VI_1")):
        text = node.text(*words)
        assert "\\x1b[31mVI\\x07" in text
        assert not any(c < " " and c != "\n" for c in text)
        assert "‮" not in text and "\x9b" not in text


def test_control_bytes_in_an_error_are_escaped(node):
    def refuse(_params):
        raise Refuse(1005, "wrong_state", "bad \x1b]0;title\x07 state")
    node.daemon(methods={"list": refuse})
    assert "\\x1b]0;title\\x07" in node.error("show", "instances", exit=6)


def test_colour_only_when_asked_for(node):
    node.daemon(methods={"list": items(VI_1, VI_3)})
    assert "\x1b[" not in node.text("show", "instances")
    coloured = node.text("show", "instances", "--color=always")
    assert "\x1b[32mMASTER\x1b[0m" in coloured and "\x1b[31mFAULT\x1b[0m" in coloured


def test_full_disk_is_a_failure(node):
    node.daemon(methods={"list": items(VI_1)})
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([node.binary, "-R", node.run_base, "show", "instances"],
                              stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
