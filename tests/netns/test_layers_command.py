# SPDX-License-Identifier: Apache-2.0
"""hactl diff, save, discard and audit against the real daemon."""

from daemons import Haven, conf


def test_an_edit_is_seen_saved_and_discarded(trio):
    daemon = Haven(trio[0], conf(priority=100)).wait_state("MASTER")
    assert daemon.hactl("diff").returncode == 0
    assert daemon.hactl("--reason=try", "set", "VI_1", "priority", "150").returncode == 0
    assert daemon.hactl("diff").returncode == 1
    row = daemon.hactl("diff").stdout.splitlines()[1].split()
    assert row[:3] == ["instance/VI_1", "priority", "100"] and row[-2:] == ["150", "-"]
    assert daemon.hactl("save", "VI_1").stdout == "instance/VI_1 priority 150: saved\n"
    assert daemon.hactl("diff", "saved", "running").returncode == 0
    assert daemon.hactl("discard", "saved").returncode == 0
    assert daemon.instance()["priority"] == 100
    lines = daemon.hactl("audit", "3", "since", "1h").stdout.splitlines()
    assert len(lines) == 3
    for line, words in zip(lines, ("set", "save", "discard")):
        assert line.split()[2:4] == ["admin", words] and " ok" in line
    assert "try" in lines[0]
