# SPDX-License-Identifier: Apache-2.0
"""Three routers and 20,000 addresses: adverts leave on time while the kernel works, and
there is never a second holder."""

import ipaddress
import json

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import wait_until
from wire import Capture, longest_gap

COUNT = 20_000
INTERVAL = 1


def _addresses():
    first = ipaddress.ip_address("10.20.0.1")
    return [f"{first + number}/32" for number in range(COUNT)]


def _held(host):
    done = host.ip("-j", "-4", "addr", "show", "dev", "eth0")
    return sum(entry["local"].startswith("10.20.") or entry["local"].startswith("10.21.")
               for link in json.loads(done.stdout) for entry in link["addr_info"])


@pytest.mark.alone
def test_takeover_of_twenty_thousand(trio):
    a, b, client = trio
    c = a.lab.host("c")
    excluded = "virtual_ipaddress_excluded {\n" + "\n".join(_addresses()) + "\n}"

    def router(host, priority):
        return Haven(host, conf(instance_conf(priority=priority, interval=INTERVAL,
                                              extra=excluded)))
    with Capture(client) as capture:
        routers = [router(a, 200), router(b, 150), router(c, 100)]
        settle(*routers, master=routers[0], timeout=30)
        wait_until(lambda: _held(a) == COUNT, 60, "all addresses are there", every=0.5)
        assert longest_gap(capture.adverts(a.ip4)) < 1.5 * INTERVAL

        a.cut()  # b cannot tell this from a crash
        routers[1].wait_state("MASTER")
        wait_until(lambda: _held(b) == COUNT, 60, "b has them all", every=0.5)
        assert longest_gap(capture.adverts(b.ip4)) < 1.5 * INTERVAL
        a.join()
        settle(*routers, master=routers[0], timeout=30)
        wait_until(lambda: _held(b) == 0, 60, "b let go of all", every=0.5)
        assert _held(a) == COUNT
        assert _held(c) == 0
    assert capture.adverts(c.ip4) == [], "the third router never thought it was alone"
