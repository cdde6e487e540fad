# SPDX-License-Identifier: Apache-2.0
"""checkd reads its configuration and answers, and says that it does no checks yet."""

from daemons import Checkd, conf

SERVICE = """
virtual_server 192.0.2.100 80 {
    lvs_sched rr
    lvs_method DR
    real_server 198.51.100.1 80 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
"""


def test_status_counts_services(trio):
    checkd = Checkd(trio[0], conf() + SERVICE)
    status = checkd.call("status")
    assert status["daemon"] == "checkd"
    assert status["services"]["configured"] == 1
    assert "no checks" in checkd.log() or "not" in checkd.log()
    assert checkd.stop() == 0


def test_a_file_without_services_needs_force(trio):
    checkd = Checkd(trio[0], conf() + SERVICE)
    checkd.configure(conf())
    assert checkd.hactl("reload", "checkd").returncode == 6
    assert checkd.call("status")["services"]["configured"] == 1
    assert checkd.hactl("reload", "checkd", "--force").returncode == 0
    assert checkd.call("status")["services"]["configured"] == 0


def test_reload_of_a_broken_file_is_refused(trio):
    checkd = Checkd(trio[0], conf() + SERVICE)
    checkd.configure("virtual_serve x {\n}\n")
    done = checkd.hactl("reload", "checkd")
    assert done.returncode == 1
    assert checkd.call("status")["services"]["configured"] == 1


def test_a_dry_run_counts_the_services_of_the_file(trio):
    checkd = Checkd(trio[0], conf() + SERVICE)
    before = checkd.call("status")
    checkd.configure(conf() + SERVICE + SERVICE.replace("100 80 {", "100 81 {"))
    told = checkd.hactl_json("reload", "checkd", "--dry-run")["items"][0]
    assert (told["dry_run"], told["services"], told["reals"]) == (True, 2, 2)
    checkd.configure(conf())
    assert checkd.hactl("reload", "checkd", "--dry-run").returncode == 6
    now = checkd.call("status")
    for key in ("rev", "config", "services"):
        assert now[key] == before[key]
