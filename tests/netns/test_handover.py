# SPDX-License-Identifier: Apache-2.0
"""A router that gives up its role on purpose keeps the addresses until the new Master was
heard: a client that asks every two milliseconds gets every answer."""

import json
import os
import signal

import pytest
from daemons import Haven, Keepalived, addresses_of, conf, instance_conf, settle
from lab import wait_until
from probe import Probe
from wire import Capture

FORMS = [("v3", {"version": 3, "interval": 0.1}),
         ("v3 IPv6", {"version": 3, "family": 6, "interval": 0.1}),
         ("v2", {"version": 2, "interval": 1})]
WAYS = ["SIGTERM", "hactl failover"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("preempt", ["preempt", "nopreempt"])
@pytest.mark.parametrize("peer", [Haven, Keepalived], ids=lambda peer: peer.kind)
@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_handover_loses_nothing(trio, form, peer, preempt, way):
    a, b, client = trio
    address = addresses_of(form.get("family", 4))[-1]
    extra = "nopreempt" if preempt == "nopreempt" else ""
    old = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    new = peer(b, conf(priority=100, extra=extra, **form))
    settle(old, new)
    wait_until(lambda: a.has(address), 2, "the address is there")

    with Capture(client) as capture, Probe(client, address) as probe:
        wait_until(lambda: len(capture.adverts()) >= 2, 5, "adverts are seen")
        if way == "SIGTERM":
            assert old.stop() == 0
        else:
            done = old.hactl("-y", "failover", "VI_1")
            assert done.returncode == 0, done.stderr
        new.wait_state("MASTER")
        wait_until(lambda: not a.has(address), 2, "the old Master let go")
        result = probe.stop()
    assert b.has(address)
    # keepalived announces an IPv6 address when the kernel has answered, which is a moment
    # before the kernel takes packets for it. That is its host's loss and not ours.
    late_heir = peer is Keepalived and form.get("family") == 6
    assert result["lost"] <= (5 if late_heir else 0), result

    source = a.ip4 if address.count(".") else a.link_local
    words = [advert.priority for advert in capture.adverts(source)]
    first = words.index(0)
    resigned = capture.adverts(source)[first]
    heir = next(advert for advert in capture.adverts() if advert.source != source)
    # The resignation goes out twice back to back and nothing follows it: every further one
    # would make the peers wait anew.
    assert words[first:] == [0, 0]
    skew = (256 - 100) / 256 * (form["interval"] if form["version"] == 3 else 1)
    assert heir.time - resigned.time < skew + 0.05


def test_a_failed_over_router_does_not_take_the_role_back(trio):
    """The hold: priority 200 stays behind 100, and is still the last resort."""
    a, b, _ = trio
    old = Haven(a, conf(priority=200)).wait_state("MASTER")
    new = Haven(b, conf(priority=100))
    settle(old, new)
    assert old.hactl("-y", "failover", "VI_1").returncode == 0
    new.wait_state("MASTER")
    held = old.instance()
    assert (held["state"], held["priority"], held["effective"]) == ("BACKUP", 200, 1)
    new.stop()
    old.wait_state("MASTER")
    assert old.instance()["effective"] == 1


def test_a_stop_with_nobody_there_is_bounded(trio):
    a, _, client = trio
    old = Haven(a, conf(priority=200)).wait_state("MASTER")
    address = addresses_of(4)[0]
    wait_until(lambda: a.has(address), 2, "the address is there")
    with Capture(client) as capture:
        assert old.stop(timeout=3) == 0
    assert not a.has(address)
    assert [advert.priority for advert in capture.adverts()][-1] == 0


def test_a_stop_takes_no_role_that_is_vacant(trio):
    """VI_1 has let go, nobody came, and its Master_Down_Timer runs out while VI_2 still waits
    for an heir: it must not become Master in a daemon that ends."""
    a, _, _ = trio
    router = Haven(a, conf(instance_conf(interval=0.4),
                           instance_conf(name="VI_2", vrid=52, interval=2,
                                         addresses=["192.0.2.202/24"])))
    for name in ("VI_1", "VI_2"):
        router.wait_state("MASTER", name)
    accepted = router.hactl("-y", "--force", "failover", "VI_1", "--no-wait")
    assert accepted.returncode == 0, accepted.stderr
    router.signal(signal.SIGTERM)
    assert router.wait(timeout=15) == 0
    after = router.log().split("VI_1: MASTER -> BACKUP")[1]
    assert "VI_1: BACKUP -> MASTER" not in after


def test_a_stop_over_the_socket_is_a_clean_one(trio):
    """The answer first, then the role goes to the peer, and the process ends well."""
    old = Haven(trio[0], conf(priority=200))
    heir = Haven(trio[1], conf(priority=100))
    settle(old, heir, master=old)
    done = old.hactl("call", "vrrpd", "stop", "reason=new kernel")
    assert done.returncode == 0 and '"stopping": true' in done.stdout
    assert old.wait() == 0
    heir.wait_state("MASTER")
    with open(os.path.join(old.run_base, "log", "vrrpd", "audit.jsonl"),
              encoding="utf-8") as file:
        entry = json.loads(file.readlines()[-1])
    assert (entry["method"], entry["params"]["reason"]) == ("stop", "new kernel")


def test_a_stop_over_the_socket_is_refused_under_a_service_manager(trio, monkeypatch):
    """It would start the daemon again, and nobody who says stop means that."""
    monkeypatch.setenv("NOTIFY_SOCKET", os.path.join(trio[0].dir, "nobody"))
    daemon = Haven(trio[0], conf())
    done = daemon.hactl("call", "vrrpd", "stop")
    assert done.returncode == 6 and "systemctl stop vrrpd" in done.stderr
    assert daemon.call("status")["phase"] == "running"
