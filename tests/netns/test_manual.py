# SPDX-License-Identifier: Apache-2.0
"""haven-protocol(7) tells what the daemons do: its methods, parameters, roles, events,
errors, limits and members are theirs, and each of its examples is carried out."""

import contextlib
import json
import os
import re
import shutil

import frames
import pytest
from daemons import Checkd, Haven, HavenError, addresses_of, conf, instance_conf, settle
from lab import run, wait_until
from wire import injector

ROOT = os.path.join(os.path.dirname(__file__), "../..")
# What each method that changes something takes besides, told once for all of them.
COMMON = {"op_id", "reason"}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


PAGE = read("man/haven-protocol.7").replace("\\&", "")
WORDS = set(re.findall(r"[\w.-]+", PAGE)) | set(re.findall(r"\w+", PAGE))


def flat(text):
    """The text without lists inside lists."""
    lines, depth = [], 0
    for line in text.splitlines():
        depth += line.startswith(".Bl") - line.startswith(".El")
        if depth < 2:
            lines.append(line)
    return "\n".join(lines) + "\n"


def entries():
    """The entries of the page's lists of methods: {name: (parameters, words)}, where a
    parameter is its name and whether it must be given."""
    found = {}
    for match in re.finditer(r"^\.It Cm (.+)\n((?:(?!\.It|\.El|\.Bl).*\n)*)", flat(PAGE), re.M):
        head, text = match[1], match[2]
        words = re.findall(r"(Bo|Bc|Bq|Va)|([\w.]+)", head)
        names, params, optional, in_params = [], {}, False, False
        for macro, word in words:
            optional = {"Bo": True, "Bq": True, "Bc": False}.get(macro, optional)
            in_params |= macro == "Va"
            if word and in_params:
                params[word] = not optional
            elif word:
                names.append(word)
        found |= {name: (params, text) for name in names if name not in found}
    return found


ENTRIES = entries()


@pytest.mark.parametrize("daemon", [Haven, Checkd], ids=lambda kind: kind.program)
def test_every_method_is_described_as_it_is(trio, daemon):
    methods = daemon(trio[0], conf()).call("describe")["methods"]
    assert len(methods) > 5
    wrong = {}
    for name, method in methods.items():
        told, text = ENTRIES.get(name, ({}, "no entry"))
        real = {param: it["required"] for param, it in method["params"].items()}
        assert COMMON <= set(real) or not method["changes"], name
        for key in COMMON:
            told.pop(key, None), real.pop(key, None)
        if daemon is Checkd:  # some of it takes less; its maintenance has its own entry
            told = {key: told[key] for key in told if key in real}
        if told != real and not (daemon is Checkd and name == "maintenance"):
            wrong[name] = {"told": told, "real": real}
        if method["role"] != "read" and method["role"] not in text:
            wrong[name] = f"it is for the role {method['role']}"
    assert wrong == {}


def test_the_page_has_no_method_that_is_none(trio):
    real = set()
    for daemon in (Haven, Checkd):
        real |= set(daemon(trio[0], conf()).call("describe")["methods"])
    methods = flat(PAGE[PAGE.index(".Sh METHODS OF BOTH"):PAGE.index(".Sh EVENTS")])
    told = {name for name in ENTRIES if re.search(rf"^\.It Cm .*\b{re.escape(name)}\b",
                                                  methods, re.M)}
    assert told - real == set()


def test_every_error_is_described():
    rows = re.findall(r"\{\s*(-?\d+), \"(\w+)\"", read("common/ctl_error.c"))
    assert len(rows) > 20
    for code, name in rows[1:]:  # the first is success
        assert re.search(rf"^\.It {code} Ta Cm {name} Ta", PAGE, re.M), (code, name)
    assert len(re.findall(r"^\.It -?\d+ Ta Cm", PAGE, re.M)) == len(rows) - 1


def types_in(*directories):
    """What looks like a type of event in the sources, but those of what is heard from the
    other daemon."""
    found = set()
    for directory in directories:
        for name in sorted(os.listdir(os.path.join(ROOT, directory))):
            if name.endswith(".c") and not re.search(r"_peer|peer_", name):
                found |= set(re.findall(r'"((?:instance|move|config|daemon|lease|override|'
                                        r'audit|peer)\.[a-z_]+)"', read(directory, name)))
    return found - {"audit.jsonl", "config.h", "lease.expire"}


@pytest.mark.parametrize("daemon", [Haven, Checkd], ids=lambda kind: kind.program)
def test_every_event_is_described(trio, daemon):
    description = daemon(trio[0], conf()).call("describe")
    events = set(description["events"])
    assert events == types_in(daemon.program, "common") - set(description["methods"])
    told = PAGE[PAGE.index("Types of vrrpd:"):PAGE.index(".Sh AUDIT")]
    told = set(re.findall(r"\b[a-z]+\.[a-z_]+\b", told))
    assert events == told if daemon is Haven else events < told


LIMITS = {
    "CTL_REQUEST_MAX": "at most {} bytes",
    "CTL_DEPTH_MAX": "{} levels deep",
    "CTL_TOKENS_MAX": "at most {} of the",
    "CTL_PAGE": "pages of {}",
    "CTL_CLIENTS_MAX": "{} clients on each socket",
    "CTL_CLIENTS_ROOT": "{} more for root",
    "CTL_CLIENTS_PER_USER": "{} for each other user",
    "CTL_WAITING_MAX": "{} requests of a client may wait",
    "CTL_SUBS_MAX": "{} subscriptions",
    "CTL_UNSENT_PAUSE": "{} of answers unread",
    "CTL_UNSENT_MAX": "leaves {}",
    "CTL_IDLE_US": "after {} of silence",
    "CTL_HALF_LINE_US": "after {} with half a line",
    "CTL_STUCK_US": "after {} without reading",
}
SPELLED = {4: "four", 8: "Eight", 64 << 10: "64 KiB", 2 << 20: "2 MiB",
           600 * 10**6: "10 minutes", 10 * 10**6: "10 seconds", 30 * 10**6: "30 seconds"}


def test_every_limit_is_told():
    text = read("common/ctl_limits.h") + read("common/ctl_msg.h")
    told = PAGE[PAGE.index(".Ss Limits"):PAGE.index(".Sh METHODS OF BOTH")].replace("\n", " ")
    for name, phrase in LIMITS.items():
        value = re.search(rf"#define {name} (.*?)(?: */[*].*)?$", text, re.M)[1]
        number = eval(value.replace("INT64_C", "int"))  # pylint: disable=eval-used
        assert any(phrase.format(form) in told for form in (number, SPELLED.get(number))), \
            f"{name} is {number}"


def test_every_member_is_named(trio):
    """Of an instance, of the greeting, of the status and of whoever is connected."""
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    instance = daemon.instance()
    groups = {"instance": instance, "counters": instance["counters"],
              "drops": instance["counters"]["drops"], "vips": instance["vips"],
              "vip": instance["vips"]["list"][0], "hello": daemon.hello(),
              "status": daemon.call("status"), "ping": daemon.call("ping"),
              "totals": daemon.call("clients")["totals"],
              "client": daemon.call("clients")["items"][0],
              "explanation": daemon.call("explain", path="VI_1")["explanation"],
              "test": daemon.call("config.test")}
    missing = {name: [key for key in members if key not in WORDS]
               for name, members in groups.items()}
    assert {name: keys for name, keys in missing.items() if keys} == {}


# ---- examples ----------------------------------------------------------------------


def blocks():
    """The literal examples, in order, as they are shown."""
    return re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed", PAGE, re.M)


def as_json(text):
    """What an example means; "..." in it stands for more."""
    text = text.replace("[...]", "[]").replace(",...}", "}")
    return json.loads(text)


def assert_like(example, real, path="the answer"):
    """Everything the example has is there, and of the same kind."""
    if isinstance(example, dict):
        assert isinstance(real, dict), path
        for key, value in example.items():
            assert key in real, f"{path} has no {key}, only {sorted(real)}"
            assert_like(value, real[key], f"{path}.{key}")
    elif isinstance(example, list):
        assert isinstance(real, list), path
    elif example is not None and real is not None:
        assert isinstance(real, type(example)), path


def talk(daemon, *requests):
    """The answers to requests, which are sent as they stand, on one connection."""
    with daemon.connect() as client, client.makefile() as lines:
        answers = [json.loads(lines.readline())]
        for request in requests:
            client.sendall(json.dumps(request).encode() + b"\n")
            answers.append(json.loads(lines.readline()))
    return answers


(SHELL, GREETING, REQUESTS, REPAIR, DOCTOR, METRICS, APPLIED, PENDING, INSTANCE, SUBSCRIBE,
 EVENT) = range(11)


def test_the_page_has_the_examples_that_are_run_here():
    assert len(blocks()) == 11
    inline = re.findall(r"^\.Ql (\{.*\}|\"lease.*\})", PAGE, re.M)
    assert len(inline) == 3, inline


@pytest.mark.skipif(not (shutil.which("socat") and shutil.which("jq")),
                    reason="socat or jq is not installed")
def test_the_shell_is_a_client(trio):
    daemon = Haven(trio[0], conf())
    command = blocks()[SHELL].replace("UNIX:/run", f"UNIX:{daemon.run_base}")
    out = run("sh", "-c", command).stdout
    assert '"hello"' in out and '"rev"' in out


def test_the_greeting_is_like_that(trio):
    example, (real,) = as_json(blocks()[GREETING]), talk(Haven(trio[0], conf()))
    assert_like(example, real)
    assert set(example["params"]) == set(real["params"])


def test_the_requests_are_answered_like_that(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    lines = re.findall(r"^([<>]) ((?:.*\n)(?: .*\n)*)", blocks()[REQUESTS], re.M)
    assert [sign for sign, _ in lines] == [">", "<", "<"]
    request, good, bad = (as_json(text) for _, text in lines)
    wrong = request | {"params": {"path": "instance/nobody"}}
    _, found, refused = talk(daemon, request, wrong)
    assert_like(good, found)
    assert_like(bad, refused)
    assert refused["error"]["code"] == bad["error"]["code"]
    assert refused["error"]["data"]["name"] == bad["error"]["data"]["name"]


def test_an_instance_is_like_that(trio):
    a, _, client = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    with injector(client) as send:
        send(frames.advert(client.ip4, 51, 50, addresses_of(4), checksum_value=0xbad))
    wait_until(lambda: daemon.instance()["offenders"], 5, "it was refused")
    example, real = as_json(blocks()[INSTANCE]), daemon.instance()
    assert_like(example, real)
    assert_like(example["offenders"][0], real["offenders"][0])


def test_a_repair_is_like_that(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    example, real = as_json(blocks()[REPAIR]), daemon.call("config.reload", repair=True)
    assert_like(example, real)
    assert set(example["repair"]) == set(real["repair"])
    assert set(example["repair"]["counts"]) == set(real["repair"]["counts"])


def test_findings_and_metrics_are_like_that(trio):
    daemon = Haven(trio[0], conf(*(instance_conf(f"VI_{number}", vrid=number)
                                   for number in range(1, 14)))).wait_state("MASTER")
    daemon.host.ip("link", "set", "eth0", "down")
    daemon.wait_state("FAULT")
    example, real = as_json(blocks()[DOCTOR]), daemon.call("doctor")
    assert_like(example, real)
    assert_like(example["findings"][0], real["findings"][0])
    example, real = as_json(blocks()[METRICS]), daemon.call("metrics")
    assert_like(example, real)
    family = next(each for each in real["families"]
                  if each["name"] == example["families"][0]["name"])
    assert_like(example["families"][0], family)
    assert family["labels"] == example["families"][0]["labels"]


def test_what_stands_in_the_text_is_taken(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    inline = re.findall(r"^\.Ql (\{.*\}|\"lease.*\})", PAGE, re.M)
    change, unset, lease = (
        as_json((text if text[0] == "{" else "{" + text + "}").replace("N}", "60000}"))
        for text in inline)
    for each in (change, unset):
        assert "changes" in daemon.call("apply", changes=[each], dry_run=True, **lease)


def test_an_edit_below_a_lease_is_answered_like_that(trio):
    daemon = Haven(trio[0], conf()).wait_state("MASTER")
    change = {"path": "instance/VI_1", "set": {"priority": 180}}
    daemon.call("apply", changes=[change], lease={"ttl_ms": 60000})
    answer = daemon.call("apply", changes=[change | {"set": {"priority": 120}}])
    example = as_json(blocks()[APPLIED])
    assert_like(example, answer["changes"][0])
    for key in ("old", "new", "set", "in_force", "kind"):
        assert answer["changes"][0][key] == example[key]


def test_a_subscription_is_like_that(trio):
    a, b, _ = trio
    master = Haven(a, conf(priority=200)).wait_state("MASTER")
    settle(master, Haven(b, conf(priority=100)), master=master)
    request, example = as_json(blocks()[SUBSCRIBE]), as_json(blocks()[EVENT])
    seen = {}
    with master.connect() as client, client.makefile() as lines:
        lines.readline()
        client.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(lines.readline())["result"]
        assert set(answer) == {"resumed", "epoch", "seq"}
        wait_until(lambda: master.hactl("-y", "failover", "VI_1").returncode == 0, 5, "moved")
        for line in lines:
            message = json.loads(line)
            kind = message["params"].get("type", message["method"])
            seen.setdefault(kind, message)
            if kind == "heartbeat":
                break
    assert {"reset", "object", "synced", "instance.state", "heartbeat"} <= set(seen)
    assert_like(example, seen["instance.state"])
    since = {"epoch": answer["epoch"], "seq": answer["seq"]}
    assert master.call("subscribe", sub="s2", since=since)["resumed"] is True


def test_unknown_parameters_are_refused(trio):
    daemon = Haven(trio[0], conf())
    with contextlib.suppress(HavenError):
        daemon.call("ping", color="blue")
        raise AssertionError("it was taken")
