# SPDX-License-Identifier: Apache-2.0
"""The helper is never lost in silence, and never takes its daemon with it."""

import os
import signal

import pytest
from daemons import Haven, HavenError, conf
from lab import wait_until


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
    for method in ("reload", "config.test"):
        with pytest.raises(HavenError, match="the helper process, .* is gone"):
            daemon.call(method)
    found = {it["check"]: it for it in daemon.call("doctor")["findings"]}
    assert "Mend" not in found["config"]["advice"], "no mended file could be read"
    assert daemon.state() == "MASTER"
