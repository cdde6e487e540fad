# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, read-only, or does not answer: edits act, what is said about them is
true, adverts stay on time, and nothing is half done."""

import json
import os
import shutil
import signal
import threading
import time

import pytest
from daemons import Haven, HavenError, conf
from lab import run, wait_until
from wire import Capture, longest_gap

NOT_DURABLE = "This is not on the disk yet"


@pytest.fixture(name="disk")
def _disk(trio):
    """A Master whose state is on a small file system of its own."""
    daemon = Haven(trio[0], conf(priority=200), start=False)
    daemon.state_dir = os.path.join(daemon.run_base, "lib", "vrrpd")
    os.makedirs(daemon.state_dir)
    run("mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "haven-test", daemon.state_dir)
    trio[0].lab.closers.callback(run, "umount", "-l", daemon.state_dir)
    return daemon.start().wait_state("MASTER")


def kept(daemon, name="leases.json"):
    """The edits that the disk has."""
    path = os.path.join(daemon.state_dir, name)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {entry["field"]: entry["value"] for entry in json.load(file)["entries"]}


def complaints(daemon):
    return [line for line in daemon.log().splitlines() if "cannot be written" in line]


def fill(daemon):
    path = os.path.join(daemon.state_dir, "junk")
    with pytest.raises(OSError):
        with open(path, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
    return lambda: os.unlink(path)


def make_read_only(daemon):
    run("mount", "-o", "remount,ro", daemon.state_dir)

    def mend():
        run("mount", "-o", "remount,rw", daemon.state_dir)
        # A daemon that was started since has its own view of it.
        run("nsenter", "-m", "-t", daemon.pid, "mount", "-o", "remount,rw", daemon.state_dir)
    return mend


def block_leases_only(daemon):
    """The other files can be written, and what becomes of them says nothing of this."""
    path = os.path.join(daemon.state_dir, "leases.json.new")
    os.mkdir(path)
    return lambda: os.rmdir(path)


HARMS = [fill, make_read_only, block_leases_only]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_lease_that_is_not_on_the_disk_says_so(disk, harm):
    said = disk.hactl("set", "VI_1", "priority", "150", "for", "1h")
    assert NOT_DURABLE not in said.stdout and kept(disk)["priority"] == 150
    mend = harm(disk)
    for words in (["set", "VI_1", "priority", "160", "for", "1h"],
                  ["hold", "VI_1", "for", "1h"], ["hold", "clear", "VI_1"],
                  ["lease", "renew", disk.instance()["leases"][0], "2h"]):
        done = disk.hactl(*words)
        assert (done.returncode, NOT_DURABLE in done.stdout) == (0, True), (words, done)
    assert disk.call("hold", target="VI_1", for_ms=60000)["durable"] is False
    assert kept(disk)["priority"] == 150, "the file is the old one, and whole"
    assert len(complaints(disk)) == 1, "this is said once"
    disk.kill()
    disk.start()
    leases = disk.call("lease.list")["items"]
    assert sorted(lease["kind"] for lease in leases) == ["hold", "override"], \
        "a restart is not a reboot"
    mend()
    assert disk.call("hold", target="VI_1", for_ms=60000)["durable"] is True
    assert kept(disk)["priority"] in (1, 160)


@pytest.mark.parametrize("harm", [fill, make_read_only], ids=lambda harm: harm.__name__)
def test_a_save_that_the_disk_refuses_changes_nothing(disk, harm):
    disk.call("apply", changes=[{"path": "VI_1", "set": {"preempt_delay_ms": 7000}}])
    assert disk.hactl("save").returncode == 0
    assert kept(disk, "saved.json") == {"preempt_delay_ms": 7000}
    mend = harm(disk)
    disk.call("apply", changes=[{"path": "VI_1", "set": {
        "priority": 150, "preempt_delay_ms": 9000}}])
    before, rev = disk.call("config.diff"), disk.hello()["rev"]
    refused = disk.hactl("save")
    assert refused.returncode == 1 and refused.stdout == ""
    assert "nothing was changed" in refused.stderr
    with pytest.raises(HavenError) as error:
        disk.call("config.save")
    assert error.value.name == "io"
    assert disk.call("config.diff") == before and disk.hello()["rev"] == rev
    assert kept(disk, "saved.json") == {"preempt_delay_ms": 7000}

    disk.kill()
    disk.start()
    assert disk.instance()["priority"] == 150, "the edits are still there"
    assert disk.instance()["sources"]["priority"]["layer"] == "runtime"
    mend()
    assert disk.hactl("save").returncode == 0
    assert kept(disk, "saved.json") == {"priority": 150, "preempt_delay_ms": 9000}
    assert disk.instance()["sources"]["priority"]["layer"] == "saved"


def test_a_read_only_disk_still_says_what_was_promised(disk):
    """As after a crash of the host that damaged it: the window is still open."""
    disk.call("maintenance", action="on", for_ms=3_600_000, wait=False)
    wait_until(lambda: kept(disk), 5, "the maintenance is on the disk")
    make_read_only(disk)
    disk.signal_all(signal.SIGKILL)
    disk.wait()
    shutil.rmtree(os.path.join(disk.run_base, "vrrpd"))
    disk.start()
    assert disk.instance()["effective"] == 1
    assert complaints(disk)


def test_a_disk_that_works_again_is_used_without_being_asked(disk):
    mend = fill(disk)
    assert disk.hactl("hold", "VI_1", "for", "1h").returncode == 0
    mend()
    wait_until(lambda: kept(disk).get("priority") == 1, 20, "the lease is on the disk")
    wait_until(lambda: "again" in disk.log(), 5, "the log says so")


def test_a_disk_that_does_not_answer(disk, trio):
    """Opening a pipe that nobody reads takes as long as a dead disk does."""
    pipe = os.path.join(disk.state_dir, "leases.json.new")
    os.mkfifo(pipe)
    os.chmod(pipe, 0o666)
    with Capture(trio[2]) as capture:
        began = time.monotonic()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(
            disk.call("hold", target="VI_1", for_ms=3_600_000)))
        asking.start()
        wait_until(lambda: disk.instance()["effective"] == 1, 1, "it acts at once")
        asking.join()
        assert 1.9 < time.monotonic() - began < 4
        assert answers[0]["durable"] is False
        for _ in range(20):
            disk.call("list", type="instance")
    assert longest_gap(capture.adverts(trio[0].ip4)) < 0.19
    os.close(os.open(pipe, os.O_RDONLY))
    wait_until(lambda: kept(disk).get("priority") == 1, 20, "the lease is on the disk")


def test_where_none_is_kept_no_audit_is_shown(trio):
    daemon = Haven(trio[0], conf(), start=False)
    os.makedirs(daemon.run_base, exist_ok=True)
    with open(os.path.join(daemon.run_base, "log"), "w", encoding="utf-8"):
        pass  # where its directory would be
    daemon.start()
    with pytest.raises(HavenError, match="vrrpd keeps no audit"):
        daemon.call("audit.list")
    assert daemon.hactl("audit").returncode == 3, "and not that nothing was changed"
