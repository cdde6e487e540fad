# SPDX-License-Identifier: Apache-2.0
"""hactl set, unset and explain: values change while the daemon runs, with a reason."""

from daemons import Haven, conf, settle
from lab import wait_until
from wire import Capture


def test_a_priority_set_by_hand_moves_the_role(trio):
    a, b, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    assert backup.hactl("set", "VI_1", "priority", "250").returncode == 0
    backup.wait_state("MASTER")
    master.wait_state("BACKUP")
    explained = backup.hactl("explain", "VI_1").stdout
    assert "250" in explained and "100" in explained
    assert backup.reload().returncode == 0
    assert backup.instance()["effective"] == 250, "an override survives a reload"
    backup.kill()
    backup.start()
    assert backup.instance()["effective"] == 250, "and a restart"
    with Capture(client) as capture:
        assert backup.hactl("unset", "VI_1", "priority").returncode == 0
        wait_until(lambda: any(advert.priority == 100 for advert in capture.adverts(b.ip4))
                   or backup.state() == "BACKUP", 3, "the file's value is back")
    settle(master, backup, master=master)


def test_a_lease_ends_by_itself(trio):
    a = trio[0]
    router = Haven(a, conf(priority=100)).wait_state("MASTER")
    assert router.hactl("set", "VI_1", "priority", "150", "for", "2s").returncode == 0
    assert router.instance()["effective"] == 150
    wait_until(lambda: router.instance()["effective"] == 100, 4, "the lease has ended")


def test_an_edit_is_told_with_its_value(trio):
    """Also of a field that no list of instances has: nothing else tells of it."""
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    assert daemon.hactl("set", "VI_1", "garp_master_repeat", "7").returncode == 0
    told = [event["new"] for event in daemon.call("log.tail", count=100)["items"]
            if event["type"] == "instance.changed"]
    assert {"garp_master_repeat": 7} in told


def test_nopreempt_by_hand(trio):
    a, b, _ = trio
    low = Haven(b, conf(priority=100)).wait_state("MASTER")
    high = Haven(a, conf(priority=200), start=False)
    high.start()
    assert high.hactl("set", "VI_1", "nopreempt", "on").returncode == 0
    if high.state() == "BACKUP":
        assert high.instance()["nopreempt"] is True
    low.stop()
    high.wait_state("MASTER")


def test_values_are_checked(trio):
    router = Haven(trio[0], conf(priority=100)).wait_state("MASTER")
    for words in (["priority", "0"], ["priority", "255"], ["priority", "x"],
                  ["virtual_router_id", "52"], ["nopreempt", "perhaps"]):
        assert router.hactl("set", "VI_1", *words).returncode in (2, 6), words
    assert router.instance()["effective"] == 100


# A line with a value that is out of range, and what is said of it.
REFUSED = {
    "set VI_1 priority 5 for 30d": "\"for\" must be a time from 1s to 7d",
    "set VI_1 priority 5 confirm 30d": "\"confirm\" must be a time from 1s to 7d",
    "set VI_1 priority 500": "\"priority\" must be 1..254",
    "set VI_1 preempt-delay 5000": "\"preempt-delay\" must be 0..1000s",
    "hold VI_1 for 30d": "\"for\" must be a time from 1s to 7d",
    "failover VI_1 hold 30d": "\"hold\" must be a time from 0s to 7d",
    "takeover VI_1 for 30d": "\"for\" must be a time from 1s to 7d",
    "failover VI_1 --wait=1d": "\"--wait\" must be a time from 100ms to 10m",
    "maintenance on node for 30d": "\"for\" must be a time from 1s to 7d",
    "maintenance extend node 30d": "\"T\" must be a time from 1s to 7d",
    "maintenance run node for 30d true": "\"for\" must be a time from 1s to 7d",
    "lease renew L-1 30d": "\"T\" must be a time from 1s to 7d",
    "audit 5000": "\"N\" must be 1..256",
    "log level loud": "\"LEVEL\" must be debug, info, ",
    "-y reload --reason=\x1b": "\"--reason\" must be text without control characters",
    "call vrrpd hold target=VI_1 for_ms=1": "\"for_ms\" must be a time from 1s to 7d",
}


def test_refused_values_are_called_as_they_were_typed(trio):
    daemon = Haven(trio[0], conf())
    for line, said in REFUSED.items():
        done = daemon.hactl("-y", *line.split(" "))
        assert done.returncode != 0
        assert f"vrrpd: {said}" in done.stderr, line
