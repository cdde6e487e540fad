# SPDX-License-Identifier: Apache-2.0
"""Nothing is leaked by a start, a life with a reload and a stop: the daemon and its helper
under valgrind, which also watches for reads of what was never written."""

import glob
import os
import shutil

import pytest
from daemons import Checkd, Haven, HavenError, conf, instance_conf, tool
from lab import wait_until

pytestmark = pytest.mark.skipif(not shutil.which("valgrind"), reason="needs valgrind")


def under_valgrind(daemon):
    """Starts it; its reports go to its directory, one for each process."""
    daemon.launch("valgrind", "--quiet", "--vgdb=no", "--leak-check=full", "--child-silent-after-fork=no",
                  "--errors-for-leak-kinds=definite,indirect,possible",
                  "--show-leak-kinds=definite,indirect,possible", "--error-exitcode=99",
                  f"--log-file={daemon.dir}/valgrind.%p",
                  tool(f"{daemon.program}/{daemon.program}"), "-n", "-f", daemon.conf_path,
                  "-R", daemon.run_base)
    wait_until(daemon.running, 60, "it runs under valgrind")


def reports(daemon):
    """What valgrind found fault with; the helper ends a moment after the daemon."""
    texts = {}
    for path in glob.glob(os.path.join(daemon.dir, "valgrind.*")):
        with open(path, encoding="utf-8") as file:
            # Lines with dashes are about system calls valgrind does not know.
            text = "".join(line for line in file if not line.startswith("--"))
        if text:
            texts[os.path.basename(path)] = text
    return texts


def stop_and_read(daemon):
    helper = daemon.helper_pid()
    assert daemon.stop(timeout=60) == 0
    wait_until(lambda: not os.path.exists(f"/proc/{helper}"), 30, "the helper ends")
    return reports(daemon)


def test_vrrpd_leaks_nothing(trio):
    a = trio[0]
    vrrpd = Haven(a, conf(priority=200, interval=1), start=False)
    under_valgrind(vrrpd)
    vrrpd.wait_state("MASTER", timeout=60)
    more = instance_conf(name="VI_2", vrid=52, addresses=["192.0.2.77/24"])
    assert vrrpd.reload(conf(instance_conf(priority=150, interval=1), more)).returncode == 0
    vrrpd.wait_state("MASTER", name="VI_2", timeout=60)
    assert vrrpd.reload("vrrp_instance {").returncode != 0, "a broken file is refused"
    assert vrrpd.reload(conf(priority=200, interval=1)).returncode == 0
    vrrpd.hactl("-y", "set", "VI_1", "priority", "120")
    vrrpd.hactl("explain", "VI_1")
    assert stop_and_read(vrrpd) == {}


def test_checkd_leaks_nothing(trio):
    checkd = Checkd(trio[0], conf(priority=200), start=False)
    under_valgrind(checkd)
    assert checkd.hactl("reload", "checkd").returncode == 0
    checkd.hactl("show", "status")
    level = {"level": "debug", "lease": {"ttl_ms": 60000}, "op_id": "one"}
    checkd.call("lease.renew", id=checkd.call("log.level", **level)["lease"], ttl_ms=90000)
    checkd.call("log.level", **level)
    checkd.call("config.save")
    for method in ("metrics", "config.diff", "config.show", "config.test", "audit.list"):
        checkd.call(method)
    with pytest.raises(HavenError):
        checkd.call("apply", changes=[{"path": "vs/VS_1", "set": {"quorum": 2}}])
    assert stop_and_read(checkd) == {}
