# SPDX-License-Identifier: Apache-2.0
"""A refused advert changes nothing, in a Backup as in a Master, and is counted under its
reason (RFC 9568 7.1, RFC 3768 7.1)."""

import time

import hostile
import pytest
from daemons import Haven, addresses_of, conf
from lab import wait_until
from wire import Capture, injector, longest_gap

FORMS = [(3, 4), (3, 6), (2, 4)]


@pytest.mark.parametrize("version,family", FORMS)
def test_refused_adverts_change_nothing(trio, version, family):
    a, b, client = trio
    interval = 0.1 if version == 3 else 1
    options = {"version": version, "family": family, "interval": interval}
    master = Haven(a, conf(priority=200, **options)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **options)).wait_state("BACKUP")
    wait_until(lambda: backup.instance()["master"] not in (None, ""), 5, "Master is heard")
    before = [daemon.instance() for daemon in (master, backup)]
    target = a.ip4 if family == 4 else a.link_local

    with Capture(client) as capture, injector(client) as send:
        units = 10 if version == 3 else 1
        for case in hostile.cases(version, family, addresses_of(family), target,
                                  interval=units):
            _inject(send, master, case, 254)
            # Somebody else's address is no reason to refuse: its Backup believes it.
            if case.name != "our own source":
                _inject(send, backup, case, 0)
        # Longer than Skew_Time, after which a believed priority 0 would show.
        time.sleep(1.0 if version == 2 else 0.3)

    after = [daemon.instance() for daemon in (master, backup)]
    for old, new in zip(before, after):
        for key in ("state", "since", "master", "effective"):
            assert old[key] == new[key]
    own = a.ip4 if family == 4 else a.link_local
    assert longest_gap(capture.adverts(own)) < 1.9 * interval, "none is missing"
    other = b.ip4 if family == 4 else b.link_local
    assert capture.adverts(other) == []


def _inject(send, daemon, case, priority):
    if case.counter is None:
        send(case.make(priority))
        return
    before = _count(daemon, case.counter)
    send(case.make(priority))
    wait_until(lambda: _count(daemon, case.counter) > before, 2,
               f'"{case.name}" is counted as {case.counter}')


def _count(daemon, reason):
    return daemon.instance()["counters"]["drops"].get(reason, 0)


@pytest.mark.parametrize("change", [
    {"reserved": 15}, {"form": "message"}, {"options": b"\1\1\1\0"},
    {"addresses": ["192.0.2.77"]}, {"addresses": ["192.0.2.100", "192.0.2.77"]},
    {"trailer": bytes(14)}, {"interval": 20}],
    ids=["reserved bits", "message-only checksum", "IP options", "another list",
         "a longer list", "link padding", "another interval"])
def test_odd_adverts_are_believed(trio, change):
    """The other side of the rules: what a standard router may send is accepted."""
    import frames

    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    more = {"addresses": addresses_of(4), "interval": 10} | change
    with injector(client) as send:
        send(frames.advert(client.ip4, 51, 254, **more))
        master.wait_state("BACKUP", timeout=1)
    assert master.instance()["master"] == client.ip4


def test_a_message_only_checksum_keeps_a_backup(trio):
    """Adverts as RFC 9568 5.2.8 has them over IPv4 keep a Backup where it is."""
    import frames

    a, _, client = trio
    with injector(client) as send:
        advert = frames.advert(client.ip4, 51, 200, addresses_of(4), interval=10,
                               form="message")
        send(advert)
        backup = Haven(a, conf(priority=100))
        for _ in range(15):
            send(advert)
            time.sleep(0.1)
            assert backup.state() in ("INITIALIZE", "BACKUP")


def test_v2_believes_an_owner_with_another_list(trio):
    """RFC 3768 7.1: a differing list is dropped unless the sender owns the addresses."""
    import frames

    a, _, client = trio
    master = Haven(a, conf(priority=200, version=2, interval=1)).wait_state("MASTER")
    with injector(client) as send:
        send(frames.advert(client.ip4, 51, 255, ["192.0.2.77"], version=2))
        master.wait_state("BACKUP", timeout=1)
