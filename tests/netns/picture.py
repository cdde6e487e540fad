# SPDX-License-Identifier: Apache-2.0
"""picture.py - what a subscriber knows, if it does as haven-protocol(7) says."""

import json

from lab import wait_until

# What is about this very moment, and may differ between two who ask one after the other:
ABOUT_NOW = {
    "for_ms", "left_ms", "age_ms",  # count on by themselves
    "last_refused",  # told at the pace of the log
    "split_brain",  # ends by itself, when the other was silent for a while
}
# What an event tells of itself, and no list has: of a move; of addresses; of a refused
# packet; of what was saved over another value of the file.
OF_EVENTS = {"kind", "result", "what", "address", "error",
             "drop", "text", "source", "detail", "count", "file"}
GONE = ("removed", "released", "expired")


def lasting(value):
    """Without what is about this very moment."""
    if isinstance(value, dict):
        return {key: lasting(it) for key, it in value.items() if key not in ABOUT_NOW}
    return [lasting(it) for it in value] if isinstance(value, list) else value


class Subscriber:
    """One that stays, or comes back to where it was (resume())."""

    def __init__(self, daemon):
        self.daemon, self.objects, self.position = daemon, {}, None
        self.types = set()  # of the events so far
        self.client = self.lines = None
        self.resume()

    def resume(self):
        """Subscribes anew, behind the last line that was read."""
        self.close()
        params = {"sub": "s", "heartbeat_ms": 1000}
        if self.position:
            params["since"] = self.position
        self.client = self.daemon.connect()
        self.lines = self.client.makefile()
        hello = json.loads(self.lines.readline())["params"]
        self.client.sendall(json.dumps({"id": 1, "method": "subscribe",
                                        "params": params}).encode() + b"\n")
        answer = json.loads(self.lines.readline())["result"]
        resumed = answer["resumed"]
        self.position = {"epoch": hello["epoch"], "seq": answer["seq"]}
        if not resumed:
            self.read(lambda message: message["method"] == "synced")
        return resumed

    def close(self):
        if self.client:
            self.lines.close()
            self.client.close()

    def read(self, last):
        """Applies lines until `last` accepts one."""
        while True:
            message = json.loads(self.lines.readline())
            self.apply(message["method"], message["params"])
            if last(message):
                return

    def read_to(self, seq):
        if self.position["seq"] < seq:
            self.read(lambda message: self.position["seq"] >= seq)

    def apply(self, method, params):
        self.position["seq"] = params["seq"]
        if method == "reset":
            self.objects = {}
        elif method == "object":
            self.objects[params["object"]["path"]] = params["object"]
        elif method == "event":
            self.types.add(params["type"])
            self.take(params["path"], params["type"], params.get("new") or {})

    def take(self, path, kind, new):
        if kind.endswith(GONE):
            self.objects.pop(path, None)
        elif path in self.objects or path.startswith(("instance/", "lease/")):
            self.objects.setdefault(path, {}).update(new)


def differences(told, fresh, of_edits):
    """{"PATH.MEMBER": (told, fresh)}; `of_edits` are fields that only `get` has besides
    the events of their edits."""
    found = {}
    for path in told.keys() | fresh.keys():
        ours, theirs = lasting(told.get(path, {})), lasting(fresh.get(path, {}))
        extra = OF_EVENTS | of_edits if path.startswith("instance/") else set()
        for name in (ours.keys() - extra) | theirs.keys():
            if ours.get(name, "none") != theirs.get(name, "none"):
                found[f"{path}.{name}"] = (ours.get(name, "none"), theirs.get(name, "none"))
    return found


def agree(subscribers, timeout=5):
    """Waits until all of them know what a fresh one is told, member by member. All events
    so far are of types that the daemon describes."""
    daemon, found = subscribers[0].daemon, {}
    described = set(daemon.call("describe")["events"])
    of_edits = set(daemon.call("describe", type="instance")["fields"])

    def compare():
        fresh = Subscriber(daemon)
        fresh.close()
        found.clear()
        for number, told in enumerate(subscribers):
            told.read_to(fresh.position["seq"])
            found.update({f"{number}: {name}": pair for name, pair in
                          differences(told.objects, fresh.objects, of_edits).items()})
        return not found

    try:
        wait_until(compare, timeout, "subscribers know what a fresh one knows", every=0.1)
    except AssertionError as error:
        raise AssertionError(f"{error}: {found}") from None
    assert set().union(*(told.types for told in subscribers)) <= described
