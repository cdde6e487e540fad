# SPDX-License-Identifier: Apache-2.0
"""VRRPv3: a Master with another interval than ours is followed in its own time, and that is
logged once."""

from daemons import Haven, conf, settle
from lab import holds_for, wait_until


def test_a_difference_is_over_when_the_configuration_is_the_same_again(trio):
    a, b, _ = trio
    one = Haven(a, conf(priority=200, interval=0.1)).wait_state("MASTER")
    other = Haven(b, conf(priority=100, interval=0.5))
    settle(one, other, master=one)

    def told():
        return "interval_mismatch" in other.hactl("explain", "VI_1").stdout
    wait_until(told, 5, "the difference is told")
    assert other.reload(conf(priority=100, interval=0.1)).returncode == 0
    assert not told() and other.instance()["counters"]["interval_mismatch"] > 0


def test_a_slow_master_is_followed_and_told_of_once(trio):
    a, b, _ = trio
    slow = Haven(a, conf(priority=200, interval=0.5)).wait_state("MASTER")
    quick = Haven(b, conf(priority=100, interval=0.05))
    settle(slow, quick, master=slow)
    wait_until(lambda: quick.instance()["master_adver_int_ms"] == 500, 3, "its interval counts")
    heard = quick.instance()["counters"]["interval_mismatch"]
    # Ten of its own intervals are no reason to take it for dead.
    holds_for(lambda: quick.state() == "BACKUP", 1.5, "it is followed")
    assert quick.instance()["counters"]["interval_mismatch"] > heard
    lines = [line for line in quick.log().splitlines() if "advertises every" in line]
    assert len(lines) == 1
    assert f"{a.ip4} advertises every 0.5s, configured here 0.05s" in lines[0]
    assert "missed after 1.8" in lines[0]

    slow.signal_all(9)
    quick.wait_state("MASTER")
    assert quick.instance()["master_adver_int_ms"] == 50, "as Master its own counts again"
