"""Where carts are kept, as configured."""

from dailyfresh_core.loading import backend

from ..conf import NAME, conf
from .base import CartStore


def store() -> CartStore:
    """The store that the setting STORE names: one object for all requests, which keep nothing in it."""
    return backend(conf.STORE, where=f'{NAME}["STORE"]', base=CartStore)  # type: ignore[type-abstract]
