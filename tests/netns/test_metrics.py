# SPDX-License-Identifier: Apache-2.0
"""The numbers of a real daemon, read by Prometheus' own tools: a format that only we can
read is none."""

import os
import re
import shutil
import time

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import run, wait_until
from wire import Capture, longest_gap

SAMPLE = re.compile(r'^(\w+)(?:\{([^}]*)\})? (\S+)$')


def samples(text):
    """{name: {labels: number}} of an exposition."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.match(line)
            assert match, line
            found.setdefault(match[1], {})[match[2] or ""] = float(match[3])
    return found


def metrics(daemon, *words):
    done = daemon.hactl("metrics", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def promtool():
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian: prometheus)")
    return "promtool"


def test_promtool_has_nothing_to_say_of_the_textfile(trio, promtool):
    a, b, _ = trio
    master, backup = Haven(a, conf(priority=200)), Haven(b, conf(priority=100))
    settle(master, backup, master=master)
    for daemon in (master, backup):
        text = metrics(daemon, "textfile")
        done = run(promtool, "check", "metrics", input=text, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert "# EOF" not in text
    # That it does say something of what is wrong.
    assert run(promtool, "check", "metrics", input=text + "haven_x{ 1\n",
               check=False).returncode != 0


def test_promtool_reads_openmetrics(trio, promtool):
    """promtool reads OpenMetrics only where it fills a database, and wants times there."""
    a, _, _ = trio
    daemon = Haven(a, conf()).wait_state("MASTER")
    text = metrics(daemon)
    assert text.endswith("# EOF\n")
    now = int(time.time()) - 7200
    dated = re.sub(r"(?m)^([^#].*)$", rf"\1 {now}", text)
    source = a.write("metrics", dated)
    done = run(promtool, "tsdb", "create-blocks-from", "openmetrics", source, a.dir + "/tsdb",
               check=False)
    assert done.returncode == 0, done.stderr
    broken = a.write("broken", dated.replace("# EOF\n", ""))
    assert run(promtool, "tsdb", "create-blocks-from", "openmetrics", broken,
               a.dir + "/tsdb2", check=False).returncode != 0


def test_the_numbers_are_those_of_the_daemon(trio):
    a, b, _ = trio
    master, backup = Haven(a, conf(priority=200)), Haven(b, conf(priority=100))
    settle(master, backup, master=master)
    wait_until(lambda: master.instance()["vips"]["set"] == 1, 5, "the address is set")
    wait_until(lambda: samples(metrics(master))["haven_vrrp_addresses_set_seconds_count"][""]
               == 1, 5, "one takeover is timed")
    wait_until(lambda: master.instance()["counters"]["adverts_sent"] > 3, 5, "adverts")
    found = samples(metrics(master))
    assert found["haven_vrrp_state"]['instance="VI_1",state="MASTER"'] == 1
    assert sum(found["haven_vrrp_state"].values()) == 1
    one = 'instance="VI_1"'
    assert found["haven_vrrp_effective_priority"][one] == 200
    assert found["haven_vrrp_addresses_set"][one] == 1
    assert found["haven_vrrp_adverts_sent_total"][one] > 3
    assert found["haven_vrrp_refused_total"]['instance="VI_1",reason="checksum"'] == 0
    assert found["haven_vrrp_transitions_total"] == {
        'instance="VI_1",cause="startup"': 1, 'instance="VI_1",cause="master_down_timer"': 1}
    assert samples(metrics(backup))["haven_vrrp_state"]['instance="VI_1",state="BACKUP"'] == 1

    # Every advert but the first, which no timer brings, is in the histogram.
    buckets = found["haven_vrrp_advert_lateness_seconds_bucket"]
    counts = list(buckets.values())
    assert counts == sorted(counts) and list(buckets)[-1] == 'le="+Inf"'
    assert counts[-1] == found["haven_vrrp_advert_lateness_seconds_count"][""]
    before = counts[-1]
    wait_until(lambda: samples(metrics(master))[
        "haven_vrrp_advert_lateness_seconds_count"][""] >= before + 5, 5, "it grows")


def test_limits_that_were_hit_are_counted(trio):
    daemon = Haven(trio[0], conf())

    def count(name):
        return samples(metrics(daemon))[f"haven_vrrpd_control_{name}_total"][""]
    assert [count(name) for name in ("refused", "slow", "silent", "too_big")] == [0] * 4
    with daemon.connect() as client, client.makefile() as lines:
        lines.readline()
        client.sendall(b"[" * 100 + b"\n")
        assert "too_big" in lines.readline()
    assert count("too_big") == 1
    with daemon.connect() as client:
        client.sendall(b"{")
        wait_until(lambda: count("silent") == 1, 15, "half a line is not waited for")


@pytest.mark.alone
def test_reading_the_metrics_of_2000_instances_holds_no_advert_up(lab):
    """In slices: the longest time without one of 10 ms adverts is that of a quiet daemon."""
    a, watcher = lab.host("a"), lab.host("watcher")
    devices = [f"d{number}" for number in range(8)]
    for number, device in enumerate(devices):
        a.ip("link", "add", device, "type", "veth", "peer", "name", f"{device}p")
        for end in (device, f"{device}p"):
            a.ip("link", "set", end, "up")
        a.ip("addr", "add", f"10.80.{number}.1/24", "dev", device)
    others = [instance_conf(f"VI_{number}_{vrid}", vrid=vrid, interval=30, interface=device,
                            addresses=[f"10.81.{number}.{vrid}/32"])
              for number, device in enumerate(devices) for vrid in range(1, 251)]
    daemon = Haven(a, conf(instance_conf(interval=0.01), *others)).wait_state("MASTER")
    for pid in daemon.family_pids():
        os.setpriority(os.PRIO_PROCESS, pid, -15)
    with Capture(watcher, only=[a]) as capture:
        began = time.time()
        for _ in range(3):
            found = samples(metrics(daemon))
            assert len(found["haven_vrrp_priority"]) == 2001
        ended = time.time()
    adverts = [advert for advert in capture.adverts(a.ip4) if began <= advert.time <= ended]
    assert len(adverts) > (ended - began) * 90
    assert longest_gap(adverts) < 0.03


def test_many_instances_are_told_together(trio):
    """Samples of one family stand together though they come on several pages."""
    a, _, _ = trio
    text = conf(*(instance_conf(f"VI_{i}", vrid=i, addresses=[f"192.0.2.{100 + i}/24"])
                  for i in range(1, 41)))
    daemon = Haven(a, text)
    out = metrics(daemon)
    assert len(samples(out)["haven_vrrp_priority"]) == 40
    names = [SAMPLE.match(line)[1] for line in out.splitlines() if not line.startswith("#")]
    runs = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert len([name for name in runs if name.startswith("haven_vrrp_priority")]) == 1
    assert len(daemon.hactl_json("metrics")["items"]) == len(
        {line.split()[2] for line in out.splitlines() if line.startswith("# TYPE")})
