# SPDX-License-Identifier: Apache-2.0
"""doctor and metrics as text: findings with the worst first, numbers in both formats."""

import pytest
from fake_daemon import Refuse, items

NOTE = {"severity": "note", "check": "a", "object": "daemon/vrrpd", "text": "all is new",
        "advice": ""}
ERROR = {"severity": "error", "check": "split_brain", "object": "instance/VI_1",
         "text": "two MASTERs: 192.0.2.12 is MASTER too",
         "advice": "Look at what it sends: \"hactl show stats VI_1\"."}
WARNING = {"severity": "warning", "check": "late", "object": "instance/VI_2",
           "text": "an advertisement left 40 ms late", "advice": "Look for what blocks."}

FAMILIES = [
    {"name": "haven_vrrp_refused", "type": "counter", "help": "Refused ones.",
     "labels": ["instance", "reason"], "samples": [["VI \"1\"\\", "ttl", 3], ["b", "c", 0]]},
    {"name": "haven_vrrp_up", "type": "gauge", "help": "Up.", "labels": [],
     "samples": [[1.5]]},
    {"name": "haven_late_seconds", "type": "histogram", "help": "Late.", "labels": [],
     "buckets": [[0.001, 5], [0.01, 7]], "count": 8, "sum": 0.25, "samples": []}]


def findings(*some):
    return {"doctor": {"rev": 1, "findings": list(some)}, "list": items()}


def own_lines(text):
    """Those of the daemon's findings; as root there may be some of this host as well."""
    known = [word for it in (NOTE, ERROR, WARNING) for word in (it["text"], it["advice"]) if word]
    return [line for line in text.splitlines() if any(word in line for word in known)]


def test_the_worst_finding_comes_first_with_what_to_do(node):
    node.daemon(methods=findings(NOTE, WARNING, ERROR))
    node.daemon("checkd")
    text = node.text("doctor", exit=1)
    assert own_lines(text) == [
        "error: VI_1: two MASTERs: 192.0.2.12 is MASTER too",
        "    Look at what it sends: \"hactl show stats VI_1\".",
        "warning: VI_2: an advertisement left 40 ms late",
        "    Look for what blocks.",
        "note: vrrpd: all is new"]
    last = text.splitlines()[-1]
    assert "error" in last and "warning" in last and "note" in last
    assert not node.text("doctor", "--no-legend", exit=1).splitlines()[-1].endswith("notes.")


def test_findings_in_json_are_as_the_daemon_says_them(node):
    node.daemon(methods=findings(WARNING, ERROR))
    node.daemon("checkd")
    items_of = node.json("doctor", exit=1)["items"]
    assert [it for it in items_of if it["check"] in ("late", "split_brain")] == [WARNING, ERROR]


def test_doctor_without_vrrpd_has_no_opinion(node):
    node.error("doctor", exit=3)

    def refuse(_params):
        raise Refuse(1002, "denied", "not for you")
    node.daemon(methods={"doctor": refuse})
    assert "not for you" in node.error("doctor", exit=4)


def test_metrics_in_openmetrics(node):
    node.daemon(methods={"metrics": {"rev": 1, "families": FAMILIES}})
    assert node.text("metrics").splitlines() == [
        "# HELP haven_vrrp_refused Refused ones.",
        "# TYPE haven_vrrp_refused counter",
        "haven_vrrp_refused_total{instance=\"VI \\\"1\\\"\\\\\",reason=\"ttl\"} 3",
        "haven_vrrp_refused_total{instance=\"b\",reason=\"c\"} 0",
        "# HELP haven_vrrp_up Up.",
        "# TYPE haven_vrrp_up gauge",
        "haven_vrrp_up 1.5",
        "# HELP haven_late_seconds Late.",
        "# TYPE haven_late_seconds histogram",
        "haven_late_seconds_bucket{le=\"0.001\"} 5",
        "haven_late_seconds_bucket{le=\"0.01\"} 7",
        "haven_late_seconds_bucket{le=\"+Inf\"} 8",
        "haven_late_seconds_sum 0.25",
        "haven_late_seconds_count 8",
        "# EOF",
    ]


def test_metrics_as_a_textfile(node):
    node.daemon(methods={"metrics": {"rev": 1, "families": FAMILIES[:1]}})
    lines = node.text("metrics", "textfile").splitlines()
    assert lines[:2] == ["# HELP haven_vrrp_refused_total Refused ones.",
                         "# TYPE haven_vrrp_refused_total counter"]
    assert "# EOF" not in lines


def test_metrics_of_all_pages_are_joined(node):
    def pages(params):
        if params.get("next", 0) == 0:
            return {"rev": 1, "families": FAMILIES[:1], "next": 2}
        return {"rev": 1, "families": [dict(FAMILIES[0], samples=[["z", "ttl", 9]])]}
    node.daemon(methods={"metrics": pages})
    text = node.text("metrics")
    assert text.count("# TYPE") == 1
    assert text.index("reason=\"c\"") < text.index("instance=\"z\"")


@pytest.mark.parametrize("words", [("metrics",), ("metrics", "textfile")])
def test_metrics_without_vrrpd_are_none(node, words):
    node.error(*words, exit=3)
