#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""attacker.py - takes from a control socket whatever it gives.

    attacker.py SOCKET UID SECONDS KIND...

Runs as that user, one thread for each kind, over and over until the time is over, and
prints one JSON object: for each kind, how often what happened."""

import collections
import contextlib
import json
import os
import socket
import sys
import threading
import time

PATH, UID, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
KINDS = sys.argv[4:]
UNTIL = time.monotonic() + SECONDS
SUBSCRIBE = b'{"id":1,"method":"subscribe","params":{"sub":"s","snapshot":"always"}}\n'


def request(method, **params):
    return json.dumps({"id": 1, "method": method, "params": params}).encode() + b"\n"


def connect():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    client.connect(PATH)
    return client


def line_of(client):
    """A line, or what there was before the end."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while not data.endswith(b"\n"):
            more = client.recv(65536)
            if not more:
                break
            data += more
    return data


def outcome(line):
    """The name of the error, else what kind of message it is."""
    with contextlib.suppress(ValueError, KeyError):
        message = json.loads(line)
        return message["error"]["data"]["name"] if "error" in message else \
            message.get("method", "answered")
    return "closed" if not line else "garbage"


def connects(seen):
    """Connects and is gone."""
    for _ in range(200):
        with connect() as client:
            seen[outcome(line_of(client))] += 1


def sends(data):
    """Sends something once and reads what comes of it."""
    def attack(seen):
        with connect() as client:
            if outcome(line_of(client)) != "hello":
                seen["turned away"] += 1
                time.sleep(0.01)
                return
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(data)
            seen[outcome(line_of(client))] += 1
            seen["ended" if line_of(client) == b"" else "goes on"] += 1
    return attack


def bytewise(seen):
    with connect() as client:
        if outcome(line_of(client)) != "hello":
            return
        for byte in request("ping"):
            client.sendall(bytes([byte]))
        seen[outcome(line_of(client))] += 1


def half(seen):
    """Half a line, for as long as it is let."""
    with connect() as client:
        if outcome(line_of(client)) != "hello":
            return
        client.sendall(b'{"id":1,')
        began = time.monotonic()
        client.settimeout(max(0.1, UNTIL - began))
        with contextlib.suppress(TimeoutError):
            line_of(client)
            seen[f"closed after {time.monotonic() - began:.0f} s"] += 1


def deaf(data):
    """Asks as long as anything is taken, and reads nothing."""
    def attack(seen):
        with connect() as client:
            if outcome(line_of(client)) != "hello":
                return
            client.settimeout(0.5)
            while time.monotonic() < UNTIL:
                try:
                    client.sendall(data)
                    seen["asked"] += 1
                except TimeoutError:
                    seen["not taken"] += 1
                except OSError:
                    seen["closed"] += 1
                    return
    return attack


def pipelined(seen):
    """A thousand requests at once are all answered, in order."""
    with connect() as client:
        if outcome(line_of(client)) != "hello":
            return
        data = b"".join(b'{"id":%d,"method":"ping"}\n' % number for number in range(1000))
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        with client.makefile() as lines:
            numbers = [json.loads(lines.readline())["id"] for _ in range(1000)]
        sender.join()
        seen["in order" if numbers == list(range(1000)) else "WRONG"] += 1


ATTACKS = {
    "connects": connects,
    "half": half,
    "bytewise": bytewise,
    "pipelined": pipelined,
    "long": sends(b"x" * (1 << 20)),
    "deep": sends(b"[" * 60000 + b"\n"),
    "deep objects": sends(b'{"a":' * 12000 + b"\n"),
    "many keys": sends(b"{" + b",".join(b'"%d":0' % key for key in range(6000)) + b"}\n"),
    "million": sends(b"{" + b",".join(b'"k%06d":0' % key for key in range(75000)) + b"}\n"),
    "denied": deaf(request("config.save", reason="x" * 190)),
    "deaf list": deaf(request("list", type="instance")),
    "deaf metrics": deaf(request("metrics")),
    "deaf subscriber": deaf(SUBSCRIBE + request("ping") * 50),
}


def attack_until_the_end(name, seen):
    while time.monotonic() < UNTIL:
        try:
            ATTACKS[name](seen)
        except OSError as error:
            seen[f"error {error.errno or error}"] += 1
            time.sleep(0.01)


def main():
    os.setgroups([])
    os.setgid(UID)
    os.setuid(UID)
    seen = {name: collections.Counter() for name in KINDS}
    threads = [threading.Thread(target=attack_until_the_end, args=(name, seen[name]))
               for name in KINDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
