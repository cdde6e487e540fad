# SPDX-License-Identifier: Apache-2.0
"""Advertisements from outside the networks of the interface: believed with a word in the
log, or refused where the configuration says so."""

import frames
from daemons import Haven, addresses_of, conf
from lab import wait_until
from wire import injector

FOREIGN = "203.0.113.7"


def advert(source):
    return frames.advert(source, 51, 254, addresses_of(4), interval=10)


def test_a_foreign_source_is_logged(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    with injector(client) as send:
        send(advert(FOREIGN))
        master.wait_state("BACKUP", timeout=1)
    assert f"{FOREIGN} advertises from outside the networks of eth0; accepted" \
        in master.log()


def test_a_foreign_source_is_refused_on_request(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200, extra="refuse_foreign_source"))
    master.wait_state("MASTER")
    with injector(client) as send:
        send(advert(FOREIGN))
        wait_until(lambda: master.instance()["counters"]["drops"].get("source", 0) == 1, 2,
                   "it is counted")
        assert master.state() == "MASTER"
        assert "outside the networks of eth0" in master.log()
        send(advert(client.ip4))
        master.wait_state("BACKUP", timeout=1)
