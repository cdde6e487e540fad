# SPDX-License-Identifier: Apache-2.0
"""A Master answers a losing advert at once (RFC 9568 6.4.3), but never more than a short
burst of them, and its log stays small."""

import os
import time

import frames
import pytest
from daemons import Haven, addresses_of, conf, tool
from wire import Capture, injector


def test_one_answer_to_one_losing_advert(trio):
    a, _, client = trio
    Haven(a, conf(priority=200, interval=1)).wait_state("MASTER")
    with Capture(client) as capture, injector(client) as send:
        start = len(capture.adverts(a.ip4))
        while len(capture.adverts(a.ip4)) == start:
            time.sleep(0.005)
        time.sleep(0.3)
        sent = time.time()
        send(frames.advert(client.ip4, 51, 100, addresses_of(4)))
        time.sleep(0.3)
    answers = capture.adverts(a.ip4, since=sent)
    assert len(answers) == 1
    assert answers[0].time - sent < 0.02
    assert answers[0].priority == 200


def test_v2_stays_silent(trio):
    """RFC 3768 6.4.3: the losing advert is discarded, the timer runs on."""
    a, _, client = trio
    Haven(a, conf(priority=200, version=2, interval=1)).wait_state("MASTER")
    with Capture(client) as capture, injector(client) as send:
        start = len(capture.adverts(a.ip4))
        while len(capture.adverts(a.ip4)) == start:
            time.sleep(0.005)
        time.sleep(0.3)
        sent = time.time()
        send(frames.advert(client.ip4, 51, 100, addresses_of(4), version=2))
        time.sleep(0.5)
        assert capture.adverts(a.ip4, since=sent) == []


@pytest.mark.alone
def test_a_flood_of_losing_adverts(trio):
    a, _, client = trio
    interval, seconds = 0.1, 2
    master = Haven(a, conf(priority=200, interval=interval)).wait_state("MASTER")
    time.sleep(0.5)
    data = frames.advert(client.ip4, 51, 100, addresses_of(4), interval=10)
    path = client.write("losing", "")
    with open(path, "wb") as file:
        file.write(len(data).to_bytes(2, "big") + data)
    log_before = os.path.getsize(master.log_path)
    with Capture(client) as capture:
        began = time.time()
        client.run(tool("tests/netns/frame_sender"), "-r", 1000, "-n", 1000 * seconds,
                   "eth0", path)
        took = time.time() - began
    own = capture.adverts(a.ip4, since=began)
    arps = [arp for arp in capture.arps(since=began) if arp.gratuitous]
    assert len(own) <= 2 * took / interval + 4, "one an interval beside its own, and a burst"
    assert len(own) >= took / interval - 1
    assert len(arps) <= 10 * took + 10
    assert os.path.getsize(master.log_path) - log_before < 10 * 1024
    assert master.state() == "MASTER"
