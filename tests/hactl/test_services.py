# SPDX-License-Identifier: Apache-2.0
"""Services and real servers: what is asked of checkd, and how its answers are shown."""

import pytest
from fake_daemon import Refuse, Stream, get_of, items

WEB = {"path": "vs/WEB", "name": "WEB", "address": "192.0.2.100:80", "state": "up",
       "reals": {"total": 2, "up": 1}, "up_weight": 10, "need": 1, "for_ms": 518400000}
ONE = {"path": "real/WEB/10.0.0.11:80", "vs": "WEB", "real": "10.0.0.11:80", "state": "up",
       "weight": 10, "effective": 10, "active": 412, "inactive": 98,
       "check": "http 200 3ms", "for_ms": 518400000}
TWO = dict(ONE, path="real/WEB/10.0.0.12:80", real="10.0.0.12:80", state="drain",
           effective=0, active=0, for_ms=240000, drained=True)
NOT_YET = "checkd has no checks yet, so it serves no virtual services"

ALL = [("show", "vs"), ("show", "vs", "WEB", "detail"), ("show", "reals"),
       ("show", "real", "WEB", "10.0.0.11:80"), ("explain", "vs", "WEB"), ("is-up", "WEB"),
       ("is-up", "WEB/10.0.0.11:80"), ("set", "vs", "WEB", "quorum", "3", "for", "1h"),
       ("set", "real", "WEB", "10.0.0.11:80", "weight", "5"), ("unset", "vs", "WEB", "quorum"),
       ("unset", "real", "WEB", "10.0.0.11:80", "weight"),
       ("drain", "real", "WEB", "10.0.0.11:80", "for", "1h", "--wait=5s"),
       ("undrain", "any", "10.0.0.11"), ("maintenance", "on", "vs", "WEB", "for", "1h"),
       ("maintenance", "extend", "real", "WEB", "10.0.0.11:80", "1h"),
       ("maintenance", "off", "vs", "WEB"), ("check-now", "WEB"),
       ("wait", "vs", "WEB", "state", "up", "-t", "200ms"),
       ("wait", "drained", "WEB", "10.0.0.11:80", "-t", "200ms")]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_without_checkd_nobody_can_tell(node, words):
    node.daemon()  # vrrpd is there, and is not asked
    assert node.error(*words, exit=3).startswith("checkd is not running")
    error = node.json_error(*words, exit=3)
    assert (error.name, error.daemon) == ("unavailable", "checkd")
    assert not node.daemons[0].calls


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_what_checkd_does_not_serve_it_says_itself(node, words):
    def refuse(_params):
        raise Refuse(1012, "unavailable", NOT_YET)
    methods = ("list", "get", "explain", "apply", "drain", "undrain", "maintenance",
               "check.now", "subscribe")
    node.daemon("checkd", methods={name: refuse for name in methods})
    assert node.error(*words, exit=3) == NOT_YET + "\n"


def test_services_are_a_table(node):
    node.daemon("checkd", methods={"list": items(WEB), "get": get_of(WEB)})
    assert node.text("show", "vs").splitlines() == [
        "SERVICE  ADDRESS         STATE  REALS  WEIGHT  NEED  SINCE",
        "WEB      192.0.2.100:80  up       1/2      10     1  6d",
        "",
        "1 service.",
    ]
    text = node.text("show", "vs", "WEB")
    assert text.startswith("WEB is up\n") and "need             1\n" in text
    assert node.json("show", "vs", "WEB")["items"] == [WEB]


def test_real_servers_are_a_table(node):
    node.daemon("checkd", methods={"list": items(ONE, TWO)})
    assert node.text("show", "reals").splitlines() == [
        "SERVICE  REAL          STATE  WEIGHT  EFF  ACTIVE  INACT  CHECK         SINCE",
        "WEB      10.0.0.11:80  up         10   10     412     98  http 200 3ms  6d",
        "WEB      10.0.0.12:80  drain      10    0       0     98  http 200 3ms  4m",
        "",
        "2 real servers.",
    ]


@pytest.mark.parametrize("words, wanted", [
    (("WEB",), [ONE, TWO]), (("WEB", "10.0.0.12:80"), [TWO]), (("state", "UP"), [ONE]),
    (("WEB", "state", "down"), [])], ids=str)
def test_only_the_real_servers_asked_for(node, words, wanted):
    node.daemon("checkd", methods={"list": items(ONE, TWO)})
    assert node.json("show", "real", *words)["items"] == wanted


def test_an_unknown_service_is_exit_5(node):
    node.daemon("checkd", methods={"list": items(ONE), "get": get_of(WEB)})
    node.error("show", "real", "MAIL", exit=5)
    node.error("show", "vs", "MAIL", exit=5)
    node.error("is-up", "MAIL", exit=5)


def test_is_up_answers_by_its_status(node):
    node.daemon("checkd", methods={"get": get_of(WEB, TWO)})
    assert node.text("is-up", "WEB") == "yes: WEB is up\n"
    assert node.json("is-up", "WEB/10.0.0.12:80", exit=1)["items"] == [
        {"name": "WEB/10.0.0.12:80", "state": "drain", "is_up": False}]


def test_changes_are_asked_for_as_they_are_said(node):
    answer = {"rev": 1, "changes": [], "changed": True}
    daemon = node.daemon("checkd", methods={
        name: answer for name in ("apply", "drain", "undrain", "maintenance", "check.now")})
    node.text("--reason", "why", "set", "vs", "WEB", "quorum", "3", "ha-suspend", "on", "for",
              "1h")
    node.text("set", "real", "WEB", "10.0.0.11:80", "weight", "50%")
    node.text("unset", "vs", "WEB", "quorum", "hysteresis")
    node.text("unset", "real", "WEB", "10.0.0.11:80", "weight")
    assert daemon.called("apply") == [
        {"reason": "why", "lease": {"ttl_ms": 3600000},
         "changes": [{"path": "vs/WEB", "set": {"quorum": 3, "ha_suspend": True}}]},
        {"changes": [{"path": "real/WEB/10.0.0.11:80", "set": {"weight": "50%"}}]},
        {"changes": [{"path": "vs/WEB", "unset": ["quorum", "hysteresis"]}]},
        {"changes": [{"path": "real/WEB/10.0.0.11:80", "unset": ["weight"]}]}]
    node.text("drain", "real", "WEB", "10.0.0.11:80", "for", "30m", "--wait=10m")
    node.text("drain", "any", "10.0.0.11")
    assert daemon.called("drain") == [
        {"target": "real/WEB/10.0.0.11:80", "for_ms": 1800000, "wait": True,
         "wait_ms": 600000}, {"target": "real/any/10.0.0.11"}]
    node.text("maintenance", "on", "vs", "WEB", "for", "1h")
    assert daemon.called("maintenance") == [
        {"action": "on", "target": "vs/WEB", "for_ms": 3600000}]
    node.text("check-now", "WEB", "10.0.0.11:80")
    assert daemon.called("check.now") == [{"target": "real/WEB/10.0.0.11:80"}]


def test_a_service_is_waited_for(node):
    picture = [("object", {"sub": "hactl", "seq": 1, "object": it}) for it in (WEB, TWO)]
    daemon = node.daemon("checkd", methods={
        "get": get_of(WEB, TWO), "subscribe": Stream(
            {"resumed": False, "epoch": "e", "seq": 1}, *picture,
            ("synced", {"sub": "hactl", "seq": 1, "settled": True}))})
    assert node.text("wait", "vs", "WEB", "state", "up") == "WEB is up\n"
    assert daemon.called("subscribe")[0]["types"] == ["vs.*"]
    assert "drained" in node.text("wait", "drained", "WEB", "10.0.0.12:80")
    node.error("wait", "vs", "WEB", "state", "down", "-t", "500ms", exit=7)
    node.error("wait", "vs", "WEB", "state", "MASTER", exit=2)


def test_groups_and_tracked_things_are_asked_of_vrrpd(node):
    group = {"path": "group/G1", "name": "G1", "state": "MASTER", "members": ["VI_1", "VI_2"]}
    daemon = node.daemon(methods={"list": items(group), "get": get_of(group)})
    assert node.text("show", "groups").splitlines() == [
        "G1 is MASTER", "  members          [\"VI_1\", \"VI_2\"]"]
    assert node.text("show", "group", "G1") == node.text("show", "groups")
    node.text("show", "track")
    assert [it["type"] for it in daemon.called("list")] == ["group", "group", "track"]
    node.error("show", "track", "x", exit=5)


@pytest.mark.parametrize("words, method, asked", [
    (("failover",), "failover", {}), (("takeover",), "takeover", {}),
    (("hold", "clear"), "hold", {"clear": True})], ids=str)
def test_a_group_is_moved_by_its_name(node, words, method, asked):
    daemon = node.daemon(methods={method: {"moved": True}, "get": get_of(
        {"path": "group/G1", "name": "G1"}), "list": items()})
    node.text("-y", *words, "group", "G1")
    assert daemon.called(method)[0]["target"] == "group/G1"
    assert asked.items() <= daemon.called(method)[0].items()
