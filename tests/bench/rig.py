# SPDX-License-Identifier: Apache-2.0
"""rig.py - the daemons under measurement, and hosts with several direct links."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

import daemons
import frames
from daemons import conf, instance_conf, tool
from lab import run, wait_until

MASTER, BACKUP = 200, 100


class Subject:
    """What each daemon under measurement can do besides living."""

    title = "?"
    realtime = False

    def launch(self, *command, **more):
        first = ["chrt", "-f", "50"] if self.realtime else []
        super().launch(*first, *command, **more)

    def crash(self):
        """SIGKILL to all its processes at once: no one is left to see the others' end."""
        pids = self.family_pids()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        self.process.wait()

    def forget(self):
        """Removes what outlives the process: the next start is a first one."""

    def stop_seconds(self):
        """SIGTERM until the process is gone."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        self.process.wait()
        return time.monotonic() - began


class Haven(Subject, daemons.Haven):
    title = "Haven"

    def move(self):
        """What an operator does who wants the role elsewhere; returns at once."""
        self.host.start(tool("hactl/hactl"), "-R", self.run_base, "-y", "failover", "VI_1",
                        stdout=subprocess.DEVNULL)

    def forget(self):
        shutil.rmtree(self.run_base)
        os.mkdir(self.run_base, 0o755)

    def ask_reload(self):
        run(tool("hactl/hactl"), "-R", self.run_base, "-y", "reload", "vrrpd")

    @staticmethod
    def check_file(path):
        return [tool("hactl/hactl"), "config", "test", path]


class Keepalived(Subject, daemons.Keepalived):
    """Debian's keepalived as its unit starts it: without details in its log."""

    title = "keepalived"

    def start(self, wait=True):
        pids = []
        for flag in "prc":
            path = os.path.join(self.dir, f"{flag}.pid")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            pids += [f"-{flag}", path]
        lines = self.log().count("Entering") if os.path.exists(self.log_path) else 0
        self.launch("/usr/sbin/keepalived", "-n", "-l", "-G", "-P", "-f", self.conf_path,
                    *pids)
        if wait:
            wait_until(lambda: self.log().count("Entering") > lines, 20,
                       "keepalived has started")
        return self

    def move(self):
        """Lowers the priority by a tracked file."""
        self._switch(1)

    def _switch(self, value):
        with open(os.path.join(self.dir, "switch"), "w", encoding="ascii") as file:
            file.write(f"{value}\n")

    def move_by_reload(self):
        """Lowers the priority in the file and asks for a reload."""
        with open(self.conf_path, encoding="utf-8") as file:
            text = file.read()
        self.configure(text.replace(f"priority {MASTER}", "priority 50"))
        self.ask_reload()

    def forget(self):
        self._switch(0)

    def ask_reload(self):
        self.signal(signal.SIGHUP)

    @staticmethod
    def check_file(path):
        return ["/usr/sbin/keepalived", "-t", "-f", path]


SUBJECTS = {"keepalived": Keepalived, "haven": Haven}


def switch_words(host):
    """The configuration of a file that takes 150 off the priority of VI_1 while it
    holds a 1: the definition, and the line in the instance. keepalived only."""
    path = os.path.join(host.dir, Keepalived.kind, "switch")
    return (f"vrrp_track_file switch {{\n    file {path}\n    weight -150\n}}\n",
            "track_file {\n        switch\n    }")


class Wires:
    """Direct links w0, w1, ... between two hosts: on each, the first host is 10.80.N.1
    and the second 10.80.N.2. Nothing else is on them, so that every frame is counted."""

    def __init__(self, first, second, count):
        self.names = [f"w{number}" for number in range(count)]
        for number, name in enumerate(self.names):
            first.ip("link", "add", name, "type", "veth", "peer", "name", name,
                     "netns", second.name)
            for end, host in enumerate((first, second), 1):
                host.ip("link", "set", name, "addrgenmode", "none")
                host.ip("link", "set", name, "up")
                host.ip("addr", "add", f"10.80.{number}.{end}/24", "dev", name)


def spread(count, wires):
    """Where each of `count` virtual routers lives: pairs of a wire's number and a VRID."""
    each = -(-count // len(wires.names))
    assert each <= 255
    return [(at // each, at % each + 1) for at in range(count)]


def vip_of(wire, vrid):
    return f"10.81.{wire}.{vrid}"


def many_conf(count, wires, priority, version=2, interval=1):
    """A configuration with `count` instances of one address each."""
    instances = [
        instance_conf(name=f"VI_{at}", vrid=vrid, priority=priority, version=version,
                      interval=interval, interface=wires.names[wire],
                      addresses=[vip_of(wire, vrid) + "/32"])
        for at, (wire, vrid) in enumerate(spread(count, wires), 1)]
    return conf(*instances)


def many_masters(count, wires, version=2, interval=1):
    """The adverts of a better master of each of those instances, for a Player at the
    second end of the wires."""
    units = interval if version == 2 else round(interval * 100)
    return [(wire, frames.advert(f"10.80.{wire}.2", vrid, 254, [vip_of(wire, vrid)],
                                 version=version, interval=units))
            for wire, vrid in spread(count, wires)]


def master_down_interval(priority, interval):
    return 3 * interval + (256 - priority) / 256 * interval
