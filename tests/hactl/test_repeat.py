# SPDX-License-Identifier: Apache-2.0
"""--watch: an answer again and again, at a terminal in place, elsewhere one after the other."""

import re
import signal
import subprocess

import pexpect
from fake_daemon import VI_1, items

CLEAR = "\x1b[H\x1b[J"


def terminal(node, *words, size=(24, 80)):
    return pexpect.spawn(node.binary, ["-R", node.run_base, *words], encoding="utf-8",
                         env=node.environment(TERM="xterm"), timeout=20, dimensions=size)


def pages(child, count):
    """What stands between one clearing of the screen and the next."""
    child.expect_exact(CLEAR)
    found = []
    for _ in range(count):
        child.expect_exact(CLEAR)
        found.append(child.before)
    return found


def end(child):
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_a_terminal_is_painted_again(node):
    node.daemon(methods={"list": items(VI_1)})
    child = terminal(node, "show", "instances", "--watch=50ms")
    for page in pages(child, 3):
        assert re.match(r"\d\d:\d\d:\d\d, every 50ms: show instance\r\n\r\n", page)
        assert page.count("VI_1") == 1 and page.endswith("1 instance.\r\n")
    end(child)


def test_a_daemon_that_is_gone_is_never_shown_with_its_last_state(node):
    daemon = node.daemon(methods={"list": items(VI_1)})
    child = terminal(node, "show", "instances", "--watch=50ms")
    assert "MASTER" in pages(child, 1)[0]
    daemon.close()
    last = pages(child, 6)[-1]
    assert "MASTER" not in last and "vrrpd" in last
    daemon.reopen()
    assert any("MASTER" in page for page in pages(child, 6))
    end(child)


def test_a_daemon_that_hangs_does_not_keep_its_last_state(node):
    daemon = node.daemon(methods={"list": items(VI_1)})
    child = terminal(node, "show", "instances", "--watch=50ms", "-t", "300ms")
    assert "MASTER" in pages(child, 1)[0]
    daemon.methods["list"] = daemon.hang
    last = pages(child, 4)[-1]
    assert "MASTER" not in last and "vrrpd" in last
    end(child)


def test_the_table_follows_the_width_of_the_terminal(node):
    node.daemon(methods={"list": items(dict(VI_1, name="a-name-that-is-long" * 4))})
    child = terminal(node, "show", "instances", "--watch=50ms", size=(24, 80))
    assert ">" in pages(child, 1)[0]
    child.setwinsize(24, 200)
    assert any(">" not in page for page in pages(child, 5))
    end(child)


def test_without_a_terminal_answers_are_blocks(node):
    node.daemon(methods={"list": items(VI_1)})
    with subprocess.Popen([node.binary, "-R", node.run_base, "show", "instances",
                           "--watch=50ms", "--no-legend"], stdout=subprocess.PIPE,
                          text=True, env=node.environment()) as child:
        lines = [child.stdout.readline() for _ in range(4)]
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130
    assert lines[0].startswith("VI_1") and lines[1] == "\n" and lines[2] == lines[0]
