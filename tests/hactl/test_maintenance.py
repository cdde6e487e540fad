# SPDX-License-Identifier: Apache-2.0
"""maintenance, hold, confirm, garp, log level: what they ask for and what they say."""

import pathlib
import re
import signal
import threading

import pytest
from fake_daemon import Refuse

DONE = {"rev": 2, "changed": True, "moved": True, "lease": "L-3fa7", "took_ms": 612,
        "out": False, "stay": True,
        "expires": "2025-11-21T07:44:00Z", "members": [
            {"name": "VI_1", "state": "moved", "to": "192.0.2.12"},
            {"name": "VI_4", "state": "backup"}]}


def refuse(code, name):
    def method(_params):
        raise Refuse(code, name, "nobody took over VI_1 within 3s")
    return method


@pytest.fixture
def lb1(node):
    node.vrrpd = node.daemon(methods={
        "maintenance": DONE, "lease.list": {"items": []}, "hold": DONE, "garp": {"addresses": 3},
        "confirm": {"confirmed": "L-1"}, "lease.renew": {}, "lease.release": {},
        "log.level": {"old": "info", "level": "debug"},
        "apply": {"rev": 1, "changes": []}})
    return node


def test_maintenance_says_until_when_and_what_moved(lb1):
    assert lb1.text("-y", "maintenance", "on", "node", "for", "2h", "stay") == (
        "node lb1 in maintenance until 2025-11-21 07:44:00 (lease L-3fa7): "
        "VI_1 moved to 192.0.2.12 after 612ms; VI_4 was BACKUP.\n"
        "At expiry: back in service as backup, no fail-back.\n")
    (params,) = lb1.vrrpd.called("maintenance")
    assert re.fullmatch("h-[0-9a-f]{8}", params.pop("op_id"))
    assert params == {"action": "on", "stay": True, "wait": True, "for_ms": 7200000}


def test_routers_are_told_of_by_what_became_of_them(lb1):
    members = [{"name": f"A_{i}", "state": "moved", "to": "192.0.2.12"} for i in range(22)] + [
        {"name": "B_1", "state": "fault"}, {"name": "C_1", "state": "moved", "to": "192.0.2.13"},
        {"name": "B_2", "state": "fault"}, {"name": "D_1", "state": "backup"}]
    lb1.vrrpd.methods["maintenance"] = dict(DONE, members=members, stay=False)
    names = ", ".join(f"A_{i}" for i in range(20))
    assert lb1.text("-y", "maintenance", "on", "for", "2h").split(": ", 1)[1] == (
        f"{names} and 2 more moved to 192.0.2.12; C_1 moved to 192.0.2.13 after 612ms; "
        "B_1, B_2 were FAULT; D_1 was BACKUP.\n"
        "At expiry: back in service, and MASTER again where it preempts the others.\n")


def test_a_maintenance_that_is_not_waited_for_can_be_asked_about(lb1):
    lb1.vrrpd.methods["maintenance"] = {
        "accepted": True, "rev": 2, "lease": "L-3fa7", "expires": "2025-11-21T07:44:00Z",
        "op_id": "CHG-1", "members": [{"name": "VI_1", "state": "master"}]}
    assert lb1.text("-y", "--op-id=CHG-1", "maintenance", "on", "for", "2h", "--no-wait") == (
        "node lb1 in maintenance until 2025-11-21 07:44:00 (lease L-3fa7): VI_1 is being handed over.\n"
        "\"hactl call vrrpd op.get op_id=CHG-1\" tells how it ends.\n")


def test_each_role_that_did_not_move_is_told_of(lb1):
    def partly(_params):
        raise Refuse(1009, "partial", "nobody took over VI_1 within 3s; the maintenance "
                     "(lease L-3fa7) stands", instances=[
                         {"name": "VI_1", "outcome": "not_moved", "state": "MASTER",
                          "took_ms": 3000, "message": "nobody took over VI_1 within 3s"},
                         {"name": "VI_2", "outcome": "moved", "state": "BACKUP",
                          "took_ms": 612, "to": "192.0.2.12"}])
    lb1.vrrpd.methods["maintenance"] = partly
    told = lb1.error("-y", "maintenance", "on", "for", "2h", exit=8)
    assert [line.split()[:3] for line in told.splitlines()[-3:-1]] == [
        ["VI_1", "not_moved", "MASTER"], ["VI_2", "moved", "BACKUP"]]


def test_words_of_maintenance(lb1):
    lb1.text("-y", "--reason=x", "--op-id=1", "maintenance", "on", "VI_1", "for", "5m", "out",
             "--wait=9s")
    lb1.text("maintenance", "extend", "10m")
    lb1.text("maintenance", "extend", "VI_1", "10m")
    assert lb1.text("maintenance", "off") == "node lb1: maintenance ended\n"
    assert lb1.vrrpd.called("maintenance") == [
        {"reason": "x", "op_id": "1", "action": "on", "target": "instance/VI_1", "out": True,
         "wait": True, "wait_ms": 9000, "for_ms": 300000},
        {"action": "extend", "for_ms": 600000},
        {"action": "extend", "target": "instance/VI_1", "for_ms": 600000},
        {"action": "off"}]


def test_maintenance_needs_a_confirmation_and_an_end(lb1):
    assert "--yes" in lb1.error("maintenance", "on", "for", "5m", exit=2)
    lb1.error("-y", "maintenance", "on", "node", exit=2)
    assert lb1.vrrpd.called("maintenance") == []


def test_maintenance_that_nobody_takes_over_is_exit_7(lb1):
    lb1.vrrpd.methods["maintenance"] = refuse(1008, "not_moved")
    said = lb1.error("-y", "maintenance", "on", "for", "5m", exit=7)
    assert "nobody took over" in said
    assert "\"hactl maintenance off\"." in said
    assert "\"hactl maintenance off VI_1\"." in lb1.error(
        "-y", "maintenance", "on", "VI_1", "for", "5m", exit=7)
    lb1.json_error("-y", "maintenance", "on", "for", "5m", exit=7)


def run(node, *words):
    return node.hactl("-y", "maintenance", "run", "node", *words)


def test_a_program_runs_within_and_its_status_is_ours(lb1):
    done = run(lb1, "--", "sh", "-c", "echo in the window; exit 3")
    assert (done.returncode, done.stdout) == (3, "in the window\n"), done.stderr
    assert lb1.vrrpd.called("maintenance")[0]["for_ms"] == 60000
    assert lb1.vrrpd.called("lease.release") == [{"id": "L-3fa7"}]
    assert run(lb1, "--", "sh", "-c", "kill -TERM $$").returncode == 128 + 15


def test_a_program_runs_within_a_maintenance_of_the_node_unless_something_is_named(lb1):
    def ran(*words):
        done = lb1.hactl("-y", "maintenance", "run", *words)
        assert (done.returncode, done.stdout) == (0, "ran\n"), done.stderr
        return lb1.vrrpd.called("maintenance")[-1]

    assert "target" not in ran("--", "echo", "ran")
    assert ran("for", "5m", "out", "--", "sh", "-c", "echo ran")["out"] is True
    assert ran("VI_1", "echo", "ran")["target"] == "instance/VI_1"
    assert ran("VI_1", "--", "echo", "ran")["target"] == "instance/VI_1"
    assert ran("group", "G1", "--", "echo", "ran")["target"] == "group/G1"
    dashes = lb1.hactl("-y", "maintenance", "run", "--", "echo", "--", "-n")
    assert dashes.stdout == "-- -n\n"
    said = lb1.error("maintenance", "run", "true", exit=2)
    assert "here fits: for, out, stay, --, CMD" in said


@pytest.mark.parametrize("action", [("on", "for", "1h"), ("off",), ("extend", "1h")])
def test_a_group_is_named_by_its_kind(lb1, action):
    lb1.text("-y", "maintenance", action[0], "group", "G1", *action[1:])
    assert lb1.vrrpd.called("maintenance")[0]["target"] == "group/G1"


@pytest.mark.parametrize("words, target", [
    (("vs", "WEB"), "vs/WEB"), (("real", "WEB", "10.0.0.1:80"), "real/WEB/10.0.0.1:80")])
def test_a_kind_of_services_is_no_name(lb1, words, target):
    """"vs" was taken as the name of an instance, and WEB for the program."""
    def unserved(_params):
        raise Refuse(1012, "unavailable", "checkd has no checks yet", type=words[0])
    checkd = lb1.daemon("checkd", methods={"maintenance": unserved,
                                           "lease.list": {"items": []}})
    done = lb1.hactl("-y", "maintenance", "run", *words, "--", "echo", "ran")
    assert (done.returncode, done.stdout) == (125, "")
    assert done.stderr == "checkd has no checks yet; echo was not run\n"
    assert checkd.called("maintenance")[0]["target"] == target
    assert lb1.vrrpd.called("maintenance") == []


def test_the_lease_is_renewed_while_the_program_runs(lb1):
    assert run(lb1, "for", "600ms", "--", "sleep", "1").returncode == 0
    assert len(lb1.vrrpd.called("lease.renew")) >= 3
    assert lb1.vrrpd.called("lease.renew")[0] == {"id": "L-3fa7", "ttl_ms": 600}


@pytest.mark.parametrize("name", ["/nonexistent", "no-such-program", "plain", "/"])
def test_no_role_moves_for_what_is_no_program(lb1, tmp_path, name):
    if name == "plain":
        name = str(tmp_path / name)
        pathlib.Path(name).touch(0o644)
    done = run(lb1, "--", name)
    assert (done.returncode, done.stdout) == (125, "")
    assert name in done.stderr and "nothing was done" in done.stderr
    assert lb1.vrrpd.called("maintenance") == [] and lb1.vrrpd.called("lease.list") == []


def test_a_program_that_cannot_be_started_is_125(lb1, tmp_path):
    """It is there, but its interpreter is not."""
    script = tmp_path / "script"
    script.write_text("#!/nonexistent\n")
    script.chmod(0o755)
    assert run(lb1, "--", str(script)).returncode == 125
    assert lb1.vrrpd.called("lease.release") == [{"id": "L-3fa7"}]


def test_a_program_is_looked_for_in_every_directory_of_the_path(lb1, tmp_path):
    (tmp_path / "tool").write_text("not for running")
    words = ("-y", "maintenance", "run", "node", "--")
    path = f"/nonexistent:{tmp_path}:/usr/bin:/bin"
    assert lb1.hactl(*words, "true", PATH=path).returncode == 0
    done = lb1.hactl(*words, "tool", PATH=path)
    assert done.returncode == 125 and "Permission denied" in done.stderr


def test_a_program_does_not_run_when_nobody_took_over(lb1, tmp_path):
    lb1.vrrpd.methods["maintenance"] = refuse(1008, "not_moved")
    done = run(lb1, "--", "touch", str(tmp_path / "ran"))
    assert done.returncode == 125 and "nobody took over" in done.stderr
    assert not (tmp_path / "ran").exists()
    assert [it["action"] for it in lb1.vrrpd.called("maintenance")] == ["on", "off"]


def test_a_program_goes_on_when_the_daemon_is_gone(lb1):
    lb1.vrrpd.methods["lease.renew"] = lambda params: None
    done = run(lb1, "for", "300ms", "--", "sleep", "0.5")
    assert done.returncode == 0
    assert "vrrpd" in done.stderr


def test_a_maintenance_that_was_on_stays_on(lb1):
    lb1.vrrpd.methods["lease.list"] = {"items": [
        {"id": "L-1", "kind": "hold", "object": "instance/VI_1", "left_ms": 9_000_000},
        {"id": "L-3fa7", "kind": "maintenance", "object": "node", "left_ms": 7_200_000}]}
    assert run(lb1, "for", "600ms", "--", "sleep", "0.3").returncode == 0
    assert lb1.vrrpd.called("maintenance")[0]["for_ms"] > 7_100_000, "it is not shortened"
    assert lb1.vrrpd.called("lease.release") == []
    assert all(params["ttl_ms"] > 7_100_000 for params in lb1.vrrpd.called("lease.renew"))

    lb1.vrrpd.methods["maintenance"] = refuse(1008, "not_moved")
    assert run(lb1, "--", "true").returncode == 125
    assert [it["action"] for it in lb1.vrrpd.called("maintenance")] == ["on", "on"]


def test_what_is_said_of_a_window_that_was_taken_back(lb1):
    """The daemon says that it stands, which is so until the next call."""
    def stands(params):
        if params["action"] == "off":
            return {"changed": True}
        raise Refuse(1008, "not_moved", "nobody took over VI_1 within 3s; the maintenance "
                     "(lease L-3fa7) stands", lease="L-3fa7", expires="2025-11-21T07:44:00Z",
                     instances=[{"name": "VI_2", "outcome": "moved"},
                                {"name": "VI_1", "outcome": "not_moved",
                                 "message": "nobody took over VI_1 within 3s"}])
    lb1.vrrpd.methods["maintenance"] = stands
    words = ("-y", "maintenance", "run", "node", "--", "true")
    error = lb1.json_error(*words, exit=125)
    assert error.message == ("nobody took over VI_1 within 3s; the maintenance was ended again; "
                             "true was not run")
    assert (error.name, error.exit) == ("not_moved", 125)
    assert not hasattr(error, "lease") and error.op_id.startswith("h-")
    assert "stands" not in lb1.error(*words, exit=125)
    lb1.vrrpd.methods["lease.list"] = {"items": [
        {"id": "L-3fa7", "kind": "maintenance", "object": "node", "left_ms": 7_200_000}]}
    assert "that was on before stays on" in lb1.error(*words, exit=125)
    lb1.vrrpd.methods["lease.list"] = {"items": []}
    lb1.vrrpd.methods["maintenance"] = refuse(1002, "denied")
    assert "was ended" not in lb1.error(*words, exit=125), "none was begun"


def test_a_window_has_a_name_by_which_it_can_be_asked_for(lb1):
    run(lb1, "--", "true")
    assert re.fullmatch("h-[0-9a-f]{8}", lb1.vrrpd.called("maintenance")[0]["op_id"])
    lb1.vrrpd.methods["maintenance"] = dict(DONE, replayed=True)
    done = run(lb1, "--op-id=CHG-1", "--", "echo", "ran")
    assert (done.returncode, done.stdout) == (125, ""), "that window is over"
    assert "maintenance that is over (lease L-3fa7)" in done.stderr
    lb1.vrrpd.methods["lease.list"] = {"items": [
        {"id": "L-3fa7", "kind": "maintenance", "object": "node", "left_ms": 30_000}]}
    assert run(lb1, "--op-id=CHG-1", "--", "echo", "ran").stdout == "ran\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_for_the_program(lb1, number):
    """It ends first, in its own way; then the maintenance does."""
    with lb1.start("-y", "maintenance", "run", "node", "--", "sh", "-c",
                   f"trap 'sleep 0.1; exit 7' {number.value}; echo there;"
                   "while :; do sleep 0.05; done") as child:
        assert child.stdout.readline() == "there\n"
        child.send_signal(number)
        assert child.wait(10) == 7
    assert lb1.vrrpd.called("lease.release") == [{"id": "L-3fa7"}]


def test_a_signal_while_the_roles_move_takes_it_back(lb1):
    asked = threading.Event()

    def slow(params):
        if params["action"] == "on":
            asked.set()
            lb1.vrrpd.hang(params)
        return {"changed": True}
    lb1.vrrpd.methods["maintenance"] = slow
    with lb1.start("-y", "maintenance", "run", "node", "--", "echo", "ran") as child:
        assert asked.wait(10)
        child.terminate()
        assert (child.wait(10), child.stdout.read()) == (125, "")
        told = child.stderr.read()
    name = lb1.vrrpd.called("maintenance")[0]["op_id"]
    assert "interrupted; the maintenance was ended again; echo was not run" in told
    assert f"op.get op_id={name}" in told
    assert [it["action"] for it in lb1.vrrpd.called("maintenance")] == ["on", "off"]


def test_hold_and_its_end(lb1):
    assert lb1.text("hold", "VI_1", "for", "9m") \
        == "VI_1 held back until 2025-11-21 07:44:00 (lease L-3fa7)\n"
    assert lb1.text("hold", "clear", "VI_1") == "VI_1: no longer held\n"
    assert lb1.vrrpd.called("hold") == [
        {"target": "instance/VI_1", "for_ms": 540000},
        {"target": "instance/VI_1", "clear": True}]


def test_a_hold_that_was_not_there(lb1):
    lb1.vrrpd.methods["hold"] = {"changed": False}
    assert lb1.text("hold", "clear", "all") == "no instance was held\n"
    assert lb1.text("hold", "clear", "VI_1") == "VI_1 was not held\n"


@pytest.mark.parametrize("count, said", [
    (1, "VI_1: 1 address announced\n"), (3, "VI_1: 3 addresses announced\n")])
def test_announced_addresses_are_counted(lb1, count, said):
    lb1.vrrpd.methods["garp"] = {"addresses": count}
    assert lb1.text("garp", "VI_1") == said


def test_a_change_to_be_confirmed(lb1):
    lb1.text("set", "VI_1", "priority", "150", "nopreempt", "on", "for", "1h", "confirm", "60s")
    assert lb1.vrrpd.called("apply") == [{
        "changes": [{"path": "instance/VI_1", "set": {"priority": 150, "nopreempt": True}}],
        "lease": {"ttl_ms": 3600000}, "confirm_ms": 60000}]
    assert lb1.text("confirm") == "confirmed L-1: it stays\n"
    lb1.text("confirm", "L-1")
    assert lb1.vrrpd.called("confirm") == [{}, {"id": "L-1"}]


def test_all_live_fields_and_their_units(lb1):
    lb1.text("set", "VI_1", "preempt-delay", "5s", "garp-master-delay", "250ms",
             "garp-master-repeat", "3", "garp-master-refresh", "1m", "garp-lower-prio-delay",
             "1", "garp-lower-prio-repeat", "2", "garp-master-refresh-repeat", "4")
    assert lb1.vrrpd.called("apply")[0]["changes"][0]["set"] == {
        "preempt_delay_ms": 5000, "garp_master_delay_ms": 250, "garp_master_repeat": 3,
        "garp_master_refresh_ms": 60000, "garp_lower_prio_delay_ms": 1000,
        "garp_lower_prio_repeat": 2, "garp_master_refresh_repeat": 4}
    lb1.text("unset", "VI_1", "preempt-delay", "garp-master-repeat")
    assert lb1.vrrpd.called("apply")[1]["changes"][0]["unset"] \
        == ["preempt_delay_ms", "garp_master_repeat"]
    assert "a time" in lb1.error("set", "VI_1", "preempt-delay", "soon", exit=2)


def test_garp_and_log_level(lb1):
    assert lb1.text("garp", "VI_1") == "VI_1: 3 addresses announced\n"
    assert lb1.text("log", "level", "debug", "for", "10m") == \
        "log level of vrrpd: info -> debug\n"
    lb1.text("log", "level", "debug")
    assert lb1.vrrpd.called("log.level") == [
        {"level": "debug", "lease": {"ttl_ms": 600000}}, {"level": "debug"}]
