# SPDX-License-Identifier: Apache-2.0
"""vrrpd is killed again and again while it is asked for edits: what was answered is there
afterwards, once and whole; what was not answered is there or not, but never half."""

import datetime
import itertools
import json
import os
import random
import shutil
import signal
import threading
import time

from daemons import Haven, conf, instance_conf
from lab import wait_until

KILLS = 110
REBOOT_EVERY = 5
LEASED = [f"instance/VI_{number}" for number in range(1, 5)]
EDITED = [f"instance/VI_{number}" for number in range(5, 9)]


def eight_routers():
    return conf(*(instance_conf(f"VI_{number}", vrid=50 + number, priority=100,
                                addresses=[f"192.0.2.{100 + number}/24"])
                  for number in range(1, 9)))


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Editor:
    """Asks for one edit after the other, and knows what must be there afterwards. Leases
    and edits without an end are of different routers, so that each is simple."""

    def __init__(self, daemon, seed):
        self.daemon = daemon
        self.random = random.Random(seed)
        self.leases = {}   # id -> [end, whether it is on the disk]
        self.dropped = set()  # released without an answer: perhaps not on the disk
        self.values = {}   # path -> priority
        self.saved = {}    # path -> priority that outlives a reboot
        self.unsure = {}   # path -> what it may be after a reboot, as nobody answered
        self.doubt = (None, {})  # the request that was not answered
        self.answers = 0

    # ---- asking

    def next_request(self):
        span = self.random.randrange(3_600_000, 20_000_000)
        leased, edited = self.random.choice(LEASED), self.random.choice(EDITED)
        requests = [
            ("hold", {"target": leased, "for_ms": span}),
            ("maintenance", {"action": "on", "target": leased, "for_ms": span,
                             "wait": False}),
            ("apply", {"changes": [{"path": edited, "set": {
                "priority": self.random.randrange(2, 254)}}]}),
            ("apply", {"changes": [{"path": edited, "unset": ["priority"]}]}),
            ("config.save", {"objects": [edited]}),
            ("config.discard", {"objects": [edited], "saved": True}),
        ]
        if self.leases:
            lease = self.random.choice(sorted(self.leases))
            requests += [("lease.renew", {"id": lease, "ttl_ms": span}),
                         ("lease.release", {"id": lease})]
        return self.random.choice(requests)

    def run(self):
        """Ends when the daemon does."""
        try:
            with self.daemon.connect() as client, client.makefile() as lines:
                lines.readline()
                for number in itertools.count():
                    self.doubt = method, params = self.next_request()
                    request = {"id": number, "method": method, "params": params}
                    client.sendall(json.dumps(request).encode() + b"\n")
                    self.take(method, params, json.loads(lines.readline()))
                    self.doubt = None, {}
        except (OSError, ValueError):
            pass

    def take(self, method, params, answer):
        if "error" in answer:
            # A role that is being moved already.
            assert answer["error"]["data"]["name"] == "busy", (method, params, answer)
            return
        self.answers += 1
        result = answer["result"]
        if method == "lease.release":
            del self.leases[params["id"]]
        elif "lease" in result:
            self.leases[result["lease"]] = [seconds(result["expires"]),
                                            result.get("durable") is True]
        else:
            assert result["durable"] is True, answer
            self.take_edit(method, params)

    def take_edit(self, method, params):
        for path in params.get("objects", []):
            self.unsure.pop(path, None)
        if method == "config.save":
            (path,) = params["objects"]
            if path in self.values:
                self.saved[path] = self.values[path]
        elif method == "config.discard":
            (path,) = params["objects"]
            self.values.pop(path, None)
            self.saved.pop(path, None)
        else:
            (change,) = params["changes"]
            if "set" in change:
                self.values[change["path"]] = change["set"]["priority"]
            else:
                for known in self.values, self.saved, self.unsure:
                    known.pop(change["path"], None)

    # ---- looking

    def check(self, rebooted):
        self.check_leases(rebooted)
        self.check_values(rebooted)

    def check_leases(self, rebooted):
        items = self.daemon.call("lease.list")["items"]
        found = {item["id"]: item for item in items}
        method, params = self.doubt
        assert len(found) == len(items), "a lease is there twice"
        for lease, (end, durable) in self.leases.items():
            if params.get("id") == lease or (rebooted and not durable):
                continue
            assert lease in found, f"{lease} was promised; in doubt is {self.doubt}"
            if params.get("target") != found[lease]["object"]:
                assert abs(seconds(found[lease]["expires"]) - end) < 2
        if method == "lease.release":
            self.dropped.add(params["id"])
        for lease in set(found) - set(self.leases):
            if rebooted and lease in self.dropped:
                continue
            assert params.get("target") == found[lease]["object"], (lease, self.doubt)
        if rebooted:
            self.dropped.clear()
        # What nobody answered for may be in the run directory only.
        ends = {lease: seconds(item["expires"]) for lease, item in found.items()}
        self.leases = {lease: [end, self.is_promised(lease, end)]
                       for lease, end in ends.items()}

    def is_promised(self, lease, end):
        known, durable = self.leases.get(lease, (0, False))
        return durable and abs(known - end) < 2

    def check_values(self, rebooted):
        for path in EDITED:
            instance = self.daemon.instance(path.split("/")[1])
            value, layer = instance["priority"], instance["sources"]["priority"]["layer"]
            possible = self.possible(path, rebooted)
            assert value in possible, (path, layer, self.doubt)
            if rebooted:
                self.unsure.pop(path, None)
            elif path in json.dumps(self.doubt):
                self.unsure[path] = possible | {self.saved.get(path, 100)} | \
                    self.unsure.get(path, set())
            self.values.pop(path, None)
            if layer == "runtime":
                self.values[path] = value
            else:
                self.saved.pop(path, None)
            if layer == "saved":
                self.saved[path] = value

    def possible(self, path, rebooted):
        """The priority as it was promised, and as it would be after the request in
        doubt; nothing between the two."""
        method, params = self.doubt
        before = self.saved if rebooted else {**self.saved, **self.values}
        found = {before.get(path, 100)}
        if rebooted:
            found |= self.unsure.get(path, set())
        if method == "config.save" and path in params["objects"]:
            found.add(self.values.get(path, before.get(path, 100)))
        elif method == "config.discard" and path in params["objects"]:
            found.add(100)
        elif method == "apply" and params["changes"][0]["path"] == path:
            change = params["changes"][0]
            found.add(change["set"]["priority"] if "set" in change and not rebooted
                      else before.get(path, 100) if "set" in change else 100)
        return found


def reboot(daemon, number):
    """/run is empty in another boot; the disk is not."""
    shutil.rmtree(os.path.join(daemon.run_base, "vrrpd"))
    return daemon.host.write("boot_id", f"boot {number}\n")


def test_what_was_answered_outlives_a_kill(trio):
    daemon = Haven(trio[0], eight_routers())
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    editor, chance = Editor(daemon, seed), random.Random(seed)
    os.environ["HAVEN_BOOT_ID_FILE"] = daemon.host.write("boot_id", "boot 0\n")
    try:
        daemon.stop()
        daemon.start()
        for number in range(1, KILLS + 1):
            asking = threading.Thread(target=editor.run)
            asking.start()
            time.sleep(chance.uniform(0, 0.05))
            daemon.signal_all(signal.SIGKILL)
            daemon.wait()
            asking.join()
            if number % REBOOT_EVERY == 0:
                reboot(daemon, number)
            daemon.start()
            editor.check(number % REBOOT_EVERY == 0)
    finally:
        del os.environ["HAVEN_BOOT_ID_FILE"]
    assert "damaged" not in daemon.log()
    assert editor.answers > KILLS
    for name in range(1, 9):
        daemon.wait_state("MASTER", f"VI_{name}")
    wait_until(lambda: all(daemon.host.has(f"192.0.2.{100 + number}")
                           for number in range(1, 9)), 5, "the addresses are there")
