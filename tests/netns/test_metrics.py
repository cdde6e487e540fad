# SPDX-License-Identifier: Apache-2.0
"""The numbers of a real daemon, read by Prometheus' own tools: a format that only we can
read is none."""

import re
import shutil
import time

import pytest
from daemons import Haven, conf, instance_conf, settle
from lab import run, wait_until

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
    assert samples(metrics(backup))["haven_vrrp_state"]['instance="VI_1",state="BACKUP"'] == 1

    # Every advert but the first, which no timer brings, is in the histogram.
    buckets = found["haven_vrrp_advert_lateness_seconds_bucket"]
    counts = list(buckets.values())
    assert counts == sorted(counts) and list(buckets)[-1] == 'le="+Inf"'
    assert counts[-1] == found["haven_vrrp_advert_lateness_seconds_count"][""]
    before = counts[-1]
    wait_until(lambda: samples(metrics(master))[
        "haven_vrrp_advert_lateness_seconds_count"][""] >= before + 5, 5, "it grows")


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
