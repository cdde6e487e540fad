# SPDX-License-Identifier: Apache-2.0
"""Files of commands: one after another, or all of them as one change."""

import json

import pytest
from fake_daemon import VI_1, Refuse, get_of

DONE = {"rev": 13, "changes": []}


@pytest.fixture
def script(tmp_path):
    """Writes the lines of a file; returns its path."""
    def write(*lines):
        path = tmp_path / "edits"
        path.write_text("".join(line + "\n" for line in lines))
        return str(path)
    return write


def test_errors_name_the_file_and_the_line(node, script):
    node.daemon(methods={"get": get_of(VI_1)})
    path = script("# a comment", "", "is-master VI_1", "shwo")
    done = node.hactl("-f", path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{path}:4: hactl: \"shwo\" is not understood")
    done = node.hactl("-f", "-", stdin="is-master VI_9\n")
    assert done.stderr.startswith("stdin:1: vrrpd: ")
    done = node.hactl("-j", "-f", path)
    error = json.loads(done.stderr)["error"]
    assert (error["file"], error["line"]) == (path, 4)


def test_error_of_a_single_command_names_no_line(node):
    assert node.error("shwo", exit=2).startswith("hactl: ")
    assert not hasattr(node.json_error("shwo", exit=2), "line")


def test_atomic_lines_are_one_call(node, script):
    daemon = node.daemon(methods={"apply": DONE})
    path = script("set VI_1 priority 120 nopreempt on for 1h   # both", "",
                  "set VI_2 priority 3", "set 'VI 3' preempt-delay 3s for 1h")
    node.text("--atomic", "-f", path, "--reason", "CHG-1", "--op-id=x", "--if-rev=12")
    assert daemon.called("apply") == [{
        "changes": [{"path": "instance/VI_1", "set": {"priority": 120, "nopreempt": True}},
                    {"path": "instance/VI_2", "set": {"priority": 3}},
                    {"path": "instance/VI 3", "set": {"preempt_delay_ms": 3000}}],
        "lease": {"ttl_ms": 3600000}, "reason": "CHG-1", "op_id": "x", "if_rev": 12}]


def test_atomic_time_of_one_line_holds_for_all(node, script):
    daemon = node.daemon(methods={"apply": DONE})
    node.text("--atomic", "-f", script("set VI_1 priority 1", "set VI_2 priority 2 for 60"))
    node.text("--atomic", "-f", script("set VI_1 priority 1 confirm 30", "set VI_2 priority 2"))
    assert [(call.get("lease"), call.get("confirm_ms")) for call in daemon.called("apply")] \
        == [({"ttl_ms": 60000}, None), (None, 30000)]


def test_atomic_dry_run_shows_all_changes(node, script):
    daemon = node.daemon(methods={"apply": {"rev": 12, "dry_run": True, "changes": [
        {"path": "instance/VI_1", "field": "priority", "old": 100, "new": 1},
        {"path": "instance/VI_2", "field": "priority", "old": 90, "new": 2}]}})
    path = script("set VI_1 priority 1", "set VI_2 priority 2")
    shown = node.text("--atomic", "--dry-run", "-f", path)
    assert "VI_1 priority: 100 -> 1" in shown and "VI_2 priority: 90 -> 2" in shown
    assert "Nothing was changed" in shown
    assert daemon.called("apply")[0]["dry_run"] is True
    assert len(node.json("--atomic", "--dry-run", "-f", path)["items"][0]["changes"]) == 2


@pytest.mark.parametrize("line,said", [
    ("show status", "cannot be part of one change"),
    ("failover VI_1", "cannot be part of one change"),
    ("exit", "cannot be part of one change"),
    ("set VI_1 priority much", "wants a whole number"),
    ("set VI_1 priority 5 --reason x", "--reason is given at the start"),
    ("set VI_1 priority 5 -j", "--json is given at the start"),
    ("set \"VI_1 priority 5", "a quote is not closed"),
    ("set VI_1 priority 5 for 2h", "an earlier one has another"),
    ("unset VI_1 priority", "\"unset\" is for good"),
    ("set VI_1 priority 5 for soon", "no time such as"),
    ("shwo", "did you mean \"show\""),
])
def test_atomic_with_a_wrong_line_does_nothing(node, script, line, said):
    daemon = node.daemon(methods={"apply": DONE})
    path = script("set VI_1 priority 120 for 1h", line, "set VI_2 priority 3")
    error = node.error("--atomic", "-f", path, exit=2)
    assert error.startswith(f"{path}:2: hactl: ") and said in error
    assert daemon.called("apply") == []


def test_atomic_asks_only_the_daemon_that_has_lines(node, script):
    vrrpd = node.daemon(methods={"apply": DONE})
    checkd = node.daemon("checkd", methods={"apply": DONE})
    node.text("--atomic", "-f", script("set vs WEB quorum 2", "unset vs WEB quorum"))
    assert (len(checkd.called("apply")), vrrpd.called("apply")) == (1, [])
    node.text("--atomic", "-f", script("log level debug vrrpd for 1h"))
    assert (len(checkd.called("apply")), vrrpd.called("apply")) == (1, [
        {"changes": [{"path": "daemon/vrrpd", "set": {"log_level": "debug"}}],
         "lease": {"ttl_ms": 3600000}}])


def test_atomic_tells_of_every_wrong_line(node, script):
    node.daemon(methods={"apply": DONE})
    path = script("shwo", "set VI_1 priority 1", "exit")
    lines = node.error("--atomic", "-f", path, exit=2).splitlines()
    assert [line.split(" ")[0] for line in lines] == [f"{path}:1:", f"{path}:3:"]
    told = node.json_error("--atomic", "-f", path, exit=2)
    assert told.line == 1 and [line["line"] for line in told.lines] == [1, 3]
    assert told.lines[0]["message"] == told.message


@pytest.mark.parametrize("about,line", [
    ({"path": "instance/VI_2", "field": "nopreempt"}, 3),
    ({"path": "instance/VI_2", "field": "priority"}, 4),
    ({"path": "instance/VI_2"}, 2),
])
def test_atomic_finds_the_line_of_the_daemons_error(node, script, about, line):
    def refuse(_params):
        raise Refuse(1006, "not_live", "this cannot change", **about)
    node.daemon(methods={"apply": refuse})
    path = script("set VI_1 priority 1", "set VI_2 preempt-delay 2",
                  "set VI_2 nopreempt on", "unset VI_2 priority")
    assert node.error("--atomic", "-f", path, exit=6).startswith(f"{path}:{line}: vrrpd: ")
    assert node.json_error("--atomic", "-f", path, exit=6).line == line


def test_atomic_error_of_the_whole_names_no_line(node, script):
    def refuse(_params):
        raise Refuse(1003, "stale_rev", "things changed meanwhile", rev=14)
    node.daemon(methods={"apply": refuse})
    path = script("set VI_1 priority 1")
    assert node.error("--atomic", "-f", path, exit=6).startswith("vrrpd: things changed")


def test_atomic_of_nothing_asks_nobody(node, script):
    assert node.text("--atomic", "-f", script("# nothing", "")) == ""


def test_reason_of_the_start_holds_for_the_lines_that_take_one(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "apply": DONE})
    script = "is-master VI_1\nset VI_1 priority 1\n"
    assert node.hactl("--reason=CHG-1", "-f", "-", stdin=script).returncode == 0
    assert daemon.called("apply")[0]["reason"] == "CHG-1"


def test_dry_run_of_the_start_refuses_lines_that_cannot(node):
    daemon = node.daemon(methods={"failover": {}, "get": get_of(VI_1)})
    done = node.hactl("--dry-run", "-y", "-f", "-", stdin="failover VI_1\n")
    assert (done.returncode, "no option --dry-run" in done.stderr) == (2, True)
    assert daemon.called("failover") == []


@pytest.mark.parametrize("words,said", [
    (("--atomic",), "--atomic goes with --file"),
    (("--atomic", "--keep-going", "-f", "x"), "all or nothing"),
])
def test_options_of_files_that_do_not_go_together(node, words, said):
    assert said in node.error(*words, exit=2)
