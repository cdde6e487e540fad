# SPDX-License-Identifier: Apache-2.0
"""hactl maintenance and confirm against real daemons, and what they guard against."""

from daemons import Haven, conf, settle, tool
from lab import wait_until


def test_the_role_is_away_while_a_program_runs(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    hactl = f"{tool('hactl/hactl')} -R {backup.run_base} -q is-master VI_1"
    done = master.hactl("-y", "maintenance", "run", "node", "--", "sh", "-c",
                        f"{hactl} && exit 4")
    assert done.returncode == 4, done.stderr
    master.wait_state("MASTER")
    assert master.hactl_json("lease", "list")["items"] == []


def test_a_window_opens_and_closes(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    backup = Haven(b, conf(priority=100))
    settle(master, backup)
    assert master.hactl("-y", "maintenance", "on", "for", "1h").returncode == 0
    assert (master.state(), backup.state()) == ("BACKUP", "MASTER")
    refused = master.hactl("takeover", "VI_1")
    assert refused.returncode == 6 and "end that first" in refused.stderr, "without a question"
    assert master.hactl("maintenance", "extend", "2h").returncode == 0
    assert master.hactl("maintenance", "off").returncode == 0
    master.wait_state("MASTER")


def test_without_a_peer_the_program_does_not_run(trio, tmp_path):
    alone = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    done = alone.hactl("-y", "maintenance", "run", "node", "--", "touch",
                       str(tmp_path / "ran"))
    assert done.returncode == 125
    assert not (tmp_path / "ran").exists()
    assert alone.state() == "MASTER"
    assert alone.hactl_json("lease", "list")["items"] == []
    assert alone.hactl("-y", "maintenance", "on", "for", "1h").returncode == 7
    assert alone.hactl("maintenance", "off").returncode == 0


def test_what_a_maintenance_left_is_told_everywhere(trio):
    """A priority of 200 behind one of 100: the reason is not in the file, and no lease."""
    a, b, _ = trio
    here = Haven(a, conf(priority=200)).wait_state("MASTER")
    settle(here, Haven(b, conf(priority=100)))
    opened = here.hactl("-y", "maintenance", "on", "for", "1h", "stay")
    assert opened.returncode == 0
    assert f": VI_1 moved to {b.ip4} after " in opened.stdout
    assert opened.stdout.endswith("At expiry: back in service as backup, no fail-back.\n")
    assert here.hactl("maintenance", "off").returncode == 0
    assert here.instance()["stay"] is True
    assert here.hactl_json("show", "status")["items"][0]["overrides"] == 1
    for command in ("explain VI_1", "show instances", "show instance VI_1", "show status",
                    "diff", "show overrides", "check", "doctor"):
        text = here.hactl(*command.split()).stdout
        assert "stay" in text or "leaves the role where it is" in text, command
    # As it says: a takeover ends it.
    assert here.hactl("-y", "takeover", "VI_1").returncode == 0
    assert here.instance()["stay"] is False
    assert "leaves the role" not in here.hactl("show", "status").stdout


def test_who_serves_on_in_a_maintenance_says_why(trio):
    a, b, _ = trio
    alone = Haven(a, conf(priority=200)).wait_state("MASTER")
    assert alone.instance()["last_resort_until"] is None
    assert alone.hactl("-y", "maintenance", "on", "for", "1h").returncode == 7
    expires = alone.hactl_json("lease", "list")["items"][0]["expires"]
    assert alone.instance()["last_resort_until"] == expires
    for command in ("explain VI_1", "show instances", "show instance VI_1", "show status"):
        text = alone.hactl(*command.split()).stdout
        assert "last resort" in text and "nobody else has taken over" in text, command

    # Somebody comes and takes the role: this one is out of the way at last.
    backup = Haven(b, conf(priority=100))
    settle(backup, alone, master=backup)
    assert alone.instance()["last_resort_until"] is None
    assert "nobody else" not in alone.hactl("show", "status").stdout


def test_what_was_set_is_told_beside_a_hold(trio):
    """The hold is no value of the priority, and the edit below it is not forgotten."""
    daemon = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    assert daemon.hactl("hold", "VI_1", "for", "1h").returncode == 0
    assert "priority         200  (haven.conf:" in daemon.hactl("show", "instance", "VI_1").stdout
    assert daemon.hactl("set", "VI_1", "priority", "150", "for", "5m").returncode == 0
    lease = daemon.call("lease.list")["items"][1]["id"]
    shown = daemon.hactl("show", "instance", "VI_1").stdout
    assert f"priority         150  lease {lease}, else 200  (haven.conf:" in shown
    assert "effective        1  hold L-" in shown
    assert "1, else 150  hold L-" in daemon.hactl("diff").stdout


def test_a_change_that_is_not_confirmed_undoes_itself(trio):
    daemon = Haven(trio[0], conf(priority=100)).wait_state("MASTER")
    assert daemon.hactl("set", "VI_1", "priority", "150", "confirm", "1s").returncode == 0
    assert daemon.instance()["priority"] == 150
    wait_until(lambda: daemon.instance()["priority"] == 100, 10, "the change is undone")
    assert daemon.hactl("set", "VI_1", "priority", "150", "confirm", "5s").returncode == 0
    assert daemon.hactl("confirm").returncode == 0
    assert daemon.hactl("confirm").returncode == 5
    assert daemon.instance()["sources"]["priority"]["layer"] == "runtime"
