# SPDX-License-Identifier: Apache-2.0
"""failover --method=yield: the Master says priority 1 and serves on, so no peer ever misses a
Master and no packet is lost. A peer that preempts comes after its Master_Down_Interval; one
with nopreempt does not, and nothing has changed."""

import json

import pytest
from daemons import Haven, Keepalived, addresses_of, conf, settle
from lab import wait_until
from probe import Probe
from wire import Capture

FORMS = [("v3", {"version": 3, "interval": 0.2}),
         ("v3 IPv6", {"version": 3, "family": 6, "interval": 0.2}),
         ("v2", {"version": 2, "interval": 1})]


def down_interval(form, priority):
    skew = (256 - priority) / 256 * (form["interval"] if form["version"] == 3 else 1)
    return 3 * form["interval"] + skew


@pytest.fixture(params=[Haven, Keepalived], ids=lambda peer: peer.kind)
def peer(request):
    return request.param


@pytest.fixture(params=[form for _, form in FORMS], ids=[name for name, _ in FORMS])
def form(request):
    return request.param


def start(trio, peer, form, extra=""):
    a, b, _ = trio
    old = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    new = peer(b, conf(priority=100, extra=extra, **form))
    settle(old, new)
    wait_until(lambda: a.has(addresses_of(form.get("family", 4))[-1]), 2, "the address is there")
    return old, new


def test_a_peer_that_preempts_takes_over(trio, peer, form):
    a, b, client = trio
    address = addresses_of(form.get("family", 4))[-1]
    old, new = start(trio, peer, form)
    with Capture(client) as capture, Probe(client, address) as probe:
        done = old.hactl("-y", "--method=yield", "failover", "VI_1")
        assert done.returncode == 0, done.stderr
        new.wait_state("MASTER")
        wait_until(lambda: not a.has(address), 2, "the old Master let go")
        result = probe.stop()
    late_heir = peer is Keepalived and form.get("family") == 6  # as in test_handover.py
    assert result["lost"] <= (5 if late_heir else 0), result
    assert b.has(address)

    source = a.ip4 if address.count(".") else a.link_local
    words = capture.adverts(source)
    yielded = next(advert for advert in words if advert.priority == 1)
    assert all(advert.priority == 1 for advert in words if advert.time >= yielded.time)
    heir = next(advert for advert in capture.adverts() if advert.source != source)
    # Its timer ran since the last advertisement before.
    assert heir.time - yielded.time < down_interval(form, 100) + form["interval"] / 2
    assert old.instance()["effective"] == 1, "it is held"


def test_a_peer_with_nopreempt_leaves_the_role_where_it_is(trio, peer, form):
    a, _, client = trio
    address = addresses_of(form.get("family", 4))[-1]
    old, new = start(trio, peer, form, extra="nopreempt")
    with Capture(client) as capture, Probe(client, address) as probe:
        done = old.hactl("-y", "--method=yield", "failover", "VI_1")
        assert done.returncode == 7, done.stdout + done.stderr
        assert probe.stop()["lost"] == 0
    assert "nopreempt" in done.stderr
    assert (old.state(), new.state()) == ("MASTER", "BACKUP")
    now = old.instance()
    assert (now["effective"], now["leases"]) == (200, [])
    source = a.ip4 if address.count(".") else a.link_local
    words = [advert.priority for advert in capture.adverts(source)]
    first = words.index(1)
    last = len(words) - words[::-1].index(1)
    # Never a resignation, and its own priority again at the end.
    assert set(words[first:last]) == {1} and 0 not in words
    assert words[-1] == 200 or len(words) == last


def test_the_wait_is_the_peers_down_interval(trio):
    """Nobody is there: it waits for as long as the slowest peer would take, and no longer
    with --wait."""
    a, _, _ = trio
    old = Haven(a, conf(priority=200, version=3, interval=0.2, extra="preempt_delay 1"))
    old.wait_state("MASTER")
    errors = [json.loads(old.hactl("-y", "-j", "--method=yield", "failover", "VI_1", *more)
                         .stderr)["error"] for more in ([], ["--wait=300ms"])]
    # Three intervals, at least a second for Skew_Time and two more, preempt_delay.
    assert 2600 <= errors[0]["waited_ms"] < 3600
    assert 300 <= errors[1]["waited_ms"] < 1000
    assert old.state() == "MASTER"


def test_an_owner_cannot_yield_and_holds_by_silence(trio):
    """An address owner can hand over; held, it is no owner and sends nothing."""
    a, b, client = trio
    form = {"version": 3, "interval": 0.1}
    owner = Haven(a, conf(priority=255, **form)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **form))
    settle(owner, backup)
    refused = owner.hactl("-y", "--method=yield", "failover", "VI_1")
    assert refused.returncode == 6 and "hand over" in refused.stderr
    assert owner.hactl("-y", "failover", "VI_1", "hold", "5m").returncode == 0
    with Capture(client) as capture:
        wait_until(lambda: len(capture.adverts(b.ip4)) >= 10, 5, "the heir advertises")
        assert capture.adverts(a.ip4) == []
    assert (owner.state(), backup.state()) == ("BACKUP", "MASTER")
    # When the hold ends it has the role back, and nobody takes it from an owner.
    assert backup.hactl("-y", "takeover", "VI_1").returncode == 0, "it is Master already"
    assert owner.hactl("hold", "clear", "VI_1").returncode == 0
    owner.wait_state("MASTER")
    refused = backup.hactl("-y", "takeover", "VI_1")
    assert refused.returncode == 6 and "owns the addresses" in refused.stderr
    assert owner.hactl("-y", "--force", "failover", "VI_1").returncode == 0
    backup.wait_state("MASTER")
