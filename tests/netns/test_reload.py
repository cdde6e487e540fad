# SPDX-License-Identifier: Apache-2.0
"""A reload applies the differences and nothing else; a broken file changes nothing."""

import os
import re
import signal
import time

import pytest
from daemons import Haven, addresses_of, conf, instance_conf
from lab import wait_until
from wire import Capture, longest_gap

VIP = addresses_of(4)[0]


def _master(host, **form):
    master = Haven(host, conf(priority=200, **form)).wait_state("MASTER")
    wait_until(lambda: host.has(VIP), 2, "the address is there")
    return master


@pytest.mark.parametrize("broken", [
    "vrrp_instance VI_1 {", "vrrp_instanc VI_1 {\n}\n",
    conf(priority=200).replace("virtual_router_id 51", "virtual_router_id 256"),
    conf(priority=200).replace("interface eth0", "")])
def test_a_broken_file_changes_nothing(trio, broken):
    a, _, client = trio
    master = _master(a)
    before = master.instance()
    with Capture(client) as capture:
        done = master.reload(broken)
        time.sleep(0.4)
    assert done.returncode == 1
    assert ".conf:" in done.stderr, "the finding names file and line"
    now = master.instance()
    assert (now["since"], now["priority"]) == (before["since"], 200)
    assert longest_gap(capture.adverts(a.ip4)) < 0.19
    assert a.has(VIP)


def test_a_file_that_was_cut_short_ends_nothing(trio):
    """: > haven.conf; hactl reload"""
    a, _, _ = trio
    master = _master(a)
    before = master.instance()["since"]
    done = master.reload("")
    assert done.returncode == 6 and "--force" in done.stderr
    assert ".conf: warning: there is no vrrp_instance" in done.stderr
    master.signal(signal.SIGHUP)
    wait_until(lambda: master.log().count("reload refused") == 2, 5, "it is told")
    assert a.has(VIP) and master.instance()["since"] == before
    check = master.hactl("check")
    assert check.returncode == 1 and "the last reload failed" in check.stdout
    asked = master.hactl("reload", "vrrpd", "--force")
    assert asked.returncode == 2 and "--yes" in asked.stderr
    assert master.hactl("reload", "vrrpd", "--force", "--yes").returncode == 0
    wait_until(lambda: not a.has(VIP), 5, "it was meant")
    check = master.hactl("check")
    assert check.returncode == 1 and "neither instances nor services" in check.stdout


def test_a_reload_says_what_it_changed(trio):
    a, _, _ = trio
    vrids = {"VI_1": 51, "VI_2": 52, "VI_3": 53, "VI_4": 54}

    def text(*names, **other):
        return conf(*(instance_conf(name, vrid=vrids[name], **other.get(name, {}),
                                    addresses=[f"192.0.2.{100 + vrids[name]}/24"])
                      for name in names))

    daemon = Haven(a, text("VI_1", "VI_2", "VI_3"))
    daemon.hactl("set", "VI_1", "priority", "120", check=True)
    daemon.configure(text("VI_2", "VI_3", "VI_4", VI_2={"priority": 90}))
    told = daemon.hactl_json("-y", "reload", "vrrpd")["items"][0]
    assert told["counts"] == {"added": 1, "removed": 1, "changed": 1, "unchanged": 1}
    assert (told["added"], told["removed"], told["changed"]) == (["VI_4"], ["VI_1"], ["VI_2"])
    assert [(it["path"], it["field"], it["value"]) for it in told["dropped"]] == [
        ("instance/VI_1", "priority", 120)]
    vrids["WEB"] = vrids["VI_4"]
    daemon.configure(text("VI_2", "VI_3", "WEB", VI_2={"priority": 90}))
    line = daemon.hactl("-y", "reload", "vrrpd").stdout
    assert "1 changed (VI_4 is now WEB), 2 unchanged" in line
    event = [it for it in daemon.hactl_json("log")["items"] if it["type"] == "config.reloaded"]
    assert event[-1]["new"]["renamed"] == [{"from": "VI_4", "to": "WEB"}]


def test_a_dry_run_says_what_would_change_and_changes_nothing(trio):
    a, _, _ = trio
    master = _master(a)
    master.hactl("set", "VI_1", "priority", "120", check=True)
    before = master.call("status"), master.instance()["since"]
    events = len(master.hactl_json("log")["items"])
    logged = len(master.log())
    for text, status, said in [
            (conf(instance_conf("VI_2", vrid=52)), 0, ": 1 removed (VI_1), 1 added (VI_2)"),
            (conf(instance_conf("WEB", priority=200)), 0, ": 1 changed (VI_1 is now WEB)"),
            ("vrrp_instance VI_1 {", 1, ".conf:"), ("", 6, "--force")]:
        master.configure(text)
        done = master.hactl("reload", "vrrpd", "--dry-run")
        assert done.returncode == status and said in done.stdout + done.stderr
    now = master.call("status")
    for key in ("rev", "phase", "config"):
        assert now[key] == before[0][key]
    assert (master.instance()["since"], master.instance()["priority"]) == (before[1], 120)
    assert a.has(VIP) and len(master.hactl_json("log")["items"]) == events
    assert not re.search("reloaded|reload refused", master.log()[logged:])


# What is changed, and what must be seen: the address list, the priority sent, whether the
# role was kept without a break.
CHANGES = [
    ("nothing", {}, True),
    ("a new address", {"addresses": ["192.0.2.100/24", "192.0.2.101/24"]}, True),
    ("another address", {"addresses": ["192.0.2.102/24"]}, True),
    ("a lower priority", {"priority": 150}, True),
    ("a longer interval", {"interval": 0.2}, True),
    ("an excluded address",
     {"extra": "virtual_ipaddress_excluded {\n 192.0.2.103/24\n }"}, True),
    ("another VRID", {"vrid": 52}, False),
    ("another version", {"version": 2, "interval": 1}, True),
]


@pytest.mark.parametrize("change,keeps", [row[1:] for row in CHANGES],
                         ids=[row[0] for row in CHANGES])
def test_a_change_is_applied(trio, change, keeps):
    a, _, client = trio
    master = _master(a)
    since = master.instance()["since"]
    with Capture(client) as capture:
        began = time.time()
        assert master.reload(conf(**{"priority": 200} | change)).returncode == 0
        master.wait_state("MASTER")
        wanted = [text.split("/")[0] for text in change.get("addresses", ["192.0.2.100/24"])]
        if "extra" in change:
            wanted.append("192.0.2.103")
        wait_until(lambda: {x for x in a.addresses() if x.startswith("192.0.2.10")}
                   == set(wanted), 3, "the addresses are as the file says")
        interval = change.get("interval", 0.1)
        wait_until(lambda: len(capture.adverts(since=began)) > 3, 6, "adverts go on")
    last = capture.adverts(a.ip4)[-1]
    assert last.priority == change.get("priority", 200)
    assert last.vrid == change.get("vrid", 51)
    assert last.version == change.get("version", 3)
    assert last.interval == pytest.approx(interval)
    if keeps:
        assert master.instance()["since"] == since
        assert 0 not in {advert.priority for advert in capture.adverts()}
        assert longest_gap(capture.adverts(a.ip4)) < 1.9 * max(interval, 0.1)
    else:
        old = [advert for advert in capture.adverts() if (advert.vrid, advert.version)
               == (51, 3)]
        assert old[-1].priority == 0, "what is gone resigned"


def test_an_interface_that_is_not_there_is_told(trio):
    """It may come later, so it is no error; but it is an outage until then."""
    a, _, _ = trio
    master = _master(a)
    fault = "VI_1: there is no interface eth7: it will be FAULT"
    master.configure(conf(priority=200).replace("interface eth0", "interface eth7"))
    assert fault in master.hactl("reload", "--dry-run").stdout
    asked = master.hactl("reload")
    assert asked.returncode == 2 and "--yes" in asked.stderr
    assert master.instance()["state"] == "MASTER"
    done = master.hactl("reload", "--yes")
    assert "VI_1: there is no interface eth7: it is FAULT" in done.stdout
    assert master.instance()["state"] == "FAULT"


def test_instances_come_and_go(trio):
    a = trio[0]
    one = instance_conf("VI_1", priority=200)
    two = instance_conf("VI_2", priority=200, vrid=52, addresses=["192.0.2.105/24"])
    master = Haven(a, conf(one)).wait_state("MASTER")
    since = master.instance()["since"]
    assert master.reload(conf(one, two)).returncode == 0
    master.wait_state("MASTER", "VI_2")
    wait_until(lambda: a.has("192.0.2.105"), 2, "the second address is there")
    assert master.reload(conf(two)).returncode == 0
    wait_until(lambda: not a.has(VIP), 2, "the first address is gone")
    assert [item["name"] for item in master.hactl_json("show", "instances")["items"]] \
        == ["VI_2"]
    assert master.reload(conf(one, two)).returncode == 0
    master.wait_state("MASTER")
    assert master.instance()["since"] != since


def test_sighup_reloads_too(trio):
    a = trio[0]
    master = _master(a)
    master.configure(conf(priority=123))
    master.signal(signal.SIGHUP)
    wait_until(lambda: master.instance()["priority"] == 123, 3, "the priority is the new one")


def _descriptors(daemon):
    """The fewest within half a second: a connection that is about to be closed is no
    leak."""
    counts = []
    for _ in range(25):
        counts.append(len(os.listdir(f"/proc/{daemon.pid}/fd")))
        time.sleep(0.02)
    return min(counts)


def _holdings(daemon):
    """What a leak would show in: descriptors, and memory in KiB."""
    with open(f"/proc/{daemon.pid}/status", encoding="ascii") as file:
        memory = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return _descriptors(daemon), memory


@pytest.mark.alone
def test_ten_thousand_reloads(trio):
    """As fast as they go, each with a change: no advert is missing, nothing grows."""
    a, _, client = trio
    master = _master(a)
    texts = [conf(priority=200),
             conf(priority=199, addresses=["192.0.2.100/24", "192.0.2.101/24"])]
    with Capture(client) as capture:
        for turn in range(10_000):
            master.configure(texts[turn % 2])
            master.call("reload")
            if turn == 1000:
                descriptors, memory = _holdings(master)
    after = _holdings(master)
    assert after[0] == descriptors
    assert after[1] < memory + 512
    assert longest_gap(capture.adverts(a.ip4)) < 0.19
    assert 0 not in {advert.priority for advert in capture.adverts()}
    assert master.state() == "MASTER"
    assert a.has(VIP)
