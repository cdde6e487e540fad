# SPDX-License-Identifier: Apache-2.0
"""The helper is never lost in silence, and never takes its daemon with it."""

import json
import os
import signal

import pytest
from daemons import Haven, HavenError, conf
from lab import VIP4, wait_until


def test_a_helper_that_is_killed_is_told_of(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    assert daemon.call("status")["helper"] == {"running": True, "pid": daemon.helper_pid()}
    os.kill(daemon.helper_pid(), signal.SIGKILL)
    wait_until(lambda: "was killed by signal 9 (Killed): no reload is possible" in daemon.log(),
               5, "the log says so")
    assert daemon.family_pids() == [daemon.pid], "no zombie stays"
    assert daemon.call("status")["helper"] == {"running": False, "pid": None}
    assert "its helper process is GONE" in daemon.hactl("show", "status").stdout
    check = daemon.hactl("check")
    assert check.returncode == 1 and "its helper process is gone" in check.stdout
    found = {it["check"]: it for it in daemon.call("doctor")["findings"]}
    assert found["helper"]["severity"] == "warning"


def test_a_reload_without_a_helper_says_what_is_missing(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    os.kill(daemon.helper_pid(), signal.SIGKILL)
    wait_until(lambda: "was killed" in daemon.log(), 5, "its death is noticed")
    for method in ("reload", "config.test"):
        with pytest.raises(HavenError, match="the helper process, .* is gone"):
            daemon.call(method)
    found = {it["check"]: it for it in daemon.call("doctor")["findings"]}
    assert "Mend" not in found["config"]["advice"], "no mended file could be read"
    assert daemon.state() == "MASTER"


@pytest.mark.parametrize("daemon_dies", [False, True], ids=["reload", "guard"])
def test_a_pipe_as_the_configuration_takes_nothing_along(trio, daemon_dies):
    """Nobody writes to it, so who opens it waits for ever."""
    a = trio[0]
    daemon = Haven(a, conf()).wait_state("MASTER")
    wait_until(lambda: a.has(VIP4), 5, "the address is there")
    os.rename(daemon.conf_path, daemon.conf_path + ".old")
    os.mkfifo(daemon.conf_path)
    for method in ("reload", "config.test"):
        try:
            told = daemon.call(method)
        except HavenError as refused:
            told = str(refused)
        assert "no ordinary file" in str(told)
    assert daemon.instance()["state"] == "MASTER"
    if daemon_dies:
        daemon.kill()
        wait_until(lambda: not a.has(VIP4), 10, "the helper took the address away")
        return
    os.rename(daemon.conf_path + ".old", daemon.conf_path)
    assert daemon.reload().returncode == 0


def test_a_helper_that_is_stopped_holds_nobody_up(trio):
    daemon = Haven(trio[0], conf(interval=0.1)).wait_state("MASTER")
    helper = daemon.helper_pid()
    before = daemon.instance()["since"]
    os.kill(helper, signal.SIGSTOP)
    with daemon.connect() as client, client.makefile() as lines:
        lines.readline()
        client.sendall(b'{"id":1,"method":"config.reload","params":{}}\n'
                       b'{"id":2,"method":"config.reload","params":{}}\n'
                       b'{"id":3,"method":"ping"}\n')
        answers = [json.loads(lines.readline()) for _ in range(3)]
    assert [it["id"] for it in answers] == [2, 3, 1], "only the reload waits"
    assert "another reload" in answers[0]["error"]["message"]
    assert "does not answer" in answers[2]["error"]["message"]
    assert daemon.instance()["since"] == before, "it was Master all the time"
    os.kill(helper, signal.SIGCONT)
    assert daemon.reload().returncode == 0


def test_a_test_that_nobody_carries_out_is_answered(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    os.kill(daemon.helper_pid(), signal.SIGSTOP)
    with pytest.raises(HavenError, match="does not answer"):
        daemon.call("config.test")
    os.kill(daemon.helper_pid(), signal.SIGCONT)
    assert daemon.call("config.test")["errors"] == 0
    assert "config.test had no answer" in daemon.log()


def _is_reading(daemon):
    try:
        daemon.call("config.reload")
    except HavenError as refused:
        return "another reload" in str(refused)
    return False


def test_a_signal_during_a_reload_has_another_one_follow(trio):
    daemon = Haven(trio[0], conf(priority=120)).wait_state("MASTER")
    helper = daemon.helper_pid()
    os.kill(helper, signal.SIGSTOP)
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: _is_reading(daemon), 5, "the first one is under way")
    daemon.configure(conf(priority=130))
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: "reload refused" in daemon.log(), 10, "the first one has failed")
    os.kill(helper, signal.SIGCONT)
    wait_until(lambda: daemon.instance()["priority"] == 130, 10, "the second one is done")
