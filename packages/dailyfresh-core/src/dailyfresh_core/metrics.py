"""What a shop counts of itself: prometheus-client's counters where it is installed (extra `metrics`), nothing where it is not.

A count must cost nothing where nobody looks and must never fail what it counts.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

try:
    import prometheus_client

    INSTALLED = True
except ImportError:
    INSTALLED = False


class Counter(Protocol):
    """Goes up: `ORDERS.labels("alipay").inc()`."""

    def labels(self, *values: str) -> "Counter": ...
    def inc(self, amount: float = 1) -> None: ...


class Histogram(Protocol):
    """How values are spread: `LAG.observe(0.3)`."""

    def observe(self, amount: float) -> None: ...


class _Nothing:
    def labels(self, *_values: str) -> "_Nothing":
        return self

    def inc(self, amount: float = 1) -> None:
        pass

    def observe(self, amount: float) -> None:
        pass


def counter(name: str, says: str, labels: Sequence[str] = ()) -> Counter:
    """A counter of this process; call it once, where the module is made."""
    if not INSTALLED:
        return _Nothing()
    return cast(Counter, prometheus_client.Counter(f"dailyfresh_{name}", says, labels))


def histogram(name: str, says: str, buckets: Sequence[float]) -> Histogram:
    """A histogram of this process; `buckets` are upper bounds."""
    if not INSTALLED:
        return _Nothing()
    return prometheus_client.Histogram(f"dailyfresh_{name}", says, buckets=buckets)


@contextmanager
def refusals(counted: Counter, *labels: str) -> Iterator[Any]:
    """Counts what is raised inside by the name of its class, the last label, and lets it pass; a decorator too."""
    try:
        yield
    except Exception as error:
        counted.labels(*labels, type(error).__name__).inc()
        raise
