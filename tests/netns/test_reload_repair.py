# SPDX-License-Identifier: Apache-2.0
"""`hactl reload repair` compares every address with the kernel's own, puts right what differs
and says what it was."""

import ipaddress
import json
import signal
import socket
import struct

import pytest
from daemons import Checkd, Haven, addresses_of, conf
from lab import wait_until

VIP = addresses_of(4)[0]
MARK = 112  # IFA_PROTO of what vrrpd puts in
OTHER = "192.0.2.77"


def _attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _put_marked(host, address, seconds=0xffffffff):
    """As `ip addr restore` would of an address that vrrpd had put in: with its mark."""
    with host.entered():
        index = socket.if_nametoindex("eth0")
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    body = struct.pack("=BBBBi", socket.AF_INET, 24, 0, 0, index)
    body += _attribute(2, socket.inet_aton(address)) + _attribute(1, socket.inet_aton(address))
    body += _attribute(6, struct.pack("=IIII", seconds, seconds, 0, 0))
    body += _attribute(11, bytes([MARK]))
    with netlink:
        # RTM_NEWADDR; REQUEST, ACK, REPLACE, CREATE
        netlink.send(struct.pack("=IHHII", 16 + len(body), 20, 1 | 4 | 0x100 | 0x400, 1, 0)
                     + body)
        assert struct.unpack_from("=i", netlink.recv(4096), 16) == (0,)


def _valid_lft(host, address):
    links = json.loads(host.ip("-j", "addr", "show", "dev", "eth0").stdout)
    return next(it["valid_life_time"] for it in links[0]["addr_info"]
                if it["local"] == address)


def _master(host, **form):
    master = Haven(host, conf(priority=200, **form)).wait_state("MASTER")
    wait_until(lambda: host.has(VIP), 2, "the address is there")
    return master


def _repair(daemon, *words):
    return daemon.hactl_json("reload", "vrrpd", "repair", *words)["items"][0]["repair"]


@pytest.fixture
def master(trio):
    return _master(trio[0])


def test_nothing_differs(master):
    text = master.hactl("reload", "vrrpd", "repair", check=True).stdout
    assert "compared 1 address with the kernel: all as it should be\n" in text
    told = _repair(master)
    assert told["compared"] == 1 and set(told["counts"].values()) == {0}
    assert told["pending"] == told["put_back"] == told["put_back_before"] == []
    assert told["took_ms"] < 4000


def test_what_was_put_back_before_is_told(trio, master):
    trio[0].ip("addr", "del", VIP + "/24", "dev", "eth0")
    wait_until(lambda: "putting it back" in master.log(), 5, "it was noticed")
    (before,) = _repair(master)["put_back_before"]
    assert before["path"] == "instance/VI_1" and 0 <= before["ago_ms"] < 60_000
    text = master.hactl("reload", "vrrpd", "repair", check=True).stdout
    assert ": all as it should be\n    somebody removed addresses of VI_1: put back " in text


def test_what_nobody_wants_is_removed(trio, master):
    host = trio[0]
    _put_marked(host, OTHER)
    assert _repair(master, "--dry-run")["removed_stray"] == [
        {"interface": "eth0", "address": OTHER + "/24"}]
    assert host.has(OTHER), "a dry run changes nothing"
    text = master.hactl("reload", "vrrpd", "repair", check=True).stdout
    assert f"    removed, as nobody wants it: {OTHER}/24 (eth0)\n" in text
    wait_until(lambda: not host.has(OTHER), 2, "it is gone")
    assert host.has(VIP) and host.has(host.ip4)
    assert _repair(master)["counts"]["removed_stray"] == 0


def test_a_lifetime_that_somebody_changed_is_put_right(trio):
    host = trio[0]
    daemon = _master(host, extra="address_lease off")
    _put_marked(host, VIP, seconds=1000)
    assert _valid_lft(host, VIP) <= 1000
    corrected = [{"path": "instance/VI_1", "address": VIP + "/24", "what": "lifetime"}]
    assert _repair(daemon, "--dry-run")["corrected"] == corrected
    assert _valid_lft(host, VIP) <= 1000, "a dry run changes nothing"
    text = daemon.hactl("reload", "vrrpd", "repair", check=True).stdout
    assert f"    put right: {VIP}/24 (VI_1: lifetime)\n" in text
    assert _valid_lft(host, VIP) == 0xffffffff


def test_an_address_that_the_kernel_refuses_is_told(trio):
    host = trio[0]
    vip6 = "2001:db8::77"
    host.sysctl("net.ipv6.conf.eth0.disable_ipv6", 1)
    daemon = _master(host, extra="virtual_ipaddress_excluded {\n" + vip6 + "/64\n}")
    wait_until(lambda: f"cannot add {vip6}" in daemon.log(), 5, "the kernel refused it")
    missing = [{"path": "instance/VI_1", "address": vip6 + "/64"}]
    assert _repair(daemon, "--dry-run")["put_back"] == missing
    told = _repair(daemon)
    assert told["failed"] == missing and told["put_back"] == []
    text = daemon.hactl("reload", "vrrpd", "repair", check=True).stdout
    assert f"    still missing: {vip6}/64 (VI_1)\n" in text
    host.sysctl("net.ipv6.conf.eth0.disable_ipv6", 0)
    daemon.hactl("reload", "vrrpd", "repair", check=True)
    assert host.has(vip6), "it is there when the answer is"


def test_somebody_elses_address_is_told_and_left_alone(trio):
    host = trio[0]
    host.ip("addr", "add", VIP + "/24", "dev", "eth0")
    daemon = _master(host)
    # The kernel tells marks: one address of vrrpd's own shows it.
    _put_marked(host, OTHER)
    wait_until(lambda: _repair(daemon)["foreign"], 5, "it is told")
    assert _repair(daemon)["foreign"] == [{"path": "instance/VI_1", "address": VIP + "/24"}]
    assert host.has(VIP)


def _ask(client):
    client.sendall(b'{"id":1,"method":"config.reload","params":{"repair":true}}\n')


def _answer(client):
    with client, client.makefile() as lines:
        return next(it for it in map(json.loads, lines) if it.get("id") == 1)


def test_one_repair_at_a_time_and_none_outlives_the_daemon(trio):
    """While thousands of addresses are put in, no listing is to be trusted."""
    first = ipaddress.ip_address("10.20.0.1")
    many = "\n".join(f"{first + number}/32" for number in range(20_000))
    daemon = Haven(trio[0], conf(
        interval=0.5, extra="virtual_ipaddress_excluded {\n" + many + "\n}"))
    waiting, other = daemon.connect(), daemon.connect()
    daemon.wait_state("MASTER")
    _ask(waiting)
    wait_until(lambda: "reloaded" in daemon.log(), 5, "the first has begun")
    _ask(other)
    assert _answer(other)["error"]["data"]["name"] == "busy"
    daemon.signal(signal.SIGTERM)
    error = _answer(waiting)["error"]
    assert error["data"]["name"] in ("unavailable", "partial"), error
    assert daemon.wait(60) == 0


def test_checkd_keeps_nothing_in_the_kernel(trio):
    daemon = Checkd(trio[0], conf())
    assert daemon.call("config.reload", force=True, repair=True)["repair"] == {"compared": 0}
    text = daemon.hactl("reload", "checkd", "repair", "--force", check=True).stdout
    assert "    checkd keeps nothing in the kernel\n" in text
