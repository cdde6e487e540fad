# SPDX-License-Identifier: Apache-2.0
"""The shell at a terminal: prompt, TAB, question mark, Ctrl-C, history, questions."""

import os
import time

import pexpect
import pytest
from fake_daemon import VI_1, VI_3, get_of, items
from pty_shell import PROMPT, Shell

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


def test_exit_leaves(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("exit\r")
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


def test_question_mark_lists_what_may_come(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("set VI_1 ?")
    shell.child.expect("priority +1 to 254")
    shell.child.expect("nopreempt +whether")
    shell.type("priority 5?")
    shell.child.expect("N +a whole number")
    shell.type(" ?")
    shell.child.expect("for +undo it by itself")
    shell.child.expect("<Enter> +the command is complete")
    shell.type("\r")
    shell.see("VI_1: nothing to change")
    assert lb1.vrrpd.called("apply")[0]["changes"] \
        == [{"path": "instance/VI_1", "set": {"priority": 5}}]
    assert shell.end() == 0


def test_question_mark_in_quotes_is_a_character(lb1):
    shell = Shell(lb1)
    shell.prompt()
    shell.type("is-master \"VI?\"\r")
    shell.see("vrrpd knows nothing called")
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
