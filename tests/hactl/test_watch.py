# SPDX-License-Identifier: Apache-2.0
"""watch, log, wait, --watch: what happens, as it happens."""

import json
import os
import re
import signal
import subprocess
import time

import pytest
from fake_daemon import VI_1, VI_3, FakeDaemon, Refuse, Stream, get_of, items

EPOCH = "9f2c41d07be3a658"
START = {"resumed": False, "epoch": EPOCH, "seq": 8811}
MOVED = {"sub": "hactl", "epoch": EPOCH, "seq": 8812, "ts": "2025-11-21T03:41:02.551377Z",
         "type": "instance.state", "path": "instance/VI_1",
         "cause": {"uid": 4000000000, "op_id": "CHG/2", "reason": "kernel"},
         "old": {"state": "MASTER"},
         "new": {"state": "BACKUP", "master": "192.0.2.12", "master_priority": 100,
                 "reason": "handed over"}}
SUNK = dict(MOVED, seq=8813, type="instance.priority", old={"effective": 150},
            new={"effective": 1}, cause=None)
REFUSED = dict(MOVED, seq=8814, type="instance.refused", path="instance/VI_3", cause=None,
               new={"source": "192.0.2.9", "text": "wrong checksum", "detail": "got 1, not 2",
                    "count": 7})
RELOADED = dict(MOVED, seq=8815, type="config.reloaded", path="daemon/vrrpd", cause=None,
                old=None, new={"rev": 13, "instances": 2})
EXPIRED = dict(MOVED, seq=8816, type="lease.expired", path="lease/L-3fa1", cause=None,
               old=None, new={"object": "instance/VI_1", "field": "priority"})


def seq_of(line):
    """The number of the event, behind its time of one word or, with the date, two."""
    return re.search(r" +(\d+) \S", line).group(1)


def event(params):
    return ("event", params)


def picture(*objects, settled=True):
    return [("reset", {"sub": "hactl", "seq": 8811}),
            *(("object", {"sub": "hactl", "seq": 8811, "object": it}) for it in objects),
            ("synced", {"sub": "hactl", "seq": 8811, "settled": settled})]


def happenings(*messages, end="close"):
    return {"subscribe": Stream(START, *messages, end=end)}


ALL = [event(it) for it in (MOVED, SUNK, REFUSED, RELOADED, EXPIRED)]


def test_watch_prints_a_line_for_each_event(node):
    node.daemon(methods=happenings(*ALL))
    assert node.text("watch", "count", "5").splitlines() == [
        "2025-11-21 03:41:02.551 8812 VI_1     MASTER -> BACKUP  master 192.0.2.12 prio 100"
        "  (handed over)  by uid 4000000000 CHG/2 \"kernel\"",
        "2025-11-21 03:41:02.551 8813 VI_1     effective priority 150 -> 1",
        "2025-11-21 03:41:02.551 8814 VI_3     refused an advertisement of 192.0.2.9: wrong checksum"
        " (got 1, not 2), 7 so far",
        "2025-11-21 03:41:02.551 8815 vrrpd    reloaded (rev 13)",
        "2025-11-21 03:41:02.551 8816 L-3fa1   expired  lease of VI_1: priority -",
    ]


@pytest.mark.parametrize("new", [{}, {"effective": None}])
def test_a_priority_that_is_not_in_effect_is_told_in_words(node, new):
    node.daemon(methods=happenings(event(dict(SUNK, new=new))))
    assert node.text("watch", "count", "1").endswith(
        " VI_1     another priority than 150 when it is up again\n")


def test_lines_of_today_have_no_date(node):
    now = time.strftime("%Y-%m-%dT%H:%M:%S.250Z", time.gmtime())
    node.daemon(methods=happenings(event(dict(SUNK, ts=now))))
    assert node.text("watch", "count", "1").startswith(now[11:23])


def test_long_names_do_not_break_the_columns(node):
    name = "customers_of_the_north"
    tail = {"epoch": EPOCH, "seq": 9, "items": [SUNK, dict(SUNK, path=f"instance/{name}")]}
    node.daemon(methods={"log.tail": tail})
    first, second = node.text("log").splitlines()
    assert first.index("effective") == second.index("effective")


def test_an_added_instance_is_told_in_words(node):
    added = dict(MOVED, type="instance.added", cause=None, old=None,
                 new=dict(VI_1, state="INITIALIZE", priority=150))
    node.daemon(methods=happenings(event(added)))
    assert node.text("watch", "count", "1").endswith(" added, INITIALIZE, priority 150\n")


def test_nobody_ended_a_lease_whose_time_was_over(node):
    node.daemon(methods=happenings(event(dict(EXPIRED, cause={"uid": 0}))))
    assert " by " not in node.text("watch", "count", "1")


def test_watch_asks_for_the_kinds_of_its_words(node):
    daemon = node.daemon(methods=happenings(*ALL))
    node.text("watch", "instance", "count", "1")
    node.text("watch", "leases", "count", "1")
    node.text("watch", "all", "count", "1")
    asked = daemon.called("subscribe")
    assert [it["types"] for it in asked] == [["instance.*", "move.*"], ["lease.*"], []]
    assert all(it["snapshot"] == "never" and "since" not in it for it in asked)


def test_watch_of_a_name_leaves_the_others_out(node):
    node.daemon(methods=happenings(*ALL))
    numbers = [seq_of(line) for line in node.text("watch", "VI_1", "count", "3")
               .splitlines()]
    assert numbers == ["8812", "8813", "8816"]


def test_watch_in_json_is_one_object_a_line(node):
    node.daemon(methods=happenings(*ALL))
    lines = [json.loads(line) for line in
             node.text("-j", "watch", "count", "5").splitlines()]
    assert [it["schema"] for it in lines] == ["hactl.event/1"] * 5
    assert [(it["epoch"], it["seq"]) for it in lines] == [(EPOCH, 8812 + i) for i in range(5)]
    assert "sub" not in lines[0] and lines[0]["new"]["state"] == "BACKUP"


def test_watch_goes_on_where_a_position_says(node):
    daemon = node.daemon(methods=happenings(event(MOVED)))
    node.text("watch", "all", "since", f"{EPOCH}:8700", "count", "1")
    asked = daemon.called("subscribe")[0]
    assert (asked["since"], asked["snapshot"]) == ({"epoch": EPOCH, "seq": 8700}, "if-needed")


def test_an_empty_position_begins_with_what_is(node):
    daemon = node.daemon(methods=happenings(*picture(VI_1, VI_3), event(MOVED)))
    lines = [json.loads(line) for line in
             node.text("-j", "watch", "since", "", "count", "1").splitlines()]
    assert [it["type"] for it in lines] == ["reset", "object", "object", "synced",
                                            "instance.state"]
    assert {(it["epoch"], it["seq"]) for it in lines[:4]} == {(EPOCH, 8811)}
    # Whoever stops inside the picture has to get it anew.
    assert [it["position"] for it in lines] == ["-:0"] * 3 + [f"{EPOCH}:8811",
                                                              f"{EPOCH}:8812"]
    assert daemon.called("subscribe")[0]["snapshot"] == "if-needed"
    text = node.text("watch", "VI_1", "since", "", "count", "1")
    assert "VI_1     is MASTER" in text and "VI_3" not in text


@pytest.mark.parametrize("words", [("since", "x"), ("since", "x:"), ("since", ":5"),
                                   ("since", "x:-1"), ("count", "0"), ("count", "x")])
def test_wrong_words_of_watch_are_usage(node, words):
    node.daemon(methods=happenings(*ALL))
    node.error("watch", *words, exit=2)


def test_a_gap_is_told(node):
    node.daemon(methods=happenings(("gap", {"sub": "hactl", "from": 5, "to": 9}),
                                   event(MOVED)))
    assert "events 5 to 9 are lost" in node.text("watch", "count", "1")


def test_watch_without_a_daemon_is_exit_3(node):
    assert "vrrpd" in node.error("watch", exit=3)


NEW_EPOCH = "0123456789abcdef"


def again(*conversations):
    """A subscription that ends, and what comes of the next ones."""
    left = list(conversations)
    return lambda params: left.pop(0) if len(left) > 1 else left[0]


def test_watch_goes_on_with_a_new_daemon(node):
    daemon = node.daemon(methods={"subscribe": again(
        Stream(START, event(MOVED), end="close"),
        Stream({"resumed": False, "epoch": NEW_EPOCH, "seq": 3},
               *picture(VI_1), event(dict(SUNK, epoch=NEW_EPOCH, seq=4))))})
    done = node.hactl("watch", "count", "2")
    assert done.returncode == 0
    assert [seq_of(line) for line in done.stdout.splitlines()] \
        == ["8812", "8811", "8811", "8811", "4"]
    assert "what is now:" in done.stdout and "that is all" in done.stdout
    assert "waiting for it" in done.stderr
    assert done.stderr.count("connected to vrrpd again, epoch") == 1
    first, second = daemon.called("subscribe")
    assert "since" not in first
    assert (second["since"], second["snapshot"]) \
        == ({"epoch": EPOCH, "seq": 8812}, "if-needed")


def test_a_connection_that_breaks_loses_and_doubles_nothing(node):
    resumed = dict(START, resumed=True, seq=8812)
    daemon = node.daemon(methods={"subscribe": again(
        Stream(START, event(MOVED), end="close"), Stream(resumed, event(SUNK)))})
    lines = [json.loads(line) for line in
             node.text("-j", "watch", "count", "2").splitlines()]
    assert [it["type"] for it in lines] == ["instance.state", "unreachable", "connected",
                                            "instance.priority"]
    assert [it["position"] for it in lines] == [f"{EPOCH}:8812"] * 3 + [f"{EPOCH}:8813"]
    assert lines[2]["resumed"] is True and "closed" in lines[1]["message"]
    assert all(it["schema"] == "hactl.event/1" for it in lines)
    assert len(daemon.called("subscribe")) == 2


def test_a_picture_that_breaks_off_is_asked_for_anew(node):
    daemon = node.daemon(methods={"subscribe": again(
        Stream(START, *picture(VI_1)[:2], end="close"),
        Stream(START, *picture(VI_1), event(MOVED)))})
    node.text("-j", "watch", "since", "", "count", "1")
    assert ["since" in it for it in daemon.called("subscribe")] == [False, False]


def test_watch_ends_when_the_new_daemon_refuses(node):
    def refuse(_params):
        raise Refuse(1002, "denied", "not for you")
    daemon = node.daemon(methods={"subscribe": lambda params: (
        refuse(params) if "since" in params else Stream(START, event(MOVED), end="close"))})
    assert "not for you" in node.hactl("watch").stderr
    assert node.hactl("watch").returncode == 4
    assert len(daemon.called("subscribe")) == 4


def test_a_daemon_that_falls_silent_is_told_of(node):
    node.daemon(methods=happenings(event(MOVED), end="open"))
    begun = time.monotonic()
    with subprocess.Popen([node.binary, "-R", node.run_base, "watch"], text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert "vrrpd fell silent" in child.stderr.readline()
        assert 4 < time.monotonic() - begun < 20
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130


def test_ctrl_c_ends_watch_with_130(node):
    node.daemon(methods=happenings(event(MOVED), end="open"))
    with subprocess.Popen([node.binary, "-R", node.run_base, "watch"],
                          stdout=subprocess.PIPE, text=True) as child:
        assert "VI_1" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130


TAIL = {"epoch": EPOCH, "seq": 8813, "items": [
    {key: value for key, value in it.items() if key != "sub"} for it in (MOVED, SUNK)]}


def test_log_prints_the_last_events(node):
    daemon = node.daemon(methods={"log.tail": TAIL})
    assert len(node.text("log").splitlines()) == 2
    assert len(node.text("log", "2").splitlines()) == 2
    answer = node.json("log")
    assert [it["count"] for it in daemon.called("log.tail")] == [256, 256, 20]
    assert (answer["schema"], len(answer["items"])) == ("hactl.log/1", 2)
    for words in (("0",), ("since", "x")):
        node.error("log", *words, exit=2)


def test_log_counts_the_lines_that_it_prints(node):
    """An event that has no line for people takes none away; JSON has all."""
    told = [dict(TAIL["items"][0], seq=1), dict(TAIL["items"][0], seq=2)] + [
        {"seq": seq, "ts": "2025-11-21T03:41:03.000000Z", "type": "instance.changed",
         "path": "instance/VI_1", "new": {"moving": "failover"}} for seq in (3, 4)]
    node.daemon(methods={"log.tail": {"epoch": EPOCH, "seq": 4, "items": told}})
    assert len(node.text("log", "2").splitlines()) == 2
    assert [it["seq"] for it in node.json("log", "4")["items"]] == [1, 2, 3, 4]


def test_log_of_a_name_counts_what_is_about_it(node):
    told = [{key: value for key, value in dict(it, seq=n).items() if key != "sub"}
            for n, it in enumerate((MOVED, EXPIRED, REFUSED, RELOADED, SUNK, REFUSED))]
    daemon = node.daemon(methods={"get": get_of(VI_1, VI_3),
                                  "log.tail": {"epoch": EPOCH, "seq": 9, "items": told}})
    for words, numbers in ((("VI_1",), [0, 1, 4]), (("VI_1", "2"), [1, 4]),
                           (("2", "VI_1"), [1, 4]), (("VI_3", "1"), [5]),
                           (("VI_1", "VI_3", "2"), [4, 5]), (("2",), [4, 5])):
        assert [it["seq"] for it in node.json("log", *words)["items"]] == numbers
    assert [it["count"] for it in daemon.called("log.tail")] == [256] * 5 + [2]


def test_log_since_a_time_leaves_out_what_was_before(node):
    def at(ago):
        return time.strftime("%Y-%m-%dT%H:%M:%S.250000Z", time.gmtime(time.time() - ago))
    told = [dict(MOVED, seq=n, ts=at(ago)) for n, ago in enumerate((7200, 3000, 30))]
    node.daemon(methods={"log.tail": {"epoch": EPOCH, "seq": 3, "items": told}})
    for words, numbers in (((), [0, 1, 2]), (("since", "1h"), [1, 2]),
                           (("1", "since", "1h"), [2]), (("VI_1", "since", "5m"), [2]),
                           (("since", "1h", "1"), [2]), (("VI_1", "since", "1h", "2"), [1, 2])):
        assert [it["seq"] for it in node.json("log", *words)["items"]] == numbers
    assert "N is said twice, 1 and 2" in node.error("log", "1", "since", "1h", "2", exit=2)


def test_a_name_that_nobody_has_is_not_waited_for(node):
    daemon = node.daemon(methods={"get": get_of(VI_1), "log.tail": TAIL,
                                  **happenings(*ALL)})
    for command in ("watch", "log"):
        text = node.error(command, "nosuch", exit=5)
        assert 'there is no instance "nosuch"' in text
    node.error("log", "nosuch", "follow", exit=5)
    assert not daemon.called("subscribe")
    assert node.text("watch", "VI_1", "count", "1")


def test_a_lease_of_the_other_daemon_is_known(node):
    has = get_of(dict(path="L-9", id="L-9"))
    node.daemon(methods={"get": get_of(), **happenings(end="open")})
    node.daemon(name="checkd", epoch=OTHER, methods={
        "get": has, "subscribe": Stream(dict(START, epoch=OTHER), event(LEVEL))})
    assert "L-9" in node.text("watch", "L-9", "count", "1")


def test_log_tells_of_what_is_gone(node):
    node.daemon(methods={"get": get_of(), "log.tail": TAIL})
    assert len(node.text("log", "VI_1").splitlines()) == 2


def unserved(_params):
    raise Refuse(1012, "unavailable", "checkd does not serve them yet", type="vs")


def test_services_are_watched_where_they_are_served(node):
    checkd = node.daemon(name="checkd", methods={"list": unserved})
    node.error("watch", "vs", exit=3)
    checkd.methods.update({"list": items(), **happenings(event(LEVEL))})
    node.text("watch", "vs", "count", "1")
    assert checkd.called("subscribe")[0]["types"] == ["vs.*"]


def test_log_follow_goes_on_without_a_gap(node):
    daemon = node.daemon(methods={"log.tail": TAIL, **happenings(event(REFUSED))})
    with subprocess.Popen([node.binary, "-R", node.run_base, "log", "follow"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert [seq_of(child.stdout.readline()) for _ in range(3)] \
            == ["8812", "8813", "8814"]
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130
    assert daemon.called("subscribe")[0]["since"] == {"epoch": EPOCH, "seq": 8813}


def test_wait_ends_when_it_is_so_already(node):
    node.daemon(methods=happenings(*picture(VI_1, VI_3), end="open"))
    assert node.text("wait", "instance", "VI_1", "state", "MASTER") == "VI_1 is MASTER\n"
    assert node.json("wait", "VI_3", "state", "fault")["items"] \
        == [{"name": "VI_3", "path": "instance/VI_3", "state": "FAULT", "reached": True}]


def test_wait_ends_when_it_becomes_so(node):
    node.daemon(methods=happenings(*picture(VI_1), event(SUNK), event(MOVED), end="open"))
    assert node.text("wait", "VI_1", "state", "BACKUP") == "VI_1 is BACKUP\n"


def test_wait_that_is_too_long_is_exit_7(node):
    node.daemon(methods=happenings(*picture(VI_1), end="open"))
    assert "VI_1 did not become BACKUP" in \
        node.error("wait", "VI_1", "state", "BACKUP", "-t", "300ms", exit=7)
    assert node.json_error("wait", "VI_1", "state", "BACKUP", "-t", "300ms", exit=7).name \
        == "not_reached"


def test_wait_for_what_is_not_there(node):
    node.daemon(methods=happenings(*picture(VI_1), end="open"))
    node.error("wait", "VI_9", "state", "MASTER", exit=5)
    assert "no state" in node.error("wait", "VI_1", "state", "asleep", exit=2)


def test_wait_synced_listens_until_the_roles_are_settled(node):
    settled = dict(MOVED, type="daemon.settled", path="daemon/vrrpd", new={"settled": True})
    daemon = node.daemon(methods=happenings(*picture(VI_1, settled=False), event(SUNK),
                                            event(settled), end="open"))
    node.text("wait", "synced", "-t", "20s")
    assert [call["types"] for call in daemon.called("subscribe")] == [["daemon.*"]]


def test_wait_synced_of_settled_roles_is_over_at_once(node):
    node.daemon(methods=happenings(*picture(VI_1), end="open"))
    node.text("wait", "synced", "-t", "20s")


def test_wait_synced_asks_again_when_the_daemon_was_restarted(node):
    settled = iter([False, True])
    daemon = node.daemon(methods={"subscribe": lambda params: Stream(
        START, *picture(VI_1, settled=next(settled)), end="close")})
    node.text("wait", "synced", "-t", "20s")
    assert len(daemon.called("subscribe")) == 2


def test_wait_synced_that_never_settles_is_exit_7(node):
    node.daemon(methods=happenings(*picture(VI_1, settled=False), end="open"))
    node.error("wait", "synced", "-t", "1s", exit=7)


def test_wait_outlives_a_daemon_that_is_not_there_yet(node):
    waiting = subprocess.Popen(
        [node.binary, "-R", node.run_base, "wait", "synced", "-t", "20s"],
        stdout=subprocess.PIPE, text=True)
    time.sleep(0.3)
    assert waiting.poll() is None
    os.makedirs(os.path.join(node.run_base, "vrrpd"), exist_ok=True)
    node.daemons.append(FakeDaemon(node.run_base, "vrrpd", happenings(*picture(VI_1))))
    assert waiting.wait(20) == 0
    waiting.stdout.close()


def test_wait_without_any_daemon_is_exit_3(node):
    node.error("wait", "synced", "-t", "300ms", exit=3)


def test_wait_that_is_refused_ends_at_once(node):
    def refuse(_params):
        raise Refuse(1002, "denied", "not for you")
    node.daemon(methods={"subscribe": refuse})
    node.error("wait", "synced", "-t", "20s", exit=4)


def test_show_again_and_again_until_ctrl_c(node):
    node.daemon(methods={"list": items(VI_1)})
    with subprocess.Popen([node.binary, "-R", node.run_base, "-j", "show", "instances",
                           "--watch=50ms"], stdout=subprocess.PIPE, text=True) as child:
        for _ in range(3):
            assert json.loads(child.stdout.readline())["items"][0]["name"] == "VI_1"
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130


def test_only_what_shows_can_be_watched(node):
    node.daemon(methods={"list": items(VI_1)})
    assert "--watch" in node.error("reload", "-w", exit=2)


# ---- both daemons ---------------------------------------------------------------------

OTHER = "77ab00000000cafe"
LEVEL = {"sub": "hactl", "epoch": OTHER, "seq": 5, "ts": "2025-11-21T03:41:01.000000Z",
         "type": "lease.granted", "path": "lease/L-9", "cause": None, "old": None,
         "new": {"object": "daemon/checkd", "field": "log_level", "value": "debug"}}


def other(*messages, end="open"):
    return Stream({"resumed": False, "epoch": OTHER, "seq": 4}, *messages, end=end)


def both(node, vrrpd, checkd):
    return (node.daemon(methods={"subscribe": vrrpd}),
            node.daemon("checkd", methods={"subscribe": checkd}, epoch=OTHER))


def test_watch_tells_what_both_do_and_where_to_go_on_with_both(node):
    both(node, Stream(START, event(MOVED)), other(event(LEVEL)))
    lines = [json.loads(line) for line in
             node.text("-j", "watch", "count", "2").splitlines()]
    assert {it["daemon"] for it in lines} == {"vrrpd", "checkd"}
    assert lines[-1]["position"] == f"{EPOCH}:8812,{OTHER}:5"
    text = node.text("watch", "count", "2").splitlines()
    assert sorted(line.split()[0] for line in text) == ["checkd", "vrrpd"]


def test_each_daemon_goes_on_from_its_own_place(node):
    daemons = both(node, Stream(START, event(MOVED)), other(event(LEVEL)))
    node.text("watch", "since", f"{OTHER}:3,{EPOCH}:8700", "count", "2")
    assert [it.called("subscribe")[0]["since"] for it in daemons] == [
        {"epoch": EPOCH, "seq": 8700}, {"epoch": OTHER, "seq": 3}]
    # Of a position from before there was another, that one gets the picture.
    node.text("watch", "since", f"{EPOCH}:8700", "count", "2")
    asked = [it.called("subscribe")[1] for it in daemons]
    assert asked[0]["since"] == {"epoch": EPOCH, "seq": 8700}
    assert asked[1]["since"]["epoch"] != OTHER and asked[1]["snapshot"] == "if-needed"


def test_one_daemon_that_ends_does_not_end_the_lines_of_the_other(node):
    vrrpd, checkd = both(node, Stream(START), other(event(LEVEL), end="close"))
    vrrpd.methods["subscribe"] = again(Stream(START, event(MOVED)))
    checkd.methods["subscribe"] = again(
        other(event(LEVEL), end="close"),
        Stream({"resumed": True, "epoch": OTHER, "seq": 5}, event(dict(LEVEL, seq=6))))
    lines = [json.loads(line) for line in
             node.text("-j", "watch", "count", "3").splitlines()]
    assert [it["type"] for it in lines if it["daemon"] == "checkd"] == [
        "lease.granted", "unreachable", "connected", "lease.granted"]
    assert checkd.called("subscribe")[1]["since"] == {"epoch": OTHER, "seq": 5}


def test_a_dead_daemon_is_told_and_the_other_watched(node):
    _, checkd = both(node, Stream(START, event(MOVED)), other())
    checkd.close()
    done = node.hactl("watch", "count", "1")
    assert done.returncode == 0 and "MASTER -> BACKUP" in done.stdout
    assert "checkd is not running" in done.stderr and "waiting for it" in done.stderr


def test_instances_are_watched_with_their_daemon_alone(node):
    _, checkd = both(node, Stream(START, event(MOVED)), other(event(LEVEL)))
    node.text("watch", "instances", "count", "1")
    assert not checkd.calls


def test_log_is_of_both_in_the_order_of_time(node):
    vrrpd, checkd = both(node, Stream(START, event(SUNK)), other())
    vrrpd.methods["log.tail"] = {"epoch": EPOCH, "seq": 8812, "items": [MOVED]}
    checkd.methods["log.tail"] = {"epoch": OTHER, "seq": 5, "items": [LEVEL]}
    lines = node.text("log").splitlines()
    assert [line.split()[0] for line in lines] == ["checkd", "vrrpd"]
    assert [it["seq"] for it in node.json("log", "1")["items"]] == [8812]
    follower = node.start("log", "follow")
    for number in ("5", "8812", "8813"):
        assert seq_of(follower.stdout.readline()) == number
    follower.send_signal(signal.SIGINT)
    assert follower.wait(10) == 130
    assert [it.called("subscribe")[0]["since"]["seq"] for it in (vrrpd, checkd)] == [8812, 5]
    follower = node.start("-j", "log", "follow")
    for name in ("checkd", "vrrpd", "vrrpd"):
        assert json.loads(follower.stdout.readline())["daemon"] == name
    follower.kill()
    checkd.close()
    assert "checkd  unreachable" in node.text("log", exit=3)


def test_the_log_of_a_day_is_in_words(node):
    def told(kind, new, path="instance/VI_1"):
        return dict(MOVED, type=kind, path=path, cause=None, old=None, new=new)
    node.daemon(methods={"log.tail": {"epoch": EPOCH, "seq": 1, "items": [
        told("move.started", {"moving": {"kind": "failover"}, "kind": "failover"}),
        told("move.finished", {"kind": "failover", "result": "done", "state": "BACKUP",
                               "master": "192.0.2.12", "master_priority": 60}),
        told("instance.master", {"state": "BACKUP", "master": "192.0.2.12",
                                 "master_priority": 60}),
        told("instance.master", {"state": "BACKUP", "master": None}),
        told("instance.changed", {"priority": 120, "preempt_delay_ms": 3000,
                                  "nopreempt": True}),
        told("instance.changed", {"leases": []}),
        told("instance.changed", {"move": None, "for_ms": 3}),
        told("instance.changed", {"move": {"kind": "failover"}, "leases": ["L-1", "L-2"]}),
        dict(told("instance.changed", {"priority": 140}), old={"priority": 150}),
        told("instance.changed", {"vips": {"want": 2, "set": 1}, "split_brain": "192.0.2.9"}),
        dict(told("override.superseded", {"file": 151}),
             old={"field": "priority", "saved": 156, "file": 150}),
        dict(told("daemon.log_level", {"level": "debug"}, "daemon/vrrpd"),
             old={"level": "info"}),
        told("config.reloaded", {"rev": 14, "counts": {"added": 1, "changed": 2, "removed": 0},
             "added": ["VI_3"], "changed": ["VI_1", "VI_2"], "changes": [
                 {"path": "instance/VI_1", "field": "priority", "old": 150, "new": 151}],
             "dropped": [
                 {"path": "instance/VI_1", "field": "priority", "value": 156}]},
             "daemon/vrrpd"),
        told("config.refused", {"rev": 14, "finding": {
            "file": "haven.conf", "line": 7, "text": "'foo' is no keyword"}}, "daemon/vrrpd"),
        told("config.refused", {"rev": 14}, "daemon/vrrpd"),
        told("daemon.settled", {"settled": True, "instances": 1}, "daemon/vrrpd")]}})
    assert "knows who is Master everywhere" in node.text("log")
    text = node.text("log")
    for words in ("failover begins", "failover done  master 192.0.2.12 prio 60",
                  "hears 192.0.2.12 as Master, priority 60", "hears no Master",
                  "priority is 120, preempt-delay is 3s, nopreempt is on",
                  "no leases", "leases L-1 L-2", "priority 150 -> 140",
                  "1 of 2 addresses set, 192.0.2.9 is MASTER as well",
                  "saved priority 156 is dropped: the file says 151, no longer 150"):
        assert f"VI_1     {words}\n" in text
    for words in ("log level info -> debug",
                  "reloaded: 1 added (VI_3), 2 changed (VI_1, VI_2); VI_1 priority 150 -> 151, "
                  "dropped the edit VI_1 priority 156 (rev 14)",
                  "refused a new configuration: haven.conf:7: 'foo' is no keyword; "
                  "the one in use stays",
                  "refused a new configuration; the one in use stays"):
        assert f"vrrpd    {words}\n" in text
    assert "move" not in text.replace("moves", "") and "for is" not in text
