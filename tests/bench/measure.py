# SPDX-License-Identifier: Apache-2.0
"""measure.py - what the kernel knows: time of the CPU, memory, and when things happened."""

import collections
import os
import signal
import subprocess
import time

from daemons import tool
from lab import wait_until

Advert = collections.namedtuple("Advert", "time ifindex source vrid priority")


def cpu_seconds(pids):
    """User and system time of the processes, to the nanosecond. A process that another
    one's table names is asked by the clock that clock_getcpuclockid(3) describes."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)


def memory_kb(pids):
    """Resident memory of the processes, what they share counted once for each."""
    return sum(_rollup(pid, "Rss") for pid in pids)


def own_memory_kb(pids):
    """Their proportional share: pages used by several are divided among them."""
    return sum(_rollup(pid, "Pss") for pid in pids)


def _rollup(pid, name):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def received_frames(host, devices):
    """Frames that came in on the devices of a host so far."""
    with host.entered():
        counts = _device_counts()
    return sum(counts[device] for device in devices)


def _device_counts():
    with open("/proc/thread-self/net/dev", encoding="ascii") as file:
        rows = [line.split(":") for line in file if ":" in line]
    return {name.strip(): int(values.split()[1]) for name, values in rows}


# A process begins with its parent's high-water mark of memory, so a small one must be the
# parent of what is measured.
_TIMER = """
import os, resource, subprocess, sys, time
began = time.monotonic()
status = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL, check=False).returncode
seconds = time.monotonic() - began
print(status, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def timed_run(host, command):
    """Runs a command on a host; returns its exit status, seconds and largest resident
    memory in KB (of which some 9,000 are the timer's own: less cannot be told)."""
    words = host.run("/usr/bin/python3", "-ISc", _TIMER, *command).stdout.split()
    return int(words[0]), float(words[1]), int(words[2])


class Helper:
    """A program of tests/bench that says "ready", runs until stop() and prints a line."""

    def __init__(self, host, name, *words):
        self.process = host.start(tool(f"tests/bench/{name}"), *words,
                                  stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n", name
        self.answer = None

    def wait(self, timeout=None):
        """Waits for its end; returns the words of the line it prints."""
        if self.answer is None:
            out, _ = self.process.communicate(timeout=timeout)
            self.answer = out.split()
        return self.answer

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


class Player(Helper):
    """Plays frames, pairs of the number of an interface and the bytes, evenly spread over
    a period, again and again."""

    def __init__(self, host, frames, interfaces, period=1.0, rounds=0):
        path = os.path.join(host.dir, "frames")
        with open(path, "wb") as file:
            for number, data in frames:
                file.write(bytes([number]) + len(data).to_bytes(2, "big") + data)
        super().__init__(host, "frame_player", "-p", int(period * 1e6), "-n", rounds, path,
                         *interfaces)


class AddressWatch(Helper):
    """When the first and the last of `count` addresses came."""

    def __init__(self, host, count):
        super().__init__(host, "addr_watch", count)

    def result(self, timeout):
        seen, first, last = self.wait(timeout)
        return int(seen), float(first), float(last)


class AdvertLog:
    """Every advertisement that a host sees, with the kernel's time stamps."""

    def __init__(self, host, except_from=None):
        self.path = os.path.join(host.dir, f"adverts-{time.monotonic_ns()}")
        words = ["-x", except_from] if except_from else []
        with open(self.path, "wb") as file:
            self.process = host.start(tool("tests/bench/advert_log"), *words, stdout=file,
                                      stderr=subprocess.PIPE, text=True)
        self.rest = ""
        self.seen = []
        # pylint: disable=consider-using-with
        self.file = open(self.path, encoding="ascii")
        wait_until(lambda: self.file.readline() == "ready\n", 5, "advert_log listens")

    def adverts(self):
        """All adverts so far, in order."""
        lines = (self.rest + self.file.read()).split("\n")
        self.rest = lines.pop()
        for line in lines:
            when, ifindex, source, vrid, priority = line.split()
            self.seen.append(Advert(float(when), int(ifindex), source, int(vrid),
                                    int(priority)))
        return self.seen

    def of(self, source, since=0.0):
        return [advert for advert in self.adverts()
                if advert.source == source and advert.time >= since]

    def wait_first(self, source, since, timeout, every=0.005):
        """The first advert of a source after a moment."""
        return wait_until(lambda: self.of(source, since), timeout,
                          f"an advert of {source}", every)[0]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            _, drops = self.process.communicate(timeout=30)
            if drops.strip() != "0":
                print(f"  (the log of adverts lost {drops.strip()} frames)")
            self.adverts()
            self.file.close()
            os.unlink(self.path)
        return self.seen

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


def wait_idle(pids, quiet=0.06, timeout=10.0):
    """Waits until the processes have not run for `quiet` seconds; returns the monotonic
    time when they last did."""
    deadline = time.monotonic() + timeout
    used, last = cpu_seconds(pids), time.monotonic()
    while time.monotonic() < deadline:
        now_used, now = cpu_seconds(pids), time.monotonic()
        if now_used != used:
            used, last = now_used, now
        elif now - last > quiet:
            return last
        time.sleep(0.0001)
    raise AssertionError("the process never came to rest")
