# SPDX-License-Identifier: Apache-2.0
"""fake_daemon.py - a daemon that says what a test wants: the protocol without the protocol's
meaning. It knows one connection at a time per thread, and answers from a table."""

import json
import os
import socket
import threading
import time

VI_1 = {
    "path": "instance/VI_1", "name": "VI_1", "group": None, "state": "MASTER",
    "cause": "preempted", "reason": "preempted 192.0.2.12, priority 100",
    "priority": 150, "effective": 150, "master": "self", "master_priority": 150,
    "since": "2025-11-21T01:29:10.120411Z", "for_ms": 7860120,
    "vips": {"want": 2, "set": 2, "list": [
        {"address": "192.0.2.10/24", "interface": "eth0", "set": True, "excluded": False},
        {"address": "192.0.2.13/24", "interface": "eth1", "set": True, "excluded": True}]},
    "interface": "eth0", "vrid": 51, "version": 3, "family": "ipv4",
    "advert_int_ms": 1000, "nopreempt": False, "preempt_delay_ms": 0,
    "leases": ["L-3fa1"],
    "lease": {"id": "L-3fa1", "kind": "override", "left_ms": 6540000},
    "last_resort_until": None, "heir_due": None, "stay": False,
    "faults": [], "moving": None,
    "sources": {"priority": {"layer": "lease", "kind": "override", "lease": "L-3fa1",
                             "base": 100, "file": "/etc/haven/haven.conf", "line": 41},
                "nopreempt": {"layer": "default", "base": False}},
    "source_address": "192.0.2.11", "master_adver_int_ms": 1000, "skew_ms": 414.063,
    "master_down_interval_ms": 3414.063, "transitions": 3,
    "counters": {"adverts_sent": 7860, "drops": {"ttl": 0, "checksum": 1}},
    "last_refused": {"drop": "checksum", "text": "wrong checksum", "source": "192.0.2.9",
                     "at": "2025-11-21T01:30:10.000000Z", "detail": "got 1, not 2"},
    "offenders": [{"what": "checksum", "text": "wrong checksum", "source": "192.0.2.9",
                   "mac": "02:00:00:00:00:09", "at": "2025-11-21T01:30:10.000000Z",
                   "count": 1, "detail": "got 1, not 2"}], "split_brain": None,
}

VI_3 = {
    "path": "instance/VI_3", "name": "VI_3", "group": None, "state": "FAULT",
    "cause": "fault", "reason": "interface eth2 is down", "priority": 100,
    "effective": None, "master": "192.0.2.12", "master_priority": 100,
    "since": "2025-11-21T03:40:00.000000Z", "for_ms": 12000,
    "vips": {"want": 1, "set": 0}, "interface": "eth2", "vrid": 53, "version": 3,
    "family": "ipv4", "advert_int_ms": 100, "nopreempt": False, "preempt_delay_ms": 0,
    "leases": [], "faults": ["link_down"], "moving": None,
}


class Refuse(Exception):
    """Answers a call with an error."""

    def __init__(self, code, name, message, **data):
        super().__init__(message)
        self.error = {"code": code, "message": message, "data": {"name": name, **data}}


class Stream:
    """An answer that is followed by messages without an id, and then by `end`: "open"
    (nothing more comes), or "close"."""

    def __init__(self, result, *messages, end="open"):
        self.result, self.messages, self.end = result, messages, end


class FakeDaemon:
    """Listens in RUN_BASE/NAME/control.sock. `methods` maps a method to its result, or to
    a function of the parameters that returns it, raises Refuse, or returns None to close
    the connection."""

    def __init__(self, run_base, name="vrrpd", methods=None, role="admin", node="lb1",
                 **hello):
        self.name = name
        self.methods = dict(methods or {})
        self.hello = {"proto": "hcp", "major": 1, "minor": 0, "daemon": name,
                      "version": "0.1.0", "node": node, "epoch": "9f2c41d07be3a658",
                      "role": role, "phase": "running", "rev": 12, "features": [],
                      "limits": {"request": 65536}, **hello}
        self.calls = []
        directory = os.path.join(run_base, name)
        os.makedirs(directory, exist_ok=True)
        self.path = os.path.join(directory, "control.sock")
        self._listen()

    def _listen(self):
        self.connections = []
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(self.path)
        self.server.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def reopen(self):
        """Is there again, after close()."""
        os.unlink(self.path)
        self._listen()

    def _accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            self._send(connection, {"jsonrpc": "2.0", "method": "hello",
                                    "params": self.hello})
            with connection.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    if not self._answer(connection, json.loads(line)):
                        break
        except OSError:
            pass
        finally:
            connection.close()

    @staticmethod
    def _send(connection, message):
        connection.sendall((json.dumps(message) + "\n").encode())

    def _answer(self, connection, request):
        method, params = request["method"], request.get("params", {})
        self.calls.append((method, params))
        reply = {"jsonrpc": "2.0", "id": request["id"]}
        stream = Stream(None)
        try:
            result = self._result(method, params)
            if result is None:
                return False
            if isinstance(result, Stream):
                stream, result = result, result.result
            reply["result"] = result
        except Refuse as refused:
            reply["error"] = refused.error
        self._send(connection, reply)
        for method, params in stream.messages:
            self._send(connection, {"jsonrpc": "2.0", "method": method, "params": params})
        return stream.end != "close"

    def _result(self, method, params):
        if method not in self.methods:
            raise Refuse(-32601, "unknown_method", f"there is no method {method}")
        answer = self.methods[method]
        return answer(params) if callable(answer) else answer

    def called(self, method):
        """The parameters of all calls of a method."""
        return [params for name, params in self.calls if name == method]

    def hang(self, _params):
        """A method that never answers."""
        time.sleep(30)

    def close(self):
        """Dies: closes everything, and the socket file stays, as after SIGKILL."""
        for end in (self.server, *self.connections):
            try:
                # A close alone would leave it open to the thread that waits at it.
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


def items(*objects, rev=12):
    """The answer to `list`."""
    return {"rev": rev, "type": "x", "total": len(objects), "items": list(objects)}


def get_of(*objects):
    """The method `get` over these objects."""
    def get(params):
        for item in objects:
            if item["path"] == params["path"]:
                return {"rev": 12, "object": item}
        kind, _, name = params["path"].partition("/")
        raise Refuse(1001, "not_found", f"there is no {kind} \"{name}\"",
                     path=params["path"])
    return get
