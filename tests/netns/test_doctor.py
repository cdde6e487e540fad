# SPDX-License-Identifier: Apache-2.0
"""doctor finds what is wrong, and says nothing of the kind where it is not. Who sends what
is refused is kept, with the link-layer address and the two values that differ."""

import json
import shutil

import frames
import pytest
from daemons import Haven, addresses_of, conf, settle, tool
from lab import VIP4, run, wait_until
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


def test_strict_rp_filter_is_noted(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    for name, value in (("all", 0), ("eth0", 2)):
        a.sysctl(f"net.ipv4.conf.{name}.rp_filter", value)
    assert "rp_filter" not in {f["check"] for f in doctor(daemon)}
    a.sysctl("net.ipv4.conf.eth0.rp_filter", 1)
    assert "rp_filter" in {f["check"] for f in doctor(daemon)}


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


def test_a_refused_reload_is_found(trio):
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    assert daemon.reload("vrrp_instance {").returncode == 1
    assert "config" in checks(daemon)
