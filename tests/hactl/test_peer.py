# SPDX-License-Identifier: Apache-2.0
"""What the daemons know of each other: show peer, show status, check, the events."""

import pytest
from fake_daemon import items

UP = {"path": "peer/checkd", "name": "checkd", "state": "up", "why": None, "error": None,
      "since": "2025-11-21T03:40:12.0Z", "for_ms": 7860120, "age_ms": 412,
      "epoch": "9f2c41d07be3a658", "version": "0.4.0", "phase": "running", "settled": True}
GONE = {"epoch": None, "version": None, "phase": None, "settled": None}
VRRPD_UP = dict(UP, path="peer/vrrpd", name="vrrpd", age_ms=380, maintenance="L-3fa7",
                instances={"total": 3, "master": 2, "backup": 1})
NEVER = dict(UP, **GONE, state="never", age_ms=None)
FROZEN = dict(UP, **GONE, state="frozen", why="silent", age_ms=12300)
LOST = dict(UP, **GONE, state="lost", why="closed", age_ms=12300)
STOPPED = dict(LOST, why="stopped")
OTHER_MAJOR = dict(LOST, why="version", error="speaks version 2 of the protocol, not 1")

STATUS = {"config": {"instances": 1, "services": 0}, "leases": [], "up_ms": 60000}
SERVED = {"instances": 1, "services": 1}


def of(peer, **more):
    return {"status": dict(STATUS, peer=peer, **more), "list": items()}


def test_both_tell_of_each_other(node):
    node.daemon(methods={"list": items(UP)})
    node.daemon("checkd", methods={"list": items(VRRPD_UP)})
    assert [line.split() for line in node.text("show", "peer").splitlines()] == [
        ["DAEMON", "HEARS", "STATE", "FOR", "AGE", "VERSION", "PHASE", "INSTANCES", "MAINTENANCE"],
        ["vrrpd", "checkd", "up", "2h11m", "0.4s", "0.4.0", "running", "-", "-"],
        ["checkd", "vrrpd", "up", "2h11m", "0.4s", "0.4.0", "running", "3", "L-3fa7"]]


def test_the_one_that_answers_says_what_became_of_the_other(node):
    node.daemon(methods={"list": items(STOPPED), "status": dict(STATUS, config=SERVED)})
    text = node.text("show", "peer", exit=3)
    assert "vrrpd: checkd has stopped\n" in text and "checkd  unreachable" in text


@pytest.mark.parametrize("peer, words", [
    (UP, "link ok 0.4s"),
    (NEVER, "link -"),
    (dict(NEVER, state="connecting"), "link connecting"),
    (FROZEN, "link lost 12.3s: checkd is silent: it was stopped, or is stuck"),
    (LOST, "link lost 12.3s: checkd ended without a word"),
    (STOPPED, "link -"),
    (OTHER_MAJOR, "link lost 12.3s: no use can be made of what checkd says: "
                  "speaks version 2 of the protocol, not 1"),
    (None, "running (rev 12, up 1m)"),
], ids=lambda it: it["state"] if isinstance(it, dict) else None)
def test_status_has_the_link(node, peer, words):
    node.daemon(methods=of(peer) if peer else {"status": STATUS})
    first = node.text("show", "status").splitlines()[0]
    assert first.replace("   checkd not running", "").endswith(words)


def test_one_that_has_stopped_is_missed_where_it_has_work(node):
    node.daemon(methods=of(STOPPED, config=SERVED))
    assert "link lost 12.3s: checkd has stopped\n" in node.text("show", "status", exit=3)


def test_status_has_what_is_worse_of_both(node):
    node.daemon(methods=of(UP))
    checkd = node.daemon("checkd", methods=of(dict(LOST, name="vrrpd", age_ms=2000)))
    assert "link lost 2.0s: vrrpd ended without a word" in node.text("show", "status")
    checkd.methods |= of(dict(VRRPD_UP, age_ms=900))
    assert node.text("show", "status").splitlines()[0].endswith("link ok 0.9s")


def check(node, *words):
    done = node.hactl("check", *words)
    return done.returncode, done.stdout.rstrip("\n")


@pytest.mark.parametrize("peer, line", [
    (UP, (0, "OK - nothing to complain of")),
    (NEVER, (0, "OK - nothing to complain of")),
    (STOPPED, (0, "OK - nothing to complain of")),
    (LOST, (0, "OK - nothing to complain of")),
    (FROZEN, (2, "CRITICAL - checkd is silent: it was stopped, or is stuck (12.3s)")),
    (OTHER_MAJOR, (1, "WARNING - vrrpd no use can be made of what checkd says: "
                      "speaks version 2 of the protocol, not 1")),
], ids=lambda it: it["state"] + str(it["why"]) if isinstance(it, dict) else None)
def test_who_runs_vrrpd_alone_is_not_alarmed(node, peer, line):
    node.daemon(methods=of(peer))
    assert check(node) == line


@pytest.mark.parametrize("peer, up_ms, line", [
    (LOST, 60000, (1, "WARNING - vrrpd does not hear checkd, which answers")),
    (NEVER, 60000, (1, "WARNING - vrrpd does not hear checkd, which answers")),
    (LOST, 2000, (0, "OK - nothing to complain of")),
    (UP, 60000, (0, "OK - nothing to complain of")),
], ids=str)
def test_a_link_that_is_missing_between_two_that_answer(node, peer, up_ms, line):
    node.daemon(methods=of(peer))
    node.daemon("checkd", methods=of(VRRPD_UP, up_ms=up_ms))
    for words in ((), ("peer",)):
        assert check(node, *words) == line


def test_the_age_is_for_monitoring(node):
    vrrpd = node.daemon(methods=of(UP))
    assert check(node, "peer", "--perfdata")[1].endswith(" peer_age=0.4s;;;0")
    checkd = node.daemon("checkd", methods=of(dict(VRRPD_UP, age_ms=5990)))
    assert check(node, "--perfdata")[1].endswith(" peer_age=5.9s;;;0")
    vrrpd.methods |= of(NEVER)
    checkd.methods |= of(dict(NEVER, name="vrrpd"))
    assert "peer_age" not in check(node, "--perfdata")[1]


def event(kind, new, seq):
    return {"type": kind, "path": new["path"], "new": new, "seq": seq,
            "ts": "2025-11-21T03:41:02.551377Z"}


def test_events_say_what_became_of_it(node):
    told = [event("peer.up", UP, 1), event("peer.lost", FROZEN, 2), event("peer.lost", STOPPED, 3),
            event("peer.changed", dict(UP, phase="stopping"), 4),
            event("peer.changed", VRRPD_UP, 5), event("peer.changed", UP, 6),
            event("peer.changed", dict(UP, instances={"total": 1, "fault": 1}), 7)]
    node.daemon(methods={"log.tail": {"events": told, "items": told}})
    lines = [" ".join(line.split()[3:]) for line in node.text("log").splitlines() if "03:41" in line]
    assert lines == [
        "checkd link up, version 0.4.0",
        "checkd link frozen: checkd is silent: it was stopped, or is stuck",
        "checkd link lost: checkd has stopped",
        "checkd stopping",
        "vrrpd 3 instances: 2 master, 1 backup, in maintenance L-3fa7",
        "checkd running",
        "checkd 1 instance: 1 fault"]
