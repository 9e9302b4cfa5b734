"""A stand-in for Alipay on this machine: the open API, a cashier, notifies, and switches for every fault.

It speaks the protocol through its own code, so that the client that is tested and it do not share a mistake. For
development and tests: it binds loopback addresses only.
"""

from .server import Simulator

__all__ = ["Simulator"]
__version__ = "0.1.0"
