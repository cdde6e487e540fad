# SPDX-License-Identifier: Apache-2.0
"""probe.py - asks from a host, every millisecond or two, whether an address answers."""

import json
import signal
import subprocess

from daemons import tool


class Probe:
    """Runs tests/netns/vip_probe in a host until stop().

    stop() returns sent, lost, duplicates and gap_ms, the longest time without an answer."""

    def __init__(self, host, address, interval_us=2000):
        self.process = host.start(tool("tests/netns/vip_probe"), "-i", interval_us, address,
                                  stdout=subprocess.PIPE, text=True)
        self.result = None
        assert self.process.stdout.readline() == "ready\n"

    def stop(self):
        if self.result is None:
            self.process.send_signal(signal.SIGINT)
            out, _ = self.process.communicate(timeout=10)
            self.result = json.loads(out)
            assert self.result["sent"] > 0
        return self.result

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
