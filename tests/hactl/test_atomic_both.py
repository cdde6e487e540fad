# SPDX-License-Identifier: Apache-2.0
"""A file of edits for both daemons: all of it, or nothing, or what stands where."""

import json

import pytest
from fake_daemon import Refuse

PRIORITY = {"path": "instance/VI_1", "field": "priority", "old": 100, "new": 120,
            "in_force": True}
QUORUM = {"path": "vs/WEB", "field": "quorum", "old": 1, "new": 2, "in_force": True}


class Side:
    """The method apply of a daemon, its undo and its memory of operations. A value that is
    a function is called: it may raise Refuse, or return None to close the connection."""

    def __init__(self, change, rev):
        self.change, self.rev, self.stands = change, rev, False
        self.ops = {}
        self.on_try = self.on_apply = self.on_undo = lambda: True

    def apply(self, params):
        dry = params.get("dry_run", False)
        if not (self.on_try if dry else self.on_apply)():
            return None
        return self.done(params, dry)

    def done(self, params, dry):
        answer = {"rev": self.rev + (not dry), "changed": True, "changes": [self.change]}
        if dry:
            return {**answer, "dry_run": True}
        self.stands = True
        self.ops[params["op_id"]] = {"state": "done", "result": answer}
        return answer

    def undo(self, params):
        if not self.on_undo():
            return None
        assert self.stands and params["rev"] == self.rev + 1
        self.stands = False
        return {"rev": self.rev + 2, "changed": True, "undone": params["rev"]}

    def op(self, params):
        if params["op_id"] not in self.ops:
            raise Refuse(1001, "not_found", "no operation of yours has this name")
        return self.ops[params["op_id"]]

    def methods(self):
        return {"apply": self.apply, "apply.undo": self.undo, "op.get": self.op}


def refuse(code=1006, name="not_live", message="this cannot change", **data):
    def raise_it():
        raise Refuse(code, name, message, **data)
    return raise_it


@pytest.fixture(name="both")
def _both(node, tmp_path):
    node.vrrpd, node.checkd = Side(PRIORITY, 12), Side(QUORUM, 7)
    node.sides = [node.daemon("vrrpd", node.vrrpd.methods()),
                  node.daemon("checkd", node.checkd.methods())]
    node.file = str(tmp_path / "edits")
    with open(node.file, "w", encoding="utf-8") as file:
        file.write("set VI_1 priority 120\nset vs WEB quorum 2\n")
    node.atomic = ("--atomic", "-t", "2s", "-f", node.file)
    return node


def stand(both):
    return [both.vrrpd.stands, both.checkd.stands]


def calls(both):
    """What each was asked, but for what its operations ended with."""
    return [[method + ("?" if params.get("dry_run") else "") for method, params in side.calls
             if method != "op.get"] for side in both.sides]


def test_both_are_tried_before_one_is_changed(both):
    text = both.text(*both.atomic)
    assert text == "VI_1 priority: 100 -> 120\nWEB quorum: 1 -> 2\n"
    assert calls(both) == [["apply?", "apply"]] * 2
    vrrpd, checkd = [side.called("apply")[1] for side in both.sides]
    assert vrrpd["changes"] == [{"path": "instance/VI_1", "set": {"priority": 120}}]
    assert checkd["changes"] == [{"path": "vs/WEB", "set": {"quorum": 2}}]
    assert vrrpd["op_id"] == checkd["op_id"]


def test_the_reason_and_the_time_are_those_of_both(both):
    with open(both.file, "a", encoding="utf-8") as file:
        file.write("log level debug for 1h\n")
    both.text(*both.atomic, "--reason", "CHG-1", "--op-id", "x")
    for side, name in zip(both.sides, ("vrrpd", "checkd"), strict=True):
        asked = side.called("apply")[1]
        assert (asked["reason"], asked["op_id"], asked["lease"]) == (
            "CHG-1", "x", {"ttl_ms": 3600000})
        assert asked["changes"][1] == {
            "path": f"daemon/{name}", "set": {"log_level": "debug"}}
        assert "op_id" not in side.called("apply")[0], "a dry run is no operation"


def test_the_answer_says_which_daemon_changed_what(both):
    told = both.json(*both.atomic)
    assert [(item["daemon"], item["changes"][0]["new"]) for item in told["items"]] == [
        ("vrrpd", 120), ("checkd", 2)]
    assert (told["schema"], told["partial"]) == ("hactl.apply/1", False)


def test_a_dry_run_asks_both_and_changes_nothing(both):
    assert "Nothing was changed" in both.text("--dry-run", *both.atomic)
    assert calls(both) == [["apply?"]] * 2


@pytest.mark.parametrize("side,line", [("vrrpd", 1), ("checkd", 2)])
def test_what_one_would_refuse_is_done_by_neither(both, side, line):
    path = ("instance/VI_1", "vs/WEB")[line - 1]
    getattr(both, side).on_try = refuse(path=path)
    assert both.error(*both.atomic, exit=6).startswith(f"{both.file}:{line}: {side}: this")
    assert both.json_error(*both.atomic, exit=6).line == line
    assert stand(both) == [False, False]
    assert calls(both) == [["apply?"] * 2] * 2


def test_a_daemon_that_does_not_run_is_found_before_anything_is_changed(both):
    both.sides[1].close()
    assert "checkd" in both.error(*both.atomic, exit=3)
    assert stand(both) == [False, False]


def test_what_the_first_refuses_the_second_is_not_asked(both):
    both.vrrpd.on_apply = refuse()
    assert both.error(*both.atomic, exit=6) == "vrrpd: this cannot change\n"
    assert stand(both) == [False, False]
    assert calls(both)[1] == ["apply?"]


def test_what_the_second_refuses_the_first_takes_back(both):
    both.checkd.on_apply = refuse(path="vs/WEB")
    assert both.error(*both.atomic, exit=6) == (
        f"{both.file}:2: checkd: this cannot change; what vrrpd had changed was taken back\n")
    assert stand(both) == [False, False]
    assert both.json_error(*both.atomic, exit=6).name == "not_live"


def test_a_second_that_dies_between_the_two_leaves_the_first_as_it_was(both):
    def die():
        both.sides[1].close()
        return True
    both.vrrpd.on_apply = die
    assert both.error(*both.atomic, exit=3).endswith("what vrrpd had changed was taken back\n")
    assert stand(both) == [False, False]


def test_a_lost_answer_is_asked_for(both):
    """The connection broke when the change had been made."""
    for side in (both.vrrpd, both.checkd):
        def lose(side=side):
            side.done(dict(op_id="x"), False)
        side.on_apply = lose
    assert both.text(*both.atomic, "--op-id", "x") \
        == "VI_1 priority: 100 -> 120\nWEB quorum: 1 -> 2\n"
    assert stand(both) == [True, True]


def test_a_request_that_never_arrived_is_a_refusal(both):
    both.checkd.on_apply = lambda: None
    assert both.error(*both.atomic, exit=3).endswith("what vrrpd had changed was taken back\n")
    assert stand(both) == [False, False]


def test_a_first_that_says_nothing_is_the_end(both):
    def die():
        both.sides[0].close()
    both.vrrpd.on_apply = die
    error = both.error(*both.atomic, "--op-id", "x", exit=3)
    assert "op.get op_id=x" in error
    assert calls(both)[1] == ["apply?"]


def test_who_was_restarted_cannot_tell(both):
    def forget():
        both.sides[1].hello = dict(both.sides[1].hello, epoch="another")
    both.checkd.on_apply = forget
    error = both.error(*both.atomic, exit=8)
    assert "whether it was carried out is not known; what vrrpd had changed was taken back" \
        in error and "hactl diff" in error
    assert stand(both) == [False, False]


def test_what_cannot_be_taken_back_is_said(both):
    both.checkd.on_apply = refuse()
    both.vrrpd.on_undo = refuse(1003, "stale_rev", "something else was changed")
    assert both.error(*both.atomic, exit=8).splitlines() == [
        "hactl: checkd: this cannot change; vrrpd keeps its part: something else was changed",
        "vrrpd has VI_1 priority: 100 -> 120",
        "To undo it: \"hactl set VI_1 priority 100\"."]
    assert stand(both) == [True, False]
    both.vrrpd.stands = False
    told = both.json_error(*both.atomic, exit=8)
    assert (told.name, told.code) == ("partial", 1009)
    assert told.done == [{"daemon": "vrrpd", "rev": 13, "changes": [PRIORITY]}]
    assert (told.failed[0]["daemon"], told.failed[0]["error"]["name"]) == (
        "checkd", "not_live")
    assert told.op_id.startswith("h-")


def test_a_lease_that_stands_can_be_released(both):
    both.vrrpd.change = dict(PRIORITY)
    done = both.vrrpd.done
    both.vrrpd.done = lambda params, dry: dict(done(params, dry), lease="L-1")
    both.checkd.on_apply = refuse()
    both.vrrpd.on_undo = lambda: None
    assert "To undo it: \"hactl lease release L-1 vrrpd\"." in both.error(*both.atomic, exit=8)


def test_what_changed_nothing_need_not_be_taken_back(both):
    done = both.vrrpd.done
    both.vrrpd.done = lambda params, dry: dict(done(params, dry), changed=False)
    both.checkd.on_apply = refuse()
    both.error(*both.atomic, exit=6)
    assert "apply.undo" not in calls(both)[0]


def test_a_revision_is_that_of_one_daemon(both):
    assert "--if-rev is the revision of one daemon" in both.error(
        *both.atomic, "--if-rev=12", exit=2)
    assert calls(both) == [[], []]


def test_nothing_is_printed_on_stdout_when_it_failed(both):
    both.checkd.on_apply = refuse()
    done = both.hactl("-j", *both.atomic)
    assert (done.returncode, done.stdout) == (6, "")
    assert "was taken back" in json.loads(done.stderr)["error"]["message"]
