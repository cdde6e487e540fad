# SPDX-License-Identifier: Apache-2.0
"""operators.py - the scripts of contrib/examples/, as somebody on a node would run them."""

import contextlib
import os
import signal
import subprocess

from daemons import tool
from lab import run, wait_until

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../contrib/examples")


class Operator:
    """Somebody with a shell on the node of a daemon: `hactl` means that daemon."""

    def __init__(self, daemon):
        self.host = daemon.host
        self.bin = os.path.join(daemon.dir, "bin")
        os.makedirs(self.bin, exist_ok=True)
        self.command("hactl", f'exec {tool("hactl/hactl")} -R {daemon.run_base} "$@"')

    def command(self, name, text):
        """Puts a shell script into the operator's PATH."""
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)

    def can_reach(self, **others):
        """Makes `ssh NAME` a shell of the operator on that node."""
        cases = "\n".join(
            f'{name}) exec ip netns exec {other.host.name} env PATH="{other.bin}:$PATH" '
            'sh -c "$*" ;;' for name, other in others.items())
        self.command("ssh", f'[ "$1" = -n ] && shift\nhost=$1; shift\n'
                            f'case $host in\n{cases}\n*) exit 255 ;;\nesac')

    def _how(self, name, words, environment):
        path = f"{self.bin}:{os.environ['PATH']}"
        return (["ip", "netns", "exec", self.host.name, os.path.join(EXAMPLES, name),
                 *map(str, words)], dict(os.environ, PATH=path, **environment))

    def run(self, name, *words, timeout=60, **environment):
        """Runs an example to its end."""
        command, env = self._how(name, words, environment)
        return run(*command, env=env, check=False, timeout=timeout,
                   stdin=subprocess.DEVNULL)

    @contextlib.contextmanager
    def running(self, name, *words, **environment):
        """An example that runs in a process group of its own; what is left of that at the
        end of the block is killed."""
        command, env = self._how(name, words, environment)
        with subprocess.Popen(command, env=env, start_new_session=True, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            try:
                yield process
            finally:
                kill_group(process)


def kill_group(process):
    """kill -9 to a script and all it started, and waits for that."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(pid):
    with contextlib.suppress(FileNotFoundError):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    return []


def windows(daemon):
    """The maintenances of a daemon, by the ID of the lease."""
    return {lease["id"]: lease for lease in daemon.call("lease.list")["items"]
            if lease["kind"] == "maintenance"}


def wait_for_window(daemon, there=True):
    wait_until(lambda: bool(windows(daemon)) == there, 20,
               f"{daemon.host.short} is {'' if there else 'no longer '}in maintenance")
