# SPDX-License-Identifier: Apache-2.0
"""daemons.py - Haven, keepalived and FRR's vrrpd on the hosts of a lab."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
from lab import VIP4, VIP6, VIP6_LINK, Timeout, run, wait_until

FRR_DIR = "/usr/lib/frr"


def build_dir():
    """Where the programs under test were built: $HAVEN_BUILD, else the working directory,
    else build/ beside the sources."""
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(os.path.dirname(here))
    for directory in (os.environ.get("HAVEN_BUILD"), os.getcwd(), os.path.join(root, "build")):
        if directory and os.access(os.path.join(directory, "vrrpd/vrrpd"), os.X_OK):
            return directory
    pytest.exit("no built vrrpd found: set HAVEN_BUILD to the build directory", 2)


def tool(path):
    """The path of something that was built."""
    return os.path.join(build_dir(), path)


def addresses_of(family, excluded=False):
    return [VIP4] if family == 4 else [VIP6_LINK, VIP6]


def instance_conf(name="VI_1", priority=100, vrid=51, version=3, interval=0.1, family=4,
                  addresses=None, extra="", interface="eth0", state="BACKUP"):
    """A vrrp_instance that Haven and keepalived both understand."""
    bits = "/24" if family == 4 else "/64"
    if addresses is None:
        addresses = [address + bits for address in addresses_of(family)]
    lines = "\n".join(f"        {address}" for address in addresses)
    return f"""
vrrp_instance {name} {{
    state {state}
    version {version}
    interface {interface}
    virtual_router_id {vrid}
    priority {priority}
    advert_int {interval}
    virtual_ipaddress {{
{lines}
    }}
    {extra}
}}
"""


def conf(*instances, globals_="", **instance):
    """A whole configuration file; without instances, one made of the keywords."""
    body = "".join(instances) or instance_conf(**instance)
    return f"global_defs {{\n    router_id lab\n    {globals_}\n}}\n{body}"


class Daemon:
    """A process on a host with a configuration file and a log."""

    kind = "?"

    def __init__(self, host, text):
        self.host = host
        self.process = None
        self.dir = os.path.join(host.dir, self.kind)
        os.makedirs(self.dir, mode=0o755, exist_ok=True)
        self.conf_path = os.path.join(self.dir, f"{self.kind}.conf")
        self.log_path = os.path.join(self.dir, "log")
        self.configure(text)

    def configure(self, text):
        """Replaces the file; the daemon is not told."""
        with open(self.conf_path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.conf_path + ".new", self.conf_path)

    def launch(self, *command, **more):
        with open(self.log_path, "ab") as log:
            self.process = self.host.start(*command, stdout=log, stderr=log, **more)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def signal(self, number):
        self.process.send_signal(number)

    def family_pids(self):
        """The daemon and all that descends from it, while it lives."""
        found, todo = [], [self.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            with contextlib.suppress(FileNotFoundError):
                with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                    todo += [int(word) for word in file.read().split()]
        return found

    def signal_all(self, number):
        """Sends a signal to the daemon and its children, children first when killing."""
        for pid in self.family_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait(self, timeout=10):
        return self.process.wait(timeout)

    def stop(self, timeout=10):
        """SIGTERM and the end; returns the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        """SIGKILL to this process only."""
        self.signal(signal.SIGKILL)
        self.wait()


class HavenError(Exception):
    """An error object of the control protocol."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.code = error["code"]
        self.name = error["data"]["name"]


class Haven(Daemon):
    """vrrpd of the build under test, steered over its control socket and with hactl."""

    kind = "haven"
    program = "vrrpd"

    def __init__(self, host, text, start=True, options=()):
        super().__init__(host, text)
        self.options = options
        self.run_base = os.path.join(self.dir, "run")
        os.makedirs(self.run_base, mode=0o755, exist_ok=True)
        if start:
            self.start()

    def start(self, wait=True):
        self.launch(tool(f"{self.program}/{self.program}"), "-n", "-f", self.conf_path,
                    "-R", self.run_base, *self.options)
        if wait:
            wait_until(self.running, 10, f"{self.program} on {self.host.short} is running")
        return self

    def running(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.program} ended with {self.process.returncode}:\n"
                                 f"{self.log()}")
        with contextlib.suppress(OSError, ValueError):
            return self.hello()["phase"] == "running"
        return False

    def connect(self):
        """A connection to the control socket, before its greeting was read."""
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(os.path.join(self.run_base, self.program, "control.sock"))
        return client

    def hello(self):
        with self.connect() as client, client.makefile() as lines:
            return json.loads(lines.readline())["params"]

    def call(self, method, /, **params):
        """One request over the control socket; HavenError when it is refused."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with self.connect() as client, client.makefile() as lines:
            lines.readline()
            client.sendall(json.dumps(request).encode() + b"\n")
            answer = json.loads(lines.readline())
        if "error" in answer:
            raise HavenError(answer["error"])
        return answer["result"]

    def instance(self, name="VI_1"):
        return self.call("get", path=f"instance/{name}")["object"]

    def state(self, name="VI_1"):
        return self.instance(name)["state"]

    def wait_state(self, state, name="VI_1", timeout=10):
        wait_until(lambda: self.state(name) == state, timeout,
                   f"{name} on {self.host.short} is {state}")
        return self

    def hactl(self, *words, check=False, timeout=60):
        return run(tool("hactl/hactl"), "-R", self.run_base, *words, check=check,
                   timeout=timeout)

    def hactl_json(self, *words):
        done = self.hactl("-j", *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def reload(self, text=None):
        if text is not None:
            self.configure(text)
        return self.hactl("--yes", "reload", "vrrpd")

    def helper_pid(self):
        """The small root child; what that starts for a moment is its own affair."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as file:
            children = [int(word) for word in file.read().split()]
        assert len(children) == 1, f"expected one helper, found {children}"
        return children[0]


class Checkd(Haven):
    """checkd of the build under test."""

    kind = "checkd"
    program = "checkd"


class Keepalived(Daemon):
    """Debian's keepalived, VRRP only."""

    kind = "keepalived"

    def __init__(self, host, text, start=True):
        if not os.path.exists("/usr/sbin/keepalived"):
            pytest.skip("keepalived is not installed")
        super().__init__(host, text)
        if start:
            self.start()

    def start(self, wait=True):
        pids = []
        for flag in ("p", "r", "c"):
            path = os.path.join(self.dir, f"{flag}.pid")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)  # of one that was killed, whose number may be in use
            pids += [f"-{flag}", path]
        self.launch("/usr/sbin/keepalived", "-n", "-l", "-D", "-G", "-P",
                    "-f", self.conf_path, *pids)
        if wait:
            wait_until(lambda: "Entering BACKUP STATE" in self.log() or
                       "Entering MASTER STATE" in self.log() or
                       "Entering FAULT STATE" in self.log(), 10, "keepalived has started")
        return self

    def state(self, name="VI_1"):
        found = re.findall(rf"\({name}\) Entering (\w+) STATE", self.log())
        return found[-1] if found else None

    def wait_state(self, state, name="VI_1", timeout=10):
        wait_until(lambda: self.state(name) == state, timeout,
                   f"{name} of keepalived on {self.host.short} is {state}")
        return self


class Frr(Daemon):
    """FRR's zebra and vrrpd; VRRP devices are made as its manual asks."""

    kind = "frr"

    def __init__(self, host, vrid=51, priority=100, interval_cs=100, family=4,
                 addresses=None, preempt=True):
        if not os.path.exists(f"{FRR_DIR}/vrrpd"):
            pytest.skip("frr is not installed")
        self.family = family
        self.vrid = vrid
        self.addresses = addresses or addresses_of(family)
        self.device = f"vrrp{family}-{vrid}"
        host.ip("link", "add", self.device, "link", "eth0", "type", "macvlan",
                "mode", "bridge")
        # For IPv6 FRR sends from a link-local address of the device that is not virtual.
        host.ip("link", "set", self.device, "addrgenmode",
                "none" if family == 4 else "random")
        host.ip("link", "set", self.device, "address",
                f"00:00:5e:00:0{1 if family == 4 else 2}:{vrid:02x}")
        for address in self.addresses:
            host.ip("addr", "add", f"{address}/{24 if family == 4 else 64}",
                    "dev", self.device, *(["nodad"] if family == 6 else []))
        host.ip("link", "set", self.device, "up")
        word = "ip" if family == 4 else "ipv6"
        lines = [f" vrrp {vrid} {word} {address}" for address in self.addresses]
        super().__init__(host, "\n".join([
            "interface eth0", f" vrrp {vrid} version 3", f" vrrp {vrid} priority {priority}",
            f" vrrp {vrid} advertisement-interval {interval_cs * 10}",
            *([] if preempt else [f" no vrrp {vrid} preempt"]), *lines, "exit", ""]))
        shutil.chown(self.dir, "frr", "frr")
        self.start()

    def start(self):
        api = os.path.join(self.dir, "zserv.api")
        self.zebra = self._start_one("zebra", api)
        wait_until(lambda: os.path.exists(api), 10, "zebra has started")
        self.process = self._start_one("vrrpd", api)
        wait_until(lambda: self.state(), 10, "FRR's vrrpd has started")
        return self

    def _start_one(self, name, api):
        with open(self.log_path, "ab") as log:
            return self.host.start(
                f"{FRR_DIR}/{name}", "-z", api,
                "-i", os.path.join(self.dir, f"{name}.pid"), "--vty_socket", self.dir,
                "-f", self.conf_path if name == "vrrpd" else "/dev/null",
                "-P", "0", "--log", "stdout", stdout=log, stderr=log)

    def state(self):
        done = run("vtysh", "--vty_socket", self.dir, "-d", "vrrpd", "-c",
                   f"show vrrp interface eth0 {self.vrid} json", check=False)
        with contextlib.suppress(ValueError, LookupError):
            routers = json.loads(done.stdout)
            return routers[0]["v4" if self.family == 4 else "v6"]["status"]
        return None

    def wait_state(self, state, timeout=10):
        state = {"MASTER": "Master", "BACKUP": "Backup"}[state]
        wait_until(lambda: self.state() == state, timeout,
                   f"FRR on {self.host.short} is {state}")
        return self


def settle(*daemons, master=None, timeout=15, name="VI_1"):
    """Waits until exactly one of the daemons is Master, `master` if it is given, and the
    others are Backup."""
    def one_master():
        states = [daemon.state(name) if not isinstance(daemon, Frr) else daemon.state()
                  for daemon in daemons]
        states = [state.upper() if state else "" for state in states]
        if states.count("MASTER") != 1 or states.count("BACKUP") != len(states) - 1:
            return False
        return master is None or daemons[states.index("MASTER")] is master
    who = f"{master.kind} on {master.host.short}" if master else "one"
    wait_until(one_master, timeout, f"{who} is Master, the others are Backup")


def sleep_intervals(count, interval):
    """Lets a number of advertisement intervals go by: for tests that show that nothing
    happens."""
    time.sleep(count * interval)


__all__ = ["Checkd", "Daemon", "Frr", "Haven", "HavenError", "Keepalived", "Timeout", "addresses_of",
           "build_dir", "conf", "instance_conf", "settle", "sleep_intervals", "subprocess",
           "tool"]
