# SPDX-License-Identifier: Apache-2.0
"""upgrade-node and each-node: a command while its node is out of service, and what may be
killed meanwhile."""

import os
import signal
import time

import pytest
from daemons import Haven, HavenError, addresses_of, conf, settle
from lab import holds_for, wait_until
from operators import Operator, children_of, wait_for_window, windows
from probe import Probe

VIP = addresses_of(4)[0]

# Says that it runs, and ends with 7 when it is asked to end.
COMMAND = """
trap 'exit 7' TERM INT HUP
touch {0}
while :; do sleep 0.05; done
"""


def pair(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    other = Haven(b, conf(priority=100))
    settle(master, other, master=master)
    wait_until(lambda: a.has(VIP), 2, "the address is there")
    return master, other


def hactl_pid(script):
    """The hactl that the script runs: its own shell became it, or is its parent."""
    def find():
        for pid in [*children_of(script.pid), script.pid]:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                if file.read() == "hactl\n":
                    return pid
        return None
    return wait_until(find, 10, "hactl runs")


@pytest.mark.parametrize("status", [0, 3])
def test_the_command_runs_out_of_service(trio, status):
    master, other = pair(trio)
    operator = Operator(master)
    with Probe(trio[2], VIP) as probe:
        done = operator.run("upgrade-node", "sh", "-c", f"hactl -q is-master VI_1 && exit 9;"
                            f"exit {status}")
        assert done.returncode == status, done.stderr
        settle(master, other, master=master)
        assert probe.stop()["lost"] <= 1
    assert windows(master) == {}


def test_what_is_not_started_is_125(trio, tmp_path):
    master, other = pair(trio)
    operator = Operator(master)
    assert operator.run("upgrade-node", "/nonexistent").returncode == 125
    assert windows(master) == {}
    settle(master, other, master=master)
    other.stop()
    done = operator.run("upgrade-node", "touch", tmp_path / "ran")
    assert done.returncode == 125
    assert "nobody took over" in done.stderr and "was not run" in done.stderr
    assert not (tmp_path / "ran").exists()
    assert (master.state(), master.instance()["leases"]) == ("MASTER", [])


def test_the_window_outlasts_its_lease_while_the_command_runs(trio):
    master, other = pair(trio)
    began = time.monotonic()
    with Operator(master).running("upgrade-node", "sleep", "4", LEASE="1500ms") as script:
        wait_for_window(master)
        holds_for(lambda: windows(master) or script.poll() is not None, 3,
                  "the window is renewed")
        assert script.wait(20) == 0
    assert time.monotonic() - began > 3
    wait_for_window(master, there=False)
    settle(master, other, master=master)


def test_hactl_killed_lets_the_window_end_and_the_command_go_on(trio, tmp_path):
    master, other = pair(trio)
    with Operator(master).running("upgrade-node", "sh", "-c",
                                  COMMAND.format(tmp_path / "runs"), LEASE="2s") as script:
        wait_until((tmp_path / "runs").exists, 20, "the command runs")
        (command,) = children_of(hactl_pid(script))
        os.kill(hactl_pid(script), signal.SIGKILL)
        wait_for_window(master, there=False)
        os.kill(command, 0)
        settle(master, other, master=master)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_command_and_then_the_window(trio, tmp_path, number):
    master, other = pair(trio)
    with Operator(master).running("upgrade-node", "sh", "-c",
                                  COMMAND.format(tmp_path / "runs")) as script:
        wait_until((tmp_path / "runs").exists, 20, "the command runs")
        os.kill(hactl_pid(script), number)
        assert script.wait(20) == 7
    assert windows(master) == {}
    settle(master, other, master=master)


def test_a_command_that_is_killed(trio, tmp_path):
    master, other = pair(trio)
    with Operator(master).running("upgrade-node", "sh", "-c",
                                  COMMAND.format(tmp_path / "runs")) as script:
        wait_until((tmp_path / "runs").exists, 20, "the command runs")
        for pid in children_of(hactl_pid(script)):
            os.kill(pid, signal.SIGKILL)
        assert script.wait(20) == 128 + 9
    assert windows(master) == {}
    settle(master, other, master=master)


def test_a_daemon_that_is_restarted_meanwhile(trio, tmp_path):
    """The upgrade of Haven itself: the lease comes back, and is renewed again."""
    master, other = pair(trio)
    with Operator(master).running("upgrade-node", "sh", "-c",
                                  COMMAND.format(tmp_path / "runs"), LEASE="3s") as script:
        wait_until((tmp_path / "runs").exists, 20, "the command runs")
        before = windows(master)
        master.stop()
        master.start()
        assert list(windows(master)) == list(before)
        holds_for(lambda: windows(master), 4, "the window is renewed")
        os.kill(hactl_pid(script), signal.SIGTERM)
        assert script.wait(20) == 7
    assert windows(master) == {}
    settle(master, other, master=master)


def test_a_window_that_was_open_stays_open(trio):
    master, other = pair(trio)
    assert master.hactl("-y", "maintenance", "on", "node", "for", "1h").returncode == 0
    before = windows(master)
    assert Operator(master).run("upgrade-node", "true", LEASE="2s").returncode == 0
    (after,) = windows(master).values()
    assert [after["id"]] == list(before)
    assert after["left_ms"] > 3_500_000
    assert (master.state(), other.state()) == ("BACKUP", "MASTER")


# ---- each-node -----------------------------------------------------------------------


def cluster(trio):
    master, other = pair(trio)
    here, there = Operator(master), Operator(other)
    here.can_reach(lb1=here, lb2=there)
    for operator in here, there:
        operator.command("patch", f'hactl -q is-master VI_1 && exit 9; date +%N >>'
                                  f'{operator.bin}/patched; cat {operator.bin}/after | sh')
        with open(os.path.join(operator.bin, "after"), "w", encoding="utf-8"):
            pass
    return master, other, here, there


def patched(operator):
    return os.path.exists(os.path.join(operator.bin, "patched"))


def test_each_node_is_out_of_service_while_it_is_patched(trio):
    master, other, here, there = cluster(trio)
    with Probe(trio[2], VIP) as probe:
        done = here.run("each-node", "lb1 lb2", "patch")
        assert done.returncode == 0, done.stdout + done.stderr
        assert probe.stop()["lost"] <= 2
    assert patched(here) and patched(there)
    settle(master, other)
    assert windows(master) == {} and windows(other) == {}


@pytest.mark.parametrize("harm", ["exit 4", "ip link set eth0 down"])
def test_the_loop_stops_at_a_node_that_does_not_come_back(trio, harm):
    master, other, here, there = cluster(trio)
    with open(os.path.join(here.bin, "after"), "w", encoding="utf-8") as file:
        file.write(harm)
    done = here.run("each-node", "lb1 lb2", "patch", PATIENCE="2s")
    assert done.returncode == 1
    assert "stopped at lb1" in done.stderr
    assert patched(here) and not patched(there)
    if "down" in harm:
        assert "VI_1" in done.stdout, "check says what is wrong"
        assert (master.state(), other.state()) == ("FAULT", "MASTER")


def test_the_loop_stops_at_a_daemon_that_does_not_come_back(trio):
    master, other, here, there = cluster(trio)
    with open(os.path.join(here.bin, "after"), "w", encoding="utf-8") as file:
        file.write(f"kill -9 {' '.join(map(str, master.family_pids()))}")
    done = here.run("each-node", "lb1 lb2", "patch", PATIENCE="1s")
    assert done.returncode == 1 and "stopped at lb1" in done.stderr
    assert not patched(there)
    other.wait_state("MASTER")
    with pytest.raises((OSError, HavenError)):
        master.call("ping")
