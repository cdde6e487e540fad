# SPDX-License-Identifier: Apache-2.0
"""What may come next: the words and their help, and bash and zsh that ask for them."""

import os
import shutil
import socket
import time

import pexpect
import pytest
from fake_daemon import VI_1, VI_3, items

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPTS = os.path.join(ROOT, "contrib/completion")


def complete(node, *words):
    """What `hactl __complete` offers for the last word: {word: help}."""
    index = str(len(words))
    done = node.bare("__complete", index, "hactl", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())


def test_completion_offers_words_with_help(node):
    offered = complete(node, "show", "")
    assert list(offered) == [
        "status", "instances", "vips", "leases", "overrides", "stats", "clients", "groups", "tracks",
        "vs", "reals", "peer", "version"]
    assert all(offered.values())
    assert list(complete(node, "show", "v")) == ["vips", "vs", "version"]
    assert complete(node, "nonsense", "") == {}


def test_completion_tells_what_a_word_means_where_it_stands(node):
    assert complete(node, "maintenance", "o") == {"on": "begin it (operator)",
                                                  "off": "end it (operator)"}
    assert complete(node, "set", "VI_1", "nopreempt", "") == {"on": "yes (operator)",
                                                            "off": "no (operator)"}


def test_completion_offers_the_daemons_names(node):
    node.daemon(methods={"list": items(VI_1, VI_3)})
    offered = complete(node, "-R", node.run_base, "explain", "")
    assert list(offered) == ["instance", "VI_1", "VI_3", "vs"]
    assert offered["VI_3"] == "FAULT, priority 100"
    assert list(complete(node, "-R", node.run_base, "-y", "failover", "VI_3")) == ["VI_3"]


def test_completion_offers_the_daemons_leases(node):
    node.daemon(methods={"list": items(
        {"id": "L-1", "kind": "hold", "object": "instance/VI_1", "left_ms": 5000})})
    assert complete(node, "-R", node.run_base, "lease", "release", "") \
        == {"L-1": "hold instance/VI_1, 5s left"}


def test_completion_without_a_daemon_offers_the_words(node):
    assert list(complete(node, "failover", "")) == ["instance", "group", "all"]


def test_completion_marks_what_the_role_does_not_allow(node):
    node.daemon(methods={"list": items()}, role="read")
    offered = complete(node, "-R", node.run_base, "")
    assert offered["failover"].endswith("(operator)")
    assert offered["reload"].endswith("(admin)")
    for word in ("set", "maintenance", "hold"):
        assert offered[word].endswith("(operator)"), "all commands with it want that role"
    for word in ("explain", "log", "lease", "show"):
        assert "(" not in offered[word], "some commands with it are for everybody"


def test_completion_offers_the_options_of_the_command(node):
    offered = complete(node, "failover", "VI_1", "--")
    assert "--no-wait" in offered and "--timeout=" in offered
    assert "--dry-run" not in offered
    assert list(complete(node, "set", "VI_1", "priority", "5", "--dr")) == ["--dry-run"]


def test_completion_offers_the_values_of_options(node):
    assert list(complete(node, "show", "--color=a")) == ["--color=auto", "--color=always"]
    assert list(complete(node, "--json=")) == ["--json=short", "--json=pretty"]
    assert list(complete(node, "--color", "n")) == ["never"]
    assert complete(node, "failover", "--timeout", "") == {}


def test_completion_asks_the_daemon_that_has_the_objects(node):
    vrrpd = node.daemon(methods={"list": items({"name": "G1", "state": "MASTER"})})
    checkd = node.daemon("checkd", methods={
        "list": lambda params: items({"name": "WEB", "state": "up"}) if params["type"] == "vs"
        else items({"vs": "WEB", "real": "10.0.0.11:80", "state": "drain"}),
        "describe": {"fields": {"quorum": {"live": True, "help": "how many must be up"},
                                "address": {"live": False, "help": "where it is"}}}})
    base = ("-R", node.run_base)
    assert complete(node, *base, "show", "group", "") == {"G1": "MASTER"}
    assert vrrpd.called("list")[0]["type"] == "group"
    assert complete(node, *base, "show", "vs", "") == {"WEB": "up"}
    assert complete(node, *base, "drain", "real", "WEB", "") == {"10.0.0.11:80": "drain"}
    assert complete(node, *base, "set", "vs", "WEB", "") == {"quorum": "how many must be up"}
    assert checkd.called("describe") == [{"type": "vs"}]
    checkd.methods["describe"] = {"methods": {"drain": {"help": "no new connections"}}}
    assert list(complete(node, *base, "call", "checkd", "")) == ["drain"]


def test_completion_offers_methods_and_kinds(node):
    node.daemon(methods={"describe": {"methods": {"ping": {"help": "is it there"}},
                                      "types": {"instance": {"help": "a virtual router"}}}})
    assert complete(node, "-R", node.run_base, "call", "vrrpd", "") == {"ping": "is it there"}
    assert complete(node, "-R", node.run_base, "describe", "") \
        == {"instance": "a virtual router"}


@pytest.fixture
def frozen(node):
    """A daemon that takes connections and says nothing."""
    os.makedirs(os.path.join(node.run_base, "vrrpd"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.join(node.run_base, "vrrpd/control.sock"))
        server.listen(16)
        yield server


def test_completion_does_not_wait_for_a_daemon_that_is_frozen(node, frozen):
    complete(node, "show", "")
    began = time.monotonic()
    assert list(complete(node, "-R", node.run_base, "explain", "")) == ["instance", "vs"]
    # Its patience is 0.3 s; the rest is for a busy machine.
    assert 0.25 < time.monotonic() - began < 1.5


class CommandLine:
    """An interactive bash or zsh that completes hactl."""

    def __init__(self, node, program, *words, setup):
        path = f"{os.path.dirname(node.binary)}:{os.environ['PATH']}"
        self.child = pexpect.spawn(program, list(words), encoding="utf-8", timeout=20,
                                   dimensions=(40, 200),
                                   env=node.environment(PATH=path, PS1="ready> "))
        self.child.delaybeforesend = None
        self.child.sendline(f"{setup}; PS1='set'; PS1=\"${{PS1}}up> \"")
        self.see("setup> ")
        self.child.send(f"hactl -R {node.run_base} ")
        self.see(node.run_base + " ")

    def see(self, text):
        self.child.expect(text)

    def press(self, keys, text):
        """Types, and waits for what that leads to. A key that comes to a busy machine
        while the daemon had no time to answer is pressed again."""
        self.child.send(keys)
        for _ in range(4):
            if self.child.expect([text, pexpect.TIMEOUT], timeout=5) == 0:
                return
            self.child.send("\t")
        pytest.fail(f"{text} did not show")


@pytest.fixture
def bash(node):
    node.daemon(methods={"list": items(VI_1, VI_3)})
    return CommandLine(node, "bash", "--norc", "--noprofile", "-i",
                       setup=f"bind 'set bell-style none'; . {SCRIPTS}/hactl.bash")


@pytest.fixture
def zsh(node):
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    node.daemon(methods={"list": items(VI_1, VI_3)})
    return CommandLine(node, "zsh", "-f", setup=(
        "unsetopt zle_bracketed_paste prompt_sp auto_menu beep; "
        f"fpath=({SCRIPTS} $fpath); autoload -Uz compinit; compinit -u -D"))


def test_bash_completes_words_and_names(bash):
    bash.press("expl\t", "explain ")
    bash.press("VI\t", "VI_")
    bash.press("3\t", "3 ")


def test_bash_lists_words_with_their_help(bash):
    bash.press("explain VI_\t\t", r"VI_1 +MASTER, priority 150 *\r\nVI_3 +FAULT, priority 100")
    bash.see("explain VI_")


def test_bash_completes_what_it_takes_apart_itself(bash):
    bash.press("--color=al\t", "--color=always ")
    bash.press("--json\t", "--json ")
    bash.press("show --tim\t9s", "--timeout=9s")


def test_bash_completes_files_where_one_is_wanted(bash):
    bash.press(f"config test {SCRIPTS}/hactl.b\t", "hactl.bash ")


def test_zsh_completes_words_and_names(zsh):
    zsh.press("expl\t", "ain ")
    zsh.press("VI\t", "_")
    zsh.press("\t", r"VI_1 +-- MASTER, priority 150")
    zsh.see("VI_3 +-- FAULT, priority 100")


def test_zsh_completes_options_and_files(zsh):
    zsh.press("--color=al\t", "ways ")
    zsh.press("show --tim\t9s", "eout=9s")
    zsh.press(f"\x15hactl config test {SCRIPTS}/hactl.b\t", "ash ")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_shells_complete_the_words_without_a_daemon(node, shell, request):
    line = request.getfixturevalue(shell)
    node.daemons[0].close()
    line.press("failov\t", "er " if shell == "zsh" else "failover ")
    line.press("ins\t", "tance ")


def test_a_word_is_told_as_its_command_means_it(node):
    assert complete(node, "show", "real", "") == {"state": "only those in this state"}
    assert complete(node, "show", "real", "WEB", "") == {"state": "only those in this state"}
    assert complete(node, "wait", "VI_1", "") == {"state": "until it has this state"}
