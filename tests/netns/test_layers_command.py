# SPDX-License-Identifier: Apache-2.0
"""hactl diff, save, discard and audit against the real daemon."""

from daemons import Haven, conf, instance_conf


def test_an_edit_is_seen_saved_and_discarded(trio):
    daemon = Haven(trio[0], conf(priority=100)).wait_state("MASTER")
    assert daemon.hactl("diff").returncode == 0
    assert daemon.hactl("--reason=try", "set", "VI_1", "priority", "150").returncode == 0
    assert daemon.hactl("diff").returncode == 1
    row = daemon.hactl("diff").stdout.splitlines()[1].split()
    assert row[:3] == ["instance/VI_1", "priority", "100"] and row[-2:] == ["150", "-"]
    assert daemon.hactl("save", "VI_1").stdout == (
        "instance/VI_1 priority 100 -> 150: saved\n")
    assert daemon.hactl("diff", "saved", "running").returncode == 0
    assert daemon.hactl("discard", "saved").returncode == 0
    assert daemon.instance()["priority"] == 100
    lines = daemon.hactl("audit", "3", "since", "1h").stdout.splitlines()
    assert [line.split("admin  ")[1] for line in lines] == [
        'set VI_1 priority 100 -> 150  ok  rev 0->1  "try"',
        "save VI_1 priority 100 -> 150  ok  rev 1->2",
        "discard saved VI_1 priority 150 -> 100  ok  rev 2->3"]


def test_the_audit_of_a_reload_names_what_it_did(trio):
    daemon = Haven(trio[0], conf(priority=100)).wait_state("MASTER")
    assert daemon.hactl("set", "VI_1", "priority", "150").returncode == 0
    assert daemon.hactl("save").returncode == 0
    assert daemon.hactl("unset", "VI_1", "priority").returncode == 0
    assert daemon.hactl("set", "VI_1", "priority", "150").returncode == 0
    assert daemon.hactl("save").returncode == 0
    daemon.configure(conf(instance_conf(priority=120), instance_conf("VI_2", vrid=52,
                          addresses=["192.0.2.102/24"])))
    assert daemon.hactl("-y", "reload").returncode == 0
    lines = daemon.hactl("audit", "4").stdout.splitlines()
    assert lines[0].split("admin  ")[1] == "unset VI_1 priority 150 -> 100  ok  rev 2->3"
    assert lines[3].split("admin  ")[1] == (
        "reload VI_1 priority 100 -> 120  ok  1 added: VI_2; 1 changed: VI_1; dropped VI_1 priority 150  rev 5->6")
