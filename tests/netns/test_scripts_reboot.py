# SPDX-License-Identifier: Apache-2.0
"""reboot-window and after-reboot: a node that leaves for a reboot, and what may happen to
it, its peer and the script meanwhile."""

import json
import os
import shutil
import signal
import time

import pytest
from daemons import Haven, Keepalived, addresses_of, conf, settle
from lab import wait_until
from operators import Operator, kill_group, wait_for_window, windows
from probe import Probe

VIP = addresses_of(4)[0]


def pair(trio, peer=Haven):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    other = peer(b, conf(priority=100))
    settle(master, other, master=master)
    wait_until(lambda: a.has(VIP), 2, "the address is there")
    return master, other


def reboot(daemon, tmp_path, name="another"):
    """The host goes down without a word and comes back: /run is empty, the disk is not."""
    daemon.signal_all(signal.SIGKILL)
    daemon.wait()
    daemon.host.ip("addr", "flush", "dev", "eth0", "to", VIP)
    shutil.rmtree(os.path.join(daemon.run_base, "vrrpd"))
    boot = tmp_path / "boot_id"
    boot.write_text(f"{name}\n")
    os.environ["HAVEN_BOOT_ID_FILE"] = str(boot)
    try:
        daemon.start()
    finally:
        del os.environ["HAVEN_BOOT_ID_FILE"]


@pytest.mark.parametrize("peer", [Haven, Keepalived], ids=lambda kind: kind.kind)
def test_the_role_moves_before_the_command_runs(trio, peer, tmp_path):
    master, other = pair(trio, peer)
    operator = Operator(master)
    with Probe(trio[2], VIP) as probe:
        done = operator.run("reboot-window", "CHG-4711", "1h", "touch", tmp_path / "ran")
        assert done.returncode == 0, done.stderr
        assert probe.stop()["lost"] == 0
    assert (tmp_path / "ran").exists()
    other.wait_state("MASTER")
    assert master.state() == "BACKUP"
    (lease,) = windows(master).values()
    assert lease["reason"] == "CHG-4711"

    reboot(master, tmp_path)
    assert list(windows(master)) == [lease["id"]], "it comes back inside its window"
    assert operator.run("after-reboot").returncode == 0
    assert windows(master) == {}
    assert other.state() == "MASTER", "stay: there is no second move"


def test_without_a_peer_nothing_is_rebooted(trio, tmp_path):
    alone = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    wait_until(lambda: trio[0].has(VIP), 2, "the address is there")
    before = alone.instance()
    with Probe(trio[2], VIP) as probe:
        done = Operator(alone).run("reboot-window", "x", "1h", "touch", tmp_path / "ran",
                                   PATIENCE="1s")
        assert probe.stop()["lost"] == 0
    assert done.returncode == 1
    assert "nobody took over VI_1" in done.stderr and "is not run" in done.stderr
    assert not (tmp_path / "ran").exists()
    now = alone.instance()
    for fact in ("state", "since", "priority", "effective", "leases"):
        assert now[fact] == before[fact]
    assert windows(alone) == {}


def test_a_peer_that_dies_leaves_a_last_resort(trio):
    master, other = pair(trio)
    assert Operator(master).run("reboot-window", "x", "1h", "true").returncode == 0
    other.signal_all(signal.SIGKILL)
    other.wait()
    master.wait_state("MASTER")
    assert master.instance()["effective"] == 1, "it steps back when there is another"
    assert windows(master)
    other.start()
    settle(master, other, master=other)


def test_a_script_that_is_killed_leaves_no_window_behind(trio, tmp_path):
    """While the roles move, and while the command runs; the window ends by itself."""
    master, other = pair(trio)
    operator = Operator(master)
    with operator.running("reboot-window", "x", "2s", "sleep", "60",
                          PATIENCE="1s") as script:
        wait_for_window(master)
        kill_group(script)
    wait_for_window(master, there=False)
    settle(master, other)
    assert master.instance()["effective"] == 200

    assert master.hactl("-y", "takeover", "VI_1", "for", "1s").returncode == 0
    settle(master, other, master=master)
    wait_until(lambda: master.instance()["effective"] == 200, 20, "the takeover is over")
    with operator.running("reboot-window", "x", "3s", "sh", "-c",
                          f"touch {tmp_path}/ran; sleep 60", PATIENCE="2s") as script:
        wait_until((tmp_path / "ran").exists, 20, "the command runs")
        kill_group(script)
    other.wait_state("MASTER")
    wait_for_window(master, there=False)
    assert (master.state(), other.state()) == ("BACKUP", "MASTER"), "stay"


def test_a_daemon_that_is_killed_comes_back_in_maintenance(trio):
    master, other = pair(trio)
    assert Operator(master).run("reboot-window", "x", "1h", "true").returncode == 0
    before = windows(master)
    master.signal_all(signal.SIGKILL)
    master.wait()
    master.start()
    after = windows(master)
    assert list(after) == list(before)
    lease = next(iter(after))
    assert before[lease]["left_ms"] - 60_000 < after[lease]["left_ms"] \
        <= before[lease]["left_ms"]
    assert other.state() == "MASTER"
    assert master.instance()["effective"] == 1


def test_a_daemon_killed_while_the_role_moves(trio, tmp_path):
    """The command must not run when nobody saw the end of the move."""
    alone = Haven(trio[0], conf(priority=200, interval=1)).wait_state("MASTER", timeout=20)
    with Operator(alone).running("reboot-window", "x", "1h", "touch",
                                 tmp_path / "ran") as script:
        wait_for_window(alone)
        alone.signal_all(signal.SIGKILL)
        output, _ = script.communicate(timeout=20)
        assert script.returncode == 1, output
    assert not (tmp_path / "ran").exists()
    alone.wait()
    alone.start()
    assert windows(alone), "the window stands, as it was given, and ends by itself"


def test_a_reboot_within_the_window(trio, tmp_path):
    master, other = pair(trio)
    operator = Operator(master)
    assert operator.run("reboot-window", "x", "1h", "true").returncode == 0
    reboot(master, tmp_path)
    settle(master, other, master=other)
    assert master.instance()["effective"] == 1

    # Not well: the peer went away meanwhile, and nobody is there to be Master for us.
    other.signal_all(signal.SIGSTOP)
    master.host.cut()
    master.host.ip("link", "set", "eth0", "down")
    refused = operator.run("after-reboot", PATIENCE="2s")
    assert refused.returncode == 1 and "stays in maintenance" in refused.stderr
    assert windows(master)
    master.host.ip("link", "set", "eth0", "up")
    master.host.join()
    other.signal_all(signal.SIGCONT)
    settle(master, other)
    wait_until(lambda: master.hactl("check").returncode == 0, 20, "the node is well")
    assert operator.run("after-reboot").returncode == 0
    assert windows(master) == {}


def test_a_window_that_ended_while_the_host_was_down(trio, tmp_path):
    master, other = pair(trio)
    assert Operator(master).run("reboot-window", "x", "2s", "true",
                                PATIENCE="1s").returncode == 0
    master.signal_all(signal.SIGKILL)
    other.wait_state("MASTER")
    killed = time.time()
    wait_until(lambda: time.time() > killed + 2, 5, "the window is over")
    reboot(master, tmp_path)
    assert windows(master) == {}
    settle(master, other, master=other)


def test_a_clock_that_was_set_back_does_not_prolong_the_window(trio, tmp_path):
    """What the disk says was written an hour from now, as the clock now has it: how long
    the host was down cannot be known, and counts as nothing."""
    master, other = pair(trio)
    assert Operator(master).run("reboot-window", "x", "10m", "true").returncode == 0
    path = os.path.join(master.run_base, "lib", "vrrpd", "leases.json")
    master.signal_all(signal.SIGKILL)
    other.wait_state("MASTER")
    with open(path, encoding="utf-8") as file:
        kept = json.load(file)
    kept["written_wall_us"] += 3_600_000_000
    with open(path, "w", encoding="utf-8") as file:
        json.dump(kept, file)
    reboot(master, tmp_path)
    (lease,) = windows(master).values()
    assert 500_000 < lease["left_ms"] <= 600_000
