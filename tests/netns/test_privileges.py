# SPDX-License-Identifier: Apache-2.0
"""vrrpd is not root, keeps two capabilities, and its control socket is not for everyone."""

import os
import pwd
import stat

from daemons import Haven, conf


def _status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def test_the_daemon_is_an_ordinary_user_with_two_capabilities(trio):
    daemon = Haven(trio[0], conf())
    status = _status(daemon.pid)
    users = {int(word) for word in status["Uid"].split()}
    assert 0 not in users and len(users) == 1
    assert pwd.getpwuid(users.pop()).pw_name in ("haven", "nobody")
    assert 0 not in {int(word) for word in status["Gid"].split()}
    assert status["Groups"].split() in ([], [status["Gid"].split()[0]])
    net_admin, net_raw, sys_nice = 1 << 12, 1 << 13, 1 << 23
    for kind in ("CapEff", "CapPrm"):
        assert int(status[kind], 16) & ~sys_nice == net_admin | net_raw
    for kind in ("CapInh", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["NoNewPrivs"] == "1"


def test_the_helper_is_small_and_holds_no_socket(trio):
    daemon = Haven(trio[0], conf())
    helper = daemon.helper_pid()
    assert _status(helper)["Uid"].split()[0] == "0"
    kinds = [os.readlink(f"/proc/{helper}/fd/{fd}") for fd in os.listdir(f"/proc/{helper}/fd")]
    assert len([kind for kind in kinds if kind.startswith("socket:")]) <= 2
    assert len(kinds) <= 8


def test_modes_of_the_sockets(trio):
    daemon = Haven(trio[0], conf())
    directory = os.path.join(daemon.run_base, "vrrpd")
    public = os.stat(os.path.join(directory, "public.sock"))
    control = os.stat(os.path.join(directory, "control.sock"))
    assert stat.S_IMODE(public.st_mode) == 0o666
    assert stat.S_IMODE(control.st_mode) in (0o600, 0o660)
    assert control.st_uid == 0


def test_two_daemons_in_one_directory_are_refused(trio):
    daemon = Haven(trio[0], conf())
    second = Haven(trio[0], conf(), start=False)
    second.start(wait=False)
    assert second.wait(5) != 0
    assert daemon.state() in ("BACKUP", "MASTER")
