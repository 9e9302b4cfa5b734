"""A stand-in for Alipay on this machine: the open API, a cashier, notifies, and switches for every fault.

It speaks the protocol through its own code, so that the client that is tested and it do not share a mistake. For
development and tests: it binds loopback addresses only.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Simulator

__all__ = ["Simulator"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`Simulator`, imported where it is used: pytest imports this package in every run of whoever has it installed."""
    if name == "Simulator":
        from .server import Simulator

        return Simulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
