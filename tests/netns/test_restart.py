# SPDX-License-Identifier: Apache-2.0
"""A restart is not a failover: a Master that is back within Master_Down_Interval resumes
its role, and neither its peer nor a client notices."""

import signal
import time

import pytest
from daemons import Checkd, Haven, Keepalived, addresses_of, conf, settle
from lab import wait_until
from probe import Probe
from wire import Capture, longest_gap


@pytest.mark.parametrize("peer", [Haven, Keepalived], ids=lambda peer: peer.kind)
def test_killed_and_started_again(trio, peer):
    a, b, client = trio
    master = Haven(a, conf(priority=200, interval=1)).wait_state("MASTER")
    backup = peer(b, conf(priority=100, interval=1))
    settle(master, backup)
    wait_until(lambda: a.has(addresses_of(4)[0]), 2, "the address is there")
    with Capture(client) as capture, Probe(client, addresses_of(4)[0]) as probe:
        time.sleep(1.1)
        master.kill()
        master.start()
        time.sleep(2.2)
        assert probe.stop()["lost"] == 0
    assert master.state() == "MASTER"
    assert backup.state() == "BACKUP"
    assert {advert.source for advert in capture.adverts()} == {a.ip4}
    assert longest_gap(capture.adverts(a.ip4)) < 2.0
    assert 0 not in {advert.priority for advert in capture.adverts()}


def test_a_kill_is_told_and_a_stop_is_not(trio):
    """Events live with the daemon: the first one says why there are none before it."""
    daemon = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    assert daemon.stop() == 0
    daemon.start()
    killed = "started after the one before was killed or crashed"
    assert killed not in daemon.hactl("log").stdout + daemon.hactl("show", "status").stdout
    daemon.kill()
    daemon.start()
    assert killed in daemon.hactl("log").stdout.splitlines()[0]
    assert killed in daemon.hactl("show", "status").stdout
    assert "was killed or crashed" in daemon.hactl("doctor").stdout


def test_too_late_to_resume(trio):
    """Back after its peers gave it up: it must listen first."""
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    master.kill()
    backup.wait_state("MASTER")
    master.start()
    assert master.state() in ("BACKUP", "INITIALIZE")
    master.wait_state("MASTER")
    backup.wait_state("BACKUP")


def test_a_clean_stop_is_not_resumed(trio):
    a = trio[0]
    master = Haven(a, conf(priority=200, interval=1)).wait_state("MASTER")
    assert master.stop() == 0
    master.start()
    assert master.state() == "BACKUP"


KEEPALIVED_DUMPS = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGRTMIN, signal.SIGRTMIN + 2]


@pytest.mark.parametrize("kind", [Haven, Checkd], ids=lambda kind: kind.kind)
@pytest.mark.parametrize("number", KEEPALIVED_DUMPS, ids=lambda number: str(int(number)))
def test_a_signal_that_asks_keepalived_for_its_state_ends_nothing(trio, kind, number):
    daemon = kind(trio[0], conf())
    daemon.signal(number)
    wait_until(lambda: f"signal {int(number)} " in daemon.log(), 5, "it is told")
    assert "does nothing here" in daemon.log()
    assert daemon.running()
    daemon.signal(signal.SIGTERM)
    assert daemon.wait() == 0


def test_a_successor_finds_the_role_as_it_was(trio):
    a, _, _ = trio
    master = Haven(a, conf(interval=1)).wait_state("MASTER")
    wait_until(lambda: a.has(addresses_of(4)[0]), 2, "the address is there")
    master.signal(signal.SIGRTMAX)
    assert master.wait() == 0
    assert "a successor follows" in master.log()
    assert a.has(addresses_of(4)[0])
    master.start()
    assert master.state() == "MASTER"
