# SPDX-License-Identifier: Apache-2.0
"""Long answers at a terminal go through a pager; nowhere else, and nothing depends on it."""

import os

import pexpect
import pytest
from fake_daemon import VI_1, get_of, items
from pty_shell import PROMPT, Shell

MANY = [dict(VI_1, name=f"VI_{i}", path=f"instance/VI_{i}") for i in range(200)]


@pytest.fixture
def lb1(node):
    node.vrrpd = node.daemon(methods={"list": items(*MANY), "get": get_of(VI_1),
                                      "failover": {"moved": True, "to": "192.0.2.12",
                                                   "took_ms": 612}})
    return node


@pytest.fixture
def marker(tmp_path):
    """A pager that marks each line, so that a test sees that it ran."""
    path = tmp_path / "marker"
    path.write_text("#!/bin/sh\nsed 's/^/paged: /'\n")
    path.chmod(0o755)
    return str(path)


class Terminal:
    """hactl with one command at a terminal."""

    def __init__(self, node, *words, term="xterm", columns=100, **environment):
        self.child = pexpect.spawn(node.binary, ["-R", node.run_base, *words],
                                   env=node.environment(TERM=term, **environment),
                                   encoding="utf-8", timeout=20, dimensions=(24, columns))

    def end(self):
        """What it printed, and its exit status."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.before, self.child.exitstatus


def test_answer_goes_through_the_pager(lb1, marker):
    text, status = Terminal(lb1, "show", "instances", HACTL_PAGER=marker).end()
    assert "paged: VI_199" in text and status == 0


@pytest.mark.parametrize("words", [("help",), ("--help",), ("explain", "VI_1"),
                                   ("-j", "show", "instance", "VI_1")])
def test_so_do_others_that_are_read(lb1, marker, words):
    lb1.vrrpd.methods["explain"] = {"explanation": {"summary": "x", "lines": []}}
    text, status = Terminal(lb1, *words, HACTL_PAGER=marker).end()
    assert text.startswith("paged: ") and status == 0


def test_a_table_with_long_addresses_is_cut_to_the_terminal(lb1):
    """The end of an address tells it from others. What is not a terminal has it all."""
    address = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ff12"
    lb1.vrrpd.methods["list"] = items(dict(VI_1, state="BACKUP", master=address))
    shown = Terminal(lb1, "--no-pager", "--color=never", "show", "instances", columns=80)
    lines = shown.end()[0].splitlines()
    assert max(map(len, lines)) <= 80
    assert any("<" in line and ":ff12 " in line for line in lines)
    assert address in lb1.text("show", "instances")


def test_own_variable_comes_before_the_usual_one(lb1, marker):
    text, _ = Terminal(lb1, "help", HACTL_PAGER=marker, PAGER="false").end()
    assert "paged: " in text
    text, _ = Terminal(lb1, "help", PAGER=marker).end()
    assert "paged: " in text


@pytest.mark.parametrize("words", [
    ("--no-pager", "show", "instances"), ("--json=short", "show", "instances"),
    ("is-master", "VI_1"), ("-y", "failover", "VI_1")])
def test_no_pager_where_it_would_be_in_the_way(lb1, marker, words):
    text, status = Terminal(lb1, *words, HACTL_PAGER=marker).end()
    assert "paged: " not in text and "VI_1" in text and status == 0


def test_dumb_terminal_has_no_pager(lb1, marker):
    text, _ = Terminal(lb1, "show", "instances", term="dumb", HACTL_PAGER=marker).end()
    assert "paged: " not in text and "VI_199" in text


def test_no_pager_without_a_terminal(lb1, marker):
    done = lb1.hactl("show", "instances", TERM="xterm", HACTL_PAGER=marker)
    assert "paged: " not in done.stdout and "VI_199" in done.stdout


def test_no_pager_in_a_file_of_commands_and_in_watch(lb1, marker, tmp_path):
    script = tmp_path / "script"
    script.write_text("show instances\n")
    text, _ = Terminal(lb1, "-f", str(script), HACTL_PAGER=marker).end()
    assert "paged: " not in text and "VI_199" in text
    watch = Terminal(lb1, "-w", "show", "instances", HACTL_PAGER=marker)
    watch.child.expect("VI_199")
    assert "paged: " not in watch.child.before
    watch.child.send("\x03")
    assert watch.end()[1] == 130


@pytest.mark.parametrize("pager", ["", " ", "cat", "/nonexistent/pager",
                                   "sh -c 'exit 127'"])
def test_answer_is_shown_without_a_pager_that_can_be_run(lb1, pager):
    text, status = Terminal(lb1, "show", "instances", HACTL_PAGER=pager).end()
    assert "VI_199" in text and status == 0
    assert "nonexistent" not in text


def test_pager_that_leaves_early_is_no_error(lb1):
    text, status = Terminal(lb1, "show", "instances", HACTL_PAGER="head -n 2").end()
    assert "VI_0 " in text and "VI_199" not in text and status == 0


def test_exit_status_is_that_of_the_command(lb1, marker):
    lb1.vrrpd.methods["config.diff"] = {"items": [
        {"path": "instance/VI_1", "field": "priority", "from": 1, "to": 2}]}
    text, status = Terminal(lb1, "diff", HACTL_PAGER=marker).end()
    assert "paged: " in text and status == 1
    assert Terminal(lb1, "show", "instance", "VI_9", HACTL_PAGER=marker).end()[1] == 5


def test_ctrl_c_is_for_the_pager(lb1):
    terminal = Terminal(lb1, "show", "instances",
                        HACTL_PAGER="sh -c 'trap \"echo heard\" INT; head -n 1; echo up; "
                                    "sleep 30 & wait; kill $!; exit 3'")
    terminal.child.expect("up")
    terminal.child.send("\x03")
    terminal.child.expect("heard")
    assert terminal.end()[1] == 0


@pytest.mark.skipif(not os.access("/usr/bin/less", os.X_OK), reason="less is not installed")
def test_less_stops_at_the_first_screen_only_when_there_are_more(lb1):
    terminal = Terminal(lb1, "show", "instances", PAGER="less")
    terminal.child.expect("VI_20 ")
    terminal.child.send("q")
    text, status = terminal.end()
    assert "VI_199" not in text and status == 0
    text, status = Terminal(lb1, "show", "instance", "VI_1").end()
    assert "192.0.2.10" in text and status == 0


def test_pager_in_the_shell(lb1, marker):
    shell = Shell(lb1, term="xterm", HACTL_PAGER=marker)
    shell.prompt()
    shell.type("show instances\r")
    shell.see("paged: VI_199")
    shell.prompt(PROMPT)
    shell.run("show instances --no-pager", r"\nVI_199")
    shell.run("is-master VI_1", "yes")
    assert shell.end() == 0


@pytest.mark.skipif(not os.access("/usr/bin/less", os.X_OK), reason="less is not installed")
def test_less_shows_names_in_any_locale(lb1):
    lb1.vrrpd.methods["get"] = get_of(dict(VI_1, path="instance/grün", name="grün"))
    text, status = Terminal(lb1, "show", "instance", "grün", LC_ALL="C").end()
    assert "grün is" in text and status == 0


def test_answers_of_several_hosts_go_through_the_pager(lb1, marker, tmp_path):
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\nhactl() {{ {lb1.binary} -R {lb1.run_base} "$@"; }}\neval "$2"\n')
    ssh.chmod(0o755)
    child = Terminal(lb1, "-H", "lb1,lb2", "show", "instances", HACTL_PAGER=marker,
                     HACTL_SSH=str(ssh))
    text, _ = child.end()
    assert "paged: lb1 " in text and "VI_199" in text
