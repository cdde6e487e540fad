# SPDX-License-Identifier: Apache-2.0
"""An answer to apply says what the kernel still has to do, and an event tells its end."""

import ipaddress
import json

from daemons import Checkd, Haven, conf
from test_manual import PAGE, PENDING, as_json, assert_like, blocks

COUNT = 10_000
CHANGE = {"path": "instance/VI_1", "set": {"preempt_delay_ms": 5000}}


class Events:
    """Of one connection, with calls in between."""

    def __init__(self, daemon):
        self.client = daemon.connect()
        self.lines = self.client.makefile()
        self.client.settimeout(60)
        self.send(1, "subscribe", sub="s", types=["instance.*"], snapshot="never")

    def send(self, number, method, **params):
        self.client.sendall(json.dumps({"id": number, "method": method,
                                        "params": params}).encode() + b"\n")

    def until(self, wanted):
        for line in self.lines:
            message = json.loads(line)
            if wanted(message):
                return message
        raise AssertionError("the daemon closed the connection")

    def event(self, kind, **new):
        def wanted(message):
            params = message.get("params", {})
            return params.get("type") == kind and new.items() <= params["new"].items()
        return self.until(wanted)["params"]

    def answer(self, number):
        return self.until(lambda message: message.get("id") == number)["result"]


def _many(first):
    first = ipaddress.ip_address(first)
    return ("virtual_ipaddress_excluded {\n"
            + "\n".join(f"{first + number}/32" for number in range(COUNT)) + "\n}")


def test_an_apply_in_the_middle_says_what_is_under_way(trio):
    daemon = Haven(trio[0], conf(extra=_many("10.20.0.1"), interval=0.5))
    events = Events(daemon)
    events.event("instance.state", state="MASTER")
    events.send(2, "apply", changes=[CHANGE])
    (pending,) = events.answer(2)["pending"]
    assert_like(as_json(blocks()[PENDING]), pending)
    assert pending["path"] == "instance/VI_1" and pending["what"] == "addresses"
    assert pending["want"] == COUNT + 1 > pending["set"]
    end = events.event("instance.vips", what="settled")
    assert end["path"] == pending["path"] and end["new"]["vips"]["set"] == COUNT + 1
    assert "instance.vips" in PAGE
    assert daemon.call("apply", changes=[CHANGE])["pending"] == []


def test_what_the_kernel_refuses_ends_as_incomplete(trio):
    host = trio[0]
    host.sysctl("net.ipv6.conf.eth0.disable_ipv6", 1)
    extra = _many("10.20.0.1").replace("\n}", "\n2001:db8::77/64\n}")
    events = Events(Haven(host, conf(extra=extra, interval=0.5)))
    events.event("instance.state", state="MASTER")
    events.send(2, "apply", changes=[CHANGE])
    (pending,) = events.answer(2)["pending"]
    assert pending["want"] == COUNT + 2
    end = events.event("instance.vips", what="incomplete")
    assert end["new"]["vips"]["set"] == COUNT + 1


def test_without_work_nothing_is_pending(trio):
    daemon = Haven(trio[0], conf()).wait_state("BACKUP")
    assert daemon.call("apply", changes=[CHANGE])["pending"] == []
    checkd = Checkd(trio[1], conf())
    change = {"path": "daemon/checkd", "set": {"log_level": "debug"}}
    assert checkd.call("apply", changes=[change])["pending"] == []
