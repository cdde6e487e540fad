# SPDX-License-Identifier: Apache-2.0
"""haven-protocol(7) names every method that a daemon offers."""

import os

import pytest
from daemons import Checkd, Haven, conf

PAGE = os.path.join(os.path.dirname(__file__), "../../man/haven-protocol.7")


@pytest.mark.parametrize("daemon", [Haven, Checkd], ids=lambda kind: kind.program)
def test_every_method_is_described(trio, daemon):
    running = daemon(trio[0], conf())
    with open(PAGE, encoding="utf-8") as file:
        words = file.read().replace(",", " ").split()
    methods = running.call("describe")["methods"]
    assert len(methods) > 5
    assert [name for name in methods if name not in words] == []
