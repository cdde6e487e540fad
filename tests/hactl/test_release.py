# SPDX-License-Identifier: Apache-2.0
"""lease release: of one's own at once, of another's after a question, in either daemon."""

import os

import pexpect
from fake_daemon import items

OWN = {"path": "lease/L-1", "id": "L-1", "kind": "override", "object": "instance/VI_1",
       "field": "priority", "value": 150, "layer": "lease", "uid": os.getuid(),
       "reason": "line test", "left_ms": 552000, "entries": []}
OTHERS = dict(OWN, id="L-2", uid=4000000000)


def released(params):
    return {"rev": 14, "changed": True, "lease": params["id"], "durable": True}


def both(node):
    return [node.daemon(name, methods={"list": items(lease), "lease.release": released})
            for name, lease in (("vrrpd", OWN), ("checkd", OTHERS))]


def test_ones_own_ends_without_a_question(node):
    vrrpd, checkd = both(node)
    assert node.text("lease", "release", "L-1") == "lease L-1: ended\n"
    assert vrrpd.called("lease.release") == [{"id": "L-1"}]
    assert not checkd.called("lease.release")


def test_anothers_is_not_ended_where_nobody_can_be_asked(node):
    vrrpd, checkd = both(node)
    assert "--yes" in node.error("lease", "release", "L-2", exit=2)
    assert node.json_error("lease", "release", "L-2", exit=2).name == "confirmation_needed"
    assert not checkd.called("lease.release")
    assert node.text("-y", "lease", "release", "L-2") == "lease L-2: ended\n"
    assert checkd.called("lease.release") and not vrrpd.called("lease.release")


def test_the_question_says_whose_it_is_and_what_for(node):
    _, checkd = both(node)
    asked = pexpect.spawn(node.binary, ["-R", node.run_base, "lease", "release", "L-2"],
                          env=node.environment(), encoding="utf-8", timeout=10)
    asked.expect_exact("Ends the override of VI_1 (priority 150), which uid 4000000000 made "
                       "for \"line test\"; it would last for another 9m12s.")
    asked.expect_exact("[y/N]")
    asked.sendline("n")
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 9 and not checkd.called("lease.release")


def test_one_id_in_both_daemons_needs_a_name(node):
    vrrpd, checkd = both(node)
    checkd.methods["list"] = items(OWN)
    assert "both daemons" in node.error("lease", "release", "L-1", exit=2)
    node.text("lease", "release", "L-1", "checkd")
    assert checkd.called("lease.release") and not vrrpd.called("lease.release")
