# SPDX-License-Identifier: Apache-2.0
"""files.py - checking very large configuration files."""

from daemons import conf, instance_conf
from lab import Lab
from measure import timed_run

LINKS, PER_LINK = 40, 250
SERVICES, SERVERS_EACH = 50, 1000


def _instances():
    return conf(*(instance_conf(name=f"VI_{link}_{vrid}", vrid=vrid, interface=f"e{link}",
                                version=2, interval=1, addresses=[f"10.82.{link}.{vrid}/32"])
                  for link in range(LINKS) for vrid in range(1, PER_LINK + 1)))


def _real_server(service, number):
    return (f"    real_server 10.84.{number >> 8}.{number & 255} {8000 + service} {{\n"
            "        weight 1\n        TCP_CHECK {\n            connect_timeout 3\n"
            "        }\n    }\n")


def _services():
    """50 virtual services with 1,000 real servers each."""
    services = []
    for service in range(SERVICES):
        servers = "".join(_real_server(service, at) for at in range(1, SERVERS_EACH + 1))
        services.append(f"virtual_server 10.83.0.{service + 1} 80 {{\n    delay_loop 10\n"
                        f"    lvs_sched rr\n    lvs_method NAT\n    protocol TCP\n"
                        f"{servers}}}\n")
    return conf(*services)


def check(kind, quick):
    """Seconds and MB to check 10,000 instances and 50,000 real servers."""
    found = {}
    with Lab() as lab:
        host, far = lab.host("a"), lab.host("far")
        for link in range(LINKS):
            host.ip("link", "add", f"e{link}", "type", "veth", "peer", "name", f"e{link}",
                    "netns", far.name)
        for name, text in (("instances", _instances()), ("servers", _services())):
            path = host.write(name, text)
            for _ in range(2 if quick else 7):
                command = kind.check_file(path)
                status, seconds, peak_kb = timed_run(host, command)
                assert status == 0, f"{command}: exit {status}"
                found.setdefault(f"check time {name}", []).append(seconds)
                found.setdefault(f"check memory {name}", []).append(peak_kb / 1024)
    return found
