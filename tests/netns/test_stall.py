# SPDX-License-Identifier: Apache-2.0
"""Receive before you judge: a vrrpd that was not running for a while reads what waits
before it decides anything."""

import signal
import time

import pytest
from daemons import Haven, addresses_of, conf, settle
from lab import holds_for, wait_until
from wire import Capture


def test_a_stopped_backup_does_not_grab_the_role(trio):
    """Ten seconds without running, adverts waiting: on SIGCONT it stays Backup."""
    a, b, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    with Capture(client) as capture:
        backup.signal(signal.SIGSTOP)
        time.sleep(10)
        backup.signal(signal.SIGCONT)
        holds_for(lambda: backup.state() == "BACKUP", 1, "Backup stays Backup")
    assert capture.adverts(b.ip4) == []
    assert master.state() == "MASTER"


@pytest.mark.parametrize("stopped_for", [3.0, 0.5])
def test_a_stopped_master_listens_before_it_speaks(trio, stopped_for):
    """Another router took over meanwhile. The higher priority comes back as the rules
    have it, but first it hears the other and lets go of the addresses."""
    a, b, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=150))
    settle(master, backup)
    with Capture(client) as capture:
        master.signal_all(signal.SIGSTOP)
        backup.wait_state("MASTER")
        time.sleep(stopped_for)
        woken = time.time()
        master.signal_all(signal.SIGCONT)
        settle(master, backup, master=master)
    back = next(advert for advert in capture.adverts(a.ip4, since=woken))
    skew = (256 - 200) / 256 * 0.1
    assert back.time - woken > skew, "it must listen for Skew_Time at least"
    assert "stall" in master.log().lower() or master.instance()["state"] == "MASTER"
    wait_until(lambda: a.has(addresses_of(4)[0]) and not b.has(addresses_of(4)[0]), 2,
               "one holder in the end")


def test_a_stopped_master_with_no_preemption_stays_behind(trio):
    a, b, client = trio
    extra = "nopreempt"
    master = Haven(a, conf(priority=200, extra=extra)).wait_state("MASTER")
    backup = Haven(b, conf(priority=150, extra=extra))
    settle(master, backup)
    with Capture(client) as capture:
        master.signal_all(signal.SIGSTOP)
        backup.wait_state("MASTER")
        time.sleep(2)
        woken = time.time()
        master.signal_all(signal.SIGCONT)
        master.wait_state("BACKUP")
        time.sleep(0.5)
    assert capture.adverts(a.ip4, since=woken) == []
    assert backup.state() == "MASTER"
    assert not a.has(addresses_of(4)[0])


def test_a_short_stall_of_the_only_router_costs_nothing_more(trio):
    """Nobody took over: it goes on as Master."""
    a = trio[0]
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    master.signal_all(signal.SIGSTOP)
    time.sleep(1.5)
    master.signal_all(signal.SIGCONT)
    master.wait_state("MASTER")
    wait_until(lambda: a.has(addresses_of(4)[0]), 2, "the address is there")
