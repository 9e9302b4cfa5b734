import subprocess
import sys

import pytest
from dailyfresh_core.allowances import spend
from dailyfresh_core.metrics import counter, refusals
from prometheus_client import REGISTRY


class OutOfPears(Exception):
    pass


def test_an_attempt_beyond_its_allowance_is_counted() -> None:
    for _ in range(3):
        spend("pears", "ann", attempts=1, seconds=3600)
    assert REGISTRY.get_sample_value("dailyfresh_throttled_total", {"name": "pears"}) == 2


def test_what_is_refused_is_counted_by_its_reason_and_raised_all_the_same() -> None:
    refused = counter("pears_refused", "Pears.", ["reason"])
    with pytest.raises(OutOfPears), refusals(refused):
        raise OutOfPears
    with refusals(refused):
        pass
    assert REGISTRY.get_sample_value("dailyfresh_pears_refused_total", {"reason": "OutOfPears"}) == 1


def test_a_site_without_the_library_counts_nothing_and_misses_nothing() -> None:
    script = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "from dailyfresh_core.metrics import counter, histogram\n"
        "counter('a', 'A.', ['b']).labels('c').inc(); histogram('d', 'D.', (1,)).observe(2)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
