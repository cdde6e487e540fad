# SPDX-License-Identifier: Apache-2.0
"""Two routers, ours and another or two of ours: the higher priority serves, the other takes
over when it dies, and the first takes the role back."""

import signal

import pytest
from daemons import Haven, Keepalived, addresses_of, conf, settle
from lab import wait_until
from probe import Probe
from wire import Capture

PAIRS = [(Haven, Haven), (Haven, Keepalived), (Keepalived, Haven)]
FORMS = [("v3 IPv4", {"version": 3, "family": 4, "interval": 0.1}),
         ("v3 IPv6", {"version": 3, "family": 6, "interval": 0.1}),
         ("v2", {"version": 2, "interval": 1}),
         ("v2 PASS", {"version": 2, "interval": 1, "extra":
                      "authentication {\n auth_type PASS\n auth_pass s3cret\n }"})]


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
@pytest.mark.parametrize("first,second", PAIRS,
                         ids=[f"{a.kind}-{b.kind}" for a, b in PAIRS])
def test_pair(trio, first, second, form):
    a, b, client = trio
    addresses = addresses_of(form.get("family", 4))
    interval = form["interval"]
    down = 3 * interval + (interval if form["version"] == 3 else 1)

    low = second(b, conf(priority=100, **form)).wait_state("MASTER")
    with Capture(client) as capture:
        high = first(a, conf(priority=200, **form))
        settle(high, low, master=high)
        wait_until(lambda: all(a.has(x) and not b.has(x) for x in addresses), 2,
                   "the addresses are on the Master alone")

        with Probe(client, addresses[-1]) as probe:
            high.signal_all(signal.SIGKILL)
            for address in addresses:  # what keepalived leaves behind when killed
                a.ip("addr", "del", f"{address}/{24 if len(addresses) == 1 else 64}",
                     "dev", "eth0", check=False)
            low.wait_state("MASTER")
            result = probe.stop()
    assert result["gap_ms"] < down * 1000 + 150
    assert result["lost"] > 0
    kinds = {advert.version for advert in capture.adverts()}
    assert kinds == {form["version"]}
    high.wait()
    high.start()
    settle(high, low, master=high)
    assert high.stop() == 0
    low.wait_state("MASTER")
