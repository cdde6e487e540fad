# SPDX-License-Identifier: Apache-2.0
"""What a maintenance promises, it keeps: over each other, over reloads, to the end."""

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
    assert (done.returncode, done.stdout) == (0, "the node: maintenance ended\n")
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
