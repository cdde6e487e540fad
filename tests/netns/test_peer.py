# SPDX-License-Identifier: Apache-2.0
"""The link between vrrpd and checkd: they find each other in any order, notice the end, the
restart and the silence of the other, and nothing of VRRP hangs on it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from daemons import Checkd, Haven, conf
from lab import wait_until


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Pair:
    """Both daemons of one node, in one run directory."""

    def __init__(self, host, first=Haven):
        self.of = {}
        for kind in (first, Checkd if first is Haven else Haven):
            daemon = kind(host, conf(priority=200), start=False)
            daemon.run_base = os.path.join(host.dir, "run")
            os.makedirs(daemon.run_base, mode=0o755, exist_ok=True)
            self.of[kind.program] = daemon.start()
        self.vrrpd, self.checkd = self.of["vrrpd"], self.of["checkd"]

    def peer(self, of):
        """What `of` knows of the other one."""
        other = "checkd" if of is self.vrrpd else "vrrpd"
        return of.call("get", path=f"peer/{other}")["object"]

    def wait(self, of, state, timeout=10, **members):
        def reached():
            peer = self.peer(of)
            return peer["state"] == state and members.items() <= peer.items()
        wait_until(reached, timeout, f"the other one is {state} for {of.program}")
        return self.peer(of)

    def wait_up(self):
        for daemon in self.of.values():
            self.wait(daemon, "up", settled=True)
        return self


@pytest.fixture(name="pair")
def _pair(trio):
    return Pair(trio[0]).wait_up()


@pytest.mark.parametrize("first", [Haven, Checkd], ids=lambda kind: kind.program)
def test_they_find_each_other_in_any_order(trio, first):
    pair = Pair(trio[0], first).wait_up()
    for daemon, other in ((pair.vrrpd, pair.checkd), (pair.checkd, pair.vrrpd)):
        hello, peer = other.hello(), pair.peer(daemon)
        assert (peer["epoch"], peer["version"]) == (hello["epoch"], hello["version"])
        assert peer["phase"] == "running" and peer["why"] is None
        assert 0 <= peer["age_ms"] < 3000
        # It is a reader on the public socket, and asks once.
        client, = [it for it in other.call("clients")["items"] if it["socket"] == "public"]
        assert (client["role"], client["requests"]) == ("read", 1)


def test_one_that_was_never_there_is_no_trouble(trio):
    vrrpd = Haven(trio[0], conf(priority=200)).wait_state("MASTER")
    assert vrrpd.call("status")["peer"]["state"] == "never"
    assert "link -" in vrrpd.hactl("show", "status", check=True).stdout
    assert vrrpd.hactl("check").returncode == 0, vrrpd.hactl("check").stdout
    assert "checkd" not in vrrpd.log()


def test_checkd_knows_the_states_of_the_routers(pair, trio):
    Haven(trio[1], conf(priority=100))
    checkd = pair.checkd
    pair.vrrpd.wait_state("MASTER")
    wait_until(lambda: pair.peer(checkd)["instances"] == {"total": 1, "master": 1}, 5,
               "it is known to be MASTER")
    assert pair.peer(checkd)["maintenance"] is None
    pair.vrrpd.hactl("-y", "maintenance", "on", "node", "for", "5m", "out", "--no-wait", check=True)
    wait_until(lambda: pair.peer(checkd)["instances"] == {"total": 1, "fault": 1}, 10,
               "it is known to be out of service")
    lease = pair.vrrpd.call("status")["maintenance"]
    assert pair.peer(checkd)["maintenance"] == lease
    pair.vrrpd.hactl("-y", "maintenance", "off", check=True)
    wait_until(lambda: pair.peer(checkd)["maintenance"] is None, 5, "it is known to be over")


def test_a_reload_is_followed(pair):
    two = conf(priority=200) + conf(name="VI_2", vrid=52, addresses=["192.0.2.77/24"]).split("}\n", 1)[1]
    pair.vrrpd.reload(two)
    assert len(pair.vrrpd.call("list", type="instance")["items"]) == 2
    wait_until(lambda: pair.peer(pair.checkd)["instances"]["total"] == 2, 5, "both are known")
    pair.vrrpd.reload(conf(priority=200))
    wait_until(lambda: pair.peer(pair.checkd)["instances"]["total"] == 1, 5, "one is gone")
    assert pair.peer(pair.checkd)["state"] == "up"


@pytest.mark.parametrize("program", ["vrrpd", "checkd"])
def test_the_end_and_the_restart_of_one(pair, program):
    one = pair.of[program]
    other = pair.of["checkd" if program == "vrrpd" else "vrrpd"]
    epoch = pair.peer(other)["epoch"]
    assert one.stop() == 0
    pair.wait(other, "lost", why="stopped")
    one.start()
    assert pair.wait(other, "up")["epoch"] != epoch
    one.signal_all(signal.SIGKILL)
    one.wait()
    pair.wait(other, "lost", why="closed")
    one.start()
    pair.wait(other, "up")
    pair.wait(one, "up")
    link = [line.split("link to ")[1] for line in other.log().splitlines() if "link to" in line]
    assert len(link) == 5, link
    assert "it has stopped" in link[1] and "ended without a word" in link[3]


@pytest.mark.parametrize("program", ["vrrpd", "checkd"])
def test_one_that_is_stopped_is_frozen(pair, program):
    one = pair.of[program]
    other = pair.of["checkd" if program == "vrrpd" else "vrrpd"]
    epoch = pair.peer(other)["epoch"]
    one.signal(signal.SIGSTOP)
    try:
        peer = pair.wait(other, "frozen", why="silent")
        assert 3000 <= peer["age_ms"] < 8000
        done = other.hactl("check", "-t", "1")
        assert done.returncode == 2
        assert f"{program} is silent: it was stopped, or is stuck" in done.stdout
        assert "link lost" in other.hactl("show", "status", "-t", "1").stdout
    finally:
        one.signal(signal.SIGCONT)
    assert pair.wait(other, "up")["epoch"] == epoch
    # Who slept finds what the other said meanwhile, and blames nobody.
    assert pair.peer(one)["state"] == "up"
    assert "silent" not in one.log()


def test_who_did_not_run_himself_blames_nobody(pair):
    """The whole host slept, and one of them wakes up first."""
    both = list(pair.of.values())
    for daemon in both:
        daemon.signal(signal.SIGSTOP)
    time.sleep(5)  # the silence that it is about
    for daemon in both:
        daemon.signal(signal.SIGCONT)
        # Long enough for a judgement, and not for another silence.
        time.sleep(1)
    pair.wait_up()
    for daemon in both:
        assert "silent" not in daemon.log(), daemon.log()


def test_only_a_checkd_that_died_is_missed(pair):
    """Nothing in the file needs it, and its run directory stays in any case."""
    check = pair.vrrpd.hactl
    pair.vrrpd.wait_state("MASTER")
    wait_until(lambda: check("check").returncode == 0, 10, "all is well")
    assert pair.checkd.stop() == 0
    pair.wait(pair.vrrpd, "lost", why="stopped")
    done = check("check")
    assert done.returncode == 0, done.stdout
    assert os.path.isdir(os.path.join(pair.vrrpd.run_base, "checkd"))
    pair.checkd.start()
    pair.checkd.signal_all(signal.SIGKILL)
    pair.checkd.wait()
    done = check("check")
    assert (done.returncode, "checkd" in done.stdout) == (2, True), done.stdout


def test_events_tell_of_the_link(pair):
    pair.checkd.stop()
    pair.wait(pair.vrrpd, "lost")
    told = [event for event in pair.vrrpd.call("log.tail", count=50)["items"]
            if event["type"].startswith("peer.")]
    assert [event["type"] for event in told][-3:] == ["peer.up", "peer.changed", "peer.lost"]
    assert told[-1]["old"] == {"state": "up"}
    assert {"state": "lost", "why": "stopped"}.items() <= told[-1]["new"].items()
    assert {event["path"] for event in told} == {"peer/checkd"}
    assert "link lost: checkd has stopped" in pair.vrrpd.hactl("log", "50").stdout


def test_a_master_goes_on_whatever_becomes_of_checkd(pair, trio):
    """Stopped, killed, started again and again: no advertisement is late for it."""
    backup = Haven(trio[1], conf(priority=100))
    pair.vrrpd.wait_state("MASTER")
    backup.wait_state("BACKUP")
    before = pair.vrrpd.instance()["transitions"]
    for _ in range(5):
        pair.checkd.signal(signal.SIGSTOP)
        pair.checkd.signal_all(signal.SIGKILL)
        pair.checkd.wait()
        pair.checkd.start()
        pair.wait(pair.vrrpd, "up")
    assert pair.vrrpd.instance()["transitions"] == before
    assert backup.state() == "BACKUP"


class Chatterbox(threading.Thread):
    """A checkd that greets as it should and then never stops talking."""

    def __init__(self, run_base, says=None):
        super().__init__()
        self.says = says or self.line("event", sub="peer", seq=1, type="daemon.settled",
                                      path="daemon/checkd", new={"settled": True})
        path = os.path.join(run_base, "checkd")
        os.makedirs(path, mode=0o755, exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(path, "public.sock"))
        os.chmod(os.path.join(path, "public.sock"), 0o666)
        self.listener.listen()
        self.stopped = threading.Event()
        self.sent = 0

    @staticmethod
    def line(method, **params):
        return json.dumps({"method": method, "params": params}).encode() + b"\n"

    def greeting(self):
        return self.line("hello", proto="hcp", major=1, minor=0, daemon="checkd", version="9.9",
                         epoch="chatter", phase="running")

    def run(self):
        chatter = 100 * self.says
        client, _ = self.listener.accept()
        with client:
            client.sendall(self.greeting())
            client.recv(4096)
            client.sendall(b'{"id":1,"result":{"resumed":false,"epoch":"chatter","seq":0}}\n'
                           + self.line("reset", seq=0) + self.line("synced", seq=0, settled=True))
            while not self.stopped.is_set():
                self.sent += client.send(chatter)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stopped.set()
        self.join()
        self.listener.close()


def test_a_checkd_that_never_stops_talking_holds_nothing_up(trio):
    """Not the advertisements of vrrpd, not its clients, and not the addresses that it puts
    in, which it does when there is nothing better to do."""
    many = [f"192.0.2.{10 + i}/24" for i in range(200)]
    a = Haven(trio[0], conf(priority=200, addresses=many), start=False)
    b = Haven(trio[1], conf(priority=100, addresses=many))
    with Chatterbox(a.run_base) as chatter:
        a.start().wait_state("MASTER")
        wait_until(lambda: a.instance()["vips"]["set"] == len(many), 10, "its addresses are set")
        assert a.call("get", path="peer/checkd")["object"]["version"] == "9.9"
        memory, began = resident_kb(a.pid), chatter.sent
        wait_until(lambda: chatter.sent > began + 5_000_000 and a.hello(), 30, "it is talked at")
        assert b.state() == "BACKUP"
        assert resident_kb(a.pid) - memory < 1024
        assert a.instance()["transitions"] == 2


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_checkd_that_never_stops_changing_is_told_a_few_times_a_second(trio):
    """Neither the ring of events nor the log nor the processor belong to it, and what is told
    at the end is what is true."""
    daemon = Haven(trio[0], conf(priority=200), start=False)
    says = b"".join(Chatterbox.line("synced", sub="peer", seq=1, settled=settled)
                    for settled in (True, False))
    with Chatterbox(daemon.run_base, says) as chatter:
        daemon.start().wait_state("MASTER")
        # Until what it may use ahead is used.
        wait_until(lambda: chatter.sent > 5_000_000, 30, "it is talked at")
        cpu, began, seq = cpu_s(daemon.pid), time.monotonic(), daemon.call("log.tail")["seq"]
        time.sleep(4)
        cpu, took = cpu_s(daemon.pid) - cpu, time.monotonic() - began
        told = daemon.call("log.tail")["seq"] - seq
        assert told <= 3 * took + 2, f"{told} events in {took:.1f} s"
        assert cpu <= 0.5 * took, f"{cpu:.1f} s of {took:.1f} s"
        assert daemon.log().count("link to checkd") < 3
    wait_until(lambda: [event["new"]["state"] for event in daemon.call("log.tail")["items"]
                        if event["type"].startswith("peer.")][-1] == "lost", 10, "its end is told")


def test_numbers_for_monitoring(pair):
    text = pair.vrrpd.hactl("metrics", check=True).stdout
    assert "\nhaven_vrrpd_peer_up 1\n" in text and "\nhaven_checkd_peer_up 1\n" in text
    pair.checkd.stop()
    pair.wait(pair.vrrpd, "lost")
    text = pair.vrrpd.hactl("metrics").stdout
    assert "\nhaven_vrrpd_peer_up 0\n" in text
    assert "\nhaven_vrrpd_peer_age_seconds " in text


HOLD = """
import socket, sys, time
clients = []
for _ in range(8):
    clients.append(socket.socket(socket.AF_UNIX))
    clients[-1].connect(sys.argv[1])
time.sleep(600)
"""


def test_others_cannot_keep_the_other_daemon_out(pair):
    """Four users take all the places there are for users."""
    pair.checkd.stop()
    path = os.path.join(pair.vrrpd.run_base, "vrrpd", "public.sock")
    crowd = [subprocess.Popen([sys.executable, "-c", HOLD, path], user=1001 + i, group=1001)
             for i in range(4)]
    try:
        wait_until(lambda: pair.vrrpd.call("clients")["totals"]["now"] >= 33, 20, "it is full")
        pair.checkd.start()
        pair.wait(pair.checkd, "up")
    finally:
        for process in crowd:
            process.kill()
            process.wait()


def test_a_flood_of_clients_does_not_keep_the_other_out_for_good(pair):
    """Other users may take every place on the public socket; the link comes back with them
    gone, and VRRP has seen nothing of it."""
    pair.vrrpd.wait_state("MASTER")
    pair.checkd.stop()
    path = os.path.join(pair.vrrpd.run_base, "vrrpd", "public.sock")
    stop = threading.Event()

    def crowd():
        while not stop.is_set():
            clients = []
            for _ in range(40):
                client = socket.socket(socket.AF_UNIX)
                client.connect(path)
                clients.append(client)
            stop.wait(0.2)
            for client in clients:
                client.close()
    thread = threading.Thread(target=crowd)
    thread.start()
    pair.checkd.start()
    stop.wait(2)
    stop.set()
    thread.join()
    pair.wait_up()
    assert pair.vrrpd.state() == "MASTER"
