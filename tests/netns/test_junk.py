# SPDX-License-Identifier: Apache-2.0
"""Junk with our VRID touches no timer: every advert of ours leaves on time and nobody
takes over, at 30 frames a second and at 50,000."""

import time

import frames
import pytest
from daemons import Haven, addresses_of, conf, settle, tool
from wire import Capture, longest_gap

INTERVAL = 0.1
SECONDS = 5


@pytest.mark.alone
@pytest.mark.parametrize("rate", [30, 50_000])
@pytest.mark.parametrize("junk", ["bad checksum", "other version"])
def test_junk_changes_nothing(trio, rate, junk):
    a, b, client = trio
    master = Haven(a, conf(priority=200, interval=INTERVAL)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, interval=INTERVAL))
    settle(master, backup)
    if junk == "bad checksum":
        data = frames.advert(client.ip4, 51, 254, addresses_of(4), checksum_value=0xbad)
    else:
        data = frames.advert(client.ip4, 51, 254, addresses_of(4), version=2)
    path = client.write("junk", "")
    with open(path, "wb") as file:
        file.write(len(data).to_bytes(2, "big") + data)
    watcher = a.lab.host("watcher")
    transitions = master.log().count("MASTER")
    with Capture(watcher, only=[a, b]) as capture:
        time.sleep(0.2)
        began = time.time()
        client.run(tool("tests/netns/frame_sender"), "-r", rate, "-n", rate * SECONDS,
                   "eth0", path)
        ended = time.time()
        time.sleep(0.5)
    own = [advert for advert in capture.adverts(a.ip4) if began <= advert.time <= ended]
    assert len(own) >= int((ended - began) / INTERVAL) - 1
    assert longest_gap(own) < 2 * INTERVAL
    assert capture.adverts(b.ip4) == []
    assert master.log().count("MASTER") == transitions
    reason = "checksum" if junk == "bad checksum" else "version"
    assert master.instance()["counters"]["drops"][reason] > 0
