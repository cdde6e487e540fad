# SPDX-License-Identifier: Apache-2.0
"""schemas.py - what the JSON of each command holds: the one place where it is written down
for tests. Members may be added to it; none may go, or change its type."""

NULL = type(None)
NUMBER = (int, float)
TEXT = (str, NULL)  # null when it is not known
VALUE = (int, bool, str, dict)  # as the field has it; {"out", "stay"} of a maintenance


class Maybe:
    """A member that may be missing."""

    def __init__(self, kind):
        self.kind = kind


ANSWER = {"schema": str, "node": str, "at": str, "rev": int, "partial": bool, "items": list}
OF_BOTH = {"daemon": str, "reachable": bool}
ERROR = {"name": str, "code": int, "message": str, "exit": int, "daemon": Maybe(str)}

LEASE = {"path": TEXT, "id": TEXT, "kind": str, "object": str, "field": str, "value": VALUE,
         "layer": str, "uid": Maybe(int), "user": Maybe(str), "reason": Maybe(str),
         "created": str, "expires": TEXT, "left_ms": (*NUMBER, NULL)}
INSTANCE = {"path": str, "name": str, "group": TEXT, "state": str, "cause": str, "reason": str,
            "priority": int, "effective": (int, NULL), "master": TEXT,
            "master_priority": (int, NULL), "since": str, "for_ms": NUMBER,
            "vips": {"want": int, "set": int, "list": Maybe(list)}, "interface": str,
            "vrid": int, "version": int, "family": str, "advert_int_ms": NUMBER,
            "nopreempt": bool, "preempt_delay_ms": NUMBER, "leases": list,
            "lease": (dict, NULL), "last_resort_until": TEXT, "heir_due": TEXT,
            "stay": bool, "faults": list,
            "moving": object, "last_refused": (dict, NULL), "split_brain": TEXT}
PEER = {"path": str, "name": str, "state": str, "why": TEXT, "error": TEXT, "since": str,
        "for_ms": int, "age_ms": (int, NULL), "epoch": TEXT, "version": TEXT, "phase": TEXT,
        "settled": (bool, NULL), "instances": Maybe((dict, NULL)), "maintenance": Maybe(TEXT)}
CHANGE = {"rev": Maybe(int)}

# What each item of an answer holds.
ITEMS = {
    "hactl.status/1": {**OF_BOTH, "version": str, "phase": str, "rev": int, "pid": int,
                       "since": str, "up_ms": int, "clients": dict, "leases": list,
                       "peer": PEER,
                       "helper": {"running": bool, "pid": (int, NULL)},
                       "config": {"file": str, "id": str, "reloaded": TEXT, "reload_failed": bool,
                                  "instances": int, "services": int}},
    "hactl.instance/1": INSTANCE,
    "hactl.vip/1": {"path": str, "instance": str, "state": str, "address": str,
                    "interface": str, "label": TEXT, "excluded": bool, "set": bool},
    "hactl.lease/1": {**OF_BOTH, **LEASE, "entries": list, "entry_count": Maybe(int)},
    "hactl.override/1": {**OF_BOTH, **LEASE},
    "hactl.stats/1": {"path": str, "name": str, "state": str, "transitions": int,
                      "counters": {"adverts_sent": int, "drops": dict}, "offenders": list},
    "hactl.clients/1": {**OF_BOTH, "totals": dict, "items": list},
    "hactl.group/1": {}, "hactl.track/1": {}, "hactl.vs/1": {}, "hactl.real/1": {},
    "hactl.peer/1": {**OF_BOTH, **PEER},
    "hactl.version/1": {**OF_BOTH, "version": str},
    "hactl.explain/1": {"path": str, "state": str, "summary": str, "lines": list,
                        "to_be_master": TEXT},
    "hactl.doctor/1": {"severity": str, "check": str, "object": str, "text": str,
                       "advice": str},
    "hactl.metrics/1": {**OF_BOTH, "name": str, "type": str, "help": str},
    "hactl.is-master/1": {"name": str, "state": str, "is_master": bool},
    "hactl.is-up/1": {"name": str, "state": str, "is_up": bool},
    "hactl.log/1": {**OF_BOTH, "seq": int, "epoch": str, "ts": str, "type": str, "path": str},
    "hactl.wait/1": {"name": Maybe(str), "path": Maybe(str), "state": Maybe(str),
                     "reached": bool},
    "hactl.move/1": CHANGE, "hactl.drain/1": CHANGE, "hactl.undrain/1": CHANGE,
    "hactl.check-now/1": CHANGE, "hactl.save/1": CHANGE, "hactl.discard/1": CHANGE,
    "hactl.confirm/1": CHANGE, "hactl.hold/1": CHANGE, "hactl.maintenance/1": CHANGE,
    "hactl.garp/1": CHANGE, "hactl.log-level/1": CHANGE, "hactl.lease-renew/1": CHANGE,
    "hactl.lease-release/1": CHANGE, "hactl.reload/1": {**OF_BOTH, **CHANGE},
    "hactl.apply/1": {"rev": int, "changes": list},
    "hactl.diff/1": {**OF_BOTH, "path": str, "field": str, "file": (dict, NULL), "saved": object,
                     "running": object, "set": Maybe(object)},
    "hactl.audit/1": {**OF_BOTH, "at": str, "what": str, "outcome": str},
    "hactl.config-test/1": {}, "hactl.config/1": {},
    "hactl.check/1": {"status": str, "exit": int, "problems": list, "remarks": list,
                      "perfdata": list},
    "hactl.describe/1": {"limits": Maybe({
        "role": str, "lease_ms": Maybe(int), "operator_max_lease_ms": Maybe(int),
        "lease_max_ms": Maybe(int), "leases": Maybe(int)})},
    "hactl.call/1": {},
    "hactl.help/1": {"syntax": str, "help": str, "schema": Maybe(str)},
}

# Not answers but lines of their own.
EVENT = {"schema": str, "daemon": str, "type": str, "epoch": str, "seq": int, "position": Maybe(str)}


def check_value(value, kind, where):
    if kind is object:
        return
    if isinstance(kind, dict):
        check(value, kind, where)
        return
    kinds = kind if isinstance(kind, tuple) else (kind,)
    right = isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)
    assert right, f"{where} is {value!r}"


def check(value, members, where):
    """Asserts that the object has the members, each of its type."""
    assert isinstance(value, dict), where
    for name, kind in members.items():
        if isinstance(kind, Maybe):
            if name in value:
                check_value(value[name], kind.kind, f"{where}.{name}")
        else:
            assert name in value, f"{where} has no {name}: {value}"
            check_value(value[name], kind, f"{where}.{name}")


def check_answer(answer, schema):
    """Asserts that this is what a command with this schema answers."""
    check(answer, ANSWER, schema)
    assert answer["schema"] == schema
    for item in answer["items"]:
        if "error" in item:
            check(item["error"], ERROR, f"{schema} error")
        else:
            check(item, ITEMS[schema], schema)
