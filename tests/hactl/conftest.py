# SPDX-License-Identifier: Apache-2.0
"""conftest.py - hactl as a fixture, with daemons that say what a test wants."""

import json
import os
import subprocess
import sys
import types

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from fake_daemon import FakeDaemon  # noqa: E402


def hactl_path():
    """$HAVEN_BUILD/hactl/hactl, else that of the working directory, else of build/."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for directory in (os.environ.get("HAVEN_BUILD"), os.getcwd(), os.path.join(root, "build")):
        path = directory and os.path.join(os.path.abspath(directory), "hactl/hactl")
        if path and os.access(path, os.X_OK):
            return path
    return pytest.exit("no built hactl found: set HAVEN_BUILD to the build directory", 2)


class Node:
    """A run directory with the daemons of a test, and hactl that looks there."""

    def __init__(self, directory):
        self.run_base = str(directory)
        self.binary = hactl_path()
        self.daemons = []

    def daemon(self, name="vrrpd", methods=None, **keywords):
        made = FakeDaemon(self.run_base, name, methods, **keywords)
        self.daemons.append(made)
        return made

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "TZ": "UTC", "HOME": self.run_base,
                "LC_ALL": "C", "TERM": "dumb", **more}

    def hactl(self, *words, stdin="", **environment):
        return self.bare("-R", self.run_base, *words, stdin=stdin, **environment)

    def bare(self, *words, stdin="", **environment):
        """hactl without -R."""
        done = subprocess.run([self.binary, *words], input=stdin, capture_output=True,
                              text=True, encoding="utf-8", check=False, timeout=60, env=self.environment(**environment))
        assert "Sanitizer" not in done.stderr, done.stderr
        return done

    def start(self, *words):
        """hactl that runs beside the test, with pipes."""
        return subprocess.Popen([self.binary, "-R", self.run_base, *words], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment())

    def text(self, *words, exit=0):
        """What a command prints, which must end with this status."""
        done = self.hactl(*words)
        assert done.returncode == exit, (done.stdout, done.stderr)
        return done.stdout

    def json(self, *words, exit=0):
        """The JSON of an answer; nothing else is printed."""
        done = self.hactl("-j", *words)
        assert done.returncode == exit, (done.stdout, done.stderr)
        assert done.stderr == ""
        return json.loads(done.stdout)

    def error(self, *words, exit):
        """The text of an error; nothing is printed on stdout."""
        done = self.hactl(*words)
        assert (done.returncode, done.stdout) == (exit, ""), (done.stdout, done.stderr)
        return done.stderr

    def json_error(self, *words, exit):
        """The error under -j: one object on stderr, and nothing on stdout."""
        done = self.hactl("-j", *words)
        assert (done.returncode, done.stdout) == (exit, ""), (done.stdout, done.stderr)
        assert done.stderr.count("\n") == 1
        return types.SimpleNamespace(**json.loads(done.stderr)["error"])


@pytest.fixture
def node(tmp_path):
    made = Node(tmp_path)
    yield made
    for daemon in made.daemons:
        daemon.close()
