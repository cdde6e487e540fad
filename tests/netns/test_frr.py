# SPDX-License-Identifier: Apache-2.0
"""With FRR's vrrpd as the other router (VRRPv3 only)."""

import pytest
from daemons import Frr, Haven, conf
from lab import wait_until
from wire import Capture


@pytest.mark.parametrize("family", [4, 6])
def test_frr_takes_over_from_us_and_gives_back(trio, family):
    a, b, _ = trio
    ours = Haven(a, conf(priority=200, family=family)).wait_state("MASTER")
    frr = Frr(b, priority=100, interval_cs=10, family=family)
    frr.wait_state("BACKUP")
    assert ours.stop() == 0
    frr.wait_state("MASTER")
    ours.start().wait_state("MASTER")
    frr.wait_state("BACKUP")


@pytest.mark.parametrize("family", [4, 6])
def test_we_take_over_from_frr_and_give_back(trio, family):
    a, b, client = trio
    frr = Frr(a, priority=200, interval_cs=10, family=family)
    frr.wait_state("MASTER")
    ours = Haven(b, conf(priority=100, family=family)).wait_state("BACKUP")
    wait_until(lambda: ours.instance()["master_priority"] == 200, 3, "FRR is heard")
    frr.kill()
    ours.wait_state("MASTER")
    source = b.ip4 if family == 4 else b.link_local
    with Capture(client) as capture:
        wait_until(lambda: len(capture.adverts(source)) >= 3, 3, "we advertise")
    assert {advert.priority for advert in capture.adverts(source)} == {100}
