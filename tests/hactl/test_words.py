# SPDX-License-Identifier: Apache-2.0
"""The command line itself: shortened words, options, help, files of commands."""

import json

import pytest
from fake_daemon import VI_1, Refuse, get_of, items


def test_words_may_be_shortened(node):
    node.daemon(methods={"list": items(VI_1), "get": get_of(VI_1)})
    assert node.text("sh", "inst") == node.text("show", "instances")
    assert node.text("sh", "i", "VI_1", "det") \
        == node.text("show", "instance", "VI_1", "detail")


def test_refused_values_are_called_as_they_were_typed(node):
    def refuse(params):
        raise Refuse(-32602, "invalid_params", "\"for_ms\" must be less",
                     path="params.for_ms", expected=params["reason"])
    node.daemon(methods={"hold": refuse})
    for until, word in ((("for", "1h"), "for"), (("until", "05:30"), "until")):
        assert node.error("--reason", "1000..3600000", "hold", "VI_1", *until, exit=2) \
            == f"vrrpd: \"{word}\" must be a time from 1s to 1h\n"
    answer = json.loads(node.error("-j", "--reason=1..9 bytes", "hold", "VI_1", "for", "1h",
                                   exit=2))["error"]
    assert answer["message"] == "\"for\" must be 1..9 bytes"
    assert answer["path"] == "params.for_ms", "programs get the name in the protocol"
    assert "for_ms" in node.error("call", "vrrpd", "hold", "reason=x", exit=2)


@pytest.mark.parametrize("words,said", [
    (("s",), "\"s\" could be: show, set"),
    (("shwo", "status"), "did you mean \"show\""),
    (("show",), "not complete; here fits: status, instance(s)"),
    (("show", "status", "now"), "\"now\" is too much"),
    (("set", "VI_1", "prioritty", "5"), "did you mean \"priority\""),
    (("status",), "did you mean \"show status\""),
    (("instances",), "did you mean \"show instances\""),
    (("leases",), "did you mean \"show leases\""),
    (("show", "log"), "did you mean \"log\""),
    (("show", "maintenance"), "did you mean \"show leases\""),
    (("xyz",), "there is no command \"xyz\"; \"help\" lists them"),
    (("set", "VI_1", "advert_int", "2"), "advert_int cannot change while vrrpd runs"),
    (("set", "VI_1", "priority", "5", "virtual-router-id", "2"), "cannot change while"),
    (("failover",), "here fits: instance, NAME, group, all"),
    (("--nonsense",), "unknown option \"--nonsense\""),
    (("-Z",), "unknown option \"-Z\""),
    (("-t",), "--timeout needs a value"),
    (("-t", "soon"), "wants a time"),
    (("--yes=no",), "takes no value"),
    (("--color=blue", "version"), "does not know \"blue\""),
    (("show", "vips", "--force"), "this command has no option --force"),
    (("history",), "in the shell only"),
    (("-f", "x", "version"), "either a command or --file"),
    (("--keep-going", "version"), "goes with --file"),
    (("help", "nothing"), "no command begins with"),
    (("x",) * 65, "more than 64 words"),
])
def test_wrong_words_are_exit_2_and_say_why(node, words, said):
    assert said in node.error(*words, exit=2)
    error = node.json_error(*words, exit=2)
    assert error.name == "usage" and error.exit == 2


def test_a_denial_names_what_was_typed_and_what_to_do_once(node):
    def refuse(params):
        raise Refuse(1002, "denied", "a sentence of methods", need="admin", have="read")
    for daemon in ("vrrpd", "checkd"):
        node.daemon(daemon, methods={"reload": refuse, "apply": refuse})
    assert node.error("-y", "reload", exit=4) == (
        'hactl: "reload" needs the role admin, you have read: use sudo, or join the group '
        "ha-admin (members of ha-admin must be in ha too)\n")
    said = node.error("-j", "set", "VI_1", "priority", "5", exit=4)
    assert json.loads(said)["error"]["message"].startswith('"set" needs the role admin')
    assert "a sentence of methods" in node.error("call", "vrrpd", "apply", exit=4)


def test_options_stand_anywhere(node):
    node.daemon(methods={"list": items(VI_1)})
    for words in (("-j", "show", "vips"), ("show", "-j", "vips"), ("show", "vips", "-jq", "-j")):
        assert node.hactl(*words).returncode == 0


@pytest.mark.parametrize("words", [
    ("--nonsense", "-j"), ("show", "--nonsense", "vips", "--json=short"), ("-qZ", "-qj"),
    ("shwo", "-j"), ("show", "vips", "--force", "-j"), ("-t", "soon", "version", "-j")])
def test_error_before_the_j_is_json_too(node, words):
    done = node.hactl(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr)["error"]["name"] == "usage"


def test_json_of_an_unknown_style_is_refused_in_json(node):
    done = node.hactl("--json=xml", "version")
    assert done.returncode == 2
    assert "does not know \"xml\"" in json.loads(done.stderr)["error"]["message"]


@pytest.mark.parametrize("words", [("--nonsense", "--reason", "-j"), ("--nonsense", "--", "-j")])
def test_j_that_is_no_option_makes_no_json(node, words):
    assert node.hactl(*words).stderr.startswith("hactl: unknown option")


def test_two_dashes_end_the_options(node):
    daemon = node.daemon(methods={"get": get_of(dict(VI_1, path="instance/--yes"))})
    assert "VI_1" in node.text("show", "instance", "--", "--yes")
    assert daemon.called("get") == [{"path": "instance/--yes"}]


def test_keywords_may_have_underscores(node):
    daemon = node.daemon(methods={"apply": {"rev": 1, "changes": []}})
    node.text("set", "VI_1", "preempt_delay", "3", "garp_master_rep", "2")
    assert daemon.called("apply")[0]["changes"][0]["set"] \
        == {"preempt_delay_ms": 3000, "garp_master_repeat": 2}


def test_until_stands_by_itself_or_after_for(node):
    daemon = node.daemon(methods={
        "apply": {"rev": 1, "changes": []}, "takeover": {"already": True},
        "failover": {"already": True}, "get": get_of(VI_1), "maintenance": {"changed": True},
        "hold": {"changed": True}, "log.level": {"old": "info", "level": "debug"}})
    for method, before, *words in (
            ("apply", "for", "set", "VI_1", "priority", "5"),
            ("takeover", "for", "takeover", "VI_1"), ("failover", "hold", "failover", "VI_1"),
            ("maintenance", "for", "maintenance", "on"), ("hold", "for", "hold", "VI_1"),
            ("log.level", "for", "log", "level", "debug")):
        node.text("-y", *words, "until", "05:30")
        node.text("-y", *words, before, "until", "05:30")
        spans = [call.get("for_ms", call.get("hold_ms", call.get("lease", {}).get("ttl_ms")))
                 for call in daemon.called(method)]
        assert len(spans) == 2 and 0 <= spans[0] - spans[1] < 60_000, words


def test_negative_number_is_a_word(node):
    daemon = node.daemon(methods={"apply": {"rev": 1, "changes": []}})
    node.text("set", "VI_1", "priority", "-5")
    assert daemon.called("apply")[0]["changes"][0]["set"] == {"priority": -5}


def test_help_needs_no_daemon_and_names_every_command(node):
    text = node.text("help")
    for word in ("show status", "explain", "failover", "takeover", "set", "unset", "reload",
                 "config test", "is-master", "call"):
        assert word in text
    assert "Exit status" in node.text("--help")


def test_help_shows_the_plainest_form_and_nothing_wider_than_a_page(node):
    lines = node.text("--help").splitlines()
    assert any(line.startswith("  failover NAME  ") for line in lines)
    assert any(line.startswith("  show instances  ") for line in lines)
    for line in node.text("help", "set").splitlines():
        assert len(line) < 80, line


def test_help_of_a_command_tells_its_options(node):
    text = node.text("help", "failover")
    assert text.startswith("failover ([instance] NAME | group GROUP | all) [hold T | [hold] until\n")
    assert "--no-wait" in text and "--force" in text and "--dry-run" not in text
    assert node.text("failover", "--help") == text
    syntax = [item["syntax"] for item in node.json("help", "unset")["items"]]
    assert len(syntax) == 3 and syntax[0].startswith("unset [instance] NAME (priority | ")


def test_lines_of_a_file_are_carried_out(node, tmp_path):
    daemon = node.daemon(methods={"apply": {"rev": 1, "changes": []}})
    script = tmp_path / "script"
    script.write_text("# a comment\n\nset VI_1 priority 1   # another\n"
                      "set 'VI 2' priority 2\nexit\nset VI_3 priority 3\n")
    node.text("-f", str(script))
    assert [call["changes"][0]["path"] for call in daemon.called("apply")] \
        == ["instance/VI_1", "instance/VI 2"]


def test_lines_of_standard_input_end_at_the_first_failure(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "apply": {"rev": 1, "changes": []}})
    script = "is-master VI_1\nis-master VI_9\nset VI_1 priority 1\n"
    assert node.hactl("-f", "-", stdin=script).returncode == 5
    assert daemon.called("apply") == []


def test_keep_going_goes_on_and_tells_in_the_end(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "apply": {"rev": 1, "changes": []}})
    script = "is-master VI_9\nset VI_1 priority 1\n"
    done = node.hactl("-f", "-", "--keep-going", stdin=script)
    assert done.returncode == 5
    assert len(daemon.called("apply")) == 1


def test_line_with_an_open_quote_is_refused(node):
    done = node.hactl("-f", "-", stdin="set \"VI_1 priority 5\n")
    assert (done.returncode, "quote" in done.stderr) == (2, True)


def test_missing_file_is_exit_2(node):
    assert "/nonexistent" in node.error("-f", "/nonexistent", exit=2)


def test_options_of_the_start_are_refused_in_a_line(node):
    done = node.hactl("-f", "-", stdin="-R /tmp version\n")
    assert (done.returncode, "start of hactl" in done.stderr) == (2, True)


def test_json_survives_any_name(node):
    name = "a\"b\\c\u2028\n"
    node.daemon(methods={"list": items(dict(VI_1, name=name))})
    assert node.json("show", "instances")["items"][0]["name"] == name
    assert json.loads(node.hactl("-j", "show", "instances", LC_ALL="C").stdout)
