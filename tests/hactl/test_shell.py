# SPDX-License-Identifier: Apache-2.0
"""The shell at a terminal: prompt, TAB, question mark, Ctrl-C, history, questions."""

import os
import signal
import time

import pexpect
import pytest
from fake_daemon import VI_1, VI_3, Stream, get_of, items
from pty_shell import PROMPT, Shell

INSTANCE = {"type": "instance", "fields": {
    "priority": {"type": "integer", "live": True, "keyword": "priority", "min": 1, "max": 254},
    "nopreempt": {"type": "boolean", "live": True, "keyword": "nopreempt"},
    "preempt_delay_ms": {"type": "integer", "live": True, "keyword": "preempt_delay",
                         "unit": "ms", "min": 0, "max": 1000000}}}
MAINTENANCE = {"id": "L-3fa7", "kind": "maintenance", "object": "node", "left_ms": 4320000}
MOVED = {"moved": True, "to": "192.0.2.12", "took_ms": 612}


@pytest.fixture
def lb1(node):
    node.vrrpd = node.daemon(methods={"list": items(VI_1, VI_3), "get": get_of(VI_1, VI_3),
                                      "failover": MOVED,
                                      "apply": {"rev": 1, "changes": []}})
    return node


def test_shell_runs_lines_until_ctrl_d(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.run("is-master VI_1", "yes: VI_1 is MASTER")
    shell.run("is-master VI_3", "no: VI_3 is FAULT")
    shell.run("shwo status", "did you mean")
    assert shell.end() == 0


def test_ctrl_d_typed_ahead_leaves_when_its_turn_comes(lb1):
    def slow(params):
        time.sleep(0.3)
        return get_of(VI_1)(params)
    lb1.vrrpd.methods["get"] = slow
    shell = Shell(lb1)
    shell.prompt()
    shell.type("is-master VI_1\r")
    while not lb1.vrrpd.called("get"):
        time.sleep(0.01)
    shell.type("\x04")
    shell.see("yes: VI_1 is MASTER")
    shell.child.expect(pexpect.EOF)


@pytest.mark.parametrize("word", ["exit", "quit"])
def test_exit_leaves(lb1, word):
    shell = Shell(lb1)
    shell.prompt()
    shell.type(f"{word}\r")
    shell.child.expect(pexpect.EOF)


def test_tab_inserts_what_is_certain(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("is-m\tVI_1\r")
    shell.see("yes: VI_1 is MASTER")
    shell.type("is-master VI")
    shell.press_until_seen("\t", "is-master VI_")
    shell.type("3\r")
    shell.see("no: VI_3 is FAULT")
    assert shell.end() == 0


def test_second_tab_lists_names_of_the_daemon(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("explain VI_\t")
    shell.press_until_seen("\t", "VI_1 +MASTER, priority 150")
    shell.see("VI_3 +FAULT, priority 100")
    shell.see(PROMPT + "explain VI_")
    shell.type("\x03")
    shell.prompt()
    assert shell.end() == 0


def test_a_tab_that_inserts_what_all_have_in_common_is_the_first(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("explain VI")
    shell.press_until_seen("\t", "explain VI_")
    shell.type("\t")
    shell.see("VI_1 +MASTER, priority 150")
    shell.type("\x03")
    shell.prompt()
    assert shell.end() == 0


def test_hundreds_of_names_are_asked_about_first(lb1):
    many = [dict(VI_1, name=f"VI_{i:03}", path=f"instance/VI_{i:03}") for i in range(300)]
    lb1.vrrpd.methods["list"] = items(*many)
    shell = Shell(lb1)
    shell.prompt()
    shell.type("is-master VI_\t")
    question = r"Display all 300 possibilities\? \(y or n\)"
    shell.press_until_seen("\t", question)
    shell.type("n")
    assert "VI_000" not in shell.prompt()
    shell.press_until_seen("\t", question)
    shell.type("y")
    shell.see("VI_000  VI_025  VI_050 ")
    shell.see("VI_024  VI_049 .*VI_299")
    shell.see(PROMPT + "is-master VI_")
    shell.type("007\r")
    shell.see("VI_007")
    shell.prompt()
    assert shell.end() == 0


def test_question_mark_lists_what_may_come(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("set VI_1 ?")
    shell.child.expect("priority N +the highest")
    shell.child.expect(r"nopreempt on\|off +whether")
    shell.child.expect("for T +after a value: undo by itself")
    shell.child.expect("confirm T +after a value: keep a change")
    shell.type("priority 5?")
    shell.child.expect("N +a whole number")
    shell.type(" ?")
    shell.child.expect("for T +undo by itself")
    shell.child.expect("<Enter> +the command is complete")
    shell.type("\r")
    shell.see("VI_1: nothing to change")
    assert lb1.vrrpd.called("apply")[0]["changes"] \
        == [{"path": "instance/VI_1", "set": {"priority": 5}}]
    assert shell.end() == 0


def test_question_mark_says_why_nothing_fits(lb1):
    shell = Shell(lb1)
    shell.prompt()
    for text, said in (("xyz ?", 'there is no command "xyz"'), ("xyz\t\t", 'no command "xyz"'),
                       ("show zz?", '"zz" is not understood; here fits: status'),
                       ("explain zz?", 'nothing that is known here begins with "zz"')):
        shell.type(text)
        shell.see(said)
        shell.type("\x15")


def test_question_mark_tells_the_since_of_each_command(lb1):
    shell = Shell(lb1)
    shell.prompt()
    for text, said in (("log ?", "those of the last T"), ("audit ?", "those of the last T"),
                       ("watch ?", "go on after an event"), ("show real state ?", "up, down")):
        shell.type(text)
        shell.see(said)
        shell.type("\x15")


def test_question_mark_tells_ranges_and_present_values(lb1):
    lb1.vrrpd.methods["describe"] = INSTANCE
    shell = Shell(lb1)
    shell.prompt()
    shell.type("set instance VI_1 ?")
    shell.see(r"priority N +1\.\.254, now 150 \(lease L-3fa1\), file 100; the highest")
    shell.see(r"nopreempt on\|off +now off; whether")
    shell.see(r"preempt-delay T +0\.\.1000s, now 0; how long")
    shell.type("prio?")
    shell.see(r"priority N +1\.\.254, now 150")
    shell.type("rity ?")
    shell.see(r"N +1\.\.254, now 150 \(lease L-3fa1\), file 100")
    shell.type("\x03")
    shell.prompt()
    assert shell.end() == 0


def test_question_mark_finds_the_object_without_its_kind(lb1):
    lb1.vrrpd.methods["describe"] = INSTANCE
    shell = Shell(lb1)
    shell.prompt()
    shell.type("set -y VI_3 nopreempt on prio?")
    shell.see(r"priority N +1\.\.254, now 100;")
    shell.type("\x03")
    shell.prompt()
    assert lb1.vrrpd.called("get")[-1] == {"path": "instance/VI_3"}
    assert shell.end() == 0


def limits_of(role, lease_ms):
    """A daemon's description with the longest lease that the caller may give."""
    return lambda params: INSTANCE if params else {"limits": {
        "role": role, "lease_ms": lease_ms, "leases": 64}}


LINES_OF_LEASES = (("set VI_1 priority 5 ", "for T"), ("log level debug ", "for T"),
                   ("set VI_1 priority 5 for ", "T"),
                   ("set VI_1 priority 5 ", "confirm T"), ("hold VI_1 ", "for T"),
                   ("maintenance on node ", "for T"), ("failover VI_1 ", "hold T"),
                   ("maintenance extend node ", "T"), ("lease renew L-1 ", "T"))


@pytest.mark.parametrize("role, lease_ms, most", [
    ("operator", 5400000, "1h30m"), ("admin", 604800000, "7d")])
def test_question_mark_tells_how_long_a_lease_may_last(lb1, role, lease_ms, most):
    lb1.vrrpd.methods["describe"] = limits_of(role, lease_ms)
    shell = Shell(lb1)
    shell.prompt()
    for line, word in LINES_OF_LEASES:
        needed = line.startswith(("set", "log")) and word == "for T"
        must = "; an operator must" if needed and role == "operator" else ""
        shell.type(line + "?")
        shell.see(rf"{word} +[a-z][^(]*\(at most {most}{must}\)")
        shell.type("\x03")
        shell.prompt()
    assert shell.end() == 0


def test_question_mark_tells_no_lease_of_what_is_none(lb1):
    lb1.vrrpd.methods["describe"] = limits_of("operator", 3600000)
    shell = Shell(lb1)
    shell.prompt()
    for line, word in (("set VI_1 preempt-delay ", "T"), ("", "hold"), ("log since ", "T")):
        shell.type(line + "?")
        shell.see(rf"\n +{word} [^\n]*\n")
        assert "at most" not in shell.child.after, line
        shell.type("\x03")
        shell.prompt()
    assert shell.end() == 0


def test_question_mark_shows_what_the_role_does_not_allow(node):
    node.daemon(methods={"list": items()}, role="operator")
    shell = Shell(node, "--color=always")
    shell.prompt(r"lb1 \(operator\)> ")
    shell.type("re?")
    shell.see(r"\x1b\[2m  reload\x1b\[0m +\x1b\[2mread .*\(admin\)")
    shell.type("\x03")
    assert shell.end() == 0


def test_question_mark_of_a_daemon_that_hangs_is_the_grammar(lb1):
    shell = Shell(lb1)
    shell.prompt()
    lb1.vrrpd.methods["list"] = lb1.vrrpd.methods["get"] = lb1.vrrpd.hang
    lb1.vrrpd.methods["describe"] = lb1.vrrpd.hang
    began = time.monotonic()
    shell.type("set VI_1 ?")
    shell.see("priority N +the highest")
    shell.see("> set VI_1 ")
    assert time.monotonic() - began < 2, "a person waited for more than one budget of 0.3 s"
    shell.type("\x03")
    assert shell.end() == 0


def test_question_mark_in_quotes_is_a_character(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("is-master \"VI?\"\r")
    shell.see("there is no instance \"VI[?]\"")
    assert lb1.vrrpd.called("get")[-1] == {"path": "instance/VI?"}
    assert shell.end() == 0


def test_ctrl_c_clears_the_line(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("set VI_1 priority 9")
    shell.see("set VI_1 priority 9")
    shell.type("\x03")
    shell.prompt()
    shell.run("is-master VI_1", "yes")
    assert lb1.vrrpd.called("apply") == []
    assert shell.end() == 0


def test_ctrl_c_ends_a_wait_and_the_shell_goes_on(lb1):
    lb1.vrrpd.methods["failover"] = lb1.vrrpd.hang
    shell = Shell(lb1)
    shell.prompt()
    shell.type("failover VI_1 -y\r")
    shell.see("handing over")
    while not lb1.vrrpd.called("failover"):
        time.sleep(0.01)
    shell.type("\x03")
    shell.child.expect("interrupted")
    shell.prompt()
    shell.run("is-master VI_1", "yes")
    assert shell.end() == 0


@pytest.mark.parametrize("reply,moves,said", [
    ("y", True, "moved to 192.0.2.12"), ("yes", True, "moved to"), ("n", False, "answered no"),
    ("", False, "answered no")])
def test_failover_asks(lb1, reply, moves, said):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("failover VI_1\r")
    shell.child.expect(r"Moves VI_1 \(MASTER here, 2 addresses\)")
    shell.child.expect(r"Continue\? \[y/N\] ")
    shell.type(reply + "\r")
    shell.see(said)
    assert bool(lb1.vrrpd.called("failover")) is moves
    assert shell.end() == 0


def test_force_wants_yes_in_full(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("failover VI_1 --force\r")
    shell.child.expect(r"Continue\? \[yes/N\] ")
    shell.type("y\r")
    shell.see("answered no")
    assert lb1.vrrpd.called("failover") == []
    assert shell.end() == 0


@pytest.mark.parametrize("reply,status", [("n\r", 9), ("y\r", 0), ("\x03", 130), ("\x04", 9)])
def test_one_command_at_a_terminal_asks_too(lb1, reply, status):
    child = pexpect.spawn(lb1.binary, ["-R", lb1.run_base, "failover", "VI_1"],
                          env=lb1.environment(), encoding="utf-8", timeout=20)
    child.expect(r"Continue\? \[y/N\] ")
    child.send(reply)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status


def test_ctrl_c_ends_a_watch_and_the_shell_goes_on(lb1):
    lb1.vrrpd.methods["subscribe"] = Stream({"epoch": "e", "seq": 1})
    shell = Shell(lb1)
    shell.prompt()
    shell.type("watch\r")
    while not lb1.vrrpd.called("subscribe"):
        time.sleep(0.01)
    shell.type("\x03")
    assert "again" not in shell.prompt(), "the daemon is the same as before"
    shell.run("is-master VI_1", "yes")
    shell.type("wait VI_3 state MASTER\r")
    while len(lb1.vrrpd.called("subscribe")) < 2:
        time.sleep(0.01)
    shell.type("\x03")
    shell.see("interrupted")
    shell.prompt()
    shell.type("show instances --watch\r")
    shell.see("VI_3")
    shell.type("\x03")
    shell.prompt()
    assert shell.end() == 0


def test_ctrl_c_answers_a_question(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("failover VI_1\r")
    shell.see(r"\[y/N\] ")
    shell.type("\x03")
    shell.see("interrupted; nothing was done")
    shell.prompt()
    shell.run("is-master VI_1", "yes")
    assert lb1.vrrpd.called("failover") == []
    assert shell.end() == 0


def test_ctrl_c_ends_one_command_with_130(lb1):
    lb1.vrrpd.methods["subscribe"] = Stream({"epoch": "e", "seq": 1})
    for words in (["watch"], ["wait", "VI_3", "state", "MASTER"]):
        lb1.vrrpd.calls.clear()
        child = pexpect.spawn(lb1.binary, ["-R", lb1.run_base, *words],
                              env=lb1.environment(), encoding="utf-8", timeout=20)
        while not lb1.vrrpd.called("subscribe"):
            time.sleep(0.01)
        child.send("\x03")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 130, words


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_line_survives_a_resize(lb1, term):
    shell = Shell(lb1, term=term)
    shell.prompt()
    shell.type("is-master ")
    shell.see("is-master ")
    for columns in (60, 30, 120):
        shell.child.setwinsize(24, columns)
        shell.see(PROMPT + "is-master ")
    shell.type("VI_1\r")
    shell.see("yes: VI_1 is MASTER")
    assert lb1.vrrpd.called("get") == [{"path": "instance/VI_1"}]
    assert shell.end() == 0


def test_line_survives_a_pause(lb1):
    bash = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], encoding="utf-8",
                         timeout=20, env=lb1.environment(PS1="pause> "))
    bash.expect("pause> ")
    bash.sendline(f"{lb1.binary} -R {lb1.run_base}")
    bash.expect(PROMPT)
    bash.send("is-master ")
    bash.expect("is-master ")
    bash.send("\x1a")
    bash.expect("Stopped.*pause> ")
    bash.sendline("fg")
    bash.expect(PROMPT + "is-master ")
    bash.send("VI_1\r")
    bash.expect("yes: VI_1 is MASTER")
    bash.expect(PROMPT)
    bash.send("\x04")
    bash.expect("pause> ")
    bash.sendline("exit")
    bash.expect(pexpect.EOF)


def test_utf8_is_typed_and_shown_in_the_c_locale(node):
    name = "grün-€"
    daemon = node.daemon(methods={"get": get_of(dict(VI_1, path=f"instance/{name}",
                                                     name=name))})
    for locale in ("C", "POSIX", "en_XX.nonsense"):
        shell = Shell(node, LC_ALL=locale)
        shell.prompt()
        shell.type(f"is-master {name}\r")
        shell.see(f"yes: {name} is MASTER")
        assert daemon.called("get")[-1] == {"path": f"instance/{name}"}
        assert shell.end() == 0


def test_history_is_kept_without_lines_that_begin_with_a_blank(lb1, tmp_path):
    shell = Shell(lb1)
    shell.prompt()
    shell.run("is-master VI_1", "yes: VI_1")
    shell.run(" is-master VI_3", "no: VI_3")
    assert shell.end() == 0
    path = tmp_path / ".local/state/hactl/history"
    assert os.stat(path).st_mode & 0o777 == 0o600
    shell = Shell(lb1)
    shell.prompt()
    shell.type("history\r")
    shell.see("history\r\n")
    printed = shell.prompt()
    assert "is-master VI_1" in printed and "VI_3" not in printed
    shell.type("\x10\x10\r")
    shell.see("yes: VI_1 is MASTER")
    assert shell.end() == 0


def history_of(shell):
    shell.type("history\r")
    shell.see("history\r\n")
    lines = shell.prompt().split("\r\n")[:-1]
    # What is typed before libedit reads is shown twice: by the terminal, and by libedit.
    return lines[1:] if lines[0] == "history" and len(lines) > 1 else lines


def test_history_has_no_line_twice_and_is_written_at_once(lb1, tmp_path):
    shell = Shell(lb1, XDG_STATE_HOME=str(tmp_path / "state"))
    shell.prompt()
    for name in ("VI_1", "VI_3", "VI_1"):
        shell.run(f"is-master {name}", name)
    assert history_of(shell) == ["is-master VI_3", "is-master VI_1", "history"]
    shell.child.kill(signal.SIGKILL)
    shell.child.expect(pexpect.EOF)
    assert os.stat(tmp_path / "state/hactl").st_mode & 0o777 == 0o700
    shell = Shell(lb1, XDG_STATE_HOME=str(tmp_path / "state"))
    shell.prompt()
    assert history_of(shell) == ["is-master VI_3", "is-master VI_1", "history"]
    assert shell.end() == 0


def test_history_ends_at_a_thousand_lines(lb1, tmp_path):
    path = tmp_path / "hactl/history"
    path.parent.mkdir()
    path.write_text("_HiStOrY_V2_\n" + "".join(f"line{i}\n" for i in range(1500)))
    shell = Shell(lb1, XDG_STATE_HOME=str(tmp_path))
    shell.prompt()
    shell.run("is-master VI_1", "yes")
    assert shell.end() == 0
    lines = path.read_text().splitlines()[1:]
    assert (len(lines), lines[0], lines[-1]) == (1000, "line501", "is-master\\040VI_1")


def test_maintenance_stands_in_the_prompt(lb1):
    lb1.vrrpd.methods["list"] = items(dict(MAINTENANCE, object="instance/VI_1", left_ms=1),
                                      MAINTENANCE)
    lb1.vrrpd.methods["maintenance"] = {"lease": "L-3fa7"}
    shell = Shell(lb1)
    shell.prompt(r"lb1 \(admin\) \[maint 1h12m\]> ")
    lb1.vrrpd.methods["list"] = items()
    shell.type("maintenance off\r")
    shell.prompt()
    assert shell.end() == 0


def test_shell_without_a_daemon_says_so_and_finds_it_later(node):
    shell = Shell(node)
    shell.prompt(r"\(vrrpd unreachable\)> ")
    shell.type("is-master VI_1\r")
    shell.see("vrrpd is not running")
    shell.prompt(r"\(vrrpd unreachable\)> ")
    node.daemon(methods={"get": get_of(VI_1)})
    shell.press_until_seen("\r", PROMPT)
    shell.run("is-master VI_1", "yes")
    assert shell.end() == 0


def test_restarted_daemon_is_announced_once(lb1):
    shell = Shell(lb1)
    shell.prompt()
    lb1.vrrpd.close()
    os.unlink(lb1.vrrpd.path)
    lb1.daemon(methods={"get": get_of(VI_1)}, epoch="0000000000000001")
    shell.run("", "connected to vrrpd again, epoch 0000000000000001")
    shell.type("is-master VI_1\r")
    shell.see("yes: VI_1")
    assert "connected" not in shell.child.before
    assert shell.end() == 0


def test_terminal_with_escapes_and_utf8_names(node):
    node.daemon(methods={"get": get_of(dict(VI_1, path="instance/grün", name="grün"))})
    shell = Shell(node, term="xterm")
    shell.prompt()
    shell.type("show instance grün\r")
    shell.child.expect("grün is \x1b\\[32mMASTER")
    shell.prompt()
    assert shell.end() == 0


def test_role_stands_in_the_prompt(node):
    node.daemon(role="operator", node="lb\x1b2")
    shell = Shell(node)
    shell.prompt(r"lb\\x1b2 \(operator\)> ")
    assert shell.end() == 0


def test_piped_output_is_no_shell(lb1):
    lb1.daemon("checkd", methods={"status": {"phase": "running"}})
    lb1.vrrpd.methods["status"] = {"phase": "running"}
    assert "> " not in lb1.text()


def test_restart_is_announced_though_a_key_noticed_it_first(lb1):
    shell = Shell(lb1)
    shell.prompt()
    lb1.vrrpd.close()
    os.unlink(lb1.vrrpd.path)
    lb1.daemon(methods={"list": items(VI_1), "get": get_of(VI_1)}, epoch="0000000000000001")
    shell.type("explain VI_")
    shell.press_until_seen("\t", "explain VI_1")
    shell.type("\x03")
    shell.see("connected to vrrpd again, epoch 0000000000000001")
    shell.prompt()
    shell.run("is-master VI_1", "yes")
    assert shell.end() == 0


@pytest.mark.parametrize("term,words,environment,coloured", [
    ("xterm", [], {}, True),
    ("xterm", [], {"NO_COLOR": "1"}, False),
    ("xterm", [], {"NO_COLOR": ""}, True),
    ("xterm", ["--color=never"], {}, False),
    ("xterm", ["--color=always"], {"NO_COLOR": "1"}, True),
    ("dumb", [], {}, False),
    ("", [], {}, False),
    ("dumb", ["--color=always"], {}, True),
])
def test_colours_where_they_are_wanted(lb1, term, words, environment, coloured):
    shell = Shell(lb1, *words, term=term, PAGER="", **environment)
    shell.prompt()
    shell.type("show instance VI_1\r")
    shell.see("VI_1 is ")
    assert ("\x1b[32m" in shell.prompt()) is coloured
    assert shell.end() == 0
