# SPDX-License-Identifier: Apache-2.0
"""A dead or frozen Master does not keep the address: the helper takes it away, and when
nobody is left alive the kernel's lease on it ends."""

import signal
import time

import pytest
from daemons import Haven, addresses_of, conf, settle
from lab import Timeout, wait_until

INTERVAL = 1
DOWN = 3 * INTERVAL + (256 - 100) / 256 * INTERVAL


def _pair(trio, family=4):
    a, b, _ = trio
    form = {"interval": INTERVAL, "family": family}
    master = Haven(a, conf(priority=200, **form)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100, **form))
    settle(master, backup)
    wait_until(lambda: a.has(addresses_of(family)[-1]), 2, "the address is there")
    return master, backup


def _overlap(a, b, address, timeout):
    """How long both hosts had the address, watched until only b has it."""
    both, last = 0.0, time.monotonic()
    deadline = last + timeout
    while a.has(address) or not b.has(address):
        here = a.has(address) and b.has(address)
        now = time.monotonic()
        if here:
            both += now - last
        last = now
        if now > deadline:
            raise Timeout(f"a has it: {a.has(address)}, b has it: {b.has(address)}")
        time.sleep(0.01)
    return both


def test_the_helper_removes_the_addresses_of_a_killed_daemon(trio):
    a = trio[0]
    master, backup = _pair(trio)
    address = addresses_of(4)[0]
    began = time.monotonic()
    master.kill()
    wait_until(lambda: not a.has(address), 3, "the address is gone")
    assert 0.5 < time.monotonic() - began < 1.6, "a second is left to a successor"
    backup.wait_state("MASTER")


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_the_lease_ends_when_nobody_is_left(trio, how, family):
    a, b, _ = trio
    master, backup = _pair(trio, family)
    address = addresses_of(family)[-1]
    began = time.monotonic()
    master.signal_all(how)
    overlap = _overlap(a, b, address, DOWN + 3)
    assert time.monotonic() - began < DOWN + 1.2
    assert overlap < 1.0
    backup.wait_state("MASTER")


def test_the_helper_ends_with_its_daemon(trio):
    master, _ = _pair(trio)
    pids = master.family_pids()
    assert master.stop() == 0
    wait_until(lambda: not any(_alive(pid) for pid in pids), 3, "every process is gone")


def test_a_start_removes_what_a_crash_left(trio):
    """Addresses without a lease, no helper left: the next start cleans up."""
    a, b, _ = trio
    text = conf(priority=200, extra="address_lease off")
    address = addresses_of(4)[0]
    master = Haven(a, text).wait_state("MASTER")
    wait_until(lambda: a.has(address), 2, "the address is there")
    master.signal_all(signal.SIGKILL)
    master.wait()
    other = Haven(b, conf(priority=100)).wait_state("MASTER")
    time.sleep(1.5)
    assert a.has(address), "nobody is there to remove it"
    master.configure(conf(priority=50, extra="address_lease off"))
    master.start().wait_state("BACKUP")
    wait_until(lambda: not a.has(address), 1, "the left-over is gone")
    assert other.state() == "MASTER"


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
