"""pytest's door: the fixtures `alipay_simulator` and `alipay_simulator_server`, there as soon as the package is installed.

pytest imports this module in every run, so it imports the server only where it is used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .server import Simulator


@pytest.fixture(scope="session")
def alipay_simulator_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Simulator]":
    """A simulator that runs for the whole session, on a free port. It repeats notifies 2,000 times faster than Alipay."""
    from .server import Simulator

    with Simulator(tmp_path_factory.mktemp("alipay"), time_scale=0.0005) as running:
        yield running


@pytest.fixture
def alipay_simulator(alipay_simulator_server: "Simulator") -> "Simulator":
    """The session's simulator, with nothing left from the last test but its keys and its address."""
    alipay_simulator_server.clear()
    return alipay_simulator_server
