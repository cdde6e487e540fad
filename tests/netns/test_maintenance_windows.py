# SPDX-License-Identifier: Apache-2.0
"""What a maintenance promises, it keeps: over each other, over reloads, to the end."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import wait_until

ADDRESSES = {"VI_1": "192.0.2.200", "VI_2": "192.0.2.201"}


def config(*names, priority=200):
    return conf(*[instance_conf(name=name, vrid=60 + int(name[-1]), priority=priority,
                                addresses=[ADDRESSES[name] + "/24"]) for name in names])


def leases(daemon):
    return [lease["id"] for lease in daemon.call("lease.list")["items"]]


def test_what_a_window_said_is_gone_when_it_says_otherwise(trio):
    a, b, _ = trio
    daemon = Haven(a, config("VI_1", "VI_2"))
    peer = Haven(b, config("VI_1", "VI_2", priority=100))
    for name in ADDRESSES:
        daemon.wait_state("MASTER", name)
        settle(daemon, peer, name=name)
    assert daemon.hactl("-y", "maintenance", "on", "for", "2h", "out").returncode == 0
    for name in ADDRESSES:
        daemon.wait_state("FAULT", name)
    assert daemon.hactl("-y", "maintenance", "on", "for", "1h").returncode == 0
    for name in ADDRESSES:
        daemon.wait_state("BACKUP", name)
    done = daemon.hactl("maintenance", "off")
    assert (done.returncode, done.stdout) == (0, "node lab: maintenance ended\n")
    assert leases(daemon) == []
    for name in ADDRESSES:
        daemon.wait_state("MASTER", name)


def test_what_comes_with_a_reload_is_out_too(trio):
    a = trio[0]
    daemon = Haven(a, config("VI_1")).wait_state("MASTER")
    assert daemon.hactl("-y", "maintenance", "on", "for", "2h", "out",
                        "--wait=1s").returncode == 7
    # An address owner would take its role in the moment it starts.
    daemon.reload(config("VI_1") + instance_conf(
        name="VI_2", vrid=62, priority=255, addresses=[ADDRESSES["VI_2"] + "/24"]))
    assert daemon.state("VI_2") == "FAULT"
    assert "VI_2: INITIALIZE -> FAULT, maintenance took it out of service" in daemon.log()
    assert "VI_2: INITIALIZE -> MASTER" not in daemon.log()
    # Nobody relieved this one.
    assert daemon.state("VI_1") == "MASTER"


def test_the_last_resort_is_out_when_it_is_relieved(trio):
    a, b, _ = trio
    daemon = Haven(a, config("VI_1")).wait_state("MASTER")
    assert daemon.hactl("-y", "maintenance", "on", "for", "2h", "out",
                        "--wait=1s").returncode == 7
    daemon.kill()
    daemon.start().wait_state("MASTER")
    peer = Haven(b, config("VI_1", priority=100)).wait_state("MASTER")
    daemon.wait_state("FAULT")
    peer.stop()
    daemon.stop()
    daemon.start().wait_state("FAULT")
    assert not a.has(ADDRESSES["VI_1"])
    assert daemon.hactl("maintenance", "off").returncode == 0
    daemon.wait_state("MASTER")
    wait_until(lambda: a.has(ADDRESSES["VI_1"]), 2, "the address is back")


@pytest.fixture
def begin():
    """maintenance on, in the background: a function that returns when its lease is there."""
    with ThreadPoolExecutor() as pool:
        def open_window(daemon, *words):
            done = pool.submit(daemon.hactl, "-j", "-y", "maintenance", "on", *words)
            wait_until(lambda: leases(daemon), 5, "there is a lease")
            return done
        yield open_window


def test_what_is_ended_while_the_roles_move_has_not_begun(trio, begin):
    a, b, _ = trio
    daemon = Haven(a, config("VI_1")).wait_state("MASTER")
    opening = begin(daemon, "for", "10m", "--wait=8s", "--op-id=CHG-1")
    assert daemon.hactl("maintenance", "off").returncode == 0
    done = opening.result()
    assert done.returncode == 6
    assert "was ended before the roles had moved" in done.stderr
    ended = daemon.call("op.get", op_id="CHG-1")
    assert (ended["state"], ended["error"]["data"]["name"]) == ("done", "wrong_state")
    # It is the Master that it was, not silent for the rest of the wait.
    backup = Haven(b, config("VI_1", priority=100))
    settle(daemon, backup)
    assert (daemon.state(), backup.state()) == ("MASTER", "BACKUP")
    assert a.has(ADDRESSES["VI_1"])


def test_a_window_that_would_be_over_too_early_is_refused(trio):
    daemon = Haven(trio[0], config("VI_1")).wait_state("MASTER")
    done = daemon.hactl("-y", "maintenance", "on", "for", "1s", "--wait=4s")
    assert done.returncode == 2
    assert '"for" must be more than 4s, which the roles may take' in done.stderr
    assert leases(daemon) == []


def test_a_fault_while_the_roles_move_is_told(trio, begin):
    a = trio[0]
    daemon = Haven(a, config("VI_1")).wait_state("MASTER")
    opening = begin(daemon, "for", "10m", "--wait=8s")
    a.ip("link", "set", "eth0", "down")
    done = opening.result()
    assert done.returncode == 7
    error = json.loads(done.stderr)["error"]
    assert error["members"] == [{"name": "VI_1", "state": "fault"}]
    assert "VI_1 is FAULT now, interface eth0 is down" in error["message"]
