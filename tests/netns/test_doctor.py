# SPDX-License-Identifier: Apache-2.0
"""doctor finds what is wrong, and says nothing of the kind where it is not. Who sends what
is refused is kept, with the link-layer address and the two values that differ."""

import contextlib
import json
import shutil
import signal
import time

import frames
import pytest
from daemons import Checkd, Haven, addresses_of, conf, settle, tool
from lab import VIP4, VIP6, Timeout, run, wait_until
from wire import injector


def doctor(daemon, exit=None):
    """The findings, as a person on that host gets them."""
    done = daemon.host.run(tool("hactl/hactl"), "-R", daemon.run_base, "-j", "doctor",
                           check=False)
    assert done.returncode in (0, 1), done.stderr
    findings = json.loads(done.stdout)["items"]
    bad = [finding for finding in findings if finding["severity"] != "note"]
    assert done.returncode == (1 if bad else 0)
    if exit is not None:
        assert done.returncode == exit, findings
    return findings


def checks(daemon):
    return {finding["check"] for finding in doctor(daemon)
            if finding["severity"] != "note"}


def test_a_healthy_pair_has_no_findings(trio):
    a, b, _ = trio
    master, backup = Haven(a, conf(priority=200)), Haven(b, conf(priority=100))
    settle(master, backup, master=master)
    wait_until(lambda: backup.instance()["vips"]["set"] == 0, 5, "it has no address")
    doctor(master, exit=0)
    doctor(backup, exit=0)
    text = master.host.run(tool("hactl/hactl"), "-R", master.run_base, "doctor").stdout
    assert text.splitlines()[-1].startswith("0 errors, 0 warnings")


def test_another_network_namespace_is_no_host_to_look_at(trio):
    a, b, _ = trio
    daemon = Haven(a, conf(priority=200)).wait_state("MASTER")
    command = [tool("hactl/hactl"), "-R", daemon.run_base, "-j", "doctor"]
    unseen = {f["check"]: f for f in json.loads(b.run(*command, check=False).stdout)["items"]
              if f["text"].startswith("not looked at: ")}
    assert set(unseen) == {"rp_filter", "firewall", "wire"}
    assert f"nsenter -t {daemon.pid} -n hactl doctor" in unseen["wire"]["advice"]
    assert not [f for f in doctor(daemon) if f["text"].startswith("not looked at: ")]


def test_two_masters_with_different_passwords_are_found(trio):
    a, b, _ = trio
    auth = "authentication {{ auth_type PASS\n auth_pass {} \n}}"
    one = Haven(a, conf(version=2, interval=1, priority=200, extra=auth.format("alpha")))
    two = Haven(b, conf(version=2, interval=1, priority=100, extra=auth.format("beta")))
    one.wait_state("MASTER"), two.wait_state("MASTER")
    wait_until(lambda: one.instance()["split_brain"] == b.ip4, 10, "it is told")
    wait_until(lambda: one.instance()["offenders"][0]["mac"] == b.mac(), 5, "who it is")
    offender = one.instance()["offenders"][0]
    assert (offender["what"], offender["source"]) == ("auth_data", b.ip4)
    finding = next(f for f in doctor(one, exit=1) if f["check"] == "split_brain")
    assert b.ip4 in finding["text"] and finding["severity"] == "error"
    explained = one.hactl("explain", "VI_1").stdout
    assert "split brain" in explained and b.ip4 in explained
    detail = one.hactl("show", "instance", "VI_1", "detail").stdout
    assert b.mac() in detail and "two MASTERs" in detail
    for secret in ("alpha", "beta"):
        assert secret not in detail + explained + json.dumps(one.instance())
    # The wire says the same: the other answers for the address.
    assert "arp" in checks(one)


def test_a_master_that_does_not_hear_us_is_a_rival(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    with injector(client) as send:
        advert = frames.advert(client.ip4, 51, 50, addresses_of(4), interval=10)
        send(advert)
        assert master.instance()["split_brain"] is None
        assert "split_brain" not in checks(master)
        for _ in range(3):
            send(advert)
        wait_until(lambda: master.instance()["split_brain"] == client.ip4, 2, "a rival")
        send(advert)
        assert "split_brain" in checks(master)
    # It fell silent.
    wait_until(lambda: master.instance()["split_brain"] is None, 5, "it is over")


def test_each_reason_keeps_its_last_offender(trio):
    a, _, client = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    assert master.instance()["offenders"] == []
    with injector(client) as send:
        send(frames.advert(client.ip4, 51, 254, addresses_of(4), interval=10, ttl=64))
        send(frames.advert(client.ip4, 51, 100, ["192.0.2.77"], interval=10))
    wait_until(lambda: len(master.instance()["offenders"]) >= 2, 2, "both are kept")
    kept = {o["what"]: o for o in master.instance()["offenders"]}
    assert kept["ttl"]["detail"] == "got 64, needs 255"
    assert kept["list_mismatch"]["source"] == client.ip4
    assert {"refused", "duplicate_vrid"} <= checks(master)
    # Asked for once, the kernel has found out.
    wait_until(lambda: master.instance()["offenders"][0]["mac"] == client.mac(), 5, "its MAC")


def test_a_fault_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    a.ip("link", "set", "eth0", "down")
    daemon.wait_state("FAULT")
    assert "fault" in checks(daemon)


def test_an_interface_without_multicast_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    assert "multicast" not in checks(daemon)
    a.ip("link", "set", "eth0", "multicast", "off")
    wait_until(lambda: "multicast" in checks(daemon), 5, "it is found")


def test_an_address_that_another_host_has_is_found(trio):
    a, _, client = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    wait_until(lambda: a.has(VIP4), 5, "the address is set")
    assert "arp" not in checks(daemon)
    client.ip("addr", "add", f"{VIP4}/24", "dev", "eth0")
    finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "arp")
    assert client.mac() in finding["text"] and VIP4 in finding["text"]


@pytest.mark.parametrize("family,bits,check", [(4, 16, "arp"), (6, 64, "nd")])
def test_all_of_many_addresses_are_asked_for(trio, family, bits, check):
    a, _, client = trio
    first = "10.9.{}.1" if family == 4 else "2001:db8::9:{:x}"
    many = [first.format(i) for i in range(1, 81)]
    own = ["fe80::100/64"] if family == 6 else []
    daemon = Haven(a, conf(family=family, addresses=own + [f"{it}/{bits}" for it in many]))
    daemon.wait_state("MASTER")
    wait_until(lambda: a.has(many[-1]), 10, "the addresses are set")
    wait_until(lambda: not checks(daemon), 10, "all is well, and all were asked for")
    for address in (many[0], many[-1]):
        client.ip("addr", "add", f"{address}/{bits}", "dev", "eth0",
                  *["nodad"] * (family == 6))
    found = [it["text"] for it in doctor(daemon, exit=1) if it["check"] == check]
    assert len(found) == 2 and all(client.mac() in text for text in found)
    assert f" {many[0]}," in found[0] and f" {many[-1]}," in found[1]


def test_an_ipv6_address_that_another_host_has_is_found(trio):
    a, _, client = trio
    daemon = Haven(a, conf(family=6)).wait_state("MASTER")
    wait_until(lambda: a.has(VIP6), 5, "the address is set")
    assert checks(daemon) == set()
    client.ip("addr", "add", f"{VIP6}/64", "dev", "eth0", "nodad")
    finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "nd")
    assert client.mac() in finding["text"] and VIP6 in finding["text"]


def test_rp_filter_is_told_only_where_it_drops_adverts(trio):
    """Two interfaces in one network: the kernel would answer by the first."""
    a, _, client = trio
    a.sysctl("net.ipv4.conf.all.rp_filter", 0)
    a.ip("link", "add", "eth1", "type", "veth", "peer", "name", "p-a1",
         "netns", a.lab.bridge.name)
    a.lab.bridge.ip("link", "set", "p-a1", "master", "br0", "up")
    a.ip("link", "set", "eth1", "up")
    a.ip("addr", "add", "192.0.2.41/24", "dev", "eth1")
    daemon = Haven(a, conf(interface="eth1")).wait_state("MASTER")
    advert = frames.advert(client.ip4, 51, 50, addresses_of(4), interval=10)

    def received(send):
        before = daemon.instance()["counters"]["adverts_received"]
        send(advert)
        with contextlib.suppress(Timeout):
            wait_until(lambda: daemon.instance()["counters"]["adverts_received"] > before,
                       0.5, "it was heard")
            return True
        return False

    with injector(client) as send:
        for own, drops in ((2, False), (1, True), (0, False)):
            a.sysctl("net.ipv4.conf.eth1.rp_filter", own)
            assert received(send) is not drops, "what the kernel does"
            assert ("rp_filter" in checks(daemon)) is drops, "and what is said of it"
    a.sysctl("net.ipv4.conf.eth1.rp_filter", 1)
    finding = next(f for f in doctor(daemon) if f["check"] == "rp_filter")
    assert "eth0" in finding["text"] and "net.ipv4.conf.eth1.rp_filter=2" in finding["advice"]


def test_our_addresses_under_another_vrid_are_found(trio):
    a, b, _ = trio
    one = Haven(a, conf(priority=200)).wait_state("MASTER")
    assert checks(one) == set()
    two = Haven(b, conf(priority=100, vrid=52)).wait_state("MASTER")
    for daemon, other, ours in ((one, b, 51), (two, a, 52)):
        wait_until(lambda daemon=daemon: "other_vrid" in checks(daemon), 5, "it is found")
        finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "other_vrid")
        assert other.ip4 in finding["text"]
        assert f"got VRID {103 - ours}, configured {ours}" in finding["text"]
        check = daemon.hactl("check")
        assert check.returncode == 2 and "under another VRID" in check.stdout


def test_another_cluster_with_its_own_vrid_is_only_noted(trio):
    a, _, client = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    with injector(client) as send:
        send(frames.advert(client.ip4, 77, 100, ["192.0.2.77"], interval=10))
    wait_until(lambda: any("VRID 77" in f["text"] and client.ip4 in f["text"]
                           for f in doctor(daemon, exit=0)), 5, "it is noted")


def test_two_owners_are_found(trio):
    a, b, _ = trio
    first, second = Haven(a, conf(priority=255)), Haven(b, conf(priority=255))
    settle(first, second)
    loser = first if first.state() == "BACKUP" else second
    finding = next(f for f in doctor(loser, exit=1) if f["check"] == "two_owners")
    winner = second if loser is first else first
    assert winner.host.ip4 in finding["text"]


REFUSED = {
    "ttl": ({"ttl": 64}, {}, "got 64, needs 255"),
    "version": ({"version": 2}, {}, "got 2, configured 3"),
    "list": ({}, {}, "got 192.0.2.77, not 192.0.2.100"),
    "interval": ({"version": 2, "interval": 3}, {"version": 2, "interval": 1},
                 "got 3s, configured 1s"),
    "auth": ({"version": 2, "interval": 1, "auth_type": 1}, {"version": 2, "interval": 1},
             "got 1, configured 0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_differs_is_told_with_both_values(trio, what):
    a, _, client = trio
    frame, instance, text = REFUSED[what]
    addresses = ["192.0.2.77"] if what == "list" else addresses_of(4)
    daemon = Haven(a, conf(**instance)).wait_state("MASTER")
    with injector(client) as send:
        send(frames.advert(client.ip4, 51, 50, addresses, **{"interval": 10} | frame))
    wait_until(lambda: any(text in f["text"] and client.ip4 in f["text"]
                           for f in doctor(daemon, exit=1)), 5, text)


def test_an_advert_that_left_late_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf(interval=1)).wait_state("MASTER")
    assert "late" not in checks(daemon)
    while "late" not in checks(daemon):  # a stop that holds no advert up is none
        daemon.signal(signal.SIGSTOP)
        time.sleep(1.6)
        daemon.signal(signal.SIGCONT)
    finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "late")
    assert "they leave every 1s" in finding["text"]


def test_a_master_that_was_frozen_is_told(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    daemon.signal(signal.SIGSTOP)
    time.sleep(1.5)
    daemon.signal(signal.SIGCONT)
    wait_until(lambda: "stalled" in checks(daemon), 5, "it is told")
    assert daemon.hactl("check").returncode == 1


def test_a_restart_that_took_roles_up_is_noted(trio):
    a, _, _ = trio
    daemon = Haven(a, conf(interval=1)).wait_state("MASTER")
    assert "restarted" not in {f["check"] for f in doctor(daemon)}
    wait_until(lambda: a.has(VIP4), 5, "the address is there")
    daemon.kill()
    daemon.start()
    finding = next(f for f in doctor(daemon) if f["check"] == "restarted")
    assert finding["severity"] == "note" and "took up 1 role" in finding["text"]


def test_a_maintenance_is_no_fault(trio):
    a, b, _ = trio
    one, two = Haven(a, conf(priority=200)), Haven(b, conf(priority=100))
    settle(one, two, master=one)
    one.hactl("--yes", "maintenance", "on", "for", "10m", "out", check=True)
    one.wait_state("FAULT")
    finding = next(f for f in doctor(one, exit=0) if f["check"] == "maintenance")
    assert "maintenance off" in finding["advice"]
    assert one.hactl("check").returncode == 0


def test_a_checkd_that_was_killed_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    assert checks(daemon) == set(), "one that was never started is no finding"
    checkd = Checkd(a, conf(), start=False)
    checkd.run_base = daemon.run_base
    checkd.start()
    assert checks(daemon) == set()
    checkd.signal_all(signal.SIGKILL)
    checkd.wait()
    finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "checkd")
    assert "it was killed" in finding["text"]


def test_what_keeps_vrrpd_silent_is_told(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    daemon.signal(signal.SIGSTOP)
    try:
        done = daemon.hactl("-t", "1s", "doctor")
    finally:
        daemon.signal(signal.SIGCONT)
    assert done.returncode == 3
    assert f"kill -CONT {daemon.pid}" in done.stderr and "state T" in done.stderr
    daemon.signal_all(signal.SIGKILL)
    daemon.wait()
    done = daemon.hactl("doctor")
    assert done.returncode == 3 and "it was killed" in done.stderr


@pytest.mark.parametrize("rules,found", [
    ("type filter hook input priority 0; policy drop;\n ct state established accept", True),
    ("type filter hook input priority 0; policy drop;\n ip protocol vrrp accept", False),
    ("type filter hook input priority 0;\n ip daddr 224.0.0.0/4 drop", True),
    ("type filter hook output priority 0;\n meta l4proto 112 drop", True),
    ("type filter hook input priority 0;\n tcp dport 22 drop", False)],
    ids=["policy", "accepted", "multicast", "output", "other"])
def test_firewall_rules_that_drop_adverts_are_found(trio, rules, found):
    if not shutil.which("nft"):
        pytest.skip("nft is not installed")
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    assert "firewall" not in checks(daemon)
    path = a.write("rules", f"table inet t {{\n chain c {{\n {rules}\n }}\n}}\n")
    done = run("ip", "netns", "exec", a.name, "nft", "-f", path, check=False)
    if done.returncode != 0:
        pytest.skip(f"no nftables in this kernel: {done.stderr}")
    assert ("firewall" in checks(daemon)) is found


@pytest.mark.parametrize("family", [4, 6])
def test_rules_of_the_older_iptables_are_found(trio, family):
    iptables = "iptables-legacy" if family == 4 else "ip6tables-legacy"
    if not shutil.which(iptables) or not shutil.which(f"{iptables}-save"):
        pytest.skip(f"{iptables} is not installed")
    a, _, _ = trio
    daemon = Haven(a, conf(family=family)).wait_state("MASTER")
    words = (iptables, "-A", "INPUT", "-p", "vrrp", "-m", "comment", "--comment", "none of it",
             "-j", "DROP")
    if a.run(*words, check=False).returncode != 0:
        pytest.skip("no such tables in this kernel")
    finding = next(f for f in doctor(daemon, exit=1) if f["check"] == "firewall")
    assert "none of it" in finding["text"] and finding["severity"] == "error"
    a.run(iptables, "-I", "INPUT", "-p", "vrrp", "-j", "ACCEPT")
    assert checks(daemon) == set()


def test_a_refused_reload_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    assert daemon.reload("vrrp_instance {").returncode == 1
    assert "config" in checks(daemon)
