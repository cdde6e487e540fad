# SPDX-License-Identifier: Apache-2.0
"""lab.py - several hosts on one machine: network namespaces on a bridge.

    with Lab() as lab:
        a, b, client = lab.host("a"), lab.host("b"), lab.host("client")

Every host has one interface, eth0, on a common bridge that lives in a namespace of its own,
an IPv4 and an IPv6 address and a fixed link-local address that end in the host's number,
and a directory for files. The names of the namespaces begin with PREFIX and the number of
the process that made them; what a killed run left behind is swept away by the next one.
"""

import contextlib
import ctypes
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PREFIX = "hvn"
VIP4 = "192.0.2.100"
VIP6_LINK = "fe80::100"
VIP6 = "2001:db8::100"

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_lab_numbers = itertools.count()


class Timeout(AssertionError):
    """Something that was waited for did not happen."""


def wait_until(condition, timeout=5.0, what="the condition", every=0.01):
    """Polls until `condition()` is true and returns its value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Timeout(f"{what}: not within {timeout} s, last value {value!r}")
        time.sleep(every)


def holds_for(condition, duration, what="the condition", every=0.02):
    """Fails when `condition()` is false at any time within `duration`."""
    deadline = time.monotonic() + duration
    while time.monotonic() < deadline:
        assert condition(), f"{what}: did not hold"
        time.sleep(every)


def run(*command, check=True, timeout=60, **more):
    """Runs a command to its end with its output as text."""
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    done = subprocess.run([str(word) for word in command], text=True, timeout=timeout, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done


class Namespace:
    """A network namespace, gone with everything that runs in it after close()."""

    def __init__(self, name):
        self.name = name
        self.processes = []
        run("ip", "netns", "add", name)
        self.sysctl("net.ipv6.conf.default.accept_dad", 0)
        self.sysctl("net.ipv6.conf.default.dad_transmits", 0)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words, check=True):
        return run("ip", "-n", self.name, *words, check=check)

    def sysctl(self, name, value):
        self.run("sysctl", "-qw", f"{name}={value}")

    def run(self, *command, **more):
        """Runs a command in the namespace, to its end."""
        return run("ip", "netns", "exec", self.name, *command, **more)

    def start(self, *command, **more):
        """Starts a process in the namespace; it ends with the namespace at the latest."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *(str(word) for word in command)],
            stdin=subprocess.DEVNULL, **more)
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def entered(self):
        """This thread is in the namespace inside the block: sockets made there belong
        to it for good."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _setns(there)
            try:
                yield
            finally:
                _setns(home)
        finally:
            os.close(there)
            os.close(home)

    def close(self):
        kill_all_in(self.name)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
        run("ip", "netns", "del", self.name, check=False)


class Host(Namespace):
    """A namespace with eth0 on the bridge of a lab."""

    def __init__(self, lab, name, number):
        super().__init__(f"{lab.prefix}-{name}")
        self.lab = lab
        self.short = name
        self.number = number
        self.dir = os.path.join(lab.dir, name)
        self.ip4 = f"192.0.2.{number}"
        self.ip6 = f"2001:db8::{number}"
        self.link_local = f"fe80::{number}"
        self.port = f"p-{name}"
        os.mkdir(self.dir, 0o755)
        self.plug()

    def plug(self):
        """Makes eth0 and connects it to the bridge."""
        bridge = self.lab.bridge
        self.ip("link", "add", "eth0", "type", "veth",
                "peer", "name", self.port, "netns", bridge.name)
        bridge.ip("link", "set", self.port, "master", "br0", "up")
        self.ip("link", "set", "eth0", "addrgenmode", "none")
        self.ip("link", "set", "eth0", "up")
        self.ip("addr", "add", f"{self.ip4}/24", "brd", "+", "dev", "eth0")
        self.ip("addr", "add", f"{self.link_local}/64", "dev", "eth0", "nodad")
        self.ip("addr", "add", f"{self.ip6}/64", "dev", "eth0", "nodad")

    def unplug(self):
        """Removes eth0 altogether."""
        self.ip("link", "del", "eth0")

    def cut(self):
        """Takes the host off the bridge; its own link stays up, as behind a switch."""
        self.lab.bridge.ip("link", "set", self.port, "nomaster")

    def join(self):
        """Undoes cut()."""
        self.lab.bridge.ip("link", "set", self.port, "master", "br0")

    def addresses(self, dev="eth0"):
        """The addresses of the interface, as `ip -j addr` describes them, by address."""
        done = self.ip("-j", "addr", "show", "dev", dev, check=False)
        if done.returncode != 0:
            return {}
        found = json.loads(done.stdout or "[]")
        return {entry["local"]: entry for link in found for entry in link["addr_info"]
                if "local" in entry}

    def has(self, address, dev="eth0"):
        return address in self.addresses(dev)

    def mac(self, dev="eth0"):
        return json.loads(self.ip("-j", "link", "show", "dev", dev).stdout)[0]["address"]

    def neighbour(self, address):
        """The link-layer address this host has cached for `address`, or None."""
        found = json.loads(self.ip("-j", "neigh", "show", address).stdout or "[]")
        return next((entry.get("lladdr") for entry in found), None)

    def packet_socket(self, dev="eth0"):
        """A raw socket that sends and receives whole frames."""
        with self.entered():
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            raw.bind((dev, 3))
        return raw

    def write(self, name, text):
        """Writes a file into the host's directory and returns its path."""
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Lab:
    """A bridge and the hosts on it. Use as a context manager."""

    def __init__(self):
        self.prefix = f"{PREFIX}{os.getpid()}.{next(_lab_numbers)}"
        self.hosts = {}
        self.dir = tempfile.mkdtemp(prefix=f"{self.prefix}-")
        os.chmod(self.dir, 0o755)
        self.closers = contextlib.ExitStack()
        self.bridge = Namespace(f"{self.prefix}-br")
        self.bridge.sysctl("net.ipv6.conf.all.disable_ipv6", 1)
        self.bridge.ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "0",
                       "forward_delay", "0", "stp_state", "0")
        self.bridge.ip("link", "set", "br0", "up")

    def host(self, name, number=None):
        number = number or 10 + len(self.hosts) + 1
        self.hosts[name] = Host(self, name, number)
        return self.hosts[name]

    def close(self):
        self.closers.close()
        for namespace in [*self.hosts.values(), self.bridge]:
            namespace.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def kill_all_in(name):
    """Ends every process in a namespace that this library made. Those that make
    others while they die are asked again."""
    assert name.startswith(PREFIX)
    for _ in range(20):
        pids = run("ip", "netns", "pids", name, check=False).stdout.split()
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.02)


def sweep():
    """Removes what labs of processes that are no more left behind."""
    for line in run("ip", "netns", "list").stdout.splitlines():
        name = line.split()[0]
        match = re.fullmatch(rf"{PREFIX}(\d+)\.\d+-\S+", name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            kill_all_in(name)
            run("ip", "netns", "del", name, check=False)
    for directory in filter(os.path.isdir, (tempfile.gettempdir(), "/etc/netns")):
        for entry in os.scandir(directory):
            match = re.match(rf"{PREFIX}(\d+)\.\d+-", entry.name)
            if match and not os.path.exists(f"/proc/{match[1]}"):
                shutil.rmtree(entry.path, ignore_errors=True)


def _setns(fd):
    if _libc.setns(fd, _CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
