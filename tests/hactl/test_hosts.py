# SPDX-License-Identifier: Apache-2.0
"""-H HOST: hactl on other hosts. ssh is a script that runs it here, for the run directory
of that host."""

import json
import os
import stat

import pytest
from conftest import Node
from fake_daemon import VI_1, VI_3, FakeDaemon, get_of, items

BACKUP = dict(VI_1, state="BACKUP", master="192.0.2.11", priority=100, effective=100,
              vips={"want": 2, "set": 0}, leases=[])

SSH = """#!/bin/sh
[ "$1" = gone ] && { echo "ssh: connect to host gone port 22: No route" >&2; exit 255; }
echo "$1|$2" >>"%(base)s/ssh.log"
hactl() { exec "%(binary)s" -R "%(base)s/$host" "$@"; }
host=$1
eval "$2"
"""


@pytest.fixture
def hosts(node, tmp_path):
    """A node whose ssh reaches lb1 and lb2."""
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH % {"base": node.run_base, "binary": node.binary})
    ssh.chmod(ssh.stat().st_mode | stat.S_IXUSR)
    os.environ["HACTL_SSH"] = str(ssh)
    environment = node.environment
    node.environment = lambda **more: environment(HACTL_SSH=str(ssh), **more)

    def add(name, *instances, **methods):
        made = FakeDaemon(os.path.join(node.run_base, name), "vrrpd", {
            "list": items(*instances), "get": get_of(*instances), **methods}, node=name)
        node.daemons.append(made)
        return made
    node.add = add
    yield node
    del os.environ["HACTL_SSH"]


def test_one_host_is_as_if_here(hosts: Node):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", VI_3)
    there = hosts.bare("-H", "lb1", "is-master", "VI_1")
    assert (there.returncode, there.stdout) == (0, "yes: VI_1 is MASTER\n")
    there = hosts.bare("-H", "lb2", "-j", "is-master", "VI_3")
    assert (there.returncode, json.loads(there.stdout)["node"]) == (1, "lb2")
    there = hosts.bare("is-master", "VI_9", "-Hlb1")
    assert (there.returncode, there.stdout) == (5, "")


def test_a_host_that_is_not_reached_is_exit_3(hosts):
    there = hosts.bare("-H", "gone", "show", "instances")
    assert (there.returncode, there.stdout) == (3, "")
    assert "No route" in there.stderr


def test_words_arrive_as_they_were(hosts, tmp_path):
    daemon = hosts.add("lb1", VI_1, apply={"rev": 1, "changes": []})
    reason = "it's $(touch x) \"so\" \\ ; true"
    there = hosts.bare("--host=lb1", "--reason", reason, "set", "VI_1", "priority", "5")
    assert there.returncode == 0, there.stderr
    assert daemon.called("apply")[0]["reason"] == reason


@pytest.mark.parametrize("words, arrive", [
    (("-H", "lb1", "is-master", "VI_1"), "'is-master' 'VI_1'"),
    (("-qH", "lb1", "is-master", "VI_1"), "'-q' 'is-master' 'VI_1'"),
    (("-qHlb1", "is-master", "VI_1"), "'-q' 'is-master' 'VI_1'"),
    (("-q", "-t", "5s", "--host", "lb1", "is-master", "VI_1"),
     "'-q' '-t' '5s' 'is-master' 'VI_1'"),
    (("-t5s", "is-master", "--host=lb1", "--", "VI_1"), "'-t5s' 'is-master' '--' 'VI_1'"),
])
def test_only_the_option_is_left_out(hosts, words, arrive):
    hosts.add("lb1", VI_1)
    assert hosts.bare(*words).returncode == 0
    with open(os.path.join(hosts.run_base, "ssh.log"), encoding="utf-8") as log:
        assert log.read() == f"lb1|hactl {arrive}\n"


def test_several_hosts_are_one_table(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", BACKUP)
    both = hosts.bare("-H", "lb1,lb2", "show", "instances")
    assert both.returncode == 0, both.stderr
    lines = both.stdout.splitlines()
    assert lines[0].split()[:3] == ["NODE", "INSTANCE", "GROUP"]
    assert [line.split()[:4] for line in lines[1:3]] == [
        ["lb1", "VI_1", "-", "MASTER"], ["lb2", "VI_1", "-", "BACKUP"]]


def test_two_masters_are_said(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", VI_1)
    both = hosts.bare("-H", "lb1,lb2", "show", "instances")
    assert both.returncode == 1
    assert both.stdout.splitlines()[-1] == "VI_1: more than one MASTER: lb1, lb2"


def test_no_master_is_said(hosts):
    hosts.add("lb1", BACKUP)
    hosts.add("lb2", BACKUP)
    both = hosts.bare("-H", "lb1,lb2", "show", "instances")
    assert (both.returncode, both.stdout.splitlines()[-1]) == (1, "VI_1: no MASTER")


def test_a_host_that_is_missing_is_said_and_the_others_are_shown(hosts):
    hosts.add("lb1", BACKUP)
    both = hosts.bare("-H", "lb1,gone", "show", "instances")
    assert both.returncode == 3
    assert "VI_1: no MASTER on those that answered" in both.stdout
    assert both.stderr == "gone: ssh: connect to host gone port 22: No route\n"


def test_several_hosts_in_json(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", VI_1)
    both = hosts.bare("-j", "-H", "lb1,lb2,gone", "show", "instances")
    assert both.returncode == 3
    answer = json.loads(both.stdout)
    assert answer["schema"] == "hactl.nodes/1"
    assert [(it["host"], it["exit"]) for it in answer["nodes"]] \
        == [("lb1", 0), ("lb2", 0), ("gone", 3)]
    assert answer["nodes"][1]["items"] == [VI_1]
    assert answer["problems"] == [{"instance": "VI_1", "problem": "more than one MASTER",
                                   "masters": ["lb1", "lb2"]}]


def test_other_commands_are_shown_host_by_host(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", BACKUP)
    both = hosts.bare("-H", "lb1,lb2", "is-master", "VI_1")
    assert both.stdout == "== lb1\nyes: VI_1 is MASTER\n\n== lb2\nno: VI_1 is BACKUP\n"
    assert both.returncode == 0


@pytest.mark.parametrize("first, second, exit, said", [
    (VI_1, BACKUP, 0, ""), (BACKUP, VI_1, 0, ""), (BACKUP, BACKUP, 1, "VI_1: no MASTER\n"),
    (VI_1, VI_1, 1, "VI_1: more than one MASTER: lb1, lb2\n")])
def test_is_master_of_several_is_yes_when_one_is(hosts, first, second, exit, said):
    hosts.add("lb1", first)
    hosts.add("lb2", second)
    quiet = hosts.bare("-H", "lb1,lb2", "-q", "is-master", "VI_1")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (exit, "", "")
    loud = hosts.bare("-H", "lb1,lb2", "is-master", "VI_1")
    assert loud.returncode == exit and loud.stdout.endswith(said)


@pytest.mark.parametrize("words", [
    ("-qH", "lb1,lb2"), ("-qHlb1,lb2",), ("--quiet", "-H", "lb1,lb2"), ("-yqH", "lb1,lb2"),
    ("-q", "-t5s", "--host=lb1,lb2"), ("-qt", "5s", "-Hlb1,lb2"), ("-qqyt5s", "-Hlb1,lb2")])
def test_quiet_hosts_are_still_asked(hosts, words):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", BACKUP)
    quiet = hosts.bare(*words, "is-master", "VI_1")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_is_master_with_a_host_missing_is_yes_or_not_known(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", BACKUP)
    assert hosts.bare("-H", "gone,lb1", "-q", "is-master", "VI_1").returncode == 0
    assert hosts.bare("-H", "lb2,gone", "-q", "is-master", "VI_1").returncode == 3


def test_a_host_with_nothing_to_show_is_shown(hosts):
    hosts.add("lb1", VI_1, list=items())
    hosts.add("lb2", VI_1, list=items())
    none = "None. \"hactl show overrides\" has edits without an end too.\n"
    assert hosts.bare("-H", "lb1,lb2", "show", "leases").stdout \
        == f"== lb1\n{none}\n== lb2\n{none}"


@pytest.mark.parametrize("words", [
    ("maintenance", "on", "for", "5m"), ("failover", "all"), ("takeover", "VI_1"),
    ("maintenance", "run", "node", "--", "true")])
def test_roles_move_from_one_host_at_a_time(hosts, words):
    daemons = [hosts.add(name, VI_1) for name in ("lb1", "lb2")]
    done = hosts.bare("-H", "lb1,lb2", "-y", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "one host at a time" in done.stderr
    assert not any(daemon.called(method) for daemon in daemons
                   for method in ("maintenance", "failover", "takeover"))


def test_a_host_named_twice_is_one(hosts):
    hosts.add("lb1", VI_1)
    twice = hosts.bare("-H", "lb1,lb1", "is-master", "VI_1")
    assert (twice.returncode, twice.stdout) == (0, "yes: VI_1 is MASTER\n")


def test_the_parts_of_both_daemons_are_shown_of_each_host(hosts):
    for host in ("lb1", "lb2"):
        hosts.add(host, VI_1, status={"phase": "running", "rev": 12, "note": f"I am {host}"})
    both = hosts.bare("-H", "lb1,lb2", "show", "status")
    assert both.returncode == 0
    first, second = both.stdout.split("\n\n")
    assert "== lb1\nnode lb1" in first and "I am lb1" in first
    assert "== lb2" in second and "I am lb2" in second
    assert "checkd not running" in second


def test_the_daemons_refusal_is_told_of_its_host(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", VI_3)
    both = hosts.bare("-H", "lb1,lb2", "is-master", "VI_3")
    assert both.returncode == 8
    assert both.stdout.startswith("== lb2\nno: VI_3 is FAULT\n")
    assert both.stderr.startswith("lb1: ") and "VI_3" in both.stderr


@pytest.mark.parametrize("words", [
    ("-H", "-oProxyCommand=x", "show", "instances"), ("-H", "lb1,,lb2", "show", "instances"),
    ("-H", "lb1,-x", "show", "instances"), ("-H", "lb1,lb2", "watch"),
    ("-H", "lb1,lb2", "log", "follow"), ("-H", "lb1,lb2", "show", "instances", "-w"),
    ("-H", "lb1,lb2"), ("-H", "lb1", "-f", "-"), ("-H", "lb1,lb2", "config", "test")])
def test_what_other_hosts_cannot_do_is_usage(hosts, words):
    done = hosts.bare(*words)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert not os.path.exists(os.path.join(hosts.run_base, "ssh.log"))


def test_quiet_holds_for_json_too(hosts):
    hosts.add("lb1", VI_1)
    hosts.add("lb2", BACKUP)
    both = hosts.bare("-q", "-j", "-H", "lb1,lb2", "show", "instances")
    assert (both.returncode, both.stdout, both.stderr) == (0, "", "")
