# SPDX-License-Identifier: Apache-2.0
"""conftest.py - the lab as fixtures; skips everything where namespaces cannot be made."""

import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

import lab as lab_module  # noqa: E402


def _why_not():
    if os.geteuid() != 0:
        return "needs root: it makes network namespaces"
    name = f"{lab_module.PREFIX}{os.getpid()}.0-try"
    commands = (["ip", "netns", "add", name], ["ip", "netns", "exec", name, "true"])
    works = all(subprocess.run(command, capture_output=True, check=False).returncode == 0
                for command in commands)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return None if works else "cannot make network namespaces here"


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: measures, or loads the machine; runs when "
                            "no other test does")


def pytest_collection_modifyitems(items):
    reason = _why_not() if items else None
    if reason:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def _swept():
    if os.geteuid() == 0:
        lab_module.sweep()


@pytest.fixture
def lab(request):
    """An empty lab. When the test fails, the logs of its daemons are shown."""
    with lab_module.Lab() as made:
        yield made
        if getattr(request.node, "failed", False):
            _show_logs(made)


def _show_logs(made):
    for name in sorted(made.hosts):
        for top, _, files in os.walk(made.hosts[name].dir):
            if "log" in files:
                path = os.path.join(top, "log")
                print(f"--- {name}: {os.path.basename(top)}")
                with open(path, encoding="utf-8", errors="replace") as file:
                    print(file.read()[-8000:])


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed = True


@pytest.fixture
def trio(lab):
    """Two routers-to-be and a client."""
    return lab.host("a"), lab.host("b"), lab.host("client")
