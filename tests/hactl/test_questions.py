# SPDX-License-Identifier: Apache-2.0
"""What is asked before something is done, and what the question says."""

import os

import pexpect
import pytest
from fake_daemon import VI_1, get_of, items

MASTER_AND_BACKUP = {"items": [{"name": "VI_1", "state": "MASTER"},
                               {"name": "VI_2", "state": "BACKUP"}], "next": None}


def question(node, *words, answer="n"):
    """The text before "Continue?", and the exit status after the answer."""
    asked = pexpect.spawn(node.binary, ["-R", node.run_base, *words], encoding="utf-8",
                          env=node.environment(TERM="dumb"), timeout=20,
                          dimensions=(24, 200))
    asked.expect_exact("Continue?")
    text = asked.before.replace("\r\n", "\n")
    asked.sendline(answer)
    asked.expect(pexpect.EOF)
    asked.close()
    return text, asked.exitstatus


def test_a_reload_says_what_a_master_loses(node):
    vrrpd = node.daemon(methods={"list": MASTER_AND_BACKUP, "reload": {
        "rev": 13, "removed": ["VI_2"], "changes": [
            {"path": "instance/VI_1", "field": "priority", "old": 150, "new": 50},
            {"path": "instance/VI_1", "field": "virtual_ipaddress",
             "old": ["192.0.2.1/24"], "new": []}]}})
    text, status = question(node, "reload", "vrrpd")
    assert text == ("MASTER here, and the file has it otherwise:\n"
                    "    VI_1: priority 150 -> 50\n"
                    "    VI_1: loses 192.0.2.1/24\n")
    assert status == 9
    assert vrrpd.called("reload") == [{"dry_run": True}]


def test_a_reload_to_an_interface_that_is_not_there_asks(node):
    """It is an outage, and most often a misspelt name."""
    missing = {"rev": 13, "counts": {"added": 1, "removed": 1}, "added": ["VI_1"],
               "removed": ["VI_1"],
               "missing_interfaces": [{"name": "VI_1", "interface": "eth7"}]}
    vrrpd = node.daemon(methods={"list": MASTER_AND_BACKUP, "reload": missing})
    text, status = question(node, "reload", "vrrpd")
    assert text.endswith("    VI_1: there is no interface eth7: it will be FAULT\n")
    assert status == 9
    assert ("    VI_1: there is no interface eth7: it is FAULT\n"
            in node.text("--yes", "reload", "vrrpd"))
    vrrpd.methods["reload"] = dict(missing, dry_run=True)
    assert ("    VI_1: there is no interface eth7: it will be FAULT\n"
            in node.text("reload", "vrrpd", "--dry-run"))


def test_a_failover_says_for_how_long_and_what_if_nobody_comes(node):
    node.daemon(methods={"get": get_of(dict(VI_1, waits={"hold_ms": 600000}))})
    silent = ("Backups are silent in VRRP: whether one will take over is known only "
              "afterwards;\nif none does, lb1 ")
    text, status = question(node, "failover", "VI_1")
    assert text.startswith("Moves VI_1 (MASTER here, ") and status == 9
    assert text.endswith(f", then held back for up to 10m.\n{silent}stays MASTER.\n")
    text, _ = question(node, "failover", "VI_1", "hold", "5m")
    assert ", then held back for 5m.\n" in text
    text, _ = question(node, "failover", "VI_1", "--force")
    assert f"{silent}becomes MASTER again.\n--force lets go at once" in text


def test_a_maintenance_names_whom_it_moves_and_for_how_long(node):
    node.daemon(methods={"list": items(
        {"name": "VI_1", "state": "MASTER", "vips": {"want": 2, "set": 2}},
        {"name": "VI_2", "state": "BACKUP"}, {"name": "VI_3", "state": "FAULT"})})
    text, status = question(node, "maintenance", "on", "for", "2h")
    assert text == (
        "Takes node lb1 out of service for 2h: hands over VI_1 (MASTER here, 2 addresses).\n"
        "2 that are not MASTER here stay behind.\n"
        "Where nobody takes over, which is known only afterwards, lb1 serves on as the last "
        "resort.\n")
    assert status == 9
    text, _ = question(node, "maintenance", "on", "VI_2", "for", "2h", "out")
    assert text == "Takes VI_2 out of service for 2h.\n" \
        "With \"out\" it is in FAULT as soon as another router is MASTER, and then does not " \
        "serve even as the last resort.\n"
    text, _ = question(node, "maintenance", "on", "for", "2h", "out")
    assert "not serve even as the last resort.\nWhere nobody takes over, " in text


def lease(kind, thing, uid=4000000000, field="priority", **more):
    return {"path": "lease/L-2", "id": "L-2", "kind": kind, "object": thing, "field": field,
            "value": 1, "layer": "lease", "uid": uid, "reason": "line test",
            "left_ms": 552000, "entries": [], **more}


TAKEN_BACK = [
    (("hold", "clear", "VI_1"), lease("hold", "instance/VI_1"), lease("hold", "instance/VI_2")),
    (("hold", "clear", "all"), lease("hold", "instance/VI_2"), lease("takeover", "instance/VI_2")),
    (("unset", "VI_1", "priority"), lease("override", "instance/VI_1"),
     lease("override", "instance/VI_1", field="nopreempt")),
    (("unset", "VI_1", "priority"),
     lease("confirm", "instance/VI_2", entries=[{"object": "instance/VI_2", "field": "priority"},
                                                {"object": "instance/VI_1", "field": "priority"}]),
     lease("hold", "instance/VI_1")),
    (("maintenance", "off"), lease("maintenance", "node", field="maintenance"),
     lease("maintenance", "instance/VI_1", field="maintenance")),
    (("maintenance", "off", "VI_1"), lease("maintenance", "instance/VI_1"),
     lease("maintenance", "node")),
]


@pytest.mark.parametrize(("words", "taken", "left"), TAKEN_BACK)
def test_what_another_has_set_is_not_taken_back_without_a_word(node, words, taken, left):
    done = {"rev": 2, "changed": True, "changes": []}
    vrrpd = node.daemon(methods={"hold": done, "apply": done, "maintenance": done,
                                 "list": items(taken)})
    method = {"hold": "hold", "unset": "apply", "maintenance": "maintenance"}[words[0]]
    assert "give --yes (nothing was done)" in node.error(*words, exit=2)
    text, status = question(node, *words)
    assert text.startswith(f"Takes back from the {taken['kind']} of ")
    assert "which uid 4000000000 made for \"line test\"; it would last for another 9m12s.\n" in text
    assert status == 9 and not vrrpd.called(method)
    node.text("-y", *words)
    assert len(vrrpd.called(method)) == 1
    for own in (dict(taken, uid=os.getuid()), left):
        vrrpd.methods["list"] = items(own)
        node.text(*words)
    assert len(vrrpd.called(method)) == 3
