# SPDX-License-Identifier: Apache-2.0
"""When things happen: the first advert, the silence that ends a Master, the steady beat."""

import signal
import statistics
import time

import frames
import pytest
from daemons import Haven, addresses_of, conf, settle
from lab import wait_until
from wire import Capture, injector, longest_gap


@pytest.mark.parametrize("form", [{"version": 3, "interval": 0.2},
                                  {"version": 2, "interval": 1}], ids=["v3", "v2"])
def test_a_start_listens_for_the_whole_down_interval(trio, form):
    """RFC 9568 6.4.1: three intervals and the skew before the first advert."""
    a, _, client = trio
    skew = (256 - 100) / 256 * (form["interval"] if form["version"] == 3 else 1)
    with Capture(client) as capture:
        before = time.time()
        router = Haven(a, conf(priority=100, **form))
        ready = time.time()
        router.wait_state("MASTER")
        wait_until(lambda: capture.adverts(a.ip4), 2, "it advertises")
    first = capture.adverts(a.ip4)[0].time
    down = 3 * form["interval"] + skew
    assert before + down <= first <= ready + down + 0.05


def test_an_owner_advertises_at_once(trio):
    a, _, client = trio
    with Capture(client) as capture:
        Haven(a, conf(priority=255, interval=1))
        wait_until(lambda: capture.adverts(a.ip4), 1, "it advertises")
    assert capture.adverts(a.ip4)[0].priority == 255


def test_takeover_after_the_down_interval(trio):
    """The crash of a Master is noticed after three intervals and the skew, no later."""
    a, b, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    with Capture(client) as capture:
        time.sleep(0.3)
        master.signal_all(signal.SIGKILL)
        backup.wait_state("MASTER")
        wait_until(lambda: capture.adverts(b.ip4), 1, "the other advertises")
    silence = capture.adverts(b.ip4)[0].time - capture.adverts(a.ip4)[-1].time
    assert silence == pytest.approx(0.3 + 156 / 256 * 0.1, abs=0.02)


def test_a_resignation_is_followed_after_the_skew(trio):
    """RFC 9568 6.4.2: priority 0 sets the timer to Skew_Time, not to now."""
    a, _, client = trio
    with injector(client) as send, Capture(client) as capture:
        backup = Haven(a, conf(priority=100, interval=1))
        send(frames.advert(client.ip4, 51, 200, addresses_of(4), interval=100))
        wait_until(lambda: backup.instance()["master"] == client.ip4, 1, "it heard us")
        sent = time.time()
        send(frames.advert(client.ip4, 51, 0, addresses_of(4), interval=100))
        wait_until(lambda: capture.adverts(a.ip4), 2, "it takes over")
    assert capture.adverts(a.ip4)[0].time - sent == pytest.approx(156 / 256, abs=0.02)


def test_the_interval_of_the_master_is_learned(trio):
    """RFC 9568 6.1: a Backup waits by the Master's interval, not by its own."""
    a, _, client = trio
    with injector(client) as send, Capture(client) as capture:
        backup = Haven(a, conf(priority=100, interval=0.1))
        sent = time.time()
        send(frames.advert(client.ip4, 51, 200, addresses_of(4), interval=40))
        backup.wait_state("MASTER")
        wait_until(lambda: capture.adverts(a.ip4), 1, "it advertises")
    own = capture.adverts(a.ip4)
    assert own[0].time - sent == pytest.approx(1.2 + 156 / 256 * 0.4, abs=0.05)
    assert own[0].interval == pytest.approx(0.1)


@pytest.mark.alone
def test_the_beat_is_even(trio):
    """No drift: what one advert is late is not added to the next."""
    a, _, client = trio
    Haven(a, conf(priority=200, interval=0.1)).wait_state("MASTER")
    with Capture(client) as capture:
        time.sleep(8)
    times = [advert.time for advert in capture.adverts(a.ip4)]
    late = [when - 0.1 * number for number, when in enumerate(times)]
    half = len(late) // 2
    drift = statistics.median(late[half:]) - statistics.median(late[:half])
    assert abs(drift) < 0.001 * 8
    assert longest_gap(capture.adverts(a.ip4)) < 0.25


def test_preempt_delay(trio):
    a, b, client = trio
    low = Haven(b, conf(priority=100)).wait_state("MASTER")
    with Capture(client) as capture:
        began = time.time()
        high = Haven(a, conf(priority=200, extra="preempt_delay 2"))
        time.sleep(1)
        assert high.state() == "BACKUP"
        high.wait_state("MASTER")
    assert capture.adverts(a.ip4)[0].time - began >= 2
    low.wait_state("BACKUP")


def test_equal_priority_never_preempts(trio):
    """RFC 9568 6.4.2: the address decides only between two Masters."""
    a, b, _ = trio
    low = Haven(a, conf(priority=100)).wait_state("MASTER")
    high = Haven(b, conf(priority=100))
    time.sleep(1)
    assert (low.state(), high.state()) == ("MASTER", "BACKUP")


def test_two_masters_settle_by_address(trio):
    """After a partition the higher address stays (RFC 9568 6.4.3)."""
    a, b, _ = trio
    lower = Haven(a, conf(priority=100)).wait_state("MASTER")
    higher = Haven(b, conf(priority=100))
    settle(lower, higher)
    b.cut()
    higher.wait_state("MASTER")
    assert lower.state() == "MASTER"
    b.join()
    settle(lower, higher, master=higher)


@pytest.mark.parametrize("priority", [100, 255])
def test_no_third_state_after_an_owner_conflict(trio, priority):
    """Two owners: one of them stays, by address (RFC 9568 erratum 8298)."""
    a, b, _ = trio
    first = Haven(a, conf(priority=priority)).wait_state("MASTER")
    b.cut()
    second = Haven(b, conf(priority=priority)).wait_state("MASTER")
    b.join()
    settle(first, second, master=second)
