# SPDX-License-Identifier: Apache-2.0
"""Every command answers in JSON as schemas.py and hactl(1) say: an object with its schema,
lists that are always arrays, errors on stderr."""

import json
import os
import re
import subprocess

import pytest
from conftest import hactl_path
from fake_daemon import Stream
from schemas import ERROR, EVENT, ITEMS, check

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = {"NAME": "VI_1", "T": "1h", "N": "5", "VS": "WEB", "REAL": "10.0.0.1:80",
         "STATE": "MASTER", "FIELD": "quorum", "VALUE": "3", "WEIGHT": "5", "ID": "L-1",
         "LEVEL": "debug", "GROUP": "G1", "TRACK": "eth0", "METHOD": "ping", "CMD": "true",
         "KIND": "instance", "WORD": "show", "CLOCK": "05:30"}
WATCHES = ("hactl.event/1",)


def rows():
    done = subprocess.run([hactl_path(), "-j", "help"], capture_output=True, check=True)
    return json.loads(done.stdout)["items"]


def line_of(syntax):
    """The shortest line of a syntax: without what may be left out, the first of each group."""
    syntax = re.sub(r"\((s)\)", "", syntax).replace("...", "")
    while "[" in syntax:
        syntax = re.sub(r"\[[^][]*\]", "", syntax)
    while "(" in syntax:
        syntax = re.sub(r"\(([^()|]*)(\|[^()]*)?\)", r"\1", syntax)
    return [WORDS.get(word, word) for word in syntax.split()]


@pytest.fixture(name="empty")
def _empty(node):
    """Both daemons, which have nothing."""
    def answer(params):
        return {"rev": 1, "items": [], "changes": [], "families": [], "findings": [],
                "members": [], "moved": True, "type": params.get("type", "x"), "total": 0}
    names = ("status", "list", "clients", "explain", "doctor", "metrics", "failover",
             "takeover", "apply", "drain", "undrain", "check.now", "config.diff",
             "config.save", "config.discard", "audit.list", "confirm", "hold", "maintenance",
             "garp", "log.level", "lease.renew", "lease.release", "reload", "config.reload",
             "describe", "ping", "log.tail")
    methods = {name: answer for name in names}
    methods["get"] = lambda params: {"rev": 1, "object": {
        "path": params["path"], "name": "x", "state": "MASTER"}}
    methods["subscribe"] = Stream(
        {"resumed": False, "epoch": "e", "seq": 1},
        ("object", {"sub": "hactl", "seq": 1, "object": {
            "path": "instance/VI_1", "state": "MASTER"}}),
        ("object", {"sub": "hactl", "seq": 1, "object": {"path": "vs/WEB", "state": "up"}}),
        ("synced", {"sub": "hactl", "seq": 1, "settled": True}),
        ("event", {"sub": "hactl", "seq": 2, "epoch": "e", "type": "x", "ts": "",
                   "path": "instance/VI_1"}))
    node.daemon(methods=methods)
    node.daemon("checkd", methods=methods)
    return node


# What has no answer of its own, or another program's.
ALONE = {"history", "(exit | quit)", "config show [FILE] [as HOST]", "config test [FILE] [as HOST]",
         "call (vrrpd | checkd) METHOD [PARAM...]",
         "maintenance run ([for T] [out] [stay] -- CMD... | "
         "(node | [instance] NAME | group GROUP) [for T] [out] [stay] [--] CMD...)",
         "maintenance run (vs VS | real VS REAL) [for T] [--] CMD..."}
MORE = {"wait (vs VS state STATE | drained VS REAL)": ["wait", "vs", "WEB", "state", "up"]}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["syntax"][:40])
def test_every_command_answers_with_its_schema(empty, row):
    if row["syntax"] in ALONE:
        pytest.skip("has no list of items")
    words = MORE.get(row["syntax"], line_of(row["syntax"]))
    if row["schema"] in WATCHES:
        words += ["count", "1"]
    done = empty.hactl("-j", "-y", *words)
    assert done.stderr == "" and done.returncode in (0, 1), (words, done)
    if row["schema"] in WATCHES:
        for line in done.stdout.splitlines():
            check(json.loads(line), EVENT, words)
        return
    answer = json.loads(done.stdout)
    assert isinstance(answer["items"], list)
    assert answer["schema"] == row["schema"]
    assert words == ["help"] or answer["partial"] is False


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["syntax"][:40])
def test_every_error_is_one_object_on_stderr(node, row):
    words = MORE.get(row["syntax"], line_of(row["syntax"]))
    if row["syntax"] in ALONE or words[0] in ("help", "check"):
        pytest.skip("needs no daemon, or makes an answer of it")
    # hactl itself always knows its own version.
    if words[-1] == "version":
        words = ["show", "status"]
    done = node.hactl("-j", "-y", "-t", "200ms", *words)
    assert (done.returncode, done.stdout) == (3, ""), (words, done)
    error = json.loads(done.stderr)["error"]
    check(error, ERROR, words)
    assert (error["name"], error["exit"]) == ("unavailable", 3)


def test_what_is_not_there_is_an_empty_list(empty):
    for words in (["show", "instances"], ["show", "vips"], ["show", "leases"], ["diff"],
                  ["audit"], ["show", "stats"], ["log"], ["doctor"], ["metrics"]):
        assert empty.json(*words)["items"] == [], words


def test_every_schema_is_written_down():
    known = {row["schema"] for row in rows() if "schema" in row}
    with open(os.path.join(ROOT, "man/hactl.1"), encoding="utf-8") as file:
        page = file.read()
    for schema in known:
        assert schema in ITEMS or schema in WATCHES, schema
        assert f".It Li {schema}" in page, f"{schema} is not in hactl(1)"
    assert known == set(ITEMS) | set(WATCHES)
    assert set(re.findall(r"^\.It Li (hactl\.[a-z/0-9-]+)", page, re.M)) - known \
        == {"hactl.nodes/1"}
