# SPDX-License-Identifier: Apache-2.0
"""hactl(1) says what hactl does: each command, each option, and its examples run."""

import os
import re
import shlex

import pytest
from fake_daemon import VI_1, FakeDaemon, Stream, get_of, items

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def page():
    with open(os.path.join(ROOT, "man/hactl.1"), encoding="utf-8") as file:
        return file.read()


def examples():
    """The commands of the section EXAMPLES, up to what the shell does with them."""
    section = page().split(".Sh EXAMPLES")[1]
    return [re.split(r" (?:\|\|?|&&) ", line)[0] for line in section.splitlines()
            if line.startswith("hactl ")]


def test_every_command_has_its_entry(node):
    for item in node.json("help")["items"]:
        syntax = item["syntax"]
        entry = f'.It Ic "{syntax}"'
        assert entry in page(), f"{syntax} is not in hactl(1)"


def test_every_entry_is_a_command(node):
    known = {item["syntax"] for item in node.json("help")["items"]}
    assert set(re.findall(r'^\.It Ic "(.*)"$', page(), re.M)) == known


def test_every_option_has_its_entry(node):
    text = node.text("--help") + "".join(
        node.text("help", *words) for words in (["show"], ["failover"], ["set"], ["check"]))
    options = set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.M))
    assert len(options) > 15
    entries = "\n".join(line for line in page().splitlines() if line.startswith(".It Fl"))
    for option in options:
        assert re.search(rf"Fl Fl {option}\b", entries), f"--{option} is not in hactl(1)"


def other_hosts(node, tmp_path):
    """What stands for ssh: lb1 is the node, and lb2 one that is its Backup."""
    node.daemons.append(FakeDaemon(str(tmp_path / "lb2"), "vrrpd", {
        "list": items(dict(VI_1, state="BACKUP"))}, node="lb2"))
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\n"
                   f"base={node.run_base}; [ $1 = lb1 ] || base=$base/$1\n"
                   f'hactl() {{ {node.binary} -R "$base" "$@"; }}\neval "$2"\n')
    ssh.chmod(0o755)
    return str(ssh)


@pytest.mark.parametrize("line", examples())
def test_example_runs(node, tmp_path, line):
    instance = dict(VI_1)
    synced = ("synced", {"sub": "hactl", "seq": 1, "settled": True})
    node.daemon(methods={"subscribe": Stream({"epoch": "e", "seq": 1}, synced),
                         "maintenance": {"lease": "L-1"}, "lease.list": {"items": []},
                         "lease.release": {},
                         "confirm": {"confirmed": "L-1"}, "status": {}, "list": items(instance), "get": get_of(instance),
                         "failover": {"moved": True, "to": "192.0.2.12", "took_ms": 612},
                         "explain": {"rev": 1, "explanation": {"summary": "", "lines": []}},
                         "apply": {"rev": 1, "changes": []}})
    conf = tmp_path / "keepalived.conf"
    conf.write_text("vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n"
                    " virtual_ipaddress {\n 192.0.2.10\n }\n}\n")
    words = shlex.split(line)[1:]
    words = [str(conf) if word.endswith("keepalived.conf") else word for word in words]
    words = ["" if word.startswith("$(") else word for word in words]
    if "edits" in words:
        words[words.index("edits")] = str(tmp_path / "edits")
        (tmp_path / "edits").write_text("set VI_1 priority 120\nunset VI_2 priority\n")
    if "watch" in words:
        # It has no end of its own.
        words += ["count", "1"]
        node.daemons[0].methods["subscribe"].messages += (("event", {
            "sub": "hactl", "epoch": "e", "seq": 2, "type": "x", "path": "instance/VI_1"}),)
    if "-H" in words:
        done = node.bare(*words, HACTL_SSH=other_hosts(node, tmp_path))
    else:
        done = node.hactl(*words)
    assert done.returncode == 0, done.stderr
