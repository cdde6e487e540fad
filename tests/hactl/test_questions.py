# SPDX-License-Identifier: Apache-2.0
"""What is asked before something is done, and what the question says."""

import pexpect

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
