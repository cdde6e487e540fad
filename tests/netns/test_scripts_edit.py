# SPDX-License-Identifier: Apache-2.0
"""try-edit, on-master and roll-backend: nothing is done on a wish or on "cannot tell"."""

import signal
import time

import pytest
from daemons import Checkd, Haven, addresses_of, conf, settle
from lab import wait_until
from operators import Operator, kill_group

VIP = addresses_of(4)[0]


def pair(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    other = Haven(b, conf(priority=100))
    settle(master, other, master=master)
    return master, other


def at_the_client(trio, daemon):
    """Somebody whose pings come from the network, as those of a session over ssh do."""
    operator = Operator(daemon)
    operator.command("ping", f'exec ip netns exec {trio[2].name} /usr/bin/ping -i 0.2 "$@"')
    return operator


# ---- try-edit ------------------------------------------------------------------------


def test_an_edit_that_works_is_kept(trio):
    master, other = pair(trio)
    done = at_the_client(trio, other).run("try-edit", "VI_1", VIP, "priority", "250",
                                          "nopreempt", "off", CONFIRM="30s")
    assert done.returncode == 0, done.stdout + done.stderr
    settle(master, other, master=other)
    source = other.instance()["sources"]["priority"]
    assert (source["layer"], other.instance()["priority"]) == ("runtime", 250)
    assert other.call("lease.list")["items"] == []


def test_an_edit_that_cuts_the_session_off_is_undone(trio):
    """The role moves to a router that drops what is asked of it: the address does not
    answer, so nobody confirms, and the role comes back."""
    master, other = pair(trio)
    other.host.run("nft", "add table ip t; add chain ip t i { type filter hook input "
                          "priority 0; }; add rule ip t i ip protocol icmp drop")
    operator = at_the_client(trio, other)
    operator.command("ping", f"exec ip netns exec {trio[2].name} /usr/bin/ping -n -c 2 "
                             f"-W 1 -w 1 {VIP}")
    done = operator.run("try-edit", "VI_1", VIP, "priority", "250", CONFIRM="5s")
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    wait_until(lambda: other.instance()["priority"] == 100, 10, "the edit is undone")
    settle(master, other, master=master)
    assert (other.instance()["priority"], other.instance()["leases"]) == (100, [])


def test_an_edit_whose_session_dies_is_undone(trio):
    master, other = pair(trio)
    operator = at_the_client(trio, other)
    operator.command("ping", "exec sleep 60")
    with operator.running("try-edit", "VI_1", VIP, "priority", "250",
                          CONFIRM="2s") as script:
        wait_until(lambda: other.instance()["priority"] == 250, 10, "the edit is made")
        kill_group(script)
    wait_until(lambda: other.instance()["priority"] == 100, 10, "the edit is undone")
    settle(master, other, master=master)
    assert (other.instance()["priority"], other.instance()["leases"]) == (100, [])


def test_an_edit_that_waits_outlives_its_daemon_and_is_undone(trio):
    master, other = pair(trio)
    assert other.hactl("set", "VI_1", "priority", "250", "confirm", "3s").returncode == 0
    other.kill()
    other.start()
    assert other.instance()["priority"] == 250
    wait_until(lambda: other.instance()["priority"] == 100, 10, "the edit is undone")
    assert other.hactl("confirm").returncode == 5, "too late"
    settle(master, other, master=master)


def test_a_refused_edit_changes_nothing(trio):
    _, other = pair(trio)
    done = Operator(other).run("try-edit", "VI_1", VIP, "priority", "256")
    assert done.returncode in (2, 6), done.stderr
    assert other.instance()["priority"] == 100


# ---- on-master -----------------------------------------------------------------------


def test_a_job_runs_on_the_master_only(trio, tmp_path):
    master, other = pair(trio)
    jobs = [tmp_path / "master", tmp_path / "other"]
    assert Operator(master).run("on-master", "VI_1", "touch", jobs[0]).returncode == 0
    assert Operator(other).run("on-master", "VI_1", "touch", jobs[1]).returncode == 0
    assert [job.exists() for job in jobs] == [True, False]
    assert Operator(master).run("on-master", "VI_1", "sh", "-c", "exit 5").returncode == 5


@pytest.mark.parametrize("cannot_tell", ["stopped", "killed", "frozen", "unknown"])
def test_a_job_does_not_run_when_nobody_can_tell(trio, tmp_path, cannot_tell):
    master = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    if cannot_tell == "stopped":
        master.stop()
    elif cannot_tell == "killed":
        master.signal_all(signal.SIGKILL)
        master.wait()
    elif cannot_tell == "frozen":
        master.signal(signal.SIGSTOP)
    name = "VI_9" if cannot_tell == "unknown" else "VI_1"
    began = time.monotonic()
    done = Operator(master).run("on-master", name, "touch", tmp_path / "ran", PATIENCE="1s")
    assert done.returncode == 3
    assert "cannot tell" in done.stderr
    assert time.monotonic() - began < 5
    assert not (tmp_path / "ran").exists()


# ---- roll-backend --------------------------------------------------------------------


@pytest.mark.parametrize("runs", [False, True])
def test_nothing_is_deployed_to_a_server_that_is_not_drained(trio, tmp_path, runs):
    node = Checkd(trio[0], conf()) if runs else Haven(trio[0], conf())
    done = Operator(node).run("roll-backend", "VS_WEB", "10.0.0.12:80", "touch",
                              tmp_path / "ran")
    assert done.returncode == 3, done.stderr
    assert ("no virtual services" if runs else "checkd is not running") in done.stderr
    assert "is not drained" in done.stderr
    assert not (tmp_path / "ran").exists()
