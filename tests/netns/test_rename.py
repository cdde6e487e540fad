# SPDX-License-Identifier: Apache-2.0
"""A reload that gives routers other names: what was edited follows the router, not the name."""

import threading

from daemons import Haven, conf, instance_conf
from lab import wait_until
from wire import Capture

ADDRESSES = {61: "192.0.2.201", 62: "192.0.2.202"}


def file_of(names, **more):
    """Names of the routers with VRID 61 and 62."""
    return conf(*[instance_conf(name=name, vrid=vrid, addresses=[ADDRESSES[vrid] + "/24"], **more)
                  for name, vrid in names.items()])


def effective(router, name):
    return router.instance(name)["effective"]


def test_edits_follow_routers_that_exchange_their_names(trio):
    router = Haven(trio[0], file_of({"VI_1": 61, "VI_2": 62}))
    for name in ("VI_1", "VI_2"):
        router.wait_state("MASTER", name)
    lease = router.call("hold", target="VI_1", for_ms=600000)["lease"]
    router.call("apply", changes=[{"path": "instance/VI_2", "set": {"priority": 150}}])
    assert router.reload(file_of({"VI_2": 61, "VI_1": 62})).returncode == 0
    assert (effective(router, "VI_2"), effective(router, "VI_1")) == (1, 150)
    entries = router.call("lease.list")["items"][0]["entries"]
    assert [entry["object"] for entry in entries] == ["instance/VI_2"]
    # It is on the disk as well, and can be ended.
    router.kill()
    router.start()
    assert (effective(router, "VI_2"), effective(router, "VI_1")) == (1, 150)
    router.call("lease.release", id=lease)
    assert effective(router, "VI_2") == 100


def test_a_name_of_a_router_that_is_gone_brings_nothing(trio):
    router = Haven(trio[0], file_of({"VI_1": 61, "VI_2": 62}))
    router.wait_state("MASTER", "VI_1")
    router.call("hold", target="VI_1", for_ms=600000)
    assert router.reload(file_of({"VI_1": 62})).returncode == 0
    assert effective(router, "VI_1") == 100
    assert router.call("lease.list")["items"] == []


def test_another_router_of_the_same_name_inherits_nothing(trio):
    router = Haven(trio[0], file_of({"VI_1": 61}))
    router.wait_state("MASTER")
    router.call("apply", changes=[{"path": "instance/VI_1", "set": {"priority": 50}}])
    router.call("hold", target="VI_1", for_ms=600000)
    router.configure(file_of({"VI_1": 62}))
    told = router.hactl("-y", "reload", "vrrpd").stdout
    for value in (50, 1):
        assert f"dropped: VI_1 priority {value}, another router has the name now" in told
    router.wait_state("MASTER")
    assert effective(router, "VI_1") == 100
    assert router.call("lease.list")["items"] == []


def test_a_new_router_with_a_name_that_was_another_s_is_as_the_file_says(trio):
    a, _, client = trio
    router = Haven(a, file_of({"VI_1": 61}))
    router.wait_state("MASTER", "VI_1")
    router.call("apply", changes=[{"path": "instance/VI_1", "set": {"priority": 50}}])
    assert router.reload(file_of({"VI_9": 61, "VI_1": 62})).returncode == 0
    router.wait_state("MASTER", "VI_1")
    assert (effective(router, "VI_9"), effective(router, "VI_1")) == (50, 100)
    with Capture(client) as capture:
        wait_until(lambda: {advert.vrid for advert in capture.adverts(a.ip4)} == {61, 62},
                   3, "both advertise")
    assert {(advert.vrid, advert.priority) for advert in capture.adverts(a.ip4)} == {
        (61, 50), (62, 100)}


def test_a_failover_over_a_rename_holds_the_router(trio):
    a, b, _ = trio
    router = Haven(a, file_of({"VI_1": 61}, priority=200)).wait_state("MASTER")
    answer = []
    thread = threading.Thread(target=lambda: answer.append(
        router.call("failover", target="VI_1", wait_ms=20000, hold_ms=600000)))
    thread.start()
    wait_until(lambda: router.instance()["moving"] == "failover", 5, "it hands over")
    assert router.reload(file_of({"VI_9": 61}, priority=200)).returncode == 0
    Haven(b, file_of({"VI_1": 61}, priority=100))
    thread.join()
    assert (answer[0]["to"], answer[0]["members"]) == (b.ip4, ["VI_9"])
    now = router.instance("VI_9")
    assert (now["state"], now["effective"], now["leases"]) == ("BACKUP", 1, [answer[0]["lease"]])
